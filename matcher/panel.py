"""The panel of rules: asks each judge once per distinct pair of keys, for a whole roster."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from matcher.errors import WeightsInvalid
from matcher.roster import Roster
from matcher.rules.base import Kind, Outcome, Rule, Verdict
from matcher.weights import LIKENESSES, Scale, hundredths_of

BLOCK = -(1 << 20)
"""What one refusal weighs in a sum of hundredths: far below any score (0 to 10,000), and 1,000 of
them still fit into 32 bits."""

MOST_REMEMBERED = 500_000
"""Verdicts and rows kept before the memory is emptied."""

Rows = dict[tuple[int, Hashable], NDArray[np.int32]]
"""Hundredths by rule and asker's key, one for each distinct key of a roster."""


class Panel:
    """Rules and a scale, with every verdict given so far."""

    def __init__(self, rules: Sequence[Rule], scale: Scale) -> None:
        self.rules = tuple(rules)
        self.scale = scale
        self._check_names()
        self.gates = tuple(n for n, rule in enumerate(self.rules) if rule.kind is Kind.GATE)
        self._most = tuple(
            scale.hundredths(rule.name) if rule.kind is Kind.FIT else 0 for rule in self.rules
        )
        self._verdicts: dict[tuple[int, Hashable, Hashable], Verdict] = {}
        self._rows: WeakKeyDictionary[Roster, Rows] = WeakKeyDictionary()

    def _check_names(self) -> None:
        """Every fit has its points, and all points have their fit or likeness."""
        fits = {rule.name for rule in self.rules if rule.kind is Kind.FIT}
        strange = set(self.scale.points) - fits - set(LIKENESSES)
        lacking = fits - set(self.scale.points)
        if strange or lacking:
            cause = f"unknown: {sorted(strange)}, missing: {sorted(lacking)}"
            raise WeightsInvalid(cause=cause)

    def most(self, number: int) -> int:
        """Most hundredths that a rule gives; 0 for a gate."""
        return self._most[number]

    def verdict(self, number: int, left: Hashable, right: Hashable) -> Verdict:
        """Verdict of one rule on a pair of keys."""
        asked = (number, left, right)
        verdict = self._verdicts.get(asked)
        if verdict is None:
            if len(self._verdicts) >= MOST_REMEMBERED:
                self._verdicts.clear()
            verdict = self._verdicts[asked] = self.rules[number].judge(left, right)
        return verdict

    def hundredths(self, number: int, verdict: Verdict) -> int:
        """What a verdict adds to the sum; a refusal adds :data:`BLOCK`."""
        if verdict.outcome is Outcome.BLOCKED:
            return BLOCK
        if verdict.outcome is Outcome.UNKNOWN:
            return hundredths_of(self.rules[number].neutral, self._most[number])
        return hundredths_of(verdict.share, self._most[number])

    def row(self, number: int, asker: Hashable, roster: Roster) -> NDArray[np.int32]:
        """Hundredths of one asker's key against every distinct key of a roster, (keys,)."""
        keys = roster.keys[number]
        rows = self._rows.setdefault(roster, {})
        row = rows.get((number, asker))
        if row is None or len(row) < len(keys):
            if len(rows) >= MOST_REMEMBERED:
                rows.clear()
            done = 0 if row is None else len(row)
            new = self._fresh(number, asker, keys[done:], roster)
            fresh = np.array([self.hundredths(number, v) for v in new], np.int32)
            row = fresh if row is None else np.concatenate([row, fresh])
            rows[number, asker] = row
        return row

    def _fresh(
        self, number: int, asker: Hashable, keys: Sequence[Hashable], roster: Roster
    ) -> list[Verdict]:
        """Verdicts on many keys, not remembered one by one: the row keeps what they are worth."""
        judge = self.rules[number].judge
        if roster.side == "right":
            return [judge(asker, key) for key in keys]
        return [judge(key, asker) for key in keys]

    def judged(self, number: int, asker: Hashable, key: Hashable, roster: Roster) -> Verdict:
        """Verdict on an asker's key and a roster's key, whichever side the roster is."""
        if roster.side == "right":
            return self.verdict(number, asker, key)
        return self.verdict(number, key, asker)

    def asker_keys(self, asker: Any, roster: Roster) -> tuple[Hashable, ...]:
        """Keys of the profile that asks, one per rule, on the roster's day."""
        if roster.side == "right":
            return tuple(rule.left_key(asker, roster.on) for rule in self.rules)
        return tuple(rule.right_key(asker, roster.on) for rule in self.rules)
