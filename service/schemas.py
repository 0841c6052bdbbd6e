"""The answers as people and programs read them: the same JSON over HTTP and from the commands.

Names and forms are stable: programs rely on them. Sentences are in the language that was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from data.bodies import plain
from data.loading import LoadReport, RefusedCell
from data.texts import Texts
from matcher.explaining import Explanation, Proof
from matcher.profile import Startup, form_of
from matcher.ranking import Check, Match, Part, Refusal
from matcher.rules.base import Outcome, Reason
from service.matchmaking import LIMITS, Answer, Matchmaker

SIDES = {
    "startup": {"startup": "startup", "programme": "programme"},
    "programme": {"startup": "startup", "programme": "programme"},
    "incubator": {"startup": "home", "programme": "partner"},
}
"""Whom a question goes to, by the kind of the asker and the side that a rule calls it."""


class Out(BaseModel):
    """Base of what goes out."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(Out):
    """A profile by its id and name."""

    id: str
    name: str


class PartOut(Out):
    """One part of a score; the points of all parts sum to the score, to the hundredth."""

    rule: str
    label: str
    points: float
    max_points: float
    verdict: Literal["fit", "unknown"]
    reason: str


class GateOut(Out):
    """A gate that was passed, or that refuses."""

    rule: str
    label: str
    verdict: Literal["passed", "blocked"]
    reason: str


class CheckOut(Out):
    """A question that is still open, and whom to ask."""

    rule: str
    ask: Literal["startup", "programme", "home", "partner"]
    question: str


class RefusedBy(Out):
    """A rule that refuses, and why."""

    rule: str
    reason: str


class _Match(Out):
    name: str
    organisation: str | None
    country: str | None
    score: float = Field(ge=0, le=100)
    parts: list[PartOut]
    checks: list[CheckOut]
    near_tie: bool
    near_tie_with: list[str]
    decision: str | None


class _Blocked(Out):
    name: str
    rule: str
    reason: str
    all: list[RefusedBy]


class _ProgrammeId(Out):
    programme_id: str


class _StartupId(Out):
    startup_id: str


class _PartnerId(Out):
    partner_id: str


class ProgrammeMatch(_Match, _ProgrammeId):
    """A programme that is open to a startup."""


class StartupMatch(_Match, _StartupId):
    """A startup that a programme is open to."""


class PartnerMatch(_Match, _PartnerId):
    """An organisation abroad that suits an incubator."""


class ProgrammeBlocked(_Blocked, _ProgrammeId):
    """A programme that is not open to a startup."""


class StartupBlocked(_Blocked, _StartupId):
    """A startup that a programme is not open to."""


class PartnerBlocked(_Blocked, _PartnerId):
    """An organisation that is no partner."""


class ScaleOut(Out):
    """How the scores are to be read: below ``noise`` points, two neighbours are a near tie."""

    noise: float


class _Measured(Out):
    eligible: int
    refused: int
    scale: ScaleOut
    on: date
    model: str


class _OfStartup(Out):
    startup: Named
    matches: list[ProgrammeMatch]
    blocked: list[ProgrammeBlocked]


class _OfProgramme(Out):
    programme: Named
    matches: list[StartupMatch]
    blocked: list[StartupBlocked]


class _OfIncubator(Out):
    incubator: Named
    matches: list[PartnerMatch]
    blocked: list[PartnerBlocked]


class StartupMatches(_Measured, _OfStartup):
    """The programmes of a startup, best first, and those not open to it."""


class ProgrammeStartups(_Measured, _OfProgramme):
    """The startups of a programme, best first, and those it is not open to."""


class IncubatorPartners(_Measured, _OfIncubator):
    """The partners of an incubator, best first, and those that cannot be one."""


class ChangeOut(Out):
    """One change of the startup, proved by a second run: what it opens or adds."""

    field: str
    label: str
    value: Any
    value_text: str
    opens: bool
    score: float
    gain: float
    sentence: str


