"""The scores that a startup would have in a round if one field of its profile were another."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from matcher.assignment.building import Round, fits
from matcher.assignment.instance import CLOSED
from matcher.explaining import changes_of
from matcher.mutual import PROGRAMME, STARTUP, most_of, mutual, one_way, two_sided
from matcher.profile import Startup
from matcher.roster import Roster
from matcher.rules.base import Change
from matcher.telling.what_if import ChangedRow
from service.matchmaking import Matchmaker
from service.pool import both_sides

MOST_CHANGES = 8
"""Changes that are tried for one startup."""


def changed_rows(
    matchmaker: Matchmaker, round_: Round, startup_id: str, programme_ids: Sequence[str]
) -> list[ChangedRow]:
    """The startup's scores after each single change that a rule suggests for these programmes.

    Only changes of fields that texts do not show, so its vector stays. Empty where the startup or
    a programme of the round is no longer kept: what was scored then cannot be scored anew.
    """
    with matchmaker.still():
        startups, programmes = matchmaker.startups.roster, matchmaker.programmes.roster
        if startup_id not in startups or any(
            i not in programmes for i in round_.instance.programmes
        ):
            return []
        startup = startups.profiles[startups.place(startup_id)]
        changes: list[Change] = []
        for programme_id in programme_ids:
            target = programmes.profiles[programmes.place(programme_id)]
            found = changes_of(matchmaker.panel, startup, target, programmes)
            changes += [change for change in found if change not in changes]
        return [_row(matchmaker, round_, startup, change) for change in changes[:MOST_CHANGES]]


def _row(matchmaker: Matchmaker, round_: Round, startup: Startup, change: Change) -> ChangedRow:
    """The scores of a changed startup against every programme of the round."""
    panel, pool = matchmaker.panel, matchmaker.programmes
    roster = Roster(panel.rules, "left", pool.roster.on)
    roster.put([dataclasses.replace(startup, **{change.field: change.value})])
    instance = round_.instance
    rights = np.array([pool.roster.place(i) for i in instance.programmes], np.intp)
    lefts = np.array([matchmaker.startups.roster.place(startup.id)], np.intp)
    likenesses = both_sides(matchmaker.startups, lefts, pool, rights)
    both = two_sided(panel, roster, np.zeros(1, np.intp), pool.roster, rights, likenesses)
    fit = fits(both, panel, round_.startup_side, round_.least_fit)[0]
    i = instance.startups.index(startup.id)
    fit[round_.shut[round_.shut[:, 0] == i, 1]] = CLOSED
    forced = instance.forced[instance.forced[:, 0] == i, 1]
    fit[forced] = mutual(both, panel, round_.startup_side)[0][forced]
    gain = one_way(both.startup, most_of(panel, STARTUP))[0]
    want = one_way(both.programme, most_of(panel, PROGRAMME))[0]
    return ChangedRow(change, fit, gain, want)
