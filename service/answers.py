"""The forms of the answers, for programs: their names and fields are stable.

Sentences are in the language that was asked. ``schemas.py`` writes them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


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


class SeenOut(Out):
    """What came of held-out decisions of like chance: the share accepted, bounded at 95 %."""

    share: float
    low: float
    high: float
    decisions: int


class ChanceOut(Out):
    """A chance of acceptance (0 to 1); ``seen`` is null where no held-out chance was like it."""

    value: float = Field(ge=0, le=1)
    seen: SeenOut | None


Chance = Annotated[
    ChanceOut | None,
    Field(description="Null until enough decisions bear one out; `chance_note` says why."),
]


class _Match(Out):
    name: str
    organisation: str | None
    country: str | None
    score: float = Field(ge=0, le=100)
    chance: Chance
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
    chance_note: str
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
    chance: Chance
    chance_note: str
    blocked: list[RefusedBy]
    parts: list[PartOut]
    gates: list[GateOut]
    checks: list[CheckOut]
    changes: list[ChangeOut]
    scale: ScaleOut
    on: date
    model: str


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
