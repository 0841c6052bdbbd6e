"""An example of a cohort, made of the shipped catalogue, for those who want to try one out."""

from __future__ import annotations

from itertools import groupby

from data.catalogue import shipped
from data.texts import Texts
from matcher.cohort import Cohort, Intake, Quota
from matcher.profile import Profile, Programme, Startup
from matcher.rules.base import Coded

ID = "dot-vi-du"
ASSUMED_PLACES = 3
WITHOUT_PLACES = 14
"""Programmes that state no places, one of each country; they take the assumed ones."""

MOST_STATED = 5
"""Of a whole cohort that a programme states, the most places that the example plans with."""

LIMITED, MOST = "KR", 10
"""The country of the example's limit, and the most places there."""


def example_cohort(texts: Texts) -> Cohort:
    """A round of the catalogue's startups and some of its open programmes, told as an example."""
    country = texts.value(Coded("country", (LIMITED,)))
    limit = texts.screen("cohort.example_limit", most=MOST, country=country)
    return Cohort(
        id=ID,
        name=texts.screen("cohort.example_name"),
        assumed_places=ASSUMED_PLACES,
        startups=tuple(sorted(one.id for one in shipped("startup") if _takes_part(one))),
        intakes=tuple(Intake(programme_id=one.id, places=_places(one)) for one in _programmes()),
        quotas=(Quota(name=limit, attribute="country", value=LIMITED, at_most=MOST),),
        note=texts.screen("cohort.example_note"),
    )


def _takes_part(startup: Profile) -> bool:
    """Vietnamese, and neither closed nor acquired."""
    if not isinstance(startup, Startup) or startup.country != "VN":
        return False
    return startup.status != "closed" and startup.stage != "acquired"


def _places(programme: Programme) -> int | None:
    stated = programme.capacity if programme.capacity_basis == "cohort" else None
    return None if stated is None else min(stated, MOST_STATED)


def _programmes() -> list[Programme]:
    """Open programmes that take startups in: those that state their places, and some others."""
    kept = [one for one in shipped("programme") if isinstance(one, Programme)]
    ready = [one for one in kept if one.status == "open" and one.direction in ("in", "both")]
    stated = [one for one in ready if one.capacity and one.capacity_basis == "cohort"]
    silent = sorted((one for one in ready if not one.capacity), key=lambda one: (one.host, one.id))
    firsts = [next(some) for _, some in groupby(silent, key=lambda one: one.host)]
    return sorted([*stated, *firsts[:WITHOUT_PLACES]], key=lambda one: one.id)
