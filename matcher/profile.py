"""Startup, Programme and Incubator: frozen values in which unknown is ``None``.

``None`` is never read as 0, as "no" or as "yes". An empty tuple means "known to be none".
The annotations carry what a field may hold (vocabulary, bounds), so that loading, the tables and
the API check the same thing; :func:`check` is that check.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any

from annotated_types import Interval

from matcher import taxonomy
from matcher.errors import InvalidField, TextTooLong, UnknownCode, UnknownField
from matcher.taxonomy import Vocabulary


@dataclass(frozen=True, slots=True)
class Longest:
    """Upper bound of a text, in characters."""

    characters: int


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field that holds personal data and leaves only under a consent record."""


Identifier = Annotated[str, Longest(80)]
Line = Annotated[str, Longest(300)]
Text = Annotated[str, Longest(8000)]
Count = Annotated[int, Interval(ge=0, le=1_000_000_000)]
Year = Annotated[int, Interval(ge=1800, le=2100)]
Weeks = Annotated[float, Interval(ge=0, le=520)]
Years = Annotated[float, Interval(ge=0, le=200)]
Percent = Annotated[float, Interval(ge=0, le=100)]
Months = Annotated[tuple[int, ...], Interval(ge=1, le=12)]
Country = Annotated[str, Vocabulary("country")]
Countries = Annotated[tuple[str, ...], Vocabulary("country")]
Markets = Annotated[tuple[str, ...], Vocabulary("market")]
Sectors = Annotated[tuple[str, ...], Vocabulary("sector")]
Services = Annotated[tuple[str, ...], Vocabulary("service")]
Languages = Annotated[tuple[str, ...], Vocabulary("language")]
Level = Annotated[str, Vocabulary("level")]
Stage = Annotated[str, Vocabulary("stage")]


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in its own currency (ISO 4217).

    ``usd`` is the same sum in US dollars at the dated rate table of ``data/``, or ``None`` where
    no rate is known; rules compare dollars only.
    """

    amount: Annotated[float, Interval(ge=0, le=1e15)]
    currency: Annotated[str, Vocabulary("currency")]
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class LanguageSkill:
    """A language (ISO 639-1) that the team works in, with its CEFR level where known."""

    language: Annotated[str, Vocabulary("language")]
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Founder:
    """A founder: personal data, shown only under a consent record."""

    name: Line
    sex: Annotated[str, Vocabulary("sex")] | None = None
    role: Line | None = None
    full_time: bool | None = None
    share_percent: Percent | None = None
    nationality: Country | None = None


@dataclass(frozen=True, slots=True)
class Alumnus:
    """A company of a programme's past portfolio and what it does."""

    company: Line
    what_en: Line | None = None
    what_vi: Line | None = None


