"""Rules laid out for the loops over all pairs: their verdicts end to end, and fused into groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.panel import Panel
from matcher.roster import Roster

Ints = NDArray[np.int32]
JointKeys = NDArray[np.uint16] | NDArray[np.uint32]
TableArrays = tuple[Ints, NDArray[np.int64], NDArray[np.int64]]
FusionArrays = tuple[JointKeys, Ints, Ints, NDArray[np.int64]]

FUSED_KEYS = 1024
"""Most distinct joint keys of rules that are summed as one table."""

FUSED_SHARE = 8
"""A joint table must be at least this many times shorter than the roster to be worth building."""


@dataclass(frozen=True, slots=True)
class VerdictTables:
    """All verdict tables end to end: rule r stands at offsets[r], (asker keys x widths[r])."""

    flat: Ints
    offsets: NDArray[np.int64]
    widths: NDArray[np.int64]

    @property
    def arrays(self) -> TableArrays:
        """What the loops read: flat, offsets and widths."""
        return self.flat, self.offsets, self.widths


def verdict_tables(panel: Panel, askers: Roster, roster: Roster) -> VerdictTables:
    """Hundredths of every rule for every key of the askers against every key of a roster."""
    blocks = [
        np.concatenate([panel.row(number, key, roster) for key in askers.keys[number]])
        for number in range(len(panel.rules))
    ]
    widths = np.array([len(keys) for keys in roster.keys], np.int64)
    sizes = np.array([0] + [len(block) for block in blocks[:-1]], np.int64)
    return VerdictTables(np.concatenate(blocks), np.cumsum(sizes), widths)


@dataclass(frozen=True, slots=True)
class Fusion:
    """Rules summed in groups, so that the long loop gathers from few tables.

    Group g covers the joint keys starts[g]..starts[g+1] of ``members``; members[r, m] is rule r's
    code of joint key m, and member_of[r] the group of rule r; joint[g, j] is the joint key of
    profile j in group g.
    """

    joint: JointKeys
    members: Ints
    member_of: Ints
    starts: NDArray[np.int64]

    @property
    def arrays(self) -> FusionArrays:
        """What the loops read: joint, members, member_of and starts."""
        return self.joint, self.members, self.member_of, self.starts


def fused(roster: Roster, order: NDArray[np.int64]) -> Fusion:
    """Group rules greedily, those of the fewest keys first, while their joint keys stay few.

    ``order`` is the order in which the profiles of the roster are scored, by place.
    """
    codes = roster.codes[:, order]
    limit = min(FUSED_KEYS, max(1, len(roster) // FUSED_SHARE))
    groups: list[tuple[list[int], NDArray[np.int64], NDArray[np.int64]]] = []
    for number in np.argsort([len(keys) for keys in roster.keys], kind="stable"):
        if groups:
            rules, joint, _ = groups[-1]
            mixed = joint * len(roster.keys[number]) + codes[number]
            _, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
            if len(first) <= limit:
                groups[-1] = ([*rules, int(number)], inverse.reshape(-1), first)
                continue
        _, first, inverse = np.unique(codes[number], return_index=True, return_inverse=True)
        groups.append(([int(number)], inverse.reshape(-1), first))
    return _laid_out(groups, codes)


def _laid_out(
    groups: list[tuple[list[int], NDArray[np.int64], NDArray[np.int64]]], codes: Ints
) -> Fusion:
    starts = np.cumsum([0] + [len(first) for _, _, first in groups])
    members = np.zeros((codes.shape[0], starts[-1]), np.int32)
    member_of = np.zeros(codes.shape[0], np.int32)
    for group, (rules, _, first) in enumerate(groups):
        for rule in rules:
            members[rule, starts[group] : starts[group + 1]] = codes[rule, first]
            member_of[rule] = group
    joint: JointKeys = np.array([inverse for _, inverse, _ in groups], np.uint32)
    if max(len(first) for _, _, first in groups) <= 1 << 16:
        joint = joint.astype(np.uint16)
    return Fusion(joint, members, member_of, starts.astype(np.int64))
