"""The controls of a startup's own forms: filled, with what hangs on each answer beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal

from data.bodies import body_of
from data.folding import fold
from data.taxonomies import name_of, terms
from data.texts import ErrorText, Texts
from matcher.profile import Programme, Startup, forms
from matcher.taxonomy import ANY_MARKET
from service.effects import Effect, Standing, rules_of_field
from service.opening import HOME
from service.pages.frame import LOCALES
from service.pages.own_asks import ASKS, MAIN_SECTORS, Ask
from service.pages.posted import Posted

SPARE_ROWS = 2
"""Empty rows after those that are filled."""

FEWEST_ROWS = 3


Pairs = tuple[tuple[str, str], ...]
"""Codes with their names."""

OpenAt = Mapping[str, Mapping[str, int]]
"""How many programmes would be open with an answer, by field and answer."""


@dataclass(frozen=True, slots=True)
class Control:
    """One question as a form shows it.

    ``chosen`` are the typed values; ``rows`` those of a small table; ``about`` says what the answer
    is read by and what hangs on it, in sentences.
    """

    ask: Ask
    label: str
    help: str | None
    about: tuple[str, ...]
    required: bool
    fault: ErrorText | None
    value: str
    chosen: tuple[str, ...]
    options: Pairs
    more_options: Pairs
    rows: tuple[tuple[str, ...], ...]
    none: bool
    longest: int | None


@dataclass(frozen=True, slots=True)
class Around:
    """What controls are filled from beside the form itself."""

    texts: Texts
    standing: Standing
    programmes: Sequence[Programme]
    open_at: OpenAt


def filled(profile: Startup, fields: Sequence[str], lang: str) -> Posted:
    """A form filled in as if the profile had been typed into it."""
    body = body_of(profile)
    pairs: list[tuple[str, str]] = []
    for field in fields:
        pairs += _typed(ASKS[field], body[field], lang)
    return Posted(tuple(pairs))


def controls(
    fields: Sequence[str],
    form: Posted,
    around: Around,
    faults: Mapping[str, ErrorText],
    required: Sequence[str] = (),
) -> tuple[Control, ...]:
    """The controls of these fields as they stand in a form."""
    return tuple(
        _control(ASKS[field], form, around, faults.get(field), field in required)
        for field in fields
    )


def _control(
    ask: Ask, form: Posted, around: Around, fault: ErrorText | None, required: bool
) -> Control:
    texts, field = around.texts, ask.field
    options, more = _options(ask, around)
    keys = texts.page_keys
    return Control(
        ask=ask,
        label=texts.page(f"registering.ask.{field}"),
        help=texts.page(f"registering.help.{field}")
        if f"registering.help.{field}" in keys
        else None,
        about=_about(field, around),
        required=required,
        fault=fault,
        value=form.get(field),
        chosen=form.all(field),
        options=options,
        more_options=more,
        rows=_rows(ask, form),
        none=bool(form.get(f"{field}.none")),
        longest=forms(Startup)[field].longest,
    )


def _about(field: str, around: Around) -> tuple[str, ...]:
    """What reads the answer, and what hangs on it now."""
    texts, effect = around.texts, around.standing.of(field)
    read_by = tuple(texts.rule_about(rule) for rule in rules_of_field(field))
    return (*read_by[:2], *effect_sentences(effect, texts))


def effect_sentences(effect: Effect, texts: Texts) -> tuple[str, ...]:
    """What an answer changes, in sentences; none where nothing hangs on it."""
    said = []
    if effect.waiting:
        said.append(texts.page("registering.waiting", n=effect.waiting))
    if effect.points:
        said.append(texts.page("registering.adds", points=effect.points))
    if effect.alone:
        said.append(texts.page("registering.alone", n=effect.alone))
    return tuple(said)


def _options(ask: Ask, around: Around) -> tuple[Pairs, Pairs]:
    """What can be chosen, and in a second list what is chosen less often."""
    lang = around.texts.lang
    vocabulary = forms(Startup)[ask.field].vocabulary
    match ask.kind:
        case "markets":
            return _markets(around)
        case "grants":
            return _grants(around.programmes), ()
        case "skills":
            return _named("language", lang), _named("level", lang, by_name=False)
        case "people":
            return _named("sex", lang, by_name=False), ()
        case "answer":
            page = around.texts.page
            named: Pairs = (("yes", page("registering.yes")), ("no", page("registering.no")))
        case _ if vocabulary is not None:
            named = _named(vocabulary, lang, by_name=vocabulary == "country")
        case _:
            return (), ()
    return tuple((code, _counted(ask.field, code, name, around)) for code, name in named), ()


def _counted(field: str, code: str, name: str, around: Around) -> str:
    """An answer with how many programmes would be open with it, where that was tried."""
    count = around.open_at.get(field, {}).get(code)
    if count is None:
        return name
    return around.texts.page("registering.option", name=name, n=count)


def _markets(around: Around) -> tuple[Pairs, Pairs]:
    """The countries in which programmes run, and after them all others."""
    lang = around.texts.lang
    hosts = {programme.host for programme in around.programmes} - {HOME}
    every = [pair for pair in _named("market", lang) if pair[0] != ANY_MARKET]
    near = tuple(pair for pair in every if pair[0] in hosts)
    return near, tuple(pair for pair in every if pair[0] not in hosts)


def _grants(programmes: Sequence[Programme]) -> Pairs:
    """The programmes that some other one cannot be combined with."""
    excluding = {one for programme in programmes for one in programme.exclusive_with or ()}
    named = {programme.id: programme.name for programme in programmes}
    return tuple(sorted(((id, named.get(id, id)) for id in excluding), key=lambda pair: pair[1]))


def _named(vocabulary: str, lang: str, by_name: bool = True) -> Pairs:
    pairs = [(code, name_of(vocabulary, code, lang)) for code in terms(vocabulary)]
    return tuple(sorted(pairs, key=lambda pair: fold(pair[1])) if by_name else pairs)


def _rows(ask: Ask, form: Posted) -> tuple[tuple[str, ...], ...]:
    """The rows of a small table, with empty ones to go on."""
    names = _CELLS.get(ask.kind)
    if ask.kind == "main":
        chosen = tuple(filter(None, form.all(ask.field)))
        return tuple((one,) for one in chosen) + (("",),) * (MAIN_SECTORS - len(chosen))
    if names is None:
        return ()
    columns = [form.all(f"{ask.field}.{name}") for name in names]
    typed = [cells for cells in zip(*columns, strict=False) if any(cells)]
    spare = max(SPARE_ROWS, FEWEST_ROWS - len(typed))
    return (*typed, *((("",) * len(names)) for _ in range(spare)))


_CELLS: dict[str, tuple[str, ...]] = {
    "skills": ("language", "level"),
    "people": ("name", "role", "sex", "full_time", "share_percent", "nationality"),
}


def _typed(ask: Ask, value: Any, lang: str) -> list[tuple[str, str]]:
    """How the content of a field stands in a form."""
    field = ask.field
    if value is None:
        return []
    if value == [] and ask.can_be_none:
        return [(f"{field}.none", "yes")]
    match ask.kind:
        case "answer":
            return [(field, "yes" if value else "no")]
        case "number":
            return [(field, _plain(value, lang))]
        case "money":
            return [(field, f"{_plain(value['amount'], lang)} {value['currency']}")]
        case "lines":
            return [(field, "\n".join(value))]
        case "skills" | "people":
            names = _CELLS[ask.kind]
            cells = [(n, _cell(row.get(n), lang)) for row in value for n in names]
            return [(f"{field}.{name}", text) for name, text in cells]
    return [(field, one) for one in value] if isinstance(value, list) else [(field, str(value))]


def _cell(value: Any, lang: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return _plain(value, lang)
    return value or ""


def _plain(value: float, lang: str) -> str:
    return str(format_decimal(value, "#,##0.######", locale=LOCALES[lang]))
