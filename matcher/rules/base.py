"""What a rule is: a name, two keys and one scalar ``judge``."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

from matcher.profile import Money


class Kind(Enum):
    """What a rule may do: a gate refuses, a fit earns points."""

    GATE = "gate"
    FIT = "fit"


class Outcome(Enum):
    """The four answers of a judge."""

    PASSED = "passed"
    FIT = "fit"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Coded:
    """Codes of a vocabulary inside a reason, to be named in the reader's language."""

    vocabulary: str
    codes: tuple[str, ...]


@cache
def coded(vocabulary: str, codes: tuple[str, ...]) -> Coded:
    """The one value of these codes, for rules that are judged over thousands of keys at a time."""
    return Coded(vocabulary, codes)


@dataclass(frozen=True, slots=True)
class InLanguages:
    """A text of the catalogue inside a reason, in both languages of the product."""

    en: str
    vi: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of money inside a reason, to be written as the reader's language does."""

    amount: float
    currency: str


Fact = str | int | float | date | Coded | InLanguages | Sum | None


def money(value: Money | None) -> Sum | None:
    """A profile's sum as a fact of a reason."""
    return None if value is None else Sum(value.amount, value.currency)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is as it is: a code, and the facts that its sentence names.

    The sentence stands in ``data/languages/*.toml`` under ``reason.<code>``.
    """

    code: str
    facts: tuple[tuple[str, Fact], ...] = ()

    @staticmethod
    def of(code: str, **facts: Fact) -> Reason:
        """Build a reason from named facts."""
        return Reason(code, tuple(facts.items()))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says of a pair. ``share`` (0 to 1) counts only for a fit."""

    outcome: Outcome
    reason: Reason
    share: float = 0.0


def passed(code: str, **facts: Fact) -> Verdict:
    """The gate is open to this pair."""
    return Verdict(Outcome.PASSED, Reason.of(code, **facts))


def fit(share: float, code: str, **facts: Fact) -> Verdict:
    """The pair earns this share (0 to 1) of the rule's points."""
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    return Verdict(Outcome.FIT, Reason.of(code, **facts), share)


def blocked(code: str, **facts: Fact) -> Verdict:
    """The pair must not be matched."""
    return Verdict(Outcome.BLOCKED, Reason.of(code, **facts))


def unknown(code: str, **facts: Fact) -> Verdict:
    """A fact is missing; the reason is the question to ask."""
    return Verdict(Outcome.UNKNOWN, Reason.of(code, **facts))


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one field that might help: tried by running the engine again with it."""

    field: str
    value: Any


Key = Callable[[Any, date], Hashable]
Judge = Callable[[Any, Any], Verdict]
Remedies = Callable[[Any, Any, date], Iterable[Change]]


def no_remedies(_left: Any, _right: Any, _on: date) -> Iterable[Change]:
    """The default: nothing that the asker could change."""
    return ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over pairs (left, right): startup and programme, or home and foreign incubator.

    Attributes
    ----------
    name
        One noun; the name of its file, of its weight and of its texts.
    left_key, right_key
        Reduce a profile, as it stands on a day, to the small hashable value that the rule needs.
    judge
        The only place where the rule's meaning stands: pure, scalar, and called once per distinct
        pair of keys.
    remedies
        Changes to the left profile that might turn a refusal or a poor fit; each is only offered
        to a person after the engine has been run again with it.
    neutral
        Expected share of a pair of which the rule knows nothing (fits only).
    """

    name: str
    kind: Kind
    left_key: Key
    right_key: Key
    judge: Judge
    remedies: Remedies = no_remedies
    neutral: float = 0.5