class ExplanationOut(Out):
    """A pair in full: its score or what blocks it, every part and gate, and what would help."""

    startup: Named
    programme: Named
    score: float | None
    blocked: list[RefusedBy]
    parts: list[PartOut]
    gates: list[GateOut]
    checks: list[CheckOut]
    changes: list[ChangeOut]
    scale: ScaleOut
    on: date
    model: str


AnswerOut = StartupMatches | ProgrammeStartups | IncubatorPartners


@dataclass(frozen=True, slots=True)
class Measure:
    """What a list was measured with: the noise of the scale, the day, the model."""

    noise: float
    on: date
    model: str


@dataclass(frozen=True, slots=True)
class _Form:
    """The models of one asker's answer."""

    answer: type[Any]
    match: type[Any]
    blocked: type[Any]
    its_id: str


_FORMS = {
    "startup": _Form(StartupMatches, ProgrammeMatch, ProgrammeBlocked, "programme_id"),
    "programme": _Form(ProgrammeStartups, StartupMatch, StartupBlocked, "startup_id"),
    "incubator": _Form(IncubatorPartners, PartnerMatch, PartnerBlocked, "partner_id"),
}


def measure_of(matchmaker: Matchmaker, kind: str) -> Measure:
    """What the matchmaker measures the lists of this kind of asker with."""
    panel = matchmaker.partner_panel if kind == "incubator" else matchmaker.panel
    encoder = matchmaker.shortlist.encoder
    return Measure(panel.scale.noise, matchmaker.programmes.roster.on, encoder.model_id)


def answer_out(answer: Answer, texts: Texts, kind: str, measure: Measure) -> AnswerOut:
    """Write an answer in a language; ``kind`` is that of the asker."""
    form = _FORMS[kind]
    say = _Sayer(texts, kind)
    ranking = answer.ranking
    out: AnswerOut = form.answer(
        **{kind: Named(id=answer.asker.id, name=answer.asker.name)},
        matches=[
            form.match(**{form.its_id: match.id}, **_match(match, answer, say))
            for match in ranking.matches
        ],
        blocked=[
            form.blocked(**{form.its_id: refusal.id}, **_blocked(refusal, say))
            for refusal in ranking.refusals
        ],
        eligible=ranking.eligible,
        refused=ranking.refused,
        scale=ScaleOut(noise=measure.noise),
        on=measure.on,
        model=measure.model,
    )
    return out


def explanation_out(
    explanation: Explanation, startup: Named, programme: Named, texts: Texts, measure: Measure
) -> ExplanationOut:
    """Write the explanation of a pair in a language."""
    say = _Sayer(texts, "startup")
    judged = explanation.judged
    match = judged if isinstance(judged, Match) else None
    return ExplanationOut(
        startup=startup,
        programme=programme,
        score=match.score if match else None,
        blocked=say.refusing(judged) if isinstance(judged, Refusal) else [],
        parts=[say.part(part) for part in match.parts] if match else [],
        gates=say.gates(judged),
        checks=[say.check(check) for check in match.checks] if match else [],
        changes=[_change(proof, texts, match is not None) for proof in explanation.changes],
        scale=ScaleOut(noise=measure.noise),
        on=measure.on,
        model=measure.model,
    )


