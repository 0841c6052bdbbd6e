"""The description of the API (OpenAPI): both languages, examples, and every problem it may answer.

What the framework cannot tell by itself stands here: the forms of profile bodies, which are made
of the value classes, the filters of a list, and the bounds that are settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from data import listing
from matcher.profile import KINDS
from matcher.taxonomy import VOCABULARIES
from service.cohort_forms import COHORT_BODY
from service.problems import MEDIA_TYPE, Problem
from service.profile_forms import Body, body_model, code_hint, patch_schema, unsaved_schema
from service.profiles_api import filter_form
from service.settings import Settings

REF = "#/components/schemas/{model}"

DESCRIPTION = """Matches startups and incubators of Ho Chi Minh City to incubation programmes
abroad, with reasons that add up.

Kết nối startup và vườn ươm TP.HCM với các chương trình ươm tạo ở nước ngoài, kèm lý do của từng
điểm.

- Key / khóa: `Authorization: Bearer cn_…`, or `X-API-Key`.
- Language / ngôn ngữ: `?lang=vi|en`, or `Accept-Language`; Vietnamese by default.
- Edits / sửa: read the `ETag`, send it back in `If-Match`.
- Rounds / đợt: a run is a draft; what was published is `…/published`. Publishing and undoing rest
  on the `ETag` of that list, `"0"` before the first time.
  Lượt ghép là bản nháp; công bố và hoàn tác cần `ETag` của danh sách đã công bố.
- Errors / lỗi: `application/problem+json` (RFC 9457), with what to do in `next`.
"""

PROBLEMS = {
    400: "The body is not JSON. / Nội dung không phải JSON.",
    401: "No valid key. / Không có khóa hợp lệ.",
    403: "The role of the key may not do this. / Vai trò không đủ quyền.",
    404: "Not found, or not for this key. / Không tìm thấy.",
    409: "The id is in use, or the present state forbids it. / Mã đã dùng, hoặc chưa thể làm.",
    412: "Changed by somebody else meanwhile. / Đã bị người khác sửa.",
    413: "The body is too large. / Nội dung quá lớn.",
    415: "The body is of another media type. / Sai định dạng nội dung.",
    422: "A field or parameter does not hold. / Trường hoặc tham số chưa đúng.",
    428: "The edit needs If-Match. / Cần tiêu đề If-Match.",
    500: "Unforeseen; tell the request id. / Lỗi ngoài dự kiến.",
    503: "The installation lacks something. / Hệ thống chưa sẵn sàng.",
}

EXAMPLES: Mapping[str, Mapping[str, Body]] = {
    "startup": {
        "vi": {
            "id": "vi-du-pay",
            "name": "Ví Dụ Pay",
            "country": "VN",
            "city": "TP. Hồ Chí Minh",
            "founded_year": 2023,
            "sectors": ["fintech"],
            "stage": "seed",
            "description_vi": "Phần mềm giúp cửa hàng nhỏ nhận thanh toán bằng thẻ và mã QR.",
            "target_markets": ["SG"],
            "needs": ["market_access", "expansion"],
            "languages": [{"language": "vi"}, {"language": "en", "level": "B2"}],
            "revenue_12m": {"amount": 2_500_000_000, "currency": "VND"},
        },
        "en": {
            "id": "example-pay",
            "name": "Example Pay",
            "country": "VN",
            "city": "Ho Chi Minh City",
            "founded_on": "2023-05-17",
            "sectors": ["fintech"],
            "stage": "seed",
            "description_en": "Payment software that lets small shops take cards and QR codes.",
            "target_markets": ["SG"],
            "needs": ["market_access", "expansion"],
            "can_travel_weeks": 12,
            "will_incorporate_abroad": True,
        },
    },
    "programme": {
        "vi": {
            "id": "ha-canh-mem",
            "name": "Hạ cánh mềm Singapore",
            "organisation": "Tổ chức Ví Dụ",
            "country": "SG",
            "family": "A",
            "direction": "in",
            "sectors": ["fintech"],
            "stages": ["mvp", "seed"],
            "status": "open",
            "description_vi": "Đưa doanh nghiệp thanh toán vào thị trường Singapore.",
        },
        "en": {
            "id": "merlion-landing",
            "name": "Merlion Landing",
            "organisation": "Merlion Agency",
            "country": "SG",
            "family": "A",
            "direction": "in",
            "allowed_countries": ["*"],
            "funding": {"amount": 50_000, "currency": "SGD"},
            "funding_kind": "grant",
            "duration_weeks": 12,
            "status": "open",
            "description_en": "A soft landing for payment firms that want customers in Singapore.",
        },
    },
    "incubator": {
        "vi": {
            "id": "vuon-uom-vi-du",
            "name": "Example Incubator",
            "name_vi": "Vườn ươm Ví Dụ",
            "country": "VN",
            "sectors": ["agritech"],
            "services": ["training", "lab_access"],
            "wants": ["market_access"],
            "description_vi": "Vườn ươm trong trường đại học, có phòng thí nghiệm thực phẩm.",
        },
        "en": {
            "id": "example-incubator",
            "name": "Example Incubator",
            "country": "VN",
            "sectors": ["agritech"],
            "services": ["training", "lab_access"],
            "wants": ["market_access"],
            "linked_countries": ["KR"],
            "description_en": "A university incubator with a food laboratory.",
        },
    },
    "cohort": {
        "vi": {
            "id": "dot-1-2026",
            "name": "Đợt 1 năm 2026",
            "opens_on": "2026-04-01",
            "closes_on": "2026-06-30",
            "startups": ["vi-du-pay"],
            "intakes": [{"programme_id": "ha-canh-mem", "places": 10, "min_intake": 1}],
        },
        "en": {
            "id": "round-2-2026",
            "name": "Round 2 of 2026",
            "budget": {"amount": 2_000_000_000, "currency": "VND"},
            "startups": ["example-pay"],
            "intakes": [
                {
                    "programme_id": "merlion-landing",
                    "places": 5,
                    "cost_per_place": {"amount": 300_000_000, "currency": "VND"},
                }
            ],
            "quotas": [
                {
                    "name": "At most 5 to Singapore",
                    "attribute": "country",
                    "value": "SG",
                    "at_most": 5,
                }
            ],
        },
    },
}

PATCHES: Mapping[str, Body] = {
    "vi": {"stage": "seed", "contact_phone": None},
    "en": {"sectors": ["fintech", "ai"], "note": None},
}
COHORT_PATCHES: Mapping[str, Body] = {
    "vi": {"closes_on": "2026-09-30", "note": None},
    "en": {"offers": 2, "least_points": 40},
}

LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with."""
    schema = {"$ref": REF.format(model="Problem")}
    return {
        status: {"description": PROBLEMS[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in sorted(statuses)
    }


def body_of_kind(kind: str) -> Body:
    """The request body that is a whole profile."""
    return _request_body(f"{kind.capitalize()}Body", "application/json", EXAMPLES[kind])


def patch_of_kind(kind: str) -> Body:
    """The request body that is a merge patch of a profile."""
    examples = COHORT_PATCHES if kind == "cohort" else PATCHES
    return _request_body(f"{kind.capitalize()}Patch", "application/merge-patch+json", examples)


def unsaved_startup() -> Body:
    """The request body that is a startup's profile, its id left out or not."""
    return _request_body("UnsavedStartup", "application/json", EXAMPLES["startup"])


def filter_parameters(kind: str) -> Body:
    """The query parameters by which a list is filtered."""
    return {"parameters": [_filter(kind, name) for name in listing.filters_of(kind)]}


def describe(app: FastAPI, settings: Settings) -> None:
    """Let an application describe itself, once."""

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _description(app, settings)
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign]  # the way FastAPI documents


def _description(app: FastAPI, settings: Settings) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes
    )
    components = schema["components"]["schemas"]
    for kind in KINDS:
        components |= _forms(kind)
    components |= _bodies(COHORT_BODY, "Cohort")
    components["UnsavedStartup"] = unsaved_schema("startup")
    components |= _own_and_nested(Problem.model_json_schema(ref_template=REF), "Problem")
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    for operations in schema["paths"].values():
        for operation in operations.values():
            _bound(operation, settings)
    return schema


