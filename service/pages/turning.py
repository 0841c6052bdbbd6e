"""A profile with some of its fields turned to other values, to see what changes; never kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError

from data.bodies import body_of
from data.currencies import rates
from data.exporting import in_full
from data.numbers import number_of
from data.taxonomies import name_of, terms
from data.texts import ErrorText, Texts
from matcher.errors import InvalidField
from matcher.profile import FieldForm, Money, Profile, form_of
from service.pages.posted import Posted
from service.problems import as_ours
from service.profile_forms import Body, merged, validated

SENT = "turned"
"""A field that every such form sends, so that an empty form is told from none."""
CURRENCIES = ("USD", "VND", "EUR", "SGD", "JPY", "KRW", "TWD", "AUD", "GBP")
"""Offered for a sum, beside its own; the first where nothing is known."""
MONEY_SPAN = 200_000
"""Dollars up to which a sum can be turned by a slider, where it is not more already."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A field that can be turned.

    ``most`` and ``step`` are those of its slider, which a number has; ``codes`` restricts the
    choices of a list of codes, None offers its whole vocabulary.
    """

    field: str
    most: float | None = None
    step: float = 1
    codes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Knob:
    """One control of the form as it stands.

    ``shape`` is boxes, choice, number, money or day; ``changed`` tells that it differs from what is
    kept; ``kept`` and ``now`` say both as texts (None: unknown).
    """

    field: str
    label: str
    shape: str
    options: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]
    value: str
    currency: str
    currencies: tuple[tuple[str, str], ...]
    most: str
    step: str
    kept: str | None
    now: str | None
    changed: bool
    fault: ErrorText | None


@dataclass(frozen=True, slots=True)
class Turned:
    """The profile with what was turned, and what could not be read, by field."""

    profile: Any
    faults: dict[str, ErrorText]
    asked: bool


def turned(
    kind: str, profile: Profile, turns: tuple[Turn, ...], sent: Posted, texts: Texts
) -> Turned:
    """Read a form; a field that cannot be read stays as it is kept and has its fault."""
    if not sent.get(SENT):
        return Turned(profile, {}, False)
    before, patch, faults = body_of(profile), Body(), dict[str, ErrorText]()
    for turn in turns:
        try:
            read = _read(form_of(type(profile), turn.field), turn.field, sent)
            patch[turn.field] = _as_kept(read, before[turn.field])
        except InvalidField as error:
            faults[turn.field] = texts.error(error)
    for _ in range(2):
        try:
            return Turned(validated(kind, merged(_given(before), patch)), faults, True)
        except RequestValidationError as error:
            for fault in error.errors():
                name = str(fault["loc"][1])
                faults[name] = texts.error(as_ours(fault))
                patch.pop(name, None)
    return Turned(profile, faults, True)


def knobs(
    profile: Any, kept: Any, turns: tuple[Turn, ...], sent: Posted, told: Turned, texts: Texts
) -> tuple[Knob, ...]:
    """The controls of a form: of ``profile`` as it is turned, beside the one that is kept."""
    return tuple(_knob(profile, kept, turn, sent, told, texts) for turn in turns)


def _read(form: FieldForm, name: str, sent: Posted) -> Any:
    """What a form says of a field, as JSON values; None is unknown. Raises InvalidField."""
    if form.many:
        values = [value for value in sent.all(name) if value]
        return [_whole(v) if form.type is int else v for v in values] or None
    text = sent.get(name)
    if not text:
        return None
    if form.type is bool:
        return text == "yes"
    if form.type is Money:
        return {"amount": _number(name, text), "currency": sent.get(f"{name}-currency")}
    if form.type in (int, float):
        return _number(name, text)
    return text


def _whole(text: str) -> int | str:
    """A whole number, or what is none as it was sent, to be told so."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _as_kept(read: Any, before: Any) -> Any:
    """What was read; a list of the same codes in another order is the list that is kept."""
    both = isinstance(read, list) and isinstance(before, list)
    return before if both and sorted(read) == sorted(before) else read


