"""Fields of a startup that rules read, as a form shows them and reads them back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from fastapi.exceptions import RequestValidationError

from data.bodies import body_of
from data.taxonomies import name_of, terms
from data.texts import Texts
from matcher.errors import CauNoiError, InvalidField
from matcher.profile import LanguageSkill, Programme, Startup, form_of
from matcher.taxonomy import LEVELS
from service.pages.posted import Posted
from service.pages.programme_facts import told
from service.problems import as_ours
from service.profile_forms import validated

Kind = Literal["select", "number", "date", "money", "boxes", "levels"]

SPOKEN = "spoken"
"""A language that the team works in at a level that nobody knows."""

CURRENCIES = ("VND", "USD", "EUR", "SGD", "JPY", "KRW")
YES_NO = ("yes", "no")

FIELDS: Mapping[str, Kind] = {
    "stage": "select",
    "goal": "select",
    "sectors": "boxes",
    "target_markets": "boxes",
    "needs": "boxes",
    "languages": "levels",
    "team_size": "number",
    "full_time_people": "number",
    "founder_share_percent": "number",
    "revenue_12m": "money",
    "total_raised": "money",
    "max_equity_percent": "number",
    "max_fee": "money",
    "founded_on": "date",
    "available_from": "date",
    "can_travel_weeks": "number",
    "will_incorporate_abroad": "select",
    "legal_status": "select",
    "size": "select",
}
"""In reading order."""

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A language with the level that the team speaks it at: empty, ``spoken`` or a level."""

    code: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Input:
    """A field of the form.

    ``value`` is what stands in it, ``chosen`` what is ticked, ``unit`` the currency of a sum;
    ``before`` is what the kept profile holds where that is another, told as a text.
    """

    name: str
    label: str
    kind: Kind
    value: str
    chosen: tuple[str, ...]
    unit: str
    options: Options
    levels: tuple[Level, ...]
    least: float | None
    most: float | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Offered:
    """What the catalogue makes worth offering: its markets and its working languages."""

    markets: tuple[str, ...]
    languages: tuple[str, ...]


def offered_by(programmes: Sequence[Programme]) -> Offered:
    """Countries and blocs that programmes name as markets or run in, and languages they work in."""
    markets = {code for one in programmes for code in (*(one.markets or ()), one.host)}
    languages = {code for one in programmes for code in one.languages or ()}
    return Offered(tuple(sorted(markets)), tuple(sorted(languages)))


def inputs_of(startup: Startup, kept: Startup, offered: Offered, texts: Texts) -> tuple[Input, ...]:
    """The form with the facts of a startup, beside those of the kept one."""
    return tuple(_input(name, kind, startup, kept, offered, texts) for name, kind in FIELDS.items())


def _input(
    name: str, kind: Kind, startup: Startup, kept: Startup, offered: Offered, texts: Texts
) -> Input:
    value, before = getattr(startup, name), getattr(kept, name)
    form = form_of(Startup, name)
    bounds: Any = form.interval
    chosen = tuple(value or ()) if kind == "boxes" else ()
    unit = value.currency if kind == "money" and value else CURRENCIES[0]
    changed = value != before
    was = told(Startup, name, before, texts) or texts.screen("unknown")
    return Input(
        name,
        texts.field(name),
        kind,
        _text(value, kind),
        chosen,
        unit,
        _options(name, kind, (unit,) if kind == "money" else chosen, offered, texts),
        _levels(startup, offered, texts) if kind == "levels" else (),
        bounds.ge if bounds else None,
        bounds.le if bounds else None,
        was if changed else None,
    )


def _text(value: Any, kind: Kind) -> str:
    if value is None or kind in ("boxes", "levels"):
        return ""
    if isinstance(value, bool):
        return YES_NO[not value]
    if kind == "money":
        value = value.amount
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)


