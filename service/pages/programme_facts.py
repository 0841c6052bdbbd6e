"""Facts of programmes, incubators and partners as their pages list them; unknown is told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from data.currencies import rates
from data.texts import Texts
from matcher.profile import Incubator, Money, Profile, Programme
from matcher.rules.base import Sum
from matcher.rules.window import programme_key

HOME_MONEY = "VND"

SOURCE = ("website", "source", "as_of", "verified")
"""Where the facts come from, and of when they are."""

SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "when": (
            "status", "application_open", "application_close", "intake_months", "rolling",
            "duration_weeks", "capacity", "capacity_basis",
        ),
        "money": ("funding", "funding_kind", "equity_percent", "fee"),
        "who": (
            "stages", "sectors", "allowed_countries", "home_country_only", "languages",
            "min_language_level", "min_age_years", "max_age_years", "min_team", "min_full_time",
            "min_founder_share", "min_revenue", "max_revenue", "max_raised",
            "incorporation_required", "other_conditions_en", "other_conditions_vi",
            "exclusive_with", "who_selects",
        ),
        "gives": ("services", "markets", "on_site", "on_site_weeks", "visa_route"),
        "source": SOURCE,
    }
)  # fmt: skip
"""Fields of a programme in the parts of its page, in reading order."""

INCUBATOR_SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "offers": ("sectors", "services", "languages", "markets", "seats", "places_per_year"),
        "seeks": ("wants", "linked_countries", "linked_organisations", "networks", "conflicts"),
        "is": (
            "org_type", "operator", "city", "status", "direction", "legal_capacity_to_sign",
            "founded_year", "staff", "resident_companies", "graduated_companies",
            "survival_percent", "visa_help", "soft_landing_certificate", "reciprocity_en",
            "reciprocity_vi",
        ),
        "source": SOURCE,
    }
)  # fmt: skip
"""Fields of an incubator in the parts of its page."""

PARTNER_SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "partner": (
            "org_type", "country", "city", "status", "direction", "sectors", "services",
            "languages", "markets", "visa_help",
        ),
        "source": SOURCE,
    }
)  # fmt: skip
"""Fields of an organisation abroad, which its programmes tell together."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A field with its label and what it holds; ``beside`` is a sum in the home currency."""

    label: str
    text: str
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Facts of one part of a page, and the labels of those that nobody knows."""

    key: str
    facts: tuple[Fact, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A fact large at the head of a page; ``text`` is None where nobody knows."""

    key: str
    text: str | None
    aside: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A description with the language that it is written in."""

    text: str
    lang: str


def sections_of(
    profile: Programme | Incubator, parts: Mapping[str, tuple[str, ...]], texts: Texts
) -> tuple[Section, ...]:
    """The facts of a profile in the parts of its page."""
    return tuple(_section(profile, key, names, texts) for key, names in parts.items())


def story_of(profile: Profile, lang: str) -> Story | None:
    """What a profile is, or else its product, in a language; in the other where that is all."""
    for code in (lang, "vi", "en"):
        for part in ("description", "product"):
            text = getattr(profile, f"{part}_{code}", None)
            if text:
                return Story(text, code)
    return None


def told(kind: type, field: str, value: object, texts: Texts) -> str | None:
    """What a field holds, as a text; None where nobody knows."""
    if value is None or (field == "status" and value == "unknown"):
        return None
    return texts.content(kind, field, value)


def figures_of(programme: Programme, on: date, texts: Texts) -> tuple[Figure, ...]:
    """What an officer looks for first: the window, places, money, equity, fee."""
    kind, funding = _told(programme, "funding_kind", texts), _told(programme, "funding", texts)
    beside = in_home_money(programme.funding, texts)
    return (
        Figure("window", *_window(programme, on, texts)),
        Figure("places", _told(programme, "capacity", texts), _basis(programme, texts)),
        Figure("funding", funding or kind, _joined(beside, kind if funding else None)),
        Figure("equity", _percent(programme.equity_percent, texts)),
        Figure("fee", _told(programme, "fee", texts), in_home_money(programme.fee, texts)),
    )


def _joined(*texts: str | None) -> str | None:
    return " · ".join(filter(None, texts)) or None


def in_home_money(sum_: Money | None, texts: Texts) -> str | None:
    """About what a foreign sum is in the home currency, with the day of its rate; else None."""
    home = rates()[HOME_MONEY]
    if sum_ is None or sum_.currency == HOME_MONEY or not sum_.usd or not home.usd_per_unit:
        return None
    amount = float(f"{sum_.usd / home.usd_per_unit:.3g}")  # a planning rate bears no more
    on = rates()[sum_.currency].as_of
    return texts.page("programme.about_sum", sum=Sum(amount, HOME_MONEY), on=on)


def _section(
    profile: Programme | Incubator, key: str, names: tuple[str, ...], texts: Texts
) -> Section:
    facts, unknown = [], []
    other = {"vi": "_en", "en": "_vi"}[texts.lang]
    for name in names:
        twin = name.removesuffix(other) + f"_{texts.lang}"
        if name.endswith(other) and (getattr(profile, twin) or not getattr(profile, name)):
            continue  # the same in the reader's language stands beside it
        text = _told(profile, name, texts)
        if text is None:
            unknown.append(texts.field(name))
        else:
            value = getattr(profile, name)
            beside = in_home_money(value, texts) if isinstance(value, Money) else None
            facts.append(Fact(texts.field(name), text, beside))
    return Section(key, tuple(facts), tuple(unknown))


def _told(profile: Programme | Incubator, name: str, texts: Texts) -> str | None:
    return told(type(profile), name, getattr(profile, name), texts)


def _percent(value: float | None, texts: Texts) -> str | None:
    if value is None:
        return None
    return texts.page("programme.no_equity") if value == 0 else f"{texts.value(value)} %"


def _basis(programme: Programme, texts: Texts) -> str | None:
    return _told(programme, "capacity_basis", texts) if programme.capacity is not None else None


def _window(programme: Programme, on: date, texts: Texts) -> tuple[str | None, str | None]:
    """The state of the window in a few words, and what more is known of it."""
    if programme.status == "closed":
        return texts.page("programme.window.ended"), None
    state, day = programme_key(programme, on)
    if state == "unknown":
        months = programme.intake_months
        return None, texts.page(
            "programme.window.months", months=texts.content(Programme, "intake_months", months)
        ) if months else None
    if day is None:
        return texts.page("programme.window.rolling"), None
    days = abs((day - on).days)
    left = texts.page(f"programme.window.{state}", days=days)
    return left, texts.page(f"programme.window.{state}_on", day=day)
