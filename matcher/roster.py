"""One side of the pairs, made ready: the keys of its profiles encoded once, kept up to date."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from matcher.rules.base import Rule

Side = Literal["left", "right"]
Codes = NDArray[np.int32]

FIRST_ROOM = 256


class Roster:
    """Profiles of one side (all programmes, say), each with one small code per rule.

    Two profiles with equal keys for a rule share its code, so that a rule is judged once per
    distinct key and a whole side is scored by gathering from tables.

    Parameters
    ----------
    rules
        The rules in reading order.
    side
        Which key of a rule these profiles use: ``left`` (startups, home incubators) or ``right``.
    on
        The day on which ages, windows and intakes are read.
    """

    def __init__(self, rules: Sequence[Rule], side: Side, on: date) -> None:
        self.rules = tuple(rules)
        self.side: Side = side
        self.on = on
        self.keys: list[list[Hashable]] = [[] for _ in self.rules]
        self._code_of: list[dict[Hashable, int]] = [{} for _ in self.rules]
        self._codes: Codes = np.zeros((len(self.rules), FIRST_ROOM), np.int32)
        self._profiles: list[Any] = []
        self._place: dict[str, int] = {}
        self._id_ranks: NDArray[np.intp] | None = None

    def __len__(self) -> int:
        return len(self._profiles)

    def __contains__(self, profile_id: object) -> bool:
        return profile_id in self._place

    @property
    def profiles(self) -> Sequence[Any]:
        """The profiles by place."""
        return self._profiles

    @property
    def codes(self) -> Codes:
        """Codes, (rules, profiles)."""
        return self._codes[:, : len(self._profiles)]

    @property
    def id_ranks(self) -> NDArray[np.intp]:
        """Rank of each profile among the sorted ids, by place: what breaks ties."""
        if self._id_ranks is None:
            order = np.argsort(np.array([p.id for p in self._profiles], dtype=str), kind="stable")
            self._id_ranks = np.empty(len(order), np.intp)
            self._id_ranks[order] = np.arange(len(order))
        return self._id_ranks

    def place(self, profile_id: str) -> int:
        """Place of a profile in every array; raises KeyError where it is not on the roster."""
        return self._place[profile_id]

    def key(self, rule: Rule, profile: Any) -> Hashable:
        """What this side's profile shows to a rule on the roster's day."""
        read = rule.left_key if self.side == "left" else rule.right_key
        return read(profile, self.on)

    def put(self, profiles: Iterable[Any]) -> None:
        """Add profiles, or replace those of the same id in their places."""
        for profile in profiles:
            place = self._place.setdefault(profile.id, len(self._profiles))
            if place == len(self._profiles):
                self._profiles.append(profile)
                self._id_ranks = None
                self._make_room()
            else:
                self._profiles[place] = profile
            for number, rule in enumerate(self.rules):
                self._codes[number, place] = self._encode(number, self.key(rule, profile))

    def remove(self, profile_id: str) -> None:
        """Take a profile off; the last one moves to its place. Unknown ids are no error."""
        place = self._place.pop(profile_id, None)
        if place is None:
            return
        last = self._profiles.pop()
        self._id_ranks = None
        if last.id != profile_id:
            self._profiles[place] = last
            self._place[last.id] = place
            self._codes[:, place] = self._codes[:, len(self._profiles)]

    def _make_room(self) -> None:
        if len(self._profiles) > self._codes.shape[1]:
            grown = np.zeros((len(self.rules), 2 * self._codes.shape[1]), np.int32)
            grown[:, : self._codes.shape[1]] = self._codes
            self._codes = grown

    def _encode(self, number: int, key: Hashable) -> int:
        codes = self._code_of[number]
        code = codes.setdefault(key, len(codes))
        if code == len(self.keys[number]):
            self.keys[number].append(key)
        return code
