"""What every request passes first and every answer last: limits, ids, headers, times.

HEAD is answered as GET without its body. What fails unforeseen is logged under the request's id
and leaves as a problem that tells nothing but this id.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matcher.errors import BodyTooLarge, MalformedBody
from service.metrics import Metrics
from service.problems import LOG, Refused, is_page, problem, unexpected

API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""For the documentation: only our own scripts; inline styles, since Swagger UI sets some."""

PEOPLE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""For the pages: nothing inline, nothing from elsewhere."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
PRIVATE = {
    "Cache-Control": "private, no-cache",
    "Vary": "Authorization, X-API-Key, Accept-Language",
}
OF_PEOPLE = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "same-origin",
    "Vary": "Cookie, Accept-Language",
}
"""Pages show what only one person may see, also on a machine that several use; and a browser that
may tell nobody where a form came from would not even tell us."""
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
"""Told where the request came encrypted: a browser does not believe it otherwise."""
LASTING = {"Cache-Control": "public, max-age=86400", "Vary": "Accept-Encoding"}
"""Files of the pages, which hold nothing of anybody."""
FOR_EVER = LASTING | {"Cache-Control": "public, max-age=31536000, immutable"}
"""The same at an address that changes with the content."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
MOST_DEPTH = 20
"""Lists and objects within each other; a profile needs three."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Edge:
    """The outermost layer of ours around an application.

    Parameters
    ----------
    most_bytes
        Says how long a body may be at a path.
    pages
        Beginnings of the documentation's paths, whose answers are pages with scripts.
    """

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        most_bytes: Callable[[str], int],
        pages: tuple[str, ...],
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.most_bytes = most_bytes
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        passage = _Passage(self, scope, receive, send)
        await passage.run()


class _Passage:
    """One request on its way through the edge."""

    def __init__(self, edge: Edge, scope: Scope, receive: Receive, send: Send) -> None:
        self.edge, self.receive, self.send = edge, receive, send
        self.is_head = scope["method"] == "HEAD"
        self.scope = {**scope, "method": "GET"} if self.is_head else scope
        self.headers = Headers(scope=scope)
        self.request_id = _request_id(self.headers.get("x-request-id", ""))
        self.scope["state"] = {**scope.get("state", {}), "request_id": self.request_id}
        self.limit = edge.most_bytes(scope["path"])
        self.status = 0
        self.taken = 0

    async def run(self) -> None:
        began = time.perf_counter()
        try:
            if self._declared() > self.limit:
                request = Request(self.scope, self.receive)
                await problem(request, BodyTooLarge(limit=self.limit))(
                    self.scope, self.receive, self.answer
                )
            else:
                await self.edge.app(self.scope, self.limited, self.answer)
        except Exception:
            LOG.exception("request %s failed", self.request_id)
            if self.status:
                raise
            request = Request(self.scope, self.receive)
            await unexpected(request)(self.scope, self.receive, self.answer)
        finally:
            self._count(time.perf_counter() - began)

    def _declared(self) -> int:
        declared = self.headers.get("content-length", "0")
        return int(declared) if declared.isascii() and declared.isdigit() else 0

    def _count(self, seconds: float) -> None:
        method = "HEAD" if self.is_head else self.scope["method"]
        route = getattr(self.scope.get("route"), "path", None)
        known = method if method in METHODS else "OTHER"
        self.edge.metrics.answered(known, route, self.status or 499, seconds)

    async def limited(self) -> Message:
        """Take the next piece of the body; raises Refused once there are too many bytes."""
        message = await self.receive()
        self.taken += len(message.get("body", b""))
        if self.taken > self.limit:
            raise Refused(BodyTooLarge(limit=self.limit))
        return message

    async def answer(self, message: Message) -> None:
        """Send a piece of the answer, with our headers on its first."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._ours().items():
                headers.setdefault(name, value)
            headers["X-Request-ID"] = self.request_id
        elif self.is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self.send(message)

    def _ours(self) -> dict[str, str]:
        path = self.scope["path"]
        always = HEADERS | (HTTPS_ONLY if self.scope.get("scheme") == "https" else {})
        if path.startswith(self.edge.pages):
            return always | PRIVATE | {"Content-Security-Policy": PAGE_POLICY}
        if path.startswith("/static/"):
            kept = FOR_EVER if self.scope["query_string"].startswith(b"v=") else LASTING
            keeping = kept if self.status < 400 else PRIVATE
            return always | keeping | {"Content-Security-Policy": API_POLICY}
        if is_page(path):
            return always | OF_PEOPLE | {"Content-Security-Policy": PEOPLE_POLICY}
        return always | PRIVATE | {"Content-Security-Policy": API_POLICY}


def _request_id(given: str) -> str:
    """The caller's own id where it is harmless, else a new one."""
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


class StrictRequest(Request):
    """A request whose JSON must be what RFC 8259 says, and not too deep."""

    async def json(self) -> Any:
        """The body read; raises Refused with what is wrong."""
        if not hasattr(self, "_json"):
            self._json = read_json(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """A route that reads bodies by :class:`StrictRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, given the stricter request."""
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strict


def read_json(body: bytes) -> Any:
    """Read JSON in UTF-8 without NaN, infinities, doubled names or great depth; raises Refused."""
    try:
        content = json.loads(body.decode(), parse_constant=_refuse, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        raise Refused(MalformedBody(cause="JSON")) from None
    if not _is_shallow(content):
        raise Refused(MalformedBody(cause=f"> {MOST_DEPTH}"))
    return content


def _refuse(name: str) -> None:
    raise ValueError(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a name stands twice")
    return content


def _is_shallow(content: Any) -> bool:
    """Whether nothing lies deeper than :data:`MOST_DEPTH`; level by level, without recursion."""
    level = [content]
    for _ in range(MOST_DEPTH + 1):
        level = [item for one in level for item in _inside(one)]
        if not level:
            return True
    return False


def _inside(content: Any) -> Iterator[Any]:
    if isinstance(content, dict):
        return iter(content.values())
    return iter(content if isinstance(content, list) else ())
