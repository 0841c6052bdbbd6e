"""Errors as answers: RFC 9457 problem+json in the asker's language. The only place that does so.

A problem says what is wrong, with which facts, and what to do next. Of an unexpected error it says
only the id of the request, under which the log holds the rest; of an installation that lacks
something, nothing but what an administrator should run.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from data.taxonomies import code_of, terms
from data.texts import Texts, choose
from matcher.errors import (
    BadInput,
    BodyTooLarge,
    CauNoiError,
    InvalidField,
    MalformedBody,
    MethodNotAllowed,
    NotFound,
    ProfileNotFound,
    TextTooLong,
    Unidentified,
    UnknownCode,
    UnknownField,
    UnsupportedMedia,
)

LOG = logging.getLogger("caunoi.service")
MEDIA_TYPE = "application/problem+json"
FOR_PROGRAMS = ("/api/", "/docs", "/static/")
"""Beginnings of addresses that answer programs, or with files."""
TYPES = "urn:caunoi:problem:"
ROLES_THAT_SEE_ALL = frozenset({"officer", "admin"})
MOST_SHOWN = 80
"""Characters of a refused value that a problem repeats."""
FEW = 30
"""Codes that are all named where one of them was expected."""


class Refused(HTTPException):
    """One of our errors where the framework lets only its own through: while a body is read."""

    def __init__(self, error: CauNoiError) -> None:
        super().__init__(error.status)
        self.error = error


class Fault(BaseModel):
    """One field that does not hold."""

    field: str
    value: str | None = None
    message: str
    next: str


class Problem(BaseModel):
    """What went wrong and what to do next (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(examples=["urn:caunoi:problem:profile-not-found"])
    title: str = Field(examples=["Không tìm thấy hồ sơ"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["Không có hồ sơ startup nào mang mã “abc”."])
    instance: str = Field(examples=["/api/v1/startups/abc"])
    next: str = Field(description="What to do now.")
    errors: list[Fault] | None = Field(None, description="Each field at fault, if several may be.")
    request_id: str = Field(description="Name it when you ask for help.")


def install(app: FastAPI, lang: str) -> None:
    """Let every error of an application leave as a problem; ``lang`` where none is asked for."""
    app.state.lang = lang
    app.add_exception_handler(CauNoiError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_the_framework)


def language_of(request: Request) -> str:
    """The language to answer in; an unknown ``lang`` counts as none here, and is refused apart."""
    asked = request.query_params.get("lang", "").lower()
    header = request.headers.get("accept-language") or request.app.state.lang
    return asked if asked in ("vi", "en") else choose(header)


def problem(request: Request, error: CauNoiError, faults: Sequence[CauNoiError] = ()) -> Response:
    """Answer with an error of ours and, where a list was at fault, each of its faults."""
    shown = _for_asker(request, error)
    error_page = getattr(request.app.state, "error_page", None)
    if error_page is not None and is_page(request.scope["path"]):
        page: Response = error_page(request, shown, tuple(faults), _headers(error))
        return page
    texts = Texts(language_of(request))
    text = texts.error(shown)
    content = Problem(
        type=TYPES + error.code,
        title=text.title,
        status=error.status,
        detail=text.detail,
        instance=request.scope["path"],
        next=text.next,
        errors=[_fault(texts, fault) for fault in faults] or None,
        request_id=request.scope.get("state", {}).get("request_id", ""),
    )
    headers = {"Content-Language": texts.lang} | _headers(error)
    body = json.dumps(content.model_dump(exclude_none=True), ensure_ascii=False)
    return Response(body.encode("utf-8", "replace"), error.status, headers, MEDIA_TYPE)


def is_page(path: str) -> bool:
    """Whether an address is for people, who are answered by a page."""
    return not path.startswith(FOR_PROGRAMS)


def unexpected(request: Request) -> Response:
    """Answer when something failed that nobody foresaw."""
    return problem(request, CauNoiError())


async def _ours(request: Request, error: Any) -> Response:
    if error.status >= 500:
        LOG.error("request %s: %s", request.scope.get("state", {}).get("request_id"), error)
    return problem(request, error)


async def _invalid(request: Request, error: Any) -> Response:
    found = list(error.errors())
    if any(fault["type"] == "json_invalid" for fault in found):
        return problem(request, MalformedBody(cause="JSON"))
    if _is_without_json(request, found):
        kind = request.headers.get("content-type", "")
        return problem(request, UnsupportedMedia(value=kind[:MOST_SHOWN], known="application/json"))
    faults = [as_ours(_with_known(request, fault)) for fault in found]
    return problem(request, faults[0] if len(faults) == 1 else BadInput(), faults)


async def _of_the_framework(request: Request, error: Any) -> Response:
    if isinstance(error, Refused):
        return problem(request, error.error)
    if error.status_code == 405:
        return _other_method(request)
    if error.status_code == 404:
        return problem(request, NotFound(path=request.scope["path"]))
    if error.status_code == 413:
        return problem(request, BodyTooLarge(limit=request.app.state.settings.most_body_bytes))
    return problem(request, MalformedBody(cause="") if error.status_code < 500 else CauNoiError())


def _other_method(request: Request) -> Response:
    """Answer OPTIONS with the methods of an address, and any other method with a problem."""
    known = allowed_methods(request.app.state.known_routes, request)
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": ", ".join(known)})
    return problem(request, MethodNotAllowed(path=request.scope["path"], known=known))


def allowed_methods(routes: Iterable[BaseRoute], request: Request) -> tuple[str, ...]:
    """Every method that an address knows, HEAD and OPTIONS among them."""
    found = {"OPTIONS"}
    for route in routes:
        if route.matches(dict(request.scope))[0] is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return tuple(sorted(found | {"HEAD"} if "GET" in found else found))


def _headers(error: CauNoiError) -> dict[str, str]:
    if isinstance(error, Unidentified):
        return {"WWW-Authenticate": 'Bearer realm="Cau Noi"'}
    if isinstance(error, MethodNotAllowed):
        return {"Allow": ", ".join(_names(error.facts["known"]))}
    if error.status == 503:
        return {"Retry-After": "5"}
    return {"Connection": "close"} if isinstance(error, BodyTooLarge) else {}


def _for_asker(request: Request, error: CauNoiError) -> CauNoiError:
    """The error without what this asker must not learn: internals, and ids of others' profiles."""
    if error.status >= 500:
        return without_internals(error)
    role = getattr(request.state, "role", None)
    if isinstance(error, ProfileNotFound) and role not in ROLES_THAT_SEE_ALL:
        return ProfileNotFound(**(error.facts | {"nearest": ()}))
    return error


def without_internals(error: CauNoiError) -> CauNoiError:
    """The error without what only an administrator should read: causes, addresses, paths."""
    hidden = {name: "" for name in ("cause", "url", "path") if name in error.facts}
    return type(error)(**(error.facts | hidden))


def _fault(texts: Texts, error: CauNoiError) -> Fault:
    text = texts.error(error)
    value = error.facts.get("value")
    return Fault(
        field=str(error.facts.get("field", "")),
        value=None if value is None else str(value),
        message=text.detail,
        next=text.next,
    )


def _is_without_json(request: Request, faults: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the body was not read as JSON at all, since it did not say that it is."""
    sent = request.headers.get("content-type", "")
    is_json = sent.split(";")[0].strip().lower().endswith("json")
    whole_body = any(tuple(fault["loc"]) == ("body",) for fault in faults)
    has_body = request.headers.get("content-length", "0") != "0"
    return whole_body and has_body and not is_json and "multipart" not in sent


def _with_known(request: Request, fault: Any) -> Mapping[str, Any]:
    """A fault of an unknown field, with the fields that the body of this route knows."""
    body = getattr(request.scope.get("route"), "body_field", None)
    fields = getattr(body and body.field_info.annotation, "model_fields", {})
    return {**fault, "ctx": {"known": tuple(fields)} | (fault.get("ctx") or {})}


def as_ours(fault: Mapping[str, Any]) -> CauNoiError:
    """A fault that pydantic found, as the error of ours that says the same."""
    place = [str(part) for part in fault["loc"][1:]] or [str(fault["loc"][0])]
    field, kind, facts = ".".join(place), fault["type"], fault.get("ctx") or {}
    value = _short(fault.get("input"))
    if kind == "unknown_code":
        return UnknownCode(
            field=field, value=value, known=nearest_codes(facts["vocabulary"], value)
        )
    if kind == "literal_error":
        return UnknownCode(field=field, value=value, known=tuple(_quoted(facts["expected"])))
    if kind == "extra_forbidden":
        return UnknownField(field=field, known=tuple(facts.get("known", ())))
    if kind == "string_too_long":
        length = len(fault["input"])
        return TextTooLong(field=field, length=length, limit=facts["max_length"])
    if kind == "missing":
        return InvalidField(field=field, value="", expected="a value")
    return InvalidField(field=field, value=value, expected=_expected(kind, facts))


EXPECTED = {
    "bool": "bool",
    "bytes": "text",
    "date": "YYYY-MM-DD",
    "dict": "{…}",
    "finite": "float",
    "float": "float",
    "int": "int",
    "iso": "YYYY-MM-DD",
    "list": "[…]",
    "model": "{…}",
    "string": "text",
}
"""What was expected, by the first word of pydantic's name of a fault."""

BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "max_length": "≤", "min_length": "≥"}


def _expected(kind: str, facts: Mapping[str, Any]) -> str:
    bounds = [f"{sign} {facts[name]:g}" for name, sign in BOUNDS.items() if name in facts]
    pattern = str(facts.get("pattern", ""))
    if bounds:
        return ", ".join(bounds)
    if pattern.startswith("^[A-Za-z0-9]"):
        return "A-Z a-z 0-9 . _ ~ -"
    return EXPECTED.get(kind.split("_")[0], "text")


def nearest_codes(vocabulary: str, value: str) -> tuple[str, ...]:
    """The codes that a wrong one may have meant, by code and name; all, where there are few."""
    meant = code_of(vocabulary, value)
    if meant is not None:
        return (meant,)
    by_name = {name.casefold(): code for name, code in _spelt(vocabulary)}
    close = get_close_matches(value.casefold(), by_name, n=5, cutoff=0.65)
    return tuple(dict.fromkeys(by_name[name] for name in close)) or tuple(terms(vocabulary))[:FEW]


def _spelt(vocabulary: str) -> Iterator[tuple[str, str]]:
    for term in terms(vocabulary).values():
        for name in (term.en, term.vi, *term.aliases, term.code):
            yield name, term.code


def _quoted(expected: str) -> list[str]:
    """The values in pydantic's ``'a', 'b' or 'c'``."""
    return expected.replace(" or ", ", ").replace("'", "").split(", ")


def _short(value: object) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    return str(value)[:MOST_SHOWN]


def _names(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (str(value),)
