"""What a startup is asked of itself, in which groups, and how each answer is read from a form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from data.folding import place
from data.numbers import Unit, money_of, number_of
from service.pages.posted import Posted

Kind = Literal[
    "line", "text", "choice", "number", "day", "answer", "money", "ticks", "main", "markets",
    "skills", "grants", "lines", "people",
]  # fmt: skip

MAIN_SECTORS = 3
"""The main sector, and up to two more."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of a startup and the kind of control that asks for it.

    ``can_be_none`` fields have a box of their own for "none", which is an answer and not unknown.
    """

    field: str
    kind: Kind
    can_be_none: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that stand together under one heading, by their fields."""

    name: str
    fields: tuple[str, ...]


ASKS: dict[str, Ask] = {
    ask.field: ask
    for ask in (
        Ask("name", "line"),
        Ask("product_vi", "line"),
        Ask("product_en", "line"),
        Ask("sectors", "main"),
        Ask("stage", "choice"),
        Ask("country", "choice"),
        Ask("city", "line"),
        Ask("needs", "ticks"),
        Ask("goal", "choice"),
        Ask("target_markets", "markets"),
        Ask("description_vi", "text"),
        Ask("description_en", "text"),
        Ask("trl", "choice"),
        Ask("legal_status", "choice"),
        Ask("size", "choice"),
        Ask("employees", "number"),
        Ask("founded_on", "day"),
        Ask("parent_country", "choice"),
        Ask("team_size", "number"),
        Ask("full_time_people", "number"),
        Ask("founder_share_percent", "number"),
        Ask("languages", "skills"),
        Ask("can_travel_weeks", "number"),
        Ask("people_to_send", "number"),
        Ask("available_from", "day"),
        Ask("will_incorporate_abroad", "answer"),
        Ask("revenue_12m", "money"),
        Ask("total_raised", "money"),
        Ask("max_equity_percent", "number"),
        Ask("max_fee", "money"),
        Ask("grants_held", "grants", can_be_none=True),
        Ask("conflicts", "lines", can_be_none=True),
        Ask("website", "line"),
        Ask("legal_name", "line"),
        Ask("tax_code", "line"),
        Ask("ward", "line"),
        Ask("contact_name", "line"),
        Ask("contact_email", "line"),
        Ask("contact_phone", "line"),
        Ask("founders", "people"),
    )
}

GROUPS: tuple[Group, ...] = (
    Group(
        "start",
        ("name", "product_vi", "product_en", "sectors", "stage", "country", "city", "needs"),
    ),
    Group("aims", ("goal", "target_markets", "description_vi", "description_en", "trl")),
    Group(
        "firm",
        (
            "legal_status", "parent_country", "founded_on", "size", "employees", "team_size",
            "full_time_people", "founder_share_percent",
        ),
    ),
    Group(
        "abroad",
        (
            "languages", "can_travel_weeks", "people_to_send", "available_from",
            "will_incorporate_abroad",
        ),
    ),
    Group("money", ("revenue_12m", "total_raised", "max_equity_percent", "max_fee")),
    Group("ties", ("grants_held", "conflicts")),
    Group(
        "contact",
        (
            "website", "legal_name", "tax_code", "ward", "contact_name", "contact_email",
            "contact_phone", "founders",
        ),
    ),
)  # fmt: skip
"""In the order in which they are offered; the first one registers a profile."""

FIRST: dict[str, tuple[str, ...]] = {
    lang: ("name", f"product_{lang}", "sectors", "stage", "country", "city", "needs")
    for lang in ("vi", "en")
}
"""The fewest questions that give matches, by the language in which they are answered."""

NEEDED = ("name", "sectors", "stage", "needs")
"""Answers without which nothing worth reading can be recommended; the sentence on the product,
in either language, is needed too."""


def answer_of(ask: Ask, form: Posted, lang: str) -> Any:
    """What a form says of a field, as a JSON value; None where it says nothing.

    What cannot be read stays as it was typed, so that the profile's own check refuses it.
    """
    return _READERS[ask.kind](ask, form, lang)


def _line(ask: Ask, form: Posted, _lang: str) -> Any:
    text = form.get(ask.field)
    return (place(text) if ask.field == "city" else text) or None


def _number(ask: Ask, form: Posted, lang: str) -> Any:
    text = form.get(ask.field).removesuffix("%").strip()
    read = number_of(text, _mark(lang)) if text else None
    return read if read is not None else text or None


def _money(ask: Ask, form: Posted, lang: str) -> Any:
    text = form.get(ask.field)
    read = money_of(text, Unit(1.0, "VND"), _mark(lang)) if text else None
    if read is None:
        return text or None
    return {"amount": read.amount, "currency": read.currency}


def _mark(lang: str) -> str:
    return "," if lang == "vi" else "."


def _answer(ask: Ask, form: Posted, _lang: str) -> Any:
    return {"yes": True, "no": False}.get(form.get(ask.field))


def _several(ask: Ask, form: Posted, _lang: str) -> Any:
    chosen = list(dict.fromkeys(value for value in form.all(ask.field) if value))
    return chosen or _none(ask, form)


def _lines(ask: Ask, form: Posted, _lang: str) -> Any:
    texts = [line.strip() for line in form.get(ask.field).split("\n")]
    return [text for text in texts if text] or _none(ask, form)


def _none(ask: Ask, form: Posted) -> list[str] | None:
    """Known to be none where that was ticked, else unknown."""
    return [] if ask.can_be_none and form.get(f"{ask.field}.none") else None


def _skills(ask: Ask, form: Posted, _lang: str) -> Any:
    return _rows(form, ask.field, ("language", "level")) or None


def _people(ask: Ask, form: Posted, lang: str) -> Any:
    people = _rows(
        form, ask.field, ("name", "role", "sex", "full_time", "share_percent", "nationality")
    )
    for person in people:
        if "full_time" in person:
            person["full_time"] = person["full_time"] == "yes"
        share = person.get("share_percent")
        if share is not None:
            read = number_of(share.removesuffix("%").strip(), _mark(lang))
            person["share_percent"] = share if read is None else read
    return people or None


def _rows(form: Posted, field: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows of a small table in a form; a row without its first cell is left out."""
    columns = [form.all(f"{field}.{name}") for name in names]
    rows = []
    for cells in zip(*columns, strict=False):
        row = {n: c.strip() for n, c in zip(names, cells, strict=True) if c.strip()}
        if names[0] in row:
            rows.append(row)
    return rows


_READERS: dict[Kind, Callable[[Ask, Posted, str], Any]] = {
    "line": _line,
    "text": _line,
    "choice": _line,
    "day": _line,
    "number": _number,
    "answer": _answer,
    "money": _money,
    "ticks": _several,
    "main": _several,
    "markets": _several,
    "grants": _several,
    "lines": _lines,
    "skills": _skills,
    "people": _people,
}
