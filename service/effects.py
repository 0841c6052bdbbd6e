"""What a startup's answers would change, by the engine itself: nothing here guesses.

The verdicts of every rule are laid out over all programmes, a changed profile is judged anew, and
only what that second run shows is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.explaining import changes_of
from matcher.panel import Panel
from matcher.profile import Startup
from matcher.roster import Roster
from matcher.rules.base import Change, Outcome, Verdict
from matcher.scoring import calibrated, rules_total
from matcher.weights import LIKENESSES
from service.matchmaking import Matchmaker

ANSWERED_BY: dict[str, tuple[str, ...]] = {
    "size": ("size", "employees"),
    "direction": ("country", "parent_country"),
    "host": ("country",),
    "home_country": ("country", "parent_country"),
    "country": ("country", "parent_country"),
    "stage_range": ("stage",),
    "age": ("founded_on",),
    "team": ("team_size", "full_time_people"),
    "founder_share": ("founder_share_percent",),
    "revenue": ("revenue_12m",),
    "capital": ("total_raised",),
    "incorporation": ("will_incorporate_abroad",),
    "presence": ("can_travel_weeks",),
    "working_language": ("languages",),
    "exclusivity": ("grants_held",),
    "conflict": ("conflicts",),
    "needs": ("needs",),
    "sector": ("sectors",),
    "market": ("target_markets",),
    "stage": ("stage",),
    "goal": ("goal",),
    "language_level": ("languages",),
    "timing": ("available_from",),
    "equity": ("max_equity_percent",),
    "fee": ("max_fee",),
    "text": ("description_vi", "description_en"),
    "portfolio": ("description_vi", "description_en"),
}
"""The fields of a startup that answer a rule's question. The conditions that a programme words
freely are answered to a person, in no field."""

LATER_STAGES = ("idea", "prototype", "mvp", "pre_seed", "seed", "series_a", "series_b", "series_c")
"""Stages in the order in which a startup comes to them."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Effect:
    """What hangs on one field.

    Attributes
    ----------
    waiting
        Open programmes that put a question which this field answers.
    points
        Most points (0 to 100) that the answer adds to one of them.
    alone
        Programmes that nothing but this field keeps shut.
    """

    field: str
    waiting: int
    points: float
    alone: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How many programmes are open to a profile as it is, how many are not, and what may change."""

    open: int
    refused: int
    effects: tuple[Effect, ...]

    def of(self, field: str) -> Effect:
        """What hangs on a field; nothing where no rule reads it."""
        found = (effect for effect in self.effects if effect.field == field)
        return next(found, Effect(field, 0, 0.0, 0))


@dataclass(frozen=True, slots=True)
class Opening:
    """One change of one field and the ids of the programmes that it opens, each proved."""

    change: Change
    opens: tuple[str, ...]


def fields_of_rule(rule: str) -> tuple[str, ...]:
    """The fields that answer a rule's question; none where the startup cannot change it."""
    return ANSWERED_BY.get(rule, ())


def rules_of_field(field: str) -> tuple[str, ...]:
    """The rules that read a field, in reading order."""
    return tuple(rule for rule, fields in ANSWERED_BY.items() if field in fields)


def standing(matchmaker: Matchmaker, profile: Startup) -> Standing:
    """What is open to a profile, kept or not, and what hangs on each field that a rule reads."""
    with matchmaker.still():
        return _standing(matchmaker, profile)


def open_with(matchmaker: Matchmaker, profile: Startup, changes: Sequence[Change]) -> list[int]:
    """How many programmes would be open with each of these single changes."""
    with matchmaker.still():
        panel, roster = matchmaker.panel, matchmaker.programmes.roster
        return [int(_open(panel, roster, _changed(profile, one)).sum()) for one in changes]


def gate_verdicts(
    matchmaker: Matchmaker, profile: Startup, programme_id: str
) -> tuple[tuple[str, Verdict], ...]:
    """What every gate says of a pair, in reading order, whether the pair is open or not.

    Raises ProfileNotFound for a programme that is not kept.
    """
    with matchmaker.still():
        programme = matchmaker.kept("programme", programme_id)
        panel, roster = matchmaker.panel, matchmaker.programmes.roster
        rules = [(number, panel.rules[number]) for number in panel.gates]
        return tuple(
            (
                rule.name,
                panel.verdict(
                    number,
                    rule.left_key(profile, roster.on),
                    rule.right_key(programme, roster.on),
                ),
            )
            for number, rule in rules
        )


def openings(matchmaker: Matchmaker, profile: Startup) -> tuple[Opening, ...]:
    """The single changes that open programmes which are shut, those that open most first."""
    with matchmaker.still():
        return _openings(matchmaker, profile)


def outlook(matchmaker: Matchmaker, profile: Startup) -> tuple[Standing, tuple[Opening, ...]]:
    """What :func:`standing` and :func:`openings` tell, of one and the same moment."""
    with matchmaker.still():
        return _standing(matchmaker, profile), _openings(matchmaker, profile)


