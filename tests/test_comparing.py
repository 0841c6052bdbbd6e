"""Two lists held against each other, and forms that turn a profile without keeping it."""

from __future__ import annotations

import pytest

from data.texts import Texts
from matcher.profile import Money
from matcher.ranking import Match, Part, Ranking, Refusal
from matcher.rules.base import Outcome, Reason, Verdict
from service.comparing import compared
from service.pages.posted import Posted
from service.pages.turning import SENT, Turn, knobs, turned
from tests import builders

TURNS = (
    Turn("sectors"),
    Turn("equity_percent", most=25, step=0.5),
    Turn("fee"),
    Turn("funding"),
    Turn("rolling"),
    Turn("intake_months"),
    Turn("application_close"),
    Turn("status"),
)
KEPT = builders.programme(equity_percent=5.0, sectors=("fintech", "ai"))


def match(id: str, fee: float, text: float) -> Match:
    parts = tuple(
        Part(name, points, 10.0, Verdict(Outcome.FIT, Reason(f"{name}.some"), points / 10))
        for name, points in (("fee", fee), ("text", text))
    )
    return Match(id, id.upper(), fee + text, parts, (), ())


def refusal(id: str) -> Refusal:
    reason = Reason("size.too_large")
    return Refusal(id, id.upper(), "size", reason, (("size", reason),))


def ranking(*matches: Match, refused: tuple[str, ...] = ()) -> Ranking:
    return Ranking(matches, tuple(map(refusal, refused)), len(matches), len(refused))


def sent(**fields: str | tuple[str, ...]) -> Posted:
    pairs = [
        (name, value)
        for name, values in ({SENT: "yes", "status": "open"} | fields).items()
        for value in (values if isinstance(values, tuple) else (values,))
    ]
    return Posted(tuple(pairs))


def test_everybody_who_moved_is_told_with_the_parts_that_changed() -> None:
    before = ranking(match("a", 5, 5), match("b", 4, 4), match("c", 3, 3), refused=("d",))
    after = ranking(match("d", 9, 9), match("b", 6, 4), match("a", 2, 5), refused=("c",))
    held = compared(before, after)
    assert [(s.match.id, s.rank, s.way, s.gain) for s in held.standings] == [
        ("d", 1, "opened", None),
        ("b", 2, "rose", 2.0),
        ("a", 3, "fell", -3.0),
    ]
    assert held.standings[0].refusal == refusal("d")
    assert [(p.rule, p.before, p.now.points) for p in held.standings[1].parts] == [("fee", 4, 6)]
    assert [(out.match.id, out.rank, out.refusal.rule) for out in held.fell_out] == [
        ("c", 3, "size")
    ]
    assert not held.is_same


def test_a_list_beside_itself_is_the_same() -> None:
    one = ranking(match("a", 5, 5), refused=("b",))
    held = compared(one, one)
    assert held.is_same
    assert held.count("same") == 1


def test_a_form_that_was_not_sent_turns_nothing() -> None:
    assert turned("programme", KEPT, TURNS, Posted(()), Texts("en")).profile is KEPT


def test_an_empty_field_is_unknown_and_the_same_codes_in_another_order_are_no_change() -> None:
    told = turned("programme", KEPT, TURNS, sent(sectors=("ai", "fintech")), Texts("en"))
    assert told.profile.sectors == KEPT.sectors
    assert told.profile.equity_percent is None
    assert told.profile.funding is None
    assert told.profile.name == KEPT.name


def test_every_kind_of_field_is_read() -> None:
    form = sent(
        equity_percent="7.5",
        fee="2000",
        **{"fee-currency": "SGD"},
        rolling="no",
        intake_months=("3", "9"),
        application_close="2026-05-01",
    )
    told = turned("programme", KEPT, TURNS, form, Texts("en"))
    assert not told.faults
    assert told.profile.equity_percent == 7.5
    assert (told.profile.fee.amount, told.profile.fee.currency) == (2000, "SGD")
    assert told.profile.fee.usd
    assert told.profile.rolling is False
    assert told.profile.intake_months == (3, 9)
    assert told.profile.application_close.isoformat() == "2026-05-01"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("equity_percent", "170"),
        ("equity_percent", "-1"),
        ("equity_percent", "nan"),
        ("equity_percent", "1e999"),
        ("fee", "many"),
        ("sectors", "no-such-sector"),
        ("application_close", "soon"),
        ("intake_months", "13"),
        ("status", "married"),
    ],
)
def test_what_cannot_be_read_stays_as_it_is_kept_and_is_told(field: str, text: str) -> None:
    texts = Texts("en")
    form = sent(**{field: text, f"{field}-currency": "USD", "rolling": "yes"})
    told = turned("programme", KEPT, TURNS, form, texts)
    assert set(told.faults) == {field}
    assert getattr(told.profile, field) == getattr(KEPT, field)
    assert told.profile.rolling is True
    control = {knob.field: knob for knob in knobs(told.profile, KEPT, TURNS, form, told, texts)}
    assert control[field].fault


def test_a_control_tells_what_is_kept_and_what_it_is_turned_to() -> None:
    texts = Texts("en")
    form = sent(sectors=("fintech", "ai"), equity_percent="8", funding="90000")
    form = Posted((*form.fields, ("funding-currency", "SGD")))
    told = turned("programme", KEPT, TURNS, form, texts)
    control = {knob.field: knob for knob in knobs(told.profile, KEPT, TURNS, form, told, texts)}
    equity = control["equity_percent"]
    assert (equity.kept, equity.now, equity.value, equity.changed) == ("5", "8", "8", True)
    assert not control["sectors"].changed
    assert float(control["funding"].most) >= 2 * 90_000
    assert control["funding"].currency == "SGD"
    assert control["fee"].kept is None
    assert isinstance(told.profile.funding, Money)
