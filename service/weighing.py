"""Acts on weights that are kept: looked at, accepted, undone. Nothing is scored or learned.

No weights are adopted but by :meth:`Weighing.accept`, and :meth:`Weighing.undo` takes that back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data import weights_kept
from data.engines import Engine, reading, transaction
from data.weights_kept import Points, Proposal, WeightAct
from service.opening import now


@dataclass(frozen=True, slots=True)
class Standing:
    """The weights as they stand.

    Attributes
    ----------
    points, own
        Points that are scored by, and the installation's own, in the same order of parts.
    proposal
        The accepted proposal that the points come from; None for the installation's own.
    latest
        The last proposal that was made, accepted or not.
    acts
        Every acceptance and undoing, newest first.
    """

    points: Points
    own: Points
    proposal: Proposal | None
    latest: Proposal | None
    acts: tuple[WeightAct, ...]

    @property
    def number(self) -> int:
        """Number of the last act, which the next one rests on; 0 before the first."""
        return self.acts[0].id if self.acts else 0


class Weighing:
    """What can be done with weights without a matchmaker.

    Parameters
    ----------
    own
        The installation's own points.
    """

    def __init__(self, engine: Engine, own: Mapping[str, float]) -> None:
        self.engine = engine
        self.own = own

    def standing(self) -> Standing:
        """The points that stand, where they come from, and what was done about them."""
        with reading(self.engine) as conn:
            latest = weights_kept.proposals(conn, limit=1)
            return Standing(
                tuple(weights_kept.points_now(conn, self.own).items()),
                tuple(self.own.items()),
                weights_kept.standing(conn),
                latest[0] if latest else None,
                weights_kept.acts(conn),
            )

    def proposal(self, id: int) -> Proposal:
        """One proposal with its evidence; raises ProposalNotFound."""
        with reading(self.engine) as conn:
            return weights_kept.get(conn, id)

    def accept(
        self,
        id: int,
        *,
        expected: int,
        who: str,
        why: str | None = None,
        at: datetime | None = None,
    ) -> WeightAct:
        """Score by a proposal's points from now on.

        Parameters
        ----------
        expected
            The number of the weights that the officer decided against (``Standing.number``).

        Raises
        ------
        WeightsOvertaken
            If somebody else accepted or undid since ``expected``.
        ProposalNotFound, ProposalUnproved, ProposalOvertaken
        """
        with transaction(self.engine) as conn:
            present = weights_kept.points_now(conn, self.own)
            return weights_kept.accept(
                conn, id, present, expected=expected, who=who, at=at or now(), why=why
            )

    def undo(
        self, *, expected: int, who: str, why: str | None = None, at: datetime | None = None
    ) -> WeightAct:
        """Score again by the points before the last acceptance that stands.

        ``expected`` as for :meth:`accept`. Raises WeightsOvertaken, NoWeightsToUndo.
        """
        with transaction(self.engine) as conn:
            return weights_kept.undo(conn, expected=expected, who=who, at=at or now(), why=why)