def _number(name: str, text: str) -> float:
    """A number as a browser sends it, or as people write it."""
    try:
        number = float(text)
    except ValueError:
        found = number_of(text)
        if found is None:
            raise InvalidField(field=name, value=text[:80], expected="float") from None
        number = found
    return number


def _given(body: Body) -> Body:
    return {name: content for name, content in body.items() if content is not None}


def _knob(profile: Any, kept: Any, turn: Turn, sent: Posted, told: Turned, texts: Texts) -> Knob:
    name = turn.field
    form, value, before = form_of(type(kept), name), getattr(profile, name), getattr(kept, name)
    fault = told.faults.get(name)
    text = sent.get(name) if fault else _text(value)
    own = value.currency if isinstance(value, Money) else CURRENCIES[0]
    currency = (fault and sent.get(f"{name}-currency")) or own
    return Knob(
        field=name,
        label=texts.field(name),
        shape=_shape(form),
        options=tuple(_options(form, turn, (value, before), texts)),
        chosen=tuple(map(str, value)) if form.many and value is not None else (text,),
        value=text,
        currency=currency,
        currencies=tuple(_currencies(currency, texts)),
        most=in_full(_most(turn, value, before)),
        step=in_full(_step(turn, value, before)),
        kept=_told(type(kept), name, before, texts),
        now=_told(type(kept), name, value, texts),
        changed=value != before,
        fault=fault,
    )


def _told(kind: type, name: str, value: Any, texts: Texts) -> str | None:
    known = value is not None and not (name == "status" and value == "unknown")
    return texts.content(kind, name, value) if known else None


def _shape(form: FieldForm) -> str:
    if form.many:
        return "boxes"
    if form.vocabulary or form.type is bool:
        return "choice"
    return "money" if form.type is Money else "number" if form.type in (int, float) else "day"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Money):
        return in_full(value.amount)
    if isinstance(value, (int, float)):
        return in_full(value)
    return "" if value is None else str(value)


def _options(
    form: FieldForm, turn: Turn, values: tuple[Any, Any], texts: Texts
) -> Iterator[tuple[str, str]]:
    if form.type is bool:
        yield from (("yes", texts.screen("yes")), ("no", texts.screen("no")))
    elif form.type is int and form.many:
        yield from ((str(month), texts.value(month, "month")) for month in range(1, 13))
    elif form.vocabulary:
        for code in _codes(form.vocabulary, turn, values):
            yield code, name_of(form.vocabulary, code, texts.lang)


def _codes(vocabulary: str, turn: Turn, values: tuple[Any, Any]) -> list[str]:
    """The codes on offer, those in force among them, in the order of the vocabulary."""
    known = terms(vocabulary)
    held = {code for value in values for code in (value if isinstance(value, tuple) else (value,))}
    wanted = set(known if turn.codes is None else turn.codes) | (held - {None})
    return [code for code in known if code in wanted]


def _currencies(own: str, texts: Texts) -> Iterator[tuple[str, str]]:
    for code in dict.fromkeys((own, *CURRENCIES)):
        if code in rates():
            yield code, f"{code} – {name_of('currency', code, texts.lang)}"


def _most(turn: Turn, *values: Any) -> float:
    """The end of a slider: twice what a sum is, or what is a fair span of it."""
    if turn.most is not None:
        return max([turn.most, *(v for v in values if isinstance(v, (int, float)))])
    sums = [value for value in values if isinstance(value, Money)]
    if not sums:
        return float(MONEY_SPAN)
    rate = _rate_of(sums[0].currency)
    span = 10 ** len(str(int(MONEY_SPAN / rate))) / 5 if rate else 0.0
    return max(span, *(2 * one.amount for one in sums))


def _step(turn: Turn, *values: Any) -> float:
    return turn.step if turn.most is not None else max(1.0, 10.0 ** (_digits(turn, *values) - 3))


def _digits(turn: Turn, *values: Any) -> int:
    return len(str(int(_most(turn, *values))))


def _rate_of(currency: str) -> float:
    rate: Mapping[str, Any] = rates()
    return rate[currency].usd_per_unit or 0.0