def _forms(kind: str) -> Body:
    name = kind.capitalize()
    codes = {_code_name(v): _codes(v) for v in VOCABULARIES if _is_filter(kind, v)}
    return codes | _bodies(body_model(kind), name)


def _bodies(model: type[BaseModel], name: str) -> Body:
    """The form of a whole body, what is nested in it, and the form of its patch."""
    whole = model.model_json_schema(ref_template=REF)
    patch = patch_schema(model, f"{name}Patch")
    return _own_and_nested(whole, f"{name}Body") | {f"{name}Patch": patch}


def _own_and_nested(schema: Body, name: str) -> Body:
    nested = schema.pop("$defs", {})
    return {**nested, name: schema}


def _bound(operation: Body, settings: Settings) -> None:
    """Write the bounds that are settings, and that an edit needs its version."""
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "limit":
            parameter["schema"]["maximum"] = settings.most_per_page
            parameter["schema"]["default"] = min(50, settings.most_per_page)
        elif parameter["name"] == "if-match":
            parameter |= {"required": True, "schema": {"type": "string", "minLength": 1}}


def _filter(kind: str, name: str) -> Body:
    vocabulary = filter_form(kind, name).vocabulary
    item = {"$ref": REF.format(model=_code_name(vocabulary))} if vocabulary else _TEXT
    about = "Any of these values. / Một trong các giá trị này."
    schema = {"type": "array", "items": item}
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema}


_TEXT: Body = {"type": "string"}


def _is_filter(kind: str, vocabulary: str) -> bool:
    names = listing.filters_of(kind)
    return any(filter_form(kind, name).vocabulary == vocabulary for name in names)


def _code_name(vocabulary: str) -> str:
    return str(code_hint(vocabulary).__name__)


def _codes(vocabulary: str) -> Body:
    return {"type": "string", "enum": list(VOCABULARIES[vocabulary])}


def _request_body(model: str, media_type: str, examples: Mapping[str, Body]) -> Body:
    named = {
        lang: {"summary": LANGUAGE_NAMES[lang], "value": value} for lang, value in examples.items()
    }
    schema = {"$ref": REF.format(model=model)}
    content = {media_type: {"schema": schema, "examples": named}}
    return {"requestBody": {"required": True, "content": content}}
