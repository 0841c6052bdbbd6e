"""A decision is recorded only about profiles that are kept, in words that are known."""

import pytest

from data.decisions import decisions_about
from data.engines import transaction
from matcher.errors import ProfileNotFound, TextTooLong, UnknownCode
from service.deciding import LONGEST_WHY, asker_of, decide
from tests.builders import NOW
from tests.service_fixtures import build

PAIR = ("vi-du-pay", "programme", "merlion-growth")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return build(tmp_path_factory.mktemp("deciding")).parts.engine


def record(engine, *decided, **facts):
    with transaction(engine) as conn:
        return decide(conn, *decided, who="an", at=NOW, **facts)


def test_what_is_decided_is_on_record(engine):
    made = record(engine, *PAIR, "met", why="Ở Singapore")
    with transaction(engine) as conn:
        assert decisions_about(conn, "vi-du-pay") == (made,)
    assert (made.decision, made.who, made.at, made.why) == ("met", "an", NOW, "Ở Singapore")
    assert record(engine, *PAIR, "met", why="").why is None


@pytest.mark.parametrize(
    ("decided", "error"),
    [
        (("vi-du-pai", "programme", "merlion-growth", "met"), ProfileNotFound),
        (("vi-du-pay", "programme", "x", "met"), ProfileNotFound),
        (("vi-du-pay", "incubator", "org-seoul-agency", "met"), ProfileNotFound),
        ((*PAIR, "hired"), UnknownCode),
    ],
)
def test_nothing_is_recorded_about_nobody_or_in_other_words(engine, decided, error):
    with pytest.raises(error):
        record(engine, *decided)


def test_a_partner_may_be_an_organisation_that_is_not_kept(engine):
    made = record(engine, "vuon-uom-vi-du", "incubator", "org-seoul-agency", "met")
    assert made.target_kind == "incubator"
    assert [asker_of(kind) for kind in ("programme", "incubator")] == ["startup", "incubator"]


def test_a_reason_has_its_longest(engine):
    assert record(engine, *PAIR, "met", why="x" * LONGEST_WHY).why
    with pytest.raises(TextTooLong):
        record(engine, *PAIR, "met", why="x" * (LONGEST_WHY + 1))