class _Sayer:
    """Says verdicts in one language, each reason once."""

    def __init__(self, texts: Texts, kind: str) -> None:
        self.texts = texts
        self.sides: Any = SIDES[kind]
        self._said: dict[Reason, str] = {}

    def reason(self, reason: Reason) -> str:
        said = self._said.get(reason)
        if said is None:
            said = self._said[reason] = self.texts.reason(reason)
        return said

    def part(self, part: Part) -> PartOut:
        return PartOut(
            rule=part.rule,
            label=self.texts.rule(part.rule),
            points=part.points,
            max_points=part.max_points,
            verdict="unknown" if part.verdict.outcome is Outcome.UNKNOWN else "fit",
            reason=self.reason(part.verdict.reason),
        )

    def check(self, check: Check) -> CheckOut:
        question = self.reason(check.reason)
        return CheckOut(rule=check.rule, ask=self.sides[check.ask], question=question)

    def refusing(self, refusal: Refusal) -> list[RefusedBy]:
        return [RefusedBy(rule=rule, reason=self.reason(why)) for rule, why in refusal.others]

    def gates(self, judged: Match | Refusal) -> list[GateOut]:
        if isinstance(judged, Match):
            return [self._gate(g.rule, "passed", g.verdict.reason) for g in judged.gates]
        return [self._gate(rule, "blocked", why) for rule, why in judged.others]

    def _gate(self, rule: str, verdict: Literal["passed", "blocked"], why: Reason) -> GateOut:
        label, reason = self.texts.rule(rule), self.reason(why)
        return GateOut(rule=rule, label=label, verdict=verdict, reason=reason)


def _match(match: Match, answer: Answer, say: _Sayer) -> dict[str, Any]:
    profile = answer.profiles[match.id]
    country: Callable[[Any], str] = LIMITS["country"]
    return {
        "name": match.name,
        "organisation": getattr(profile, "organisation", getattr(profile, "operator", None)),
        "country": country(profile),
        "score": match.score,
        "parts": [say.part(part) for part in match.parts],
        "checks": [say.check(check) for check in match.checks],
        "near_tie": bool(match.near_ties),
        "near_tie_with": list(match.near_ties),
        "decision": answer.decisions.get(match.id),
    }


def _blocked(refusal: Refusal, say: _Sayer) -> dict[str, Any]:
    return {
        "name": refusal.name,
        "rule": refusal.rule,
        "reason": say.reason(refusal.reason),
        "all": say.refusing(refusal),
    }


def _change(proof: Proof, texts: Texts, is_open: bool) -> ChangeOut:
    field, value = proof.change.field, proof.change.value
    label, value_text = texts.field(field), texts.content(Startup, field, value)
    key = "explain.adds_points" if is_open else "explain.would_open"
    facts = {"field": label, "value": value_text, "score": proof.score, "points": proof.gain}
    return ChangeOut(
        field=field,
        label=label,
        value=plain(form_of(Startup, field), value),
        value_text=value_text,
        opens=proof.opens,
        score=proof.score,
        gain=proof.gain,
        sentence=texts.screen(key, **facts),
    )


class CellFault(Out):
    """One cell that a field cannot hold, and what to do."""

    field: str
    value: str
    message: str
    next: str


class RefusedRowOut(Out):
    """A row that was not loaded; ``line`` as a spreadsheet counts."""

    line: int
    name: str
    errors: list[CellFault]


class Counts(Out):
    """How many rows came to what."""

    added: int
    changed: int
    unchanged: int
    refused: int


class ReportOut(Out):
    """What became of a file; the good rows are kept, unless it was a dry run."""

    kind: str
    dry_run: bool
    counts: Counts
    added: list[str]
    changed: list[str]
    refused: list[RefusedRowOut]
    ignored_headings: list[str]
    missing: list[str]


def report_out(report: LoadReport, texts: Texts) -> ReportOut:
    """Write what became of a file, in a language."""
    refused = [
        RefusedRowOut(line=r.line, name=r.name, errors=[_cell(cell, texts) for cell in r.cells])
        for r in report.refused
    ]
    counts = Counts(
        added=len(report.added),
        changed=len(report.changed),
        unchanged=len(report.unchanged),
        refused=len(refused),
    )
    return ReportOut(
        kind=report.kind,
        dry_run=report.dry_run,
        counts=counts,
        added=list(report.added),
        changed=list(report.changed),
        refused=refused,
        ignored_headings=list(report.ignored_headings),
        missing=list(report.missing),
    )


def _cell(cell: RefusedCell, texts: Texts) -> CellFault:
    text = texts.error(cell.error)
    return CellFault(field=cell.field, value=cell.value, message=text.detail, next=text.next)
