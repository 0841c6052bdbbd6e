"""One programme as a startup checks it: gate by gate, point by point, date by date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import Response

from data import wishes
from data.texts import Texts
from matcher.profile import Programme, Startup
from matcher.rules.base import Outcome, Verdict
from service import matches_api
from service.answers import ChangeOut, CheckOut, ExplanationOut
from service.effects import fields_of_rule, gate_verdicts
from service.pages.doors import PageRoute, PageVisit, StartupVisit
from service.pages.frame import go_to, render
from service.pages.own_asks import ASKS
from service.pages.own_terms import Terms, terms_of

STATES = {
    Outcome.PASSED: "passed",
    Outcome.BLOCKED: "blocked",
    Outcome.UNKNOWN: "unknown",
    Outcome.FIT: "passed",
}
ORDER = ("blocked", "unknown", "passed")


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition: whether it is met, why, whom to ask, and which field answers it."""

    rule: str
    label: str
    state: str
    reason: str
    ask: str | None
    field: str | None
    changes: tuple[ChangeOut, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is open beside the gates: of a part of the score."""

    check: CheckOut
    label: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Checklist:
    """All that a startup should know of one programme."""

    told: ExplanationOut
    programme: Programme
    about: str | None
    about_lang: str
    terms: Terms
    gates: tuple[Gate, ...]
    questions: tuple[Question, ...]
    prepare: tuple[str, ...]
    wish: wishes.Wish | None

    @property
    def blocked(self) -> tuple[Gate, ...]:
        """Conditions that are not met."""
        return tuple(gate for gate in self.gates if gate.state == "blocked")

    @property
    def asked_me(self) -> tuple[Gate, ...]:
        """Conditions that wait for the startup."""
        return tuple(gate for gate in self.gates if gate.ask == "startup")

    @property
    def asked_them(self) -> tuple[Gate, ...]:
        """Conditions that wait for the programme."""
        return tuple(gate for gate in self.gates if gate.ask == "programme")

    def count(self, state: str) -> int:
        """Gates in a state."""
        return sum(gate.state == state for gate in self.gates)


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/me/programmes/{id}", programme_page, methods=["GET"])
    return pages


def programme_page(request: Request, visit: StartupVisit, id: str) -> Response:
    """The checklist of one programme; raises ProfileNotFound."""
    if visit.account.profile_id is None:
        return go_to("/me/profile")
    told = matches_api.explain_pair(visit, visit.profile_id, id)
    maker, texts = visit.parts.matchmaker, visit.texts
    startup = cast(Startup, maker.kept("startup", visit.profile_id))
    programme = cast(Programme, maker.kept("programme", id))
    with visit.reading() as conn:
        said = {one.programme_id: one for one in wishes.latest(conn, visit.profile_id)}
    gates = tuple(_gate(rule, v, told, texts) for rule, v in gate_verdicts(maker, startup, id))
    about, about_lang = _about(programme, texts.lang)
    page = Checklist(
        told=told,
        programme=programme,
        about=about,
        about_lang=about_lang,
        terms=terms_of(programme, maker.programmes.roster.on, texts),
        gates=tuple(sorted(gates, key=lambda gate: ORDER.index(gate.state))),
        questions=tuple(_questions(told, {gate.rule for gate in gates}, texts)),
        prepare=tuple(_prepare(programme, visit)),
        wish=said.get(id),
    )
    return render(request, "me_programme.html", page, visit=visit)


def _gate(rule: str, verdict: Verdict, told: ExplanationOut, texts: Texts) -> Gate:
    code = verdict.reason.code
    asks = verdict.outcome is Outcome.UNKNOWN
    side = ("startup" if code.endswith("ask_startup") else "programme") if asks else None
    fields = fields_of_rule(rule)
    field = next((one for one in fields if one in ASKS), None)
    helping = [one for one in told.changes if one.opens and one.field in fields]
    return Gate(
        rule=rule,
        label=texts.rule(rule),
        state=STATES[verdict.outcome],
        reason=texts.reason(verdict.reason),
        ask=side,
        field=field,
        changes=tuple(helping) if verdict.outcome is Outcome.BLOCKED else (),
    )


def _questions(told: ExplanationOut, gates: set[str], texts: Texts) -> Iterator[Question]:
    """What the startup is asked beside the gates, each question once."""
    seen: set[str] = set()
    for check in told.checks:
        if check.rule in gates or check.question in seen or check.ask != "startup":
            continue
        seen.add(check.question)
        fields = [one for one in fields_of_rule(check.rule) if one in ASKS]
        yield Question(check, texts.rule(check.rule), fields[0] if fields else None)


def _about(programme: Programme, lang: str) -> tuple[str | None, str]:
    """The description in the page's language, else in the other one, and which it is."""
    other = "en" if lang == "vi" else "vi"
    for code in (lang, other):
        text: str | None = getattr(programme, f"description_{code}")
        if text:
            return text, code
    return None, lang


def _prepare(programme: Programme, visit: PageVisit) -> Iterator[str]:
    """What the programme itself says must be brought; nothing where it says nothing."""
    texts = visit.texts
    if programme.languages:
        level = programme.min_language_level
        yield texts.page(
            "own.prepare.languages",
            languages=texts.content(Programme, "languages", programme.languages),
            level=level,
        )
    if programme.on_site_weeks or programme.duration_weeks:
        yield texts.page(
            "own.prepare.weeks",
            weeks=programme.on_site_weeks,
            whole=programme.duration_weeks,
        )
    if programme.incorporation_required:
        country = texts.content(Programme, "country", programme.host)
        note = getattr(programme, f"incorporation_note_{texts.lang}")
        yield texts.page("own.prepare.company", country=country, note=note)
    for name in ("other_conditions", "reporting_duties"):
        text = getattr(programme, f"{name}_{texts.lang}")
        if text:
            yield texts.page(f"own.prepare.{name}", text=text)
    if programme.visa_route is not None:
        yield texts.page(f"own.prepare.visa_{'yes' if programme.visa_route else 'no'}")
