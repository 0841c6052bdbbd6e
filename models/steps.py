"""How much of the step from present points to learned ones held-out decisions themselves want.

Learned points carry the chance of the rounds that they were learned from, so their loss on later
rounds is too high as evidence against the present ones: a comparison of losses hardly ever finds
a real improvement (Clark and West 2007, on nested models). What it should be asked of is the step,
as in a test of forecast encompassing (Harvey, Leybourne and Newbold 1998): how far, from 0 (stay)
to 1 (the whole step), later decisions would go in the direction that earlier ones showed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, diags, hstack
from scipy.sparse.linalg import spsolve
from scipy.special import stdtrit

from matcher.evidence import Interval
from models.tuning import STANDING_SPREAD, Judged, residuals

Floats = NDArray[np.float64]

LEVEL = 0.95
"""Surety of each end of the interval by itself, so that 5 % of equal points pass its lower one."""

FLAT = 1e-6
"""Pull on the level, the gain and programmes' strictness, which are as good as free."""

LEAST_KNOWN = 1e-3
"""Information below which a step cannot be told from its rounding."""


def step(held_out: Judged, present: Mapping[str, float], moved: Floats) -> Interval:
    """Estimate the step by one Newton step from the present points.

    All else is fitted on the held-out decisions and taken out of the step: bars, gain, programmes'
    strictness, startups' standing, the last shrunken. A step that lifts whole programmes thus
    counts nothing, for there are few of them and it may be their strictness; what remains is
    mostly what tells pairs within one startup's list apart. Errors are robust to likeness within
    a startup (Liang and Zeger 1986), with Student's t by the number of startups.

    Parameters
    ----------
    moved
        Logits by which learned points lift each pair beside the present ones, each learned from
        rounds before its own, (pairs,).

    Returns
    -------
    The share of the step, with ends that each hold by themselves at 95 %; 0 throughout where
    the step moves nothing.
    """
    slopes, curvatures = residuals(held_out, present)
    own = _own(held_out, present, moved, curvatures)
    _, owner = np.unique(held_out.startups, return_inverse=True)
    wanted = np.bincount(owner, slopes * own)
    known = np.bincount(owner, curvatures * own * moved)
    total = math.fsum(known)
    if len(known) < 2 or total <= LEAST_KNOWN:
        return Interval(0.0, 0.0, 0.0)
    share = math.fsum(wanted) / total
    error = math.sqrt(math.fsum((wanted - share * known) ** 2)) / total
    reach = float(stdtrit(len(known) - 1, LEVEL)) * error
    return Interval(share, share - reach, share + reach)


def _own(held_out: Judged, present: Mapping[str, float], moved: Floats, weights: Floats) -> Floats:
    """What of the step the other unknowns cannot stand in for: weighted ridge residuals."""
    programmes, startups = (_dummies(ids) for ids in (held_out.programmes, held_out.startups))
    shared = np.column_stack([np.ones(len(held_out)), held_out.scores(present) / 100])
    others = hstack([csr_matrix(shared), programmes, startups]).tocsc()
    pulls = np.repeat(
        [FLAT, STANDING_SPREAD**-2],
        [2 + programmes.shape[1], startups.shape[1]],
    )
    weighted = others.T @ diags(weights)
    told = spsolve((weighted @ others + diags(pulls)).tocsc(), weighted @ moved)
    own: Floats = moved - others @ told
    return own


def _dummies(ids: NDArray[np.str_]) -> csc_matrix:
    names, places = np.unique(ids, return_inverse=True)
    rows = np.arange(len(ids))
    return csc_matrix((np.ones(len(ids)), (rows, places)), shape=(len(ids), len(names)))
