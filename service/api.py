"""Every address of the API: its method, path, what it does in both languages, and its problems."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from matcher.profile import KINDS
from service import admin_api, decisions_api, files_api, health_api, matches_api, weights_api
from service.answers import (
    ExplanationOut,
    IncubatorPartners,
    ProgrammeStartups,
    ReportOut,
    StartupMatches,
)
from service.decision_answers import DecisionOut, Decisions
from service.described import BODY, EDIT, ETAG, KEYED, LOCATION, Described
from service.describing import (
    body_of_kind,
    filter_parameters,
    patch_of_kind,
    problems,
    unsaved_startup,
)
from service.edge import StrictRoute
from service.profile_forms import shown_model
from service.profiles_api import History, ProfileRoutes, listed_model
from service.round_routes import cohort_routes, publication_routes, run_routes
from service.weights_answers import (
    ChancesOut,
    ProposalOut,
    Proposals,
    WeightActOut,
    WeightsOut,
)

PREFIX = "/api/v1"
NAMES_EN = {"startup": "a startup", "programme": "a programme", "incubator": "an incubator"}
NAMES_VI = {"startup": "startup", "programme": "chương trình", "incubator": "vườn ươm"}


def api_router() -> APIRouter:
    """Build the router of the whole API."""
    router = APIRouter(prefix=PREFIX, route_class=StrictRoute)
    for kind in KINDS:
        _add(router, f"{kind}s", _profiles(kind))
    for tag, routes in _others().items():
        _add(router, tag, routes)
    return router


def _add(router: APIRouter, tag: str, routes: list[Described]) -> None:
    for route in routes:
        statuses = (*route.refused, *(KEYED if route.keyed else (500,)))
        answers = problems(*statuses)
        if route.headers:
            answers[route.status] = {"headers": route.headers}
        router.add_api_route(
            route.path,
            route.endpoint,
            methods=[route.method],
            response_model=route.model,
            response_class=route.answer,
            status_code=route.status,
            summary=f"{route.en} / {route.vi}",
            responses=answers,
            openapi_extra=route.extra,
            operation_id=f"{route.endpoint.__name__}_{tag}",
            tags=[tag],
        )


def _profiles(kind: str) -> list[Described]:
    at, shown = ProfileRoutes(kind), shown_model(kind)
    en, vi = NAMES_EN[kind], NAMES_VI[kind]
    all_, one = f"/{kind}s", f"/{kind}s/{{id}}"
    listed, whole = listed_model(kind), body_of_kind(kind)
    made = ETAG | LOCATION
    created, edited = (*BODY, 409), (*BODY, *EDIT)
    return [
        Described(
            "GET", all_, at.list, f"List {kind}s", f"Liệt kê {vi}", listed,
            extra=filter_parameters(kind),
        ),
        Described(
            "POST", all_, at.create, f"Add {en}", f"Thêm {vi}", shown, 201, created,
            whole, made,
        ),
        Described(
            "GET", one, at.read, f"Read {en}", f"Đọc {vi}", shown, 200, (404,),
            headers=ETAG,
        ),
        Described(
            "PUT", one, at.replace, f"Replace {en}", f"Thay {vi}", shown, 200, edited,
            whole, ETAG,
        ),
        Described(
            "PATCH", one, at.amend, f"Change fields of {en}", f"Sửa vài trường của {vi}",
            shown, 200, edited, patch_of_kind(kind), ETAG,
        ),
        Described("DELETE", one, at.delete, f"Delete {en}", f"Xóa {vi}", None, 204, EDIT),
        Described(
            "GET", f"{one}/history", at.history, f"Versions of {en}", f"Lịch sử của {vi}",
            History, 200, (404,),
        ),
    ]  # fmt: skip


def _others() -> dict[str, list[Described]]:
    return {
        "matches": _matches(),
        "cohorts": cohort_routes(),
        "runs": run_routes(),
        "publications": publication_routes(),
        "decisions": _decisions(),
        "weights": _weights(),
        "consents": _consents(),
        "files": _files(),
        "keys": _keys(),
        "health": _health(),
    }


def _matches() -> list[Described]:
    api = matches_api
    return [
        Described(
            "GET", "/startups/{id}/matches", api.read_matches,
            "Programmes for a startup", "Chương trình cho startup", StartupMatches, 200, (404,),
        ),
        Described(
            "POST", "/matches", api.match_unsaved,
            "Programmes for an unsaved profile", "Chương trình cho hồ sơ chưa lưu",
            StartupMatches, 200, (*BODY, 404), unsaved_startup(),
        ),
        Described(
            "GET", "/programmes/{id}/startups", api.read_startups,
            "Startups for a programme", "Startup cho chương trình",
            ProgrammeStartups, 200, (404,),
        ),
        Described(
            "GET", "/incubators/{id}/partners", api.read_partners,
            "Partners for an incubator", "Đối tác cho vườn ươm", IncubatorPartners, 200, (404,),
        ),
        Described(
            "GET", "/startups/{id}/programmes/{programme_id}", api.explain_pair,
            "Explain a pair", "Giải thích một cặp", ExplanationOut, 200, (404,),
        ),
    ]  # fmt: skip


def _decisions() -> list[Described]:
    api = decisions_api
    return [
        Described(
            "POST", "/decisions", api.decide, "Record a decision", "Ghi quyết định",
            DecisionOut, 201, (*BODY, 404),
        ),
        Described(
            "GET", "/startups/{id}/decisions", api.read_decisions,
            "Decisions about a startup", "Quyết định về startup", Decisions, 200, (404,),
        ),
        Described(
            "GET", "/incubators/{id}/decisions", api.read_partner_decisions,
            "Decisions about partners", "Quyết định về đối tác", Decisions, 200, (404,),
        ),
    ]  # fmt: skip


def _weights() -> list[Described]:
    api, proposals = weights_api, "/weights/proposals"
    return [
        Described(
            "GET", "/weights", api.read_weights, "Weights as they stand", "Trọng số hiện hành",
            WeightsOut, headers=ETAG,
        ),
        Described(
            "POST", proposals, api.propose_weights, "Propose weights learned from decisions",
            "Đề xuất trọng số học từ các quyết định", ProposalOut, 201, headers=LOCATION,
        ),
        Described(
            "GET", proposals, api.read_proposals, "Latest proposals of weights",
            "Các đề xuất trọng số gần đây", Proposals,
        ),
        Described(
            "GET", f"{proposals}/{{id}}", api.read_proposal, "A proposal with its evidence",
            "Đề xuất trọng số và căn cứ", ProposalOut, 200, (404,),
        ),
        Described(
            "POST", f"{proposals}/{{id}}/accept", api.accept_proposal, "Accept proposed weights",
            "Chấp nhận trọng số đề xuất", WeightActOut, 200, (*BODY, 404, 409, 428), headers=ETAG,
        ),
        Described(
            "POST", "/weights/undo", api.undo_weights, "Undo accepted weights",
            "Hoàn tác việc chấp nhận trọng số", WeightActOut, 200, (*BODY, 409, 428), headers=ETAG,
        ),
        Described(
            "GET", "/chances", api.read_chances, "How far chances of acceptance hold",
            "Bảng độ tin cậy của khả năng được nhận", ChancesOut,
        ),
    ]  # fmt: skip


def _consents() -> list[Described]:
    api, path = admin_api, "/startups/{id}/consents"
    return [
        Described(
            "POST", path, api.give_consent, "Record a consent", "Ghi đồng ý",
            api.ConsentOut, 201, (*BODY, 404),
        ),
        Described(
            "GET", path, api.list_consents, "Consents of a startup", "Đồng ý của startup",
            api.Consents, 200, (404,),
        ),
        Described(
            "DELETE", f"{path}/{{consent_id}}", api.withdraw_consent,
            "Withdraw a consent", "Rút đồng ý", api.ConsentOut, 200, (404,),
        ),
    ]  # fmt: skip


def _files() -> list[Described]:
    api = files_api
    return [
        Described(
            "POST", "/import", api.import_file, "Load a CSV or Excel file", "Nạp tệp CSV, Excel",
            ReportOut, 200, BODY,
        ),
        Described(
            "GET", "/export/{kind}", api.export, "All profiles as CSV or Excel",
            "Xuất hồ sơ ra CSV, Excel", extra=api.FILE, answer=Response,
        ),
    ]  # fmt: skip


def _keys() -> list[Described]:
    api = admin_api
    return [
        Described(
            "POST", "/keys", api.make_key, "Make a key", "Tạo khóa",
            api.KeyMade, 201, (*BODY, 404),
        ),
        Described("GET", "/keys", api.list_keys, "List keys", "Liệt kê khóa", api.Keys),
        Described(
            "DELETE", "/keys/{key_id}", api.revoke_key, "Revoke a key", "Thu hồi khóa",
            None, 204, (404,),
        ),
        Described("GET", "/audit", api.read_audit, "Who saw what", "Ai đã xem gì", api.Lines),
    ]  # fmt: skip


def _health() -> list[Described]:
    api = health_api
    return [
        Described(
            "GET", "/health/live", api.live, "Is it alive", "Còn hoạt động không", api.Live,
            keyed=False,
        ),
        Described(
            "GET", "/health/ready", api.ready, "Is it ready", "Đã sẵn sàng chưa", api.Readiness,
            extra=api.NOT_READY, keyed=False,
        ),
        Described(
            "GET", "/version", api.read_version, "Version", "Phiên bản", api.Version, keyed=False
        ),
        Described(
            "GET", "/metrics", api.metrics, "Figures for Prometheus", "Số đo cho Prometheus",
            extra=api.FIGURES, answer=Response,
        ),
    ]  # fmt: skip
