"""Recommendation lists that respect places before anybody applies, and how exposure is spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.max_flow import SimpleMaxFlow

from matcher.assignment.flow import best_flow
from matcher.assignment.instance import CLOSED, Instance, Ints
from matcher.telling.fairness import DIGITS, best_of, exposures, gini

MOST_LISTED = 3
"""Congestion looks at so many of the most listed programmes."""


@dataclass(frozen=True, slots=True, eq=False)
class CappedLists:
    """Lists in which no programme stands more often than its places can bear.

    Attributes
    ----------
    lists
        Columns of each startup, best fit first, -1 past the last, (n, k).
    caps
        How often each programme may stand in the lists, (m,).
    over
        How often each stands there beyond its cap, because some lists could not be filled
        otherwise, (m,).
    """

    lists: Ints
    caps: Ints
    over: Ints


@dataclass(frozen=True, slots=True)
class Exposure:
    """How lists spread the startups over the programmes.

    Attributes
    ----------
    congestion
        Share (0 to 1) of all entries that fall on the three most listed programmes.
    applicants_most, applicants_mean
        Expected applicants per place, at the programme with the most and over all places, if each
        startup applied once, to any programme of its list with the same chance; None without
        places. Programmes without places are left out.
    gini
        Gini coefficient of the entries of each programme that is open to anybody.
    mean_fit
        Mean fit of the entries, in hundredths; None without entries.
    best_kept
        Share of the startups with an open programme whose best fit is in its list; None without
        such startups.
    entries
        How many entries there are.
    """

    congestion: float
    applicants_most: float | None
    applicants_mean: float | None
    gini: float
    mean_fit: float | None
    best_kept: float | None
    entries: int


def capped_lists(fit: Ints, places: Ints, k: int, slack: float) -> CappedLists:
    """Lists of up to ``k`` programmes with the highest total fit that the caps allow.

    Parameters
    ----------
    fit
        Hundredths, (n, m) int32, -1 where a pair is not open.
    places
        Of each programme, (m,); one without places stands in no list.
    slack
        From 1. With E entries in all lists together, a programme with a share s of all places may
        stand in ceil(slack x E x s) lists: 1 spreads the startups as the places are spread, so
        that about as many may apply for every place; 1.5 lets half as many again.

    Every list has ``k`` entries, or all programmes with places that are open to the startup where
    these are fewer. The caps together always suffice for that; where the gates nevertheless send
    too many startups to the same few programmes, these stand above their caps, by the least number
    of entries in all with which every list is full. Which programmes take them is decided before
    the fits are maximised, by the best fits of the startups whose lists lack entries.

    Raises ValueError for a slack below 1 or a k below 1.
    """
    if slack < 1 or k < 1:
        raise ValueError(f"slack and k are at least 1, not {slack} and {k}")
    n, m = fit.shape
    open_ = np.where((places > 0)[None, :], fit, CLOSED).astype(np.int32)
    lengths = np.minimum((open_ != CLOSED).sum(axis=1), k).astype(np.int32)
    caps = _caps(open_, places, int(lengths.sum()), slack)
    room = caps + _beyond(open_, lengths, caps)
    found = best_flow(_as_round(open_, room, lengths))
    if found is None:
        raise ValueError("no lists keep these caps")
    chosen = np.full((n, m), CLOSED, np.int32)
    chosen[found.rows, found.cols] = fit[found.rows, found.cols]
    over = np.maximum(found.taken(m) - caps, 0).astype(np.int32)
    return CappedLists(best_of(chosen, k), caps, over)


def plain_lists(fit: Ints, places: Ints, k: int) -> Ints:
    """Lists by fit alone, among programmes with places: columns, best first, -1 past the last."""
    return best_of(np.where((places > 0)[None, :], fit, CLOSED).astype(np.int32), k)


def _caps(fit: Ints, places: Ints, entries: int, slack: float) -> Ints:
    """Caps by the share of the places of programmes that are open to anybody."""
    share = np.where((fit != CLOSED).any(axis=0), places, 0).astype(np.int64)
    total = max(int(share.sum()), 1)
    shares = np.round(slack * entries * share / total, DIGITS)  # 11.000000000000002 is 11
    return np.minimum(np.ceil(shares), len(fit)).astype(np.int32)


def _beyond(fit: Ints, lengths: Ints, caps: Ints) -> Ints:
    """The least entries beyond the caps with which every list is full, by programme."""
    rows, cols = np.nonzero(fit != CLOSED)
    listed = _most_entries(rows.astype(np.int32), cols.astype(np.int32), lengths, caps)
    lacking = lengths - np.bincount(rows[listed], minlength=len(lengths))
    beyond = np.zeros(len(caps), np.int32)
    taken = np.zeros(fit.shape, np.bool_)
    taken[rows[listed], cols[listed]] = True
    for i in np.flatnonzero(lacking).tolist():
        others = np.where(taken[i], CLOSED, fit[i])
        beyond[np.argsort(-others, kind="stable")[: lacking[i]]] += 1
    return beyond


def _most_entries(rows: Ints, cols: Ints, lengths: Ints, caps: Ints) -> NDArray[np.bool_]:
    """Which pairs stand in lists that together have as many entries as the caps allow."""
    n, m = len(lengths), len(caps)
    flow = SimpleMaxFlow()
    source, sink = n + m, n + m + 1
    startups, programmes = np.arange(n, dtype=np.int32), np.arange(n, n + m, dtype=np.int32)
    pairs = flow.add_arcs_with_capacity(rows, n + cols, np.ones(len(rows), np.int64))
    flow.add_arcs_with_capacity(np.full(n, source, np.int32), startups, lengths.astype(np.int64))
    flow.add_arcs_with_capacity(programmes, np.full(m, sink, np.int32), caps.astype(np.int64))
    if flow.solve(source, sink) != flow.OPTIMAL:
        raise ValueError("the entries of these lists cannot be counted")
    listed: NDArray[np.bool_] = np.asarray(flow.flows(pairs)) > 0
    return listed


def _as_round(fit: Ints, room: Ints, lengths: Ints) -> Instance:
    """Lists as a round: an entry is a placement, and every startup takes as many as its list has.

    Its ids only have to stand in order.
    """
    n, m = fit.shape
    return Instance(
        startups=tuple(f"{i:08}" for i in range(n)),
        programmes=tuple(f"{j:08}" for j in range(m)),
        fit=fit,
        gain=fit,
        want=fit,
        places=room.astype(np.int32),
        least=np.zeros(m, np.int32),
        offers=lengths,
        must=lengths,
    )


def exposure_of(fit: Ints, places: Ints, lists: Ints) -> Exposure:
    """How lists (n, k) of columns, -1 past the last, spread the startups; fits as above."""
    listed = exposures(lists, fit.shape[1])
    entries = int(listed.sum())
    rows, at = np.nonzero(lists >= 0)
    able = (fit != CLOSED).any(axis=1)
    best = best_of(fit, 1)
    kept = (lists == best).any(axis=1)[able]
    per_place = _applicants(lists, listed.shape[0])[places > 0]
    held = places[places > 0]
    most_listed = int(np.sort(listed)[::-1][:MOST_LISTED].sum())
    return Exposure(
        congestion=_share(most_listed, entries) or 0.0,
        applicants_most=round(float((per_place / held).max()), DIGITS) if len(held) else None,
        applicants_mean=_share(float(per_place.sum()), int(held.sum())),
        gini=gini(listed[(fit != CLOSED).any(axis=0)]),
        mean_fit=_share(int(fit[rows, lists[rows, at]].sum(dtype=np.int64)), entries),
        best_kept=_share(int(kept.sum()), len(kept)),
        entries=entries,
    )


def _applicants(lists: Ints, programmes: int) -> NDArray[np.float64]:
    """Expected applicants of each programme when every startup applies once at random."""
    lengths = (lists >= 0).sum(axis=1)
    rows, at = np.nonzero(lists >= 0)
    chances = (1 / lengths[rows]).astype(np.float64)
    found = np.bincount(lists[rows, at], weights=chances, minlength=programmes)
    return found.astype(np.float64)


def _share(part: float, whole: int) -> float | None:
    return round(part / whole, DIGITS) if whole else None