def _standing(matchmaker: Matchmaker, profile: Startup) -> Standing:
    board = _Board(matchmaker.panel, matchmaker.programmes.roster, profile)
    fields = dict.fromkeys(field for fields in ANSWERED_BY.values() for field in fields)
    effects = tuple(board.effect(field) for field in fields)
    return Standing(int(board.open.sum()), int((~board.open).sum()), effects)


def _openings(matchmaker: Matchmaker, profile: Startup) -> tuple[Opening, ...]:
    panel, roster = matchmaker.panel, matchmaker.programmes.roster
    now = _open(panel, roster, profile)
    shut = [roster.profiles[int(place)] for place in np.flatnonzero(~now)]
    found = []
    for change in _suggested(panel, roster, profile, shut):
        then = _open(panel, roster, _changed(profile, change))
        opened = [roster.profiles[int(p)].id for p in np.flatnonzero(then & ~now)]
        if opened:
            found.append(Opening(change, tuple(sorted(opened))))
    found.sort(key=lambda one: (-len(one.opens), one.change.field, str(one.change.value)))
    return tuple(found)


def _suggested(
    panel: Panel, roster: Roster, profile: Startup, programmes: Iterable[Any]
) -> list[Change]:
    """Every change that a rule suggests for any of these programmes and that a gate reads, and the
    stage that comes next, each once."""
    gates = {panel.rules[number].name for number in panel.gates}
    read = {field for rule in gates for field in fields_of_rule(rule)}
    found: dict[Change, None] = {}
    for programme in programmes:
        suggested = changes_of(panel, profile, programme, roster)
        found.update(dict.fromkeys(one for one in suggested if one.field in read))
    if profile.stage in LATER_STAGES[:-1]:
        after = LATER_STAGES[LATER_STAGES.index(profile.stage) + 1]
        found[Change("stage", after)] = None
    return list(found)


def _changed(profile: Startup, change: Change) -> Startup:
    values: dict[str, Any] = {change.field: change.value}
    return replace(profile, **values)


def _verdicts(panel: Panel, roster: Roster, profile: Startup, number: int) -> list[Verdict]:
    """Verdicts of one rule on every distinct key of the roster."""
    mine = panel.rules[number].left_key(profile, roster.on)
    return [panel.judged(number, mine, key, roster) for key in roster.keys[number]]


def _open(panel: Panel, roster: Roster, profile: Startup) -> Flags:
    """Which programmes no gate shuts."""
    return rules_total(panel, roster, panel.asker_keys(profile, roster)) >= 0


class _Board:
    """The verdicts of every rule on every programme, for one profile."""

    def __init__(self, panel: Panel, roster: Roster, profile: Startup) -> None:
        self.panel, self.roster, self.profile = panel, roster, profile
        size = len(roster)
        self.blocked: dict[str, Flags] = {}
        self.asked: dict[str, Flags] = {}
        self.gains: dict[str, NDArray[np.float64]] = {}
        for number, rule in enumerate(panel.rules):
            if size:
                self._lay_out(number, rule.name)
        gates = list(self.blocked.values())
        self.shut_by = np.sum(gates, axis=0) if gates else np.zeros(size, np.int64)
        self.open: Flags = self.shut_by == 0
        self._lay_out_texts()

    def _lay_out(self, number: int, name: str) -> None:
        panel, codes = self.panel, self.roster.codes[number]
        verdicts = _verdicts(panel, self.roster, self.profile, number)
        asks = [
            v.outcome is Outcome.UNKNOWN and v.reason.code.endswith("ask_startup") for v in verdicts
        ]
        most = panel.most(number)
        gains = [(most - panel.hundredths(number, v)) / 100 for v in verdicts]
        self.blocked[name] = np.array([v.outcome is Outcome.BLOCKED for v in verdicts])[codes]
        self.asked[name] = np.array(asks, np.bool_)[codes]
        self.gains[name] = np.array(gains)[codes]

    def _lay_out_texts(self) -> None:
        """A profile without any text is asked for one, for each likeness."""
        startup, size, scale = self.profile, len(self.roster), self.panel.scale
        texts = (startup.description_vi, startup.description_en)
        silent = not any((*texts, startup.product_vi, startup.product_en))
        for name in LIKENESSES:
            neutral = int(calibrated(name, np.array([np.nan], np.float32), scale)[0])
            gain = (scale.hundredths(name) - neutral) / 100
            self.asked[name] = np.full(size, silent)
            self.gains[name] = np.full(size, gain)

    def effect(self, field: str) -> Effect:
        """What hangs on one field."""
        rules = [rule for rule in rules_of_field(field) if rule in self.asked]
        none = np.zeros(len(self.roster), np.bool_)
        asked = np.logical_or.reduce([none, *(self.asked[rule] for rule in rules)]) & self.open
        gains = sum((self.gains[r] * self.asked[r] for r in rules), np.zeros(len(self.roster)))
        gains[~self.open] = 0.0
        mine = [self.blocked[rule] for rule in rules if rule in self.blocked]
        by_me = np.sum([none, *mine], axis=0)
        alone = int(((by_me == self.shut_by) & (by_me > 0)).sum())
        points = round(float(gains.max()), 2) if len(gains) else 0.0
        return Effect(field, int(asked.sum()), points, alone)
