"""A chance of acceptance beside a score, where decisions bear one out; else why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.texts import Texts
from matcher.evidence import Bin, Reliability
from models.proposing import LEAST_HELD_OUT
from service.answers import ChanceOut, SeenOut
from service.learning import Foretelling, Learning
from service.matchmaking import Matchmaker

DIGITS = 4
"""Decimals of chances, shares and measures."""


@dataclass(frozen=True, slots=True)
class Chances:
    """What is known of chances at the moment of an answer; None of partnerships: none is told."""

    known: Foretelling | None

    def values(self, scores: Sequence[float]) -> list[float | None]:
        """The chance (0 to 1) of each score, None for all where none may be shown."""
        if self.known is None or self.known.curve is None:
            return [None] * len(scores)
        found: list[float | None] = self.known.curve.chances(
            np.asarray(scores, np.float64)
        ).tolist()
        return found

    def beside(self, scores: Sequence[float]) -> list[ChanceOut | None]:
        """The same, each with what came of the held-out decisions of like chance."""
        return [None if one is None else self._told(one) for one in self.values(scores)]

    def note(self, texts: Texts) -> str:
        """What stands behind the chances, or why there are none."""
        if self.known is None:
            return texts.screen("chance.of_partners")
        return note_of(self.known.reliability, texts)

    def _told(self, value: float) -> ChanceOut:
        bins = () if self.known is None else self.known.reliability.bins
        like = bin_of(value, bins)
        return ChanceOut(value=round(value, DIGITS), seen=None if like is None else _seen(like))


@dataclass(frozen=True, slots=True)
class ChanceBook:
    """Says beside which lists there are chances."""

    learning: Learning

    def beside(self, kind: str) -> Chances:
        """The chances beside the lists of a kind of asker."""
        return Chances(None if kind == "incubator" else self.learning.foretelling())


def book_of(matchmaker: Matchmaker) -> ChanceBook:
    """The chances as decisions about a matchmaker's profiles bear them out."""
    return ChanceBook(Learning(matchmaker))


def note_of(reliability: Reliability, texts: Texts) -> str:
    """What stands behind the chances, or why there are none, in a language."""
    names = ("decisions", "accepted", "needed", "needed_each", "held_out")
    facts = {name: getattr(reliability, name) for name in names}
    for name, score in (("brier", reliability.brier), ("base", reliability.brier_base)):
        facts[name] = None if score is None else round(score, DIGITS)
    said = texts.screen(
        f"chance.{reliability.hidden or 'shown'}", needed_held_out=LEAST_HELD_OUT, **facts
    )
    return f"{said} {texts.screen('chance.measured', **facts)}" if reliability.shown else said


def bin_of(value: float, bins: Sequence[Bin]) -> Bin | None:
    """The bin of like chances, of bins with the lowest first; None beyond what was held out."""
    if not bins or not bins[0].low <= value <= bins[-1].high:
        return None
    return next(one for one in reversed(bins) if one.low <= value)


def _seen(like: Bin) -> SeenOut:
    share = like.observed
    ends = round(share.low, DIGITS), round(share.high, DIGITS)
    return SeenOut(share=round(share.value, DIGITS), low=ends[0], high=ends[1], decisions=like.n)
