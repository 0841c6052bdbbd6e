"""The forms of the answers about published lists, capped lists, and files of cohorts."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from service.answers import CellFault, Named, Out
from service.round_answers import PublicationOut


class GivenOut(Out):
    """One place of a published list."""

    startup: Named
    programme: Named


class Publications(Out):
    """Every act of a cohort, newest first; the newest one stands."""

    items: list[PublicationOut]


class PublishedOut(Out):
    """The published list that stands; without a publication when nothing was published yet."""

    cohort: Named
    publication: PublicationOut | None
    placements: list[GivenOut]


class PlacedOut(Out):
    """What one published round gives a startup."""

    cohort: Named
    programme: Named
    published_at: AwareDatetime


class PlacementOfStartup(Out):
    """What the published lists of all rounds give a startup; never a draft."""

    startup: Named
    placements: list[PlacedOut]


class ExposureOut(Out):
    """How lists spread the startups: from crowded on few programmes to even.

    ``congestion`` is the share of all entries on the three most listed programmes; applicants are
    those expected for each place, if every startup applied once at random from its list.
    """

    congestion: float
    applicants_most: float | None
    applicants_mean: float | None
    gini: float
    mean_points: float | None
    best_kept: float | None
    entries: int


class EntryOut(Out):
    """A programme on a list."""

    programme: Named
    points: float


class ListOut(Out):
    """The list of one startup, best first."""

    startup: Named
    programmes: list[EntryOut]


class CapOut(Out):
    """How often a programme may stand in the lists, and how often it does."""

    programme: Named
    places: int
    cap: int
    listed: int
    over: int = Field(description="Entries beyond the cap, without which lists would stay short.")


class CappedOut(Out):
    """Lists that respect places; ``plain`` is how lists by fit alone would spread."""

    cohort: Named
    k: int
    slack: float
    plain: ExposureOut
    capped: ExposureOut
    caps: list[CapOut]
    items: list[ListOut]
    total: int
    limit: int
    offset: int


class RefusedLineOut(Out):
    """A line of a sheet that was not read; ``line`` as a spreadsheet counts."""

    sheet: str
    line: int
    name: str
    errors: list[CellFault]


class CohortReportOut(Out):
    """What became of a file: the cohort as it is then, the fields that the file gave.

    ``version`` is null for a new cohort of a dry run.
    """

    dry_run: bool
    action: Literal["added", "changed", "unchanged"]
    id: str
    name: str
    version: int | None
    startups: int
    programmes: int
    pair_rules: int
    quotas: int
    given: list[str]
    refused: list[RefusedLineOut]
    ignored_headings: list[str]
    ignored_sheets: list[str]
