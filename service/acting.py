"""Acts on runs that are kept: one is compared, published, undone. Nothing is scored or solved."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from data import cohorts, publications, runs
from data.engines import Engine, reading, transaction
from data.publications import Publication
from matcher.errors import PublicationBreaks, RunNotFound, RunOutdated
from matcher.outcome import Move
from matcher.rounds import broken_by, moves_to, pairs_of


class Acts:
    """What can be done with runs without a matchmaker.

    Parameters
    ----------
    now
        Tells the moment at which something is written.
    """

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.now = now

    def difference(self, run_id: int, other_id: int) -> tuple[Move, ...]:
        """What another run changes against this one, startup by startup."""
        with reading(self.engine) as conn:
            before = pairs_of(runs.outcome(conn, run_id))
            other = runs.get(conn, other_id)
            after, round_ = runs.outcome(conn, other_id), runs.round_of(conn, other_id)
        return moves_to(round_, other.order.how, before, after)

    def publish(
        self,
        cohort_id: str,
        run_id: int,
        *,
        startups: Collection[str] | None,
        expected: int | None,
        who: str,
        why: str | None,
    ) -> Publication:
        """Publish a run whole, or only what it says of some startups.

        Raises
        ------
        RunNotFound, NoOutcome
            For a run of another cohort, and for one without an outcome.
        RunOutdated
            If the cohort was changed since the run: its limits may not hold any more.
        PublicationBreaks
            If a part of the run together with the rest of the published list breaks a limit.
        Overtaken
            If somebody else published since ``expected``.
        """
        with transaction(self.engine) as conn:
            run = runs.get(conn, run_id)
            if run.order.cohort_id != cohort_id:
                raise RunNotFound(id=run_id)
            kept = cohorts.get(conn, cohort_id)
            if kept.version != run.order.cohort_version:
                raise RunOutdated(
                    run=run_id, version=run.order.cohort_version, present=kept.version
                )
            pairs = pairs_of(runs.outcome(conn, run_id))
            if startups is not None:
                latest = publications.latest(conn, cohort_id)
                stood = () if latest is None else latest.pairs
                pairs = publications.merged(stood, pairs, startups)
                broken = broken_by(runs.round_of(conn, run_id), pairs)
                if broken:
                    raise PublicationBreaks(limits=tuple(one.limit for one in broken))
            return publications.publish(
                conn, cohort_id, run_id, pairs, expected=expected, who=who, at=self.now(), why=why
            )

    def undo(
        self, cohort_id: str, *, expected: int | None, who: str, why: str | None
    ) -> Publication:
        """Let the list stand again that stood before; raises NothingToUndo, Overtaken."""
        with transaction(self.engine) as conn:
            cohorts.get(conn, cohort_id)
            return publications.undo(
                conn, cohort_id, expected=expected, who=who, at=self.now(), why=why
            )
