"""Writes what a run says of its startups in the asked language: the same over HTTP and commands."""

from __future__ import annotations

from collections.abc import Sequence

from data.bodies import plain
from data.texts import Texts
from matcher.outcome import Missed, Place, Placement
from matcher.profile import Startup, form_of
from matcher.rules.base import Change
from matcher.telling.what_if import WhatIf
from service.placement_answers import (
    ChangedOut,
    ExplainedOut,
    MissedOut,
    PlacementOut,
    PlaceOut,
    WhatIfOut,
)
from service.round_schemas import named, points
from service.round_texts import RoundTexts


def placement_out(one: Placement, say: RoundTexts) -> PlacementOut:
    """What a run says of one startup."""
    return PlacementOut(
        startup=named(say, one.startup_id),
        state=one.state,
        places=[_place(place, say) for place in one.places],
        missed=[_missed(miss, say) for miss in one.missed],
        open_programmes=one.open_programmes,
        reasons=say.say_all(one.reasons),
    )


def _place(place: Place, say: RoundTexts) -> PlaceOut:
    return PlaceOut(
        programme=named(say, place.programme_id),
        points=points(place.fit),
        gain=points(place.gain),
        want=points(place.want),
        choice=place.choice,
        forced=place.forced,
        kept=place.kept,
    )


def _missed(miss: Missed, say: RoundTexts) -> MissedOut:
    same = ("choice", "places", "taken", "ahead", "reserve")
    return MissedOut(
        programme=named(say, miss.programme_id),
        points=points(miss.fit),
        lowest=points(miss.lowest),
        cost=points(miss.cost),
        **{name: getattr(miss, name) for name in same},
    )


def explained_out(one: Placement, what_ifs: Sequence[WhatIf], say: RoundTexts) -> ExplainedOut:
    """What a run says of one startup, and what would change it."""
    shown = [_what_if(answer, say) for answer in what_ifs]
    return ExplainedOut(placement=placement_out(one, say), what_ifs=shown)


def _what_if(answer: WhatIf, say: RoundTexts) -> WhatIfOut:
    id, change = answer.programme_id, answer.change
    return WhatIfOut(
        kind=answer.kind,
        programme=None if id is None else named(say, id),
        places=answer.amount if answer.kind == "places" else None,
        points=points(answer.amount) if answer.kind == "points" else None,
        change=None if change is None else _changed(change, say.texts),
        before=[named(say, one) for one in answer.before],
        after=[named(say, one) for one in answer.after],
        total_before=points(answer.total_before),
        total=points(answer.total),
        others=answer.others,
        reasons=say.say_all(answer.reasons),
    )


def _changed(change: Change, texts: Texts) -> ChangedOut:
    return ChangedOut(
        field=change.field,
        label=texts.field(change.field),
        value=plain(form_of(Startup, change.field), change.value),
        value_text=texts.content(Startup, change.field, change.value),
    )
