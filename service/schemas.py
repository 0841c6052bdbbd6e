"""Writes answers in the asked language: the same JSON over HTTP and from the commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from data.bodies import plain
from data.loading import LoadReport, RefusedCell
from data.texts import Texts
from matcher.explaining import Explanation, Proof
from matcher.profile import Startup, form_of
from matcher.ranking import Check, Match, Part, Refusal
from matcher.rules.base import Outcome, Reason
from service.answers import (
    CellFault,
    ChangeOut,
    CheckOut,
    Counts,
    ExplanationOut,
    GateOut,
    IncubatorPartners,
    PartnerBlocked,
    PartnerMatch,
    PartOut,
    ProgrammeBlocked,
    ProgrammeMatch,
    ProgrammeStartups,
    RefusedBy,
    RefusedRowOut,
    ReportOut,
    ScaleOut,
    StartupBlocked,
    StartupMatch,
    StartupMatches,
)
from service.answers import Named as Named  # those who write an explanation name its two ends
from service.chances import ChanceBook, Chances
from service.matchmaking import LIMITS, Answer, Matchmaker

SIDES = {
    "startup": {"startup": "startup", "programme": "programme"},
    "programme": {"startup": "startup", "programme": "programme"},
    "incubator": {"startup": "home", "programme": "partner"},
}
"""Whom a question goes to, by the kind of the asker and the side that a rule calls it."""


AnswerOut = StartupMatches | ProgrammeStartups | IncubatorPartners


@dataclass(frozen=True, slots=True)
class Measure:
    """What a list was measured with: the noise of the scale, the day, the model, the chances."""

    noise: float
    on: date
    model: str
    chances: Chances


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


def measure_of(matchmaker: Matchmaker, kind: str, book: ChanceBook) -> Measure:
    """What the matchmaker measures the lists of this kind of asker with."""
    panel = matchmaker.partner_panel if kind == "incubator" else matchmaker.panel
    encoder, on = matchmaker.shortlist.encoder, matchmaker.programmes.roster.on
    return Measure(panel.scale.noise, on, encoder.model_id, book.beside(kind))


def answer_out(answer: Answer, texts: Texts, kind: str, measure: Measure) -> AnswerOut:
    """Write an answer in a language; ``kind`` is that of the asker."""
    form = _FORMS[kind]
    say = _Sayer(texts, kind)
    ranking = answer.ranking
    chances = measure.chances.beside([match.score for match in ranking.matches])
    out: AnswerOut = form.answer(
        **{kind: Named(id=answer.asker.id, name=answer.asker.name)},
        matches=[
            form.match(**{form.its_id: match.id}, **_match(match, answer, say), chance=chance)
            for match, chance in zip(ranking.matches, chances, strict=True)
        ],
        blocked=[
            form.blocked(**{form.its_id: refusal.id}, **_blocked(refusal, say))
            for refusal in ranking.refusals
        ],
        eligible=ranking.eligible,
        refused=ranking.refused,
        chance_note=measure.chances.note(texts),
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
        chance=measure.chances.beside([match.score])[0] if match else None,
        chance_note=measure.chances.note(texts),
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


def report_out(report: LoadReport, texts: Texts) -> ReportOut:
    """Write what became of a file, in a language."""
    refused = [
        RefusedRowOut(
            line=r.line, name=r.name, errors=[cell_fault(cell, texts) for cell in r.cells]
        )
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


def cell_fault(cell: RefusedCell, texts: Texts) -> CellFault:
    """A cell that was refused, and what to do."""
    text = texts.error(cell.error)
    return CellFault(field=cell.field, value=cell.value, message=text.detail, next=text.next)
