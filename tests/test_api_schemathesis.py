"""Made-up requests: nothing crashes, and every answer is one that the description promises."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.cohort_house import ROUND, keep_cohort, run_cohort
from tests.service_fixtures import API, House, build

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    allow_header_conformance,
    ignored_auth,
]


EXAMPLES = {GenerationMode.POSITIVE: 10, GenerationMode.NEGATIVE: 6}
"""Made-up requests for each address; a run by hand on a served application takes many more."""

KNOWN = {
    "startups": "vi-du-pay",
    "programmes": "merlion-landing",
    "incubators": "vuon-uom-vi-du",
    "cohorts": ROUND,
    "runs": "1",
    "weights": "1",
}
"""Ids that are there, since made-up ones never are."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    made = build(tmp_path_factory.mktemp("house"))
    keep_cohort(made)
    run_cohort(made)
    run_cohort(made, mode="fair")
    return made


def test_every_made_up_request_gets_a_promised_answer(
    house: House, subtests: pytest.Subtests
) -> None:
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", house.app)
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if "/keys/" in operation.path:  # or it revokes the key that it asks with
            continue
        tried += 1
        for mode in modes_of(operation):
            with subtests.test(f"{operation.label} {mode.value}"):
                make_up(operation, mode, house.headers("admin"))
    assert tried == 82


def modes_of(operation: APIOperation) -> list[GenerationMode]:
    """Both modes, save where nothing is asked for that could be wrong."""
    raw = operation.definition.raw
    asks = raw.get("parameters") or raw.get("requestBody")
    return list(EXAMPLES) if asks else [GenerationMode.POSITIVE]


def ids_in(operation: APIOperation) -> dict[str, str]:
    """Known ids for the parameters of an address."""
    known = {
        "id": KNOWN.get(operation.path.split("/")[3], ""),
        "programme_id": "closed-one",
        "startup_id": "vi-du-pay",
        "other_id": "2",
    }
    return {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}


def make_up(operation: APIOperation, mode: GenerationMode, headers: dict[str, str]) -> None:
    """Send made-up requests to one operation and check each answer."""
    known = ids_in(operation) if mode is GenerationMode.POSITIVE else None
    cases = operation.as_strategy(generation_mode=mode, path_parameters=known)

    @given(case=cases)
    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    check()
