"""Learning from decisions: weights are proposed, and chances told once they are borne out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from data import decisions, profiles, weights_kept
from data.engines import Connection, reading, transaction
from data.weights_kept import Proposal
from matcher.evidence import CHOSEN, Reliability
from models import acceptance, proposing
from models.acceptance import Curve
from service.labels import Labels, Rows, groups_of, labels_of
from service.matchmaking import Matchmaker
from service.opening import now
from service.weighing import Weighing

Floats = NDArray[np.float64]
Sign = tuple[int, int, int, date]
"""Numbers of the last decision, act on weights and change of a profile, and the day."""


class Learning(Weighing):
    """What decisions teach, over one matchmaker; with all acts on weights."""

    def __init__(self, matchmaker: Matchmaker) -> None:
        super().__init__(matchmaker.engine, matchmaker.own_scale.points)
        self.matchmaker = matchmaker
        self._lock = threading.RLock()
        self._rows: Rows = {}
        self._told: Labels | None = None
        self._told_at = (0, 0, date.min)
        self._curve: Curve | None = None
        self._curve_at: Sign | None = None

    # -- weights ---------------------------------------------------------------------------

    def judged(self) -> Labels:
        """The decisions that count, as labels, with the shares that their pairs earn today."""
        with self._lock, self.matchmaker.still() as conn:
            return self._grouped(conn)

    def propose(self, *, who: str, at: datetime | None = None) -> Proposal:
        """Learn weights, measure them beside those that stand, and keep both; adopts nothing.

        Where the verdict is not ``better`` the points proposed are those that stand.
        """
        with self._lock, self.matchmaker.still() as conn:
            labels = self._labels(conn)
            present = self.matchmaker.panel.scale.points
        found = proposing.propose(labels.judged, present, self.own)
        with transaction(self.engine) as conn:
            return weights_kept.keep(
                conn, present, found.points, found.evidence, who=who, at=at or now()
            )

    # -- chances ---------------------------------------------------------------------------

    def reliability(self) -> Reliability:
        """Whether a chance of acceptance is shown, how far it holds, and the gaps by group."""
        with self._lock, self.matchmaker.still() as conn:
            labels = self._grouped(conn)
            scores = labels.judged.scores(self.matchmaker.panel.scale.points)
        return acceptance.reliability(labels.judged, scores, labels.groups)

    def chance_of(self, scores: Sequence[float] | Floats) -> Floats | None:
        """Chances of acceptance (0 to 1) of scores (0 to 100), (scores,).

        None unless enough decisions stand behind them (``Reliability.shown``). The curve is kept
        until a decision, the weights, a profile or the day changes.
        """
        curve = self._present_curve()
        return None if curve is None else curve.chances(np.asarray(scores, np.float64))

    def _present_curve(self) -> Curve | None:
        with reading(self.engine) as conn:
            sign = self._sign(conn)
        with self._lock:
            if sign != self._curve_at:
                with self.matchmaker.still() as conn:
                    sign, labels = self._sign(conn), self._labels(conn)
                    scores = labels.judged.scores(self.matchmaker.panel.scale.points)
                self._curve, self._curve_at = _curve_of(labels, scores), sign
            return self._curve

    # -- parts -----------------------------------------------------------------------------

    def _labels(self, conn: Connection) -> Labels:
        """The labels at one moment, without groups; only what has changed is worked out again."""
        number, _, seq, day = self._sign(conn)
        if self._told is None or self._told_at != (number, seq, day):
            self._forget_changed(conn, seq, day)
            self._told = labels_of(self.matchmaker, conn, self._rows)
            self._told_at = number, seq, day
        return self._told

    def _forget_changed(self, conn: Connection, seq: int, day: date) -> None:
        """Drop the shares of profiles that have changed, and all of another day."""
        _, before, day_before = self._told_at
        if day != day_before:
            self._rows = {}
        elif seq != before:
            changed = {(one.kind, one.id) for one in profiles.changes_since(conn, before)}
            self._rows = {
                (startup, programme): row
                for (startup, programme), row in self._rows.items()
                if changed.isdisjoint({("startup", startup), ("programme", programme)})
            }

    def _grouped(self, conn: Connection) -> Labels:
        labels = self._labels(conn)
        return replace(labels, groups=tuple(groups_of(self.matchmaker, conn, labels.judged)))

    def _sign(self, conn: Connection) -> Sign:
        act = weights_kept.latest_act(conn)
        return (
            decisions.latest_number(conn),
            0 if act is None else act.id,
            profiles.latest_seq(conn),
            self.matchmaker.today(),
        )


def _curve_of(labels: Labels, scores: Floats) -> Curve | None:
    """The curve of chances, None where it may not be shown."""
    if not acceptance.reliability(labels.judged, scores).shown:
        return None
    over = acceptance.ended(labels.judged)
    accepted = labels.judged.grades[over] >= CHOSEN
    return acceptance.curve_of(scores[over], accepted)
