"""The application: the API, its documentation, the pages, and the edge around them."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.metadata import version

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles

from service import problems
from service.api import PREFIX, api_router
from service.chances import ChanceBook
from service.describing import describe
from service.edge import Edge
from service.health_api import WarmUp
from service.jobs import Jobs
from service.learning import Learning
from service.metrics import Metrics
from service.opening import now as city_now
from service.pages import book
from service.rounds import Rounds
from service.security import Installed
from service.settings import Settings
from service.wiring import Parts

DOCS = "/docs"
FILE_PATHS = frozenset(
    {f"{PREFIX}/import", f"{PREFIX}/cohorts/import", "/import", "/cohorts/import"}
)
"""Addresses that take a file."""
PACKED = 6
"""How hard answers are packed (1 to 9): at 9 the map takes four times as long for no byte less."""
AROUND_A_FILE = 100_000
"""Bytes of a form beside its file."""

DOCS_PAGE = f"""<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cầu Nối API</title>
<link rel="icon" href="{DOCS}/assets/favicon.png">
<link rel="stylesheet" href="{DOCS}/assets/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="{DOCS}/assets/swagger-ui-bundle.js"></script>
<script src="{DOCS}/start.js"></script>
</body>
</html>
"""

DOCS_START = f"""SwaggerUIBundle({{
  url: "{PREFIX}/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
}});
"""


def create_app(parts: Parts, now: Callable[[], datetime] = city_now) -> FastAPI:
    """Build the application; it lets the matchmaker catch up beside its start."""
    settings = parts.settings
    metrics = Metrics()
    app = FastAPI(
        title="Cầu Nối",
        version=version("caunoi"),
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_life,
    )
    warm = threading.Event()
    rounds = Rounds(parts.engine, parts.matchmaker, now)
    jobs = Jobs(rounds, warm, metrics)
    learning = Learning(parts.matchmaker)
    app.state.parts = Installed(
        settings,
        parts.engine,
        parts.matchmaker,
        metrics,
        now,
        rounds,
        jobs,
        learning,
        ChanceBook(learning),
    )
    app.state.warm_up = WarmUp(app.state.parts, done=warm)
    api, docs = api_router(), _docs_router()
    app.include_router(api)
    app.include_router(docs)
    pages = book.install(app)
    page_routes = [route for router in pages for route in router.routes]
    app.state.known_routes = [*api.routes, *docs.routes, *page_routes, *app.routes]
    app.mount(f"{DOCS}/assets", StaticFiles(packages=[("fastapi_offline", "static")]))
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=PACKED)
    app.add_middleware(Edge, metrics=metrics, most_bytes=_most_bytes_of(settings), pages=(DOCS,))
    problems.install(app, settings.lang)
    describe(app, settings)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Set how many requests are worked on at once; warm up and do waiting runs beside them."""
    limiter = anyio.to_thread.current_default_thread_limiter()
    limiter.total_tokens = app.state.parts.settings.threads
    jobs: Jobs = app.state.parts.jobs
    app.state.warm_up.start()
    jobs.start()
    yield
    await anyio.to_thread.run_sync(jobs.stop)
    await anyio.to_thread.run_sync(app.state.warm_up.stop)


def _docs_router() -> APIRouter:
    """The documentation page: Swagger UI from an installed package, nothing from elsewhere."""
    router = APIRouter(include_in_schema=False)

    @router.get(DOCS)
    def docs_page() -> HTMLResponse:
        return HTMLResponse(DOCS_PAGE)

    @router.get(f"{DOCS}/start.js")
    def docs_start() -> Response:
        return Response(DOCS_START, media_type="text/javascript")

    return router


def _most_bytes_of(settings: Settings) -> Callable[[str], int]:
    def most_bytes(path: str) -> int:
        if path in FILE_PATHS:
            return settings.most_file_bytes + AROUND_A_FILE
        return settings.most_body_bytes

    return most_bytes