def _options(
    name: str, kind: Kind, chosen: tuple[str, ...], offered: Offered, texts: Texts
) -> Options:
    if kind == "money":
        return tuple((code, code) for code in dict.fromkeys((*CURRENCIES, *chosen)))
    if name == "will_incorporate_abroad":
        return tuple((code, texts.screen(code)) for code in YES_NO)
    if kind not in ("select", "boxes"):
        return ()
    vocabulary = str(form_of(Startup, name).vocabulary)
    known = offered.markets if vocabulary == "market" else tuple(terms(vocabulary))
    codes = [code for code in dict.fromkeys((*known, *chosen)) if code != "all" or code in chosen]
    named = [(code, name_of(vocabulary, code, texts.lang)) for code in codes]
    return tuple(sorted(named, key=lambda one: one[1]) if vocabulary == "market" else named)


def _levels(startup: Startup, offered: Offered, texts: Texts) -> tuple[Level, ...]:
    held = {skill.language: skill.level or SPOKEN for skill in startup.languages or ()}
    codes = dict.fromkeys((*offered.languages, *held))
    levels = [Level(c, name_of("language", c, texts.lang), held.get(c, "")) for c in codes]
    return tuple(sorted(levels, key=lambda one: (not one.level, one.name)))


def changed_by(kept: Startup, form: Posted) -> Startup:
    """The startup with the facts of a posted form; an empty field is unknown.

    Raises InvalidField or another error of a field, for the first that does not hold.
    """
    body = {name: value for name, value in body_of(kept).items() if value is not None}
    for name, kind in FIELDS.items():
        body.pop(name, None)
        content = _READ[kind](name, form, getattr(kept, name))
        if content is not None:
            body[name] = content
        elif kind in ("boxes", "levels") and getattr(kept, name) == ():
            body[name] = []
    try:
        return cast(Startup, validated("startup", body))
    except RequestValidationError as error:
        raise _first(error) from None


def _first(error: RequestValidationError) -> CauNoiError:
    return as_ours(error.errors()[0])


def _read_select(name: str, form: Posted, _: Any) -> Any:
    given = form.get(name)
    if name == "will_incorporate_abroad":
        return {"yes": True, "no": False}.get(given)
    return given or None


def _read_number(name: str, form: Posted, _: Any) -> Any:
    return number_of(name, form.get(name))


def _read_date(name: str, form: Posted, _: Any) -> Any:
    return form.get(name) or None


def _read_money(name: str, form: Posted, _: Any) -> Any:
    amount = number_of(name, form.get(name))
    return None if amount is None else {"amount": amount, "currency": form.get(f"{name}-unit")}


def _read_boxes(name: str, form: Posted, kept: tuple[str, ...] | None) -> Any:
    return _in_order(dict.fromkeys(form.all(name)), kept or ()) or None


def _read_levels(name: str, form: Posted, kept: tuple[LanguageSkill, ...] | None) -> Any:
    prefix = f"{name}-"
    given = {
        key.removeprefix(prefix): level
        for key, level in form.fields
        if key.startswith(prefix) and level
    }
    order = _in_order(given, [skill.language for skill in kept or ()])
    return [_skill(code, given[code]) for code in order] or None


def _skill(code: str, level: str) -> dict[str, str]:
    return {"language": code} | ({"level": level} if level in LEVELS else {})


def _in_order(given: Iterable[str], kept: Iterable[str]) -> list[str]:
    """What is given, in the order of the profile where it is there: the first may be the main."""
    codes = list(given)
    return [one for one in dict.fromkeys((*kept, *codes)) if one in codes]


_READ: Mapping[Kind, Callable[[str, Posted, Any], Any]] = {
    "select": _read_select,
    "number": _read_number,
    "date": _read_date,
    "money": _read_money,
    "boxes": _read_boxes,
    "levels": _read_levels,
}


def number_of(name: str, text: str) -> float | int | None:
    """A number as a form sends it, None for nothing; raises InvalidField."""
    plain = text.strip().replace(" ", "").replace("\u00a0", "")
    if not plain:
        return None
    try:
        value = float(plain)
    except ValueError:
        raise InvalidField(field=name, value=text[:80], expected="float") from None
    return int(value) if value.is_integer() else value
