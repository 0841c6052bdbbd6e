"""What a report is made from, and a table as plain rows: the same for every form of output."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from matcher.assignment.instance import How
from matcher.cohort import Cohort
from matcher.outcome import Outcome, Shortfall

Cell = str | int | float | None
"""None stays an empty cell: unknown is not zero and not no."""

Row = tuple[Cell, ...]

Form = Literal["text", "long", "whole", "points", "share", "amount"]
"""How a column is written: ``points`` have two decimals, a ``share`` is 0 to 1, an ``amount`` has
two decimals unless it is whole."""


@dataclass(frozen=True, slots=True)
class StartupLine:
    """What a report may say of a startup; personal data has no place here.

    ``sectors`` stand in the startup's own order, the main one first; ``district`` is its ward.
    """

    id: str
    name: str
    tax_code: str | None = None
    sectors: tuple[str, ...] = ()
    district: str | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """What a report says of a programme; ``country`` is a code."""

    id: str
    name: str
    organisation: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit of the round, what it asks for, and what the run found.

    Attributes
    ----------
    name
        As the officer knows it.
    attribute, value
        What it counts: an attribute of a quota with its value; both None for the budget.
    at_least, at_most, found
        Placements, or money in whole ``currency``. ``found`` None where it was not worked out.
    """

    name: str
    attribute: str | None
    value: str | None
    at_least: int | None
    at_most: int | None
    found: int | None
    currency: str | None = None

    @property
    def kept(self) -> bool | None:
        """Whether the run keeps it; None where nobody knows."""
        if self.found is None:
            return None
        low = self.at_least is None or self.found >= self.at_least
        return low and (self.at_most is None or self.found <= self.at_most)


@dataclass(frozen=True, slots=True)
class WeightLine:
    """What a part of the score was worth in this run: a rule or likeness, and its points."""

    part: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What the office fills in; whatever is None stays blank in the document.

    Attributes
    ----------
    parent, issuer
        The organisation above, and the one that issues the document.
    symbol
        Of the issuer, after ``TTr-`` in the number.
    addressee
        Whom the document is submitted to.
    place
        Where it is issued; None for Ho Chi Minh City.
    signer
        Office of who signs; None for the head of the organisation.
    """

    parent: str | None = None
    issuer: str | None = None
    symbol: str | None = None
    addressee: str | None = None
    place: str | None = None
    signer: str | None = None


UNNAMED = Letterhead()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One run of a round, with all that its reports say.

    Attributes
    ----------
    run
        Its number; None for a dry run, of which nothing is kept.
    day
        On which the rules were read.
    who
        Who asked for the run, as the audit names them.
    version
        Of the code.
    input_digest, outcome_digest
        SHA-256 (hex) of what was solved and of what came out; None where none was kept.
    startups, programmes
        One line for each that the outcome names; one without a line is shown by its id.
    published_on
        None for a draft.
    money_unit
        What one unit of the budget's limit is worth, in whole units of the budget's currency; a
        way out tells in such units by how much the budget must grow.
    letterhead
        Of the document; the other forms have none.
    """

    cohort: Cohort
    run: int | None
    how: How
    day: date
    who: str
    version: str
    model: str
    weights: tuple[WeightLine, ...]
    input_digest: str
    outcome: Outcome | Shortfall
    startups: tuple[StartupLine, ...]
    programmes: tuple[ProgrammeLine, ...]
    limits: tuple[LimitLine, ...] = ()
    outcome_digest: str | None = None
    published_on: date | None = None
    money_unit: int = 1
    letterhead: Letterhead = UNNAMED


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the key of its heading under ``report.column``, its form, its width in letters.

    ``printed`` is False for what serves the screen only, such as ids; such columns stand last.
    """

    key: str
    form: Form
    width: int
    printed: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; ``name`` is the key of its title under ``report.sheet``."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def points(hundredths: int | None) -> float | None:
    """Hundredths of a point as points."""
    return None if hundredths is None else hundredths / 100
