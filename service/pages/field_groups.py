"""Every field of a profile in the group in which people look for it, and what to ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from data.texts import Texts
from matcher.profile import Profile
from matcher.rules.base import Fact, Reason
from matcher.rules.size import SME_EMPLOYEES

Groups = tuple[tuple[str, tuple[str, ...]], ...]

_FROM: tuple[str, ...] = ("source", "source_kind", "as_of", "verified", "fact_sources", "note")

GROUPS: Mapping[str, Groups] = MappingProxyType({
    "programme": (
        ("who", (
            "id", "name", "organisation", "country", "host_country", "city", "org_type", "family",
            "direction", "who_selects", "status", "website",
        )),
        ("about", ("description_vi", "description_en", "description_local")),
        ("window", (
            "application_open", "application_close", "rolling", "intake_months", "duration_weeks",
            "capacity", "capacity_basis",
        )),
        ("admits", (
            "home_country_only", "allowed_countries", "sectors", "stages", "min_age_years",
            "max_age_years", "min_team", "min_full_time", "min_founder_share", "min_revenue",
            "max_revenue", "max_raised", "languages", "min_language_level", "other_conditions_vi",
            "other_conditions_en", "exclusive_with",
        )),
        ("gives", ("services", "markets", "funding", "funding_kind", "visa_route")),
        ("costs", (
            "fee", "equity_percent", "on_site", "on_site_weeks", "incorporation_required",
            "incorporation_note_vi", "incorporation_note_en", "reporting_duties_vi",
            "reporting_duties_en",
        )),
        ("record", ("results_vi", "results_en", "portfolio")),
        ("contact", ("contact_name", "contact_email")),
        ("from", _FROM),
    ),
    "startup": (
        ("who", (
            "id", "name", "legal_name", "tax_code", "legal_status", "size", "country",
            "parent_country", "city", "ward", "founded_on", "founded_year", "status",
            "incubator_id", "website",
        )),
        ("about", ("product_vi", "product_en", "description_vi", "description_en")),
        ("work", ("sectors", "stage", "phase", "trl", "markets")),
        ("wish", ("needs", "goal", "target_markets", "max_equity_percent", "max_fee")),
        ("money", ("revenue_12m", "total_raised", "grants_held")),
        ("team", (
            "employees", "team_size", "full_time_people", "founder_share_percent", "languages",
            "founders",
        )),
        ("travel", (
            "available_from", "can_travel_weeks", "people_to_send", "will_incorporate_abroad",
        )),
        ("ties", ("conflicts",)),
        ("contact", ("contact_name", "contact_email", "contact_phone")),
        ("from", _FROM),
    ),
    "incubator": (
        ("who", (
            "id", "name", "name_vi", "country", "city", "operator", "org_type",
            "legal_capacity_to_sign", "founded_year", "status", "website",
        )),
        ("about", ("description_vi", "description_en")),
        ("work", ("families", "direction", "sectors", "services", "languages")),
        ("wish", ("wants", "markets", "reciprocity_vi", "reciprocity_en")),
        ("ties", ("linked_countries", "linked_organisations", "networks", "conflicts")),
        ("means", (
            "area_m2", "seats", "staff", "resident_companies", "graduated_companies",
            "survival_percent", "places_per_year", "soft_landing_certificate", "visa_help",
        )),
        ("record", ("results_vi", "results_en")),
        ("contact", ("contact_name", "contact_email")),
        ("from", _FROM),
    ),
})  # fmt: skip
"""The groups of each kind in reading order: the key of the heading, and the fields."""

NEVER_ASKED = frozenset({
    "id", "host_country", "description_local", "name_vi", "parent_country", "incubator_id", "ward",
    "note", "source", "source_kind", "as_of", "verified", "fact_sources", "founded_year",
    "incorporation_note_vi", "incorporation_note_en", "contact_phone",
})  # fmt: skip
"""Fields of which nothing need be asked where they hold nothing."""

_RULES: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "programme": {
        "status": "status.ask_programme", "family": "family.ask_programme",
        "direction": "direction.ask_programme", "home_country_only": "home_country.ask_programme",
        "allowed_countries": "country.ask_programme", "stages": "stage.ask_programme",
        "min_age_years": "age.ask_programme", "max_age_years": "age.ask_programme",
        "min_team": "team.ask_programme", "min_full_time": "team.ask_programme",
        "min_founder_share": "founder_share.ask_programme",
        "min_revenue": "revenue.ask_programme", "max_revenue": "revenue.ask_programme",
        "max_raised": "capital.ask_programme",
        "incorporation_required": "incorporation.ask_programme",
        "on_site": "presence.ask_programme", "on_site_weeks": "presence.ask_programme",
        "languages": "working_language.ask_programme",
        "min_language_level": "working_language.ask_programme",
        "application_open": "window.ask_programme", "application_close": "window.ask_programme",
        "rolling": "window.ask_programme", "services": "needs.ask_programme",
        "sectors": "sector.ask_programme", "markets": "market.ask_programme",
        "equity_percent": "equity.ask_programme", "fee": "fee.ask_programme",
        "funding": "funding.ask_programme", "funding_kind": "funding.ask_programme",
        "portfolio": "portfolio.ask_programme",
    },
    "startup": {
        "size": "size.ask_startup", "country": "direction.ask_startup",
        "sectors": "sector.ask_startup", "stage": "stage.ask_startup",
        "needs": "needs.ask_startup", "target_markets": "market.ask_startup",
        "goal": "goal.ask_startup", "languages": "language_level.ask_startup",
        "available_from": "timing.ask_startup", "grants_held": "exclusivity.ask_startup",
        "team_size": "team.ask_startup", "full_time_people": "team.ask_startup",
    },
    "incubator": {
        "sectors": "shared_sectors.ask_startup", "wants": "offers.ask_startup",
        "services": "complement.ask_startup", "languages": "shared_language.ask_startup",
        "linked_countries": "links.ask_startup", "linked_organisations": "links.ask_startup",
    },
})  # fmt: skip
"""The question of a rule that asks for a field, where one does without knowing the other side."""

_FACTS: Mapping[str, Fact] = MappingProxyType(
    {"employees": SME_EMPLOYEES, "homes": None, "grants": None, "team": None, "full_time": None}
)
"""What those questions name: the law's bound, and nothing of the other side."""


def question_of(kind: str, field: str, texts: Texts) -> str:
    """What to ask whom the profile is about, where a field is not known."""
    code = _RULES[kind].get(field)
    if code is None:
        return texts.page(f"profile.ask.{kind}", field=label_of(field, texts))
    return texts.reason(Reason(code, tuple(_FACTS.items())))


def label_of(field: str, texts: Texts) -> str:
    """The label of a field in a question, which does not mind the language of the answer."""
    label = texts.field(field)
    return label.partition(" (")[0] if field.endswith(("_vi", "_en")) else label


def is_asked(profile: Profile, kind: str, field: str) -> bool:
    """Whether a field is not known and worth a question; a text in one language answers both."""
    if field in NEVER_ASKED or getattr(profile, field) is not None:
        return kind == "programme" and field == "status" and profile.status == "unknown"
    twin = {"_vi": "_en", "_en": "_vi"}.get(field[-3:])
    other = field[:-3] + twin if twin else ""
    return not (hasattr(profile, other) and (getattr(profile, other) is not None or twin == "_vi"))