@dataclass(frozen=True, slots=True)
class FactSource:
    """Where one field of a profile comes from, when not from the profile's own source."""

    field: Line
    source: Line
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Startup:
    """A startup that looks for a programme abroad."""

    id: Identifier
    name: Line
    legal_name: Line | None = None
    tax_code: Line | None = None
    legal_status: Annotated[str, Vocabulary("legal_status")] | None = None
    size: Annotated[str, Vocabulary("size")] | None = None
    country: Country | None = None
    parent_country: Country | None = None
    city: Line | None = None
    ward: Line | None = None
    founded_on: date | None = None
    founded_year: Year | None = None
    sectors: Sectors | None = None
    stage: Stage | None = None
    phase: Annotated[str, Vocabulary("phase")] | None = None
    trl: Annotated[str, Vocabulary("trl")] | None = None
    product_en: Line | None = None
    product_vi: Line | None = None
    description_en: Text | None = None
    description_vi: Text | None = None
    markets: Markets | None = None
    target_markets: Markets | None = None
    needs: Services | None = None
    goal: Annotated[str, Vocabulary("goal")] | None = None
    revenue_12m: Money | None = None
    total_raised: Money | None = None
    max_equity_percent: Percent | None = None
    max_fee: Money | None = None
    employees: Count | None = None
    team_size: Count | None = None
    full_time_people: Count | None = None
    founder_share_percent: Percent | None = None
    languages: tuple[LanguageSkill, ...] | None = None
    can_travel_weeks: Weeks | None = None
    people_to_send: Count | None = None
    available_from: date | None = None
    will_incorporate_abroad: bool | None = None
    grants_held: tuple[Identifier, ...] | None = None
    conflicts: tuple[Line, ...] | None = None
    incubator_id: Identifier | None = None
    website: Line | None = None
    status: Annotated[str, Vocabulary("status")] | None = None
    founders: Annotated[tuple[Founder, ...], Personal()] | None = None
    contact_name: Annotated[Line, Personal()] | None = None
    contact_email: Annotated[Line, Personal()] | None = None
    contact_phone: Annotated[Line, Personal()] | None = None
    source: Line | None = None
    source_kind: Annotated[str, Vocabulary("source_kind")] | None = None
    as_of: date | None = None
    verified: bool | None = None
    fact_sources: tuple[FactSource, ...] = ()
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A programme abroad: who may join it, what it gives, and its conditions.

    ``country`` is the organiser's home; ``host_country`` is where it runs, when that is another.
    """

    id: Identifier
    name: Line
    organisation: Line
    country: Country
    host_country: Country | None = None
    city: Line | None = None
    org_type: Annotated[str, Vocabulary("org_type")] | None = None
    family: Annotated[str, Vocabulary("family")] | None = None
    direction: Annotated[str, Vocabulary("direction")] | None = None
    who_selects: Line | None = None
    home_country_only: bool | None = None
    allowed_countries: Markets | None = None
    sectors: Sectors | None = None
    stages: Annotated[tuple[str, ...], Vocabulary("stage")] | None = None
    markets: Markets | None = None
    services: Services | None = None
    languages: Languages | None = None
    min_language_level: Level | None = None
    min_age_years: Years | None = None
    max_age_years: Years | None = None
    min_revenue: Money | None = None
    max_revenue: Money | None = None
    max_raised: Money | None = None
    min_team: Count | None = None
    min_full_time: Count | None = None
    min_founder_share: Percent | None = None
    other_conditions_en: Text | None = None
    other_conditions_vi: Text | None = None
    incorporation_required: bool | None = None
    incorporation_note_en: Line | None = None
    incorporation_note_vi: Line | None = None
    on_site: Annotated[str, Vocabulary("on_site")] | None = None
    on_site_weeks: Weeks | None = None
    funding: Money | None = None
    funding_kind: Annotated[str, Vocabulary("funding_kind")] | None = None
    equity_percent: Percent | None = None
    fee: Money | None = None
    duration_weeks: Weeks | None = None
    capacity: Count | None = None
    capacity_basis: Annotated[str, Vocabulary("capacity_basis")] | None = None
    intake_months: Months | None = None
    rolling: bool | None = None
    application_open: date | None = None
    application_close: date | None = None
    exclusive_with: tuple[Identifier, ...] | None = None
    visa_route: bool | None = None
    reporting_duties_en: Text | None = None
    reporting_duties_vi: Text | None = None
    results_en: Text | None = None
    results_vi: Text | None = None
    website: Line | None = None
    contact_name: Annotated[Line, Personal()] | None = None
    contact_email: Annotated[Line, Personal()] | None = None
    status: Annotated[str, Vocabulary("status")] = "unknown"
    description_en: Text | None = None
    description_vi: Text | None = None
    description_local: Text | None = None
    portfolio: tuple[Alumnus, ...] | None = None
    source: Line | None = None
    source_kind: Annotated[str, Vocabulary("source_kind")] | None = None
    as_of: date | None = None
    verified: bool | None = None
    fact_sources: tuple[FactSource, ...] = ()
    note: Text | None = None

    @property
    def host(self) -> str:
        """Country in which the programme runs."""
        return self.host_country or self.country


@dataclass(frozen=True, slots=True, kw_only=True)
class Incubator:
    """An incubator, or an organisation abroad that may exchange startups with one."""

    id: Identifier
    name: Line
    name_vi: Line | None = None
    country: Country
    city: Line | None = None
    operator: Line | None = None
    org_type: Annotated[str, Vocabulary("org_type")] | None = None
    families: Annotated[tuple[str, ...], Vocabulary("family")] | None = None
    direction: Annotated[str, Vocabulary("direction")] | None = None
    legal_capacity_to_sign: bool | None = None
    founded_year: Year | None = None
    sectors: Sectors | None = None
    services: Services | None = None
    wants: Services | None = None
    languages: Languages | None = None
    markets: Markets | None = None
    linked_countries: Countries | None = None
    linked_organisations: tuple[Line, ...] | None = None
    networks: tuple[Line, ...] | None = None
    area_m2: Count | None = None
    seats: Count | None = None
    staff: Count | None = None
    resident_companies: Count | None = None
    graduated_companies: Count | None = None
    survival_percent: Percent | None = None
    soft_landing_certificate: bool | None = None
    visa_help: bool | None = None
    places_per_year: Count | None = None
    reciprocity_en: Text | None = None
    reciprocity_vi: Text | None = None
    conflicts: tuple[Line, ...] | None = None
    website: Line | None = None
    contact_name: Annotated[Line, Personal()] | None = None
    contact_email: Annotated[Line, Personal()] | None = None
    status: Annotated[str, Vocabulary("status")] = "unknown"
    results_en: Text | None = None
    results_vi: Text | None = None
    description_en: Text | None = None
    description_vi: Text | None = None
    source: Line | None = None
    source_kind: Annotated[str, Vocabulary("source_kind")] | None = None
    as_of: date | None = None
    verified: bool | None = None
    fact_sources: tuple[FactSource, ...] = ()
    note: Text | None = None


Profile = Startup | Programme | Incubator
KINDS: dict[str, type[Startup] | type[Programme] | type[Incubator]] = {
    "startup": Startup,
    "programme": Programme,
    "incubator": Incubator,
}


@dataclass(frozen=True, slots=True)
class FieldForm:
    """What one field of a profile may hold, read from its annotation.

    ``type`` is the bare type of one value: str, int, float, bool, date or a value class of this
    module; ``many`` says that the field holds a tuple of them; ``required`` that it is never None.
    """

    name: str
    type: type
    many: bool
    required: bool
    vocabulary: str | None
    interval: Interval | None
    longest: int | None
    personal: bool


@cache
def forms(kind: type) -> dict[str, FieldForm]:
    """Return the form of every field of a profile or value class, in their order."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return {f.name: _form(f, hints[f.name]) for f in dataclasses.fields(kind)}


