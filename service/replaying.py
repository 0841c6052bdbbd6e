"""Does a run again from what was kept with it: the points from the profiles, the result from both.

The result must come out bit for bit. The points can only be made again with the model, the rules
and the weights of then; where these are others now, that is said, and the kept points are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from data import history, runs
from data.engines import reading
from data.outcomes import digest_of_outcome, digest_of_shortfall
from data.runs import Grounds, Run
from matcher.assignment.building import CONSENTED, Round, fits
from matcher.mutual import PROGRAMME, STARTUP, TwoSided, most_of, one_way
from matcher.outcome import Outcome, Shortfall
from matcher.panel import Panel
from matcher.rules import RULES
from matcher.weights import PORTFOLIO, TEXT, Calibration, Scale
from models.shortlist import Shortlist
from service.matchmaking import Matchmaker
from service.pool import Pool
from service.preparing import code_version
from service.rounds import Solve
from service.scoreboard import Scoreboard

Points = Literal["same", "different", "other_model", "other_version", "profiles_gone"]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of doing a run again.

    Attributes
    ----------
    points
        Whether the points came out the same, or why they could not be made again.
    result_digest, again_digest
        Of the kept result and of the new one; equal for a run that repeats bit for bit. Groups that
        rest on consents are left out of both: who belonged to them was not kept.
    """

    run: Run
    points: Points
    result_digest: str
    again_digest: str

    @property
    def same(self) -> bool:
        """Whether the result came out bit for bit."""
        return self.result_digest == self.again_digest and self.points != "different"


def replayed(matchmaker: Matchmaker, run_id: int, solve: Solve) -> Replayed:
    """Do a run again; raises RunNotFound, NoOutcome."""
    with reading(matchmaker.engine) as conn:
        run = runs.get(conn, run_id)
        round_ = runs.round_of(conn, run_id)
        kept = runs.answer(conn, run_id)
        grounds = runs.grounds_of(run)
        profiles = {
            kind: history.profiles_as_of(conn, kind, _versions(grounds, kind))
            for kind in ("startup", "programme")
        }
    again = solve(round_, run.order.how)
    points = _points(matchmaker, grounds, round_, profiles)
    return Replayed(run, points, _digest(kept), _digest(again))


def _digest(answer: Outcome | Shortfall) -> str:
    if isinstance(answer, Shortfall):
        return digest_of_shortfall(answer)
    groups = tuple(one for one in answer.sheet.groups if one.attribute not in CONSENTED)
    return digest_of_outcome(replace(answer, sheet=replace(answer.sheet, groups=groups)))


def _versions(grounds: Grounds, kind: str) -> dict[str, int]:
    return {id: number for one, id, number in grounds.versions if one == kind}


def _points(
    matchmaker: Matchmaker, grounds: Grounds, round_: Round, profiles: dict[str, dict[str, Any]]
) -> Points:
    """Score the profiles of then by the weights of then, and compare."""
    if grounds.model_id != matchmaker.shortlist.encoder.model_id:
        return "other_model"
    if grounds.code_version != code_version():
        return "other_version"
    instance = round_.instance
    if not (
        profiles["startup"].keys() >= set(instance.startups)
        and profiles["programme"].keys() >= set(instance.programmes)
    ):
        return "profiles_gone"
    panel = Panel(RULES, scale_of(grounds))
    both = _scored(
        matchmaker,
        panel,
        grounds,
        [profiles["startup"][i] for i in instance.startups],
        [profiles["programme"][i] for i in instance.programmes],
    )
    return "same" if _agrees(panel, both, round_) else "different"


def scale_of(grounds: Grounds) -> Scale:
    """The scale of a run."""
    calibrations = {name: Calibration(*ends) for name, *ends in grounds.calibrations}
    return Scale(dict(grounds.points), calibrations, grounds.noise)


def _scored(
    matchmaker: Matchmaker,
    panel: Panel,
    grounds: Grounds,
    startups: Sequence[Any],
    programmes: Sequence[Any],
) -> TwoSided:
    near = matchmaker.shortlist
    then = Shortlist(near.encoder, near.centring)
    then.learn_startups(startups)
    then.learn_programmes(programmes)
    texts = {TEXT: then.startups, PORTFOLIO: then.startups}
    left = Pool(RULES, "left", grounds.day, texts)
    right = Pool(RULES, "right", grounds.day, {TEXT: then.programmes, PORTFOLIO: then.portfolios})
    left.put(startups)
    right.put(programmes)
    ids = [one.id for one in startups], [one.id for one in programmes]
    return Scoreboard().points(panel, left, right, *ids)


def _agrees(panel: Panel, both: TwoSided, round_: Round) -> bool:
    """Whether points make the very round again, its rulings apart."""
    instance = round_.instance
    fit = fits(both, panel, round_.startup_side, round_.least_fit)
    ruled = np.zeros(instance.shape, np.bool_)
    for pairs in (round_.shut, instance.forced):
        ruled[pairs[:, 0], pairs[:, 1]] = True
    return bool(
        (both.refusals == round_.refusals).all()
        and (one_way(both.startup, most_of(panel, STARTUP)) == instance.gain).all()
        and (one_way(both.programme, most_of(panel, PROGRAMME)) == instance.want).all()
        and ((fit == instance.fit) | ruled).all()
    )
