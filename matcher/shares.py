"""What share of its points each part of a score earns, whatever the points and the gates say."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from matcher.panel import Panel
from matcher.ranking import Asker
from matcher.roster import Roster
from matcher.rules.base import Kind, Outcome, Rule, Verdict
from matcher.scoring import calibrated
from matcher.weights import TOTAL_POINTS, Scale

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def shares_of(panel: Panel, roster: Roster, asker: Asker, places: Places) -> Floats:
    """Shares of one asker at some places of a roster, 0 to 1, (places, parts).

    The parts stand in the order of the points of the panel's scale. An unknown part has its neutral
    share, a part without points its share all the same, and a pair that a gate refuses counts like
    any other.
    """
    keys = panel.asker_keys(asker.profile, roster)
    columns = {
        rule.name: _of_rule(panel, roster, keys[number], number, places)
        for number, rule in enumerate(panel.rules)
        if rule.kind is Kind.FIT
    }
    for likeness in asker.likenesses:
        name = likeness.name
        whole = Scale({name: TOTAL_POINTS}, {name: panel.scale.calibrations[name]})
        points = calibrated(name, likeness.at(places), whole)
        columns[name] = points / whole.hundredths(name)
    return np.column_stack([columns[name] for name in panel.scale.points])


def _of_rule(panel: Panel, roster: Roster, key: Hashable, number: int, places: Places) -> Floats:
    """Shares by one rule, which judges each distinct key once, (places,)."""
    rule, keys = panel.rules[number], roster.keys[number]
    codes, which = np.unique(roster.codes[number, places], return_inverse=True)
    verdicts = [panel.judged(number, key, keys[code], roster) for code in codes]
    shares: Floats = np.array([_share(rule, verdict) for verdict in verdicts])[which]
    return shares


def _share(rule: Rule, verdict: Verdict) -> float:
    return rule.neutral if verdict.outcome is Outcome.UNKNOWN else verdict.share