def _form(field: dataclasses.Field[Any], hint: Any) -> FieldForm:
    bare, notes, optional = _unwrap(hint)
    many = typing.get_origin(bare) is tuple
    if many:
        bare, inner_notes, _ = _unwrap(typing.get_args(bare)[0])
        notes = notes + inner_notes
    longest = [n.characters for n in notes if isinstance(n, Longest)]
    vocabulary = [n.name for n in notes if isinstance(n, Vocabulary)]
    return FieldForm(
        name=field.name,
        type=bare,
        many=many,
        required=not optional and field.default is dataclasses.MISSING,
        vocabulary=vocabulary[0] if vocabulary else None,
        interval=next((n for n in notes if isinstance(n, Interval)), None),
        longest=longest[0] if longest else None,
        personal=any(isinstance(n, Personal) for n in notes),
    )


def _unwrap(hint: Any) -> tuple[Any, list[Any], bool]:
    """Strip ``| None`` and ``Annotated`` from a hint: the bare type, its notes, optional or not."""
    notes: list[Any] = []
    optional = False
    while True:
        if typing.get_origin(hint) in (typing.Union, types.UnionType):
            hint = next(a for a in typing.get_args(hint) if a is not types.NoneType)
            optional = True
        elif typing.get_origin(hint) is Annotated:
            notes += hint.__metadata__
            hint = hint.__origin__
        else:
            return hint, notes, optional


def check(value: Any, path: str = "") -> None:
    """Check every field of a profile against its form.

    Raises
    ------
    InvalidField, UnknownCode, TextTooLong
        On the first field that does not hold; the fact ``field`` is its dotted path.
    """
    kind: type = type(value)
    for form in forms(kind).values():
        content = getattr(value, form.name)
        if content is None:
            if form.required:
                raise InvalidField(field=path + form.name, value="", expected="a value")
            continue
        for item in content if form.many else (content,):
            _check_item(form, item, path + form.name)


def _check_item(form: FieldForm, item: Any, path: str) -> None:
    if dataclasses.is_dataclass(item):
        return check(item, path + ".")
    if not _is_of(form.type, item):
        raise InvalidField(field=path, value=str(item)[:80], expected=form.type.__name__)
    if isinstance(item, str):
        _check_text(form, item, path)
    if form.vocabulary and not taxonomy.knows(form.vocabulary, item):
        known = taxonomy.VOCABULARIES[form.vocabulary]
        raise UnknownCode(field=path, value=str(item)[:80], known=tuple(known))
    if form.interval is not None and not _within(form.interval, item):
        bounds = f"{form.interval.ge:g}..{form.interval.le:g}"
        raise InvalidField(field=path, value=str(item), expected=bounds)
    return None


def _is_of(kind: type, item: Any) -> bool:
    """Whether a value is of a type: a whole number may stand for a float, a truth for no number."""
    if kind is float:
        return type(item) in (int, float)
    return type(item) is kind if kind in (int, date) else isinstance(item, kind)


def _check_text(form: FieldForm, text: str, path: str) -> None:
    if form.required and not text.strip():
        raise InvalidField(field=path, value=text, expected="text")
    if form.longest is not None and len(text) > form.longest:
        raise TextTooLong(field=path, length=len(text), limit=form.longest)


def _within(interval: Any, number: Any) -> bool:
    return bool(interval.ge <= number <= interval.le)


def form_of(kind: type, name: str) -> FieldForm:
    """Return the form of one field; raises UnknownField with the known names."""
    known = forms(kind)
    if name not in known:
        raise UnknownField(field=name, known=tuple(known))
    return known[name]
