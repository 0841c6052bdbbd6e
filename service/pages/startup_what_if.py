"""What if: other facts of a startup or other weights, and how its list would change; unsaved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from data.texts import ErrorText, Texts
from matcher.errors import CauNoiError
from matcher.profile import Startup
from matcher.ranking import Refusal
from service.comparing import FellOut, Standing
from service.pages.doors import Form, OfficerVisit, PageVisit
from service.pages.frame import render
from service.pages.posted import Posted
from service.pages.startup_fields import (
    FIELDS,
    Input,
    Offered,
    changed_by,
    inputs_of,
    number_of,
    offered_by,
)
from service.pages.startup_known import decided_on, read_known
from service.what_if import Moves, compare, declined_of, normalised

SHOWN = 15
"""Programmes of the new list that the page shows."""
MOST_CLOSED = 20
HIGHEST = 40
"""The far end of a slider, in points."""
WEIGHT = "weight-"
PART_HEADER, PART = "x-part", "list"
"""How a script asks for the list alone."""


@dataclass(frozen=True, slots=True)
class Slider:
    """A weight: what stands now, what the slider shows, and what it comes to of 100."""

    name: str
    label: str
    about: str
    now: float
    set: float
    comes_to: float


@dataclass(frozen=True, slots=True)
class Shift:
    """A part of a score that is worth more or less than before."""

    label: str
    points: float


@dataclass(frozen=True, slots=True)
class Row:
    """A programme of the new list: ``mark`` is same, up, down, opened or closed; ``is_near`` where
    the noise does not tell it from the one before or after it."""

    id: str
    name: str
    organisation: str
    country: str
    mark: str
    reasons: tuple[str, ...]
    rank: int | None = None
    rise: int = 0
    score: float | None = None
    gain: float | None = None
    shifts: tuple[Shift, ...] = ()
    is_near: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What would change, as rows; ``whole`` has the counts."""

    whole: Moves
    rows: tuple[Row, ...]
    opened: tuple[Row, ...]
    closed: tuple[Row, ...]
    fields: tuple[str, ...]
    weights_changed: bool

    @property
    def is_changed(self) -> bool:
        """Whether anything was changed at all."""
        return bool(self.fields) or self.weights_changed


@dataclass(frozen=True, slots=True)
class WhatIfPage:
    """The form and what comes of it; ``error`` says why the form could not be read."""

    id: str
    name: str
    inputs: tuple[Input, ...]
    sliders: tuple[Slider, ...]
    result: Result
    error: ErrorText | None
    highest: float
    noise: float
    shown: int = SHOWN


def add_routes(pages: APIRouter) -> None:
    """Add the routes."""
    pages.add_api_route("/startups/{id}/what-if", what_if_page, methods=["GET"])
    pages.add_api_route("/startups/{id}/what-if", try_out, methods=["POST"])


def what_if_page(request: Request, visit: OfficerVisit, id: str) -> HTMLResponse:
    """The form as the profile stands."""
    return _shown(request, visit, id, None)


def try_out(request: Request, visit: OfficerVisit, id: str, form: Form) -> HTMLResponse:
    """The list as it would be; nothing of it is kept."""
    return _shown(request, visit, id, form)


def _shown(request: Request, visit: PageVisit, id: str, form: Posted | None) -> HTMLResponse:
    with visit.reading() as conn:
        kept = read_known(visit, conn, id).startup
        decided = {target: one.decision for target, one in decided_on(conn, id).items()}
    maker = visit.parts.matchmaker
    maker.catch_up()
    now = dict(maker.panel.scale.points)
    offered = offered_by(maker.programmes.roster.profiles)
    changed, points, error = kept, now, None
    try:
        if form is not None:
            changed, points = changed_by(kept, form), points_in(form, now)
    except CauNoiError as wrong:
        error = wrong
    moves = compare(maker, changed, points, declined_of(decided), SHOWN + 1)
    page = _page(visit, kept, changed, offered, now, points, moves, error)
    visit.note("tried out", "startup", id, page.result.fields)
    visit.write_lines()
    alone = request.headers.get(PART_HEADER) == PART
    template = "startup_what_if_list.html" if alone else "startup_what_if.html"
    return render(request, template, page, visit=visit, status=error.status if error else 200)


