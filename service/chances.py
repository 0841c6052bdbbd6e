"""A chance of acceptance beside a score, where decisions bear one out; else why there is none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from data import decisions, profiles, weights_kept
from data.engines import reading
from data.texts import Texts
from matcher.evidence import Bin, Reliability
from models import acceptance
from models.tuning import Floats
from service.answers import ChanceOut, SeenOut
from service.learning import Learning
from service.matchmaking import Matchmaker

DIGITS = 4
"""Decimals of chances, shares and measures."""


@dataclass(frozen=True, slots=True)
class Chances:
    """What is known of chances at the moment of an answer.

    ``reliability`` is None where no chances are learned at all: of partnerships.
    """

    reliability: Reliability | None
    chance_of: Callable[[Sequence[float]], Floats | None]

    def values(self, scores: Sequence[float]) -> list[float | None]:
        """The chance (0 to 1) of each score, None for all where none may be shown."""
        if self.reliability is None or not self.reliability.shown:
            return [None] * len(scores)
        found = self.chance_of(scores)
        return [None] * len(scores) if found is None else found.tolist()

    def beside(self, scores: Sequence[float]) -> list[ChanceOut | None]:
        """The same, each with what came of the held-out decisions of like chance."""
        return [None if one is None else self._told(one) for one in self.values(scores)]

    def note(self, texts: Texts) -> str:
        """What stands behind the chances, or why there are none."""
        if self.reliability is None:
            return texts.screen("chance.of_partners")
        return note_of(self.reliability, texts)

    def _told(self, value: float) -> ChanceOut:
        bins = () if self.reliability is None else self.reliability.bins
        like = bin_of(value, bins)
        return ChanceOut(value=round(value, DIGITS), seen=None if like is None else _seen(like))


class ChanceBook:
    """Chances as they stand: worked out once until a decision, profile, weight or the day changes.

    Lists are asked for far more often than any of these change.
    """

    def __init__(self, learning: Learning) -> None:
        self.learning = learning
        self._lock = threading.Lock()
        self._held: tuple[tuple[int, int, int, date], Reliability] | None = None

    def reliability(self) -> Reliability:
        """How far chances can be trusted now; without gaps by group, which no list waits for."""
        at = self._moment()
        with self._lock:
            if self._held is None or self._held[0] != at:
                self._held = at, self._worked_out()
            return self._held[1]

    def beside(self, kind: str) -> Chances:
        """The chances beside the lists of a kind of asker."""
        reliability = None if kind == "incubator" else self.reliability()
        return Chances(reliability, self.learning.chance_of)

    def _worked_out(self) -> Reliability:
        judged = self.learning.judged().judged
        with reading(self.learning.engine) as conn:
            points = weights_kept.points_now(conn, self.learning.own)
        return acceptance.reliability(judged, judged.scores(points))

    def _moment(self) -> tuple[int, int, int, date]:
        with reading(self.learning.engine) as conn:
            act = weights_kept.latest_act(conn)
            number, seq = decisions.latest_number(conn), profiles.latest_seq(conn)
        return number, 0 if act is None else act.id, seq, self.learning.matchmaker.today()


def book_of(matchmaker: Matchmaker) -> ChanceBook:
    """The chances as decisions about a matchmaker's profiles bear them out."""
    return ChanceBook(Learning(matchmaker))


def note_of(reliability: Reliability, texts: Texts) -> str:
    """What stands behind the chances, or why there are none, in a language."""
    names = ("decisions", "accepted", "needed", "needed_each")
    facts = {name: getattr(reliability, name) for name in names}
    said = texts.screen("chance.shown" if reliability.shown else "chance.too_few", **facts)
    brier, base = reliability.brier, reliability.brier_base
    if not reliability.shown or brier is None or base is None:
        return said
    measured = "chance.measured" if brier < base else "chance.no_closer"
    figures = {"brier": round(brier, DIGITS), "base": round(base, DIGITS)}
    return f"{said} {texts.screen(measured, held_out=reliability.held_out, **figures)}"


def bin_of(value: float, bins: Sequence[Bin]) -> Bin | None:
    """The bin of like chances, of bins with the lowest first; None beyond what was held out."""
    if not bins or not bins[0].low <= value <= bins[-1].high:
        return None
    return next(one for one in reversed(bins) if one.low <= value)


def _seen(like: Bin) -> SeenOut:
    share = like.observed
    ends = round(share.low, DIGITS), round(share.high, DIGITS)
    return SeenOut(share=round(share.value, DIGITS), low=ends[0], high=ends[1], decisions=like.n)