def _page(
    visit: PageVisit,
    kept: Startup,
    changed: Startup,
    offered: Offered,
    now: Mapping[str, float],
    points: Mapping[str, float],
    moves: Moves,
    error: CauNoiError | None,
) -> WhatIfPage:
    texts, noise = visit.texts, visit.parts.matchmaker.panel.scale.noise
    fields = tuple(name for name in FIELDS if getattr(kept, name) != getattr(changed, name))
    result = Result(
        moves,
        _best(moves, noise, texts),
        tuple(_row(one, moves, texts) for one in moves.opened),
        tuple(_closed(one, moves, texts) for one in moves.closed[:MOST_CLOSED]),
        fields,
        dict(points) != dict(now),
    )
    return WhatIfPage(
        kept.id,
        kept.name,
        inputs_of(changed, kept, offered, texts),
        tuple(_slider(name, now[name], points[name], texts) for name in now),
        result,
        None if error is None else texts.error(error),
        max(HIGHEST, *now.values()),
        noise,
    )


def points_in(form: Posted, now: Mapping[str, float]) -> dict[str, float]:
    """The weights of a form, brought to 100; those that stand where no slider was moved.

    Raises InvalidField, and WeightsInvalid where all are 0.
    """
    given: dict[str, float] = {}
    for name, points in now.items():
        value = number_of(WEIGHT + name, form.get(WEIGHT + name))
        given[name] = points if value is None or value == round(points, 1) else float(value)
    return dict(now) if given == dict(now) else normalised(given)


def _slider(name: str, now: float, points: float, texts: Texts) -> Slider:
    return Slider(name, texts.rule(name), texts.rule_about(name), now, round(points, 1), points)


def _best(moves: Moves, noise: float, texts: Texts) -> tuple[Row, ...]:
    """The first rows of the new list; one more programme is known, to tell whether it is near."""
    rows = [_row(one, moves, texts) for one in moves.best]
    scores = [row.score or 0.0 for row in rows]
    near = [round(one - next_, 2) < noise for one, next_ in pairwise(scores)]
    beside = zip(rows, [*near, False], [False, *near], strict=True)
    return tuple(replace(row, is_near=after or before) for row, after, before in beside)[:SHOWN]


def _row(one: Standing, moves: Moves, texts: Texts) -> Row:
    return Row(
        *_named(moves, one.match.id),
        _mark(one),
        () if one.refusal is None else _reasons(one.refusal, texts),
        one.rank,
        one.rise,
        one.match.score,
        one.gain,
        _shifts(one, texts),
    )


def _closed(one: FellOut, moves: Moves, texts: Texts) -> Row:
    return Row(*_named(moves, one.match.id), "closed", _reasons(one.refusal, texts))


def _named(moves: Moves, id: str) -> tuple[str, str, str, str]:
    programme = moves.programmes[id]
    return id, programme.name, programme.organisation, programme.host


def _mark(one: Standing) -> str:
    if one.before is None:
        return "opened"
    return "up" if one.rise > 0 else "down" if one.rise < 0 else "same"


def _shifts(one: Standing, texts: Texts) -> tuple[Shift, ...]:
    """The parts that changed, the greatest change first."""
    shifts = [
        Shift(texts.rule(part.rule), round(part.now.points - part.before, 2)) for part in one.parts
    ]
    return tuple(sorted(shifts, key=lambda shift: -abs(shift.points)))


def _reasons(refusal: Refusal, texts: Texts) -> tuple[str, ...]:
    return tuple(texts.reason(reason) for _, reason in refusal.others)
