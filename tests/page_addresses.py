"""The addresses of all pages with example ids, for whoever opens every page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """One page as one role opens it; ``name`` names its picture."""

    role: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Examples:
    """Ids that stand in the addresses."""

    startup: str
    programme: str
    other_programme: str
    incubator: str
    partner: str
    cohort: str
    startup_of_run: str
    upload: str = "{upload}"
    run: str = "{run}"
    run_before: str = "{run_before}"


COHORT_TABS = (
    "startups",
    "programmes",
    "rulings",
    "limits",
    "history",
    "runs",
    "lists",
    "published",
)
RUN_TABS = ("programmes", "fairness", "moves", "pictures", "placements", "publish")

SHIPPED = Examples(
    startup="alterno",
    programme="hatch-blue-hatch-aquaculture-accelerator",
    other_programme="elemental-impact-elemental",
    incubator="sihub",
    partner="org-communitech",
    cohort="dot-vi-du",
    startup_of_run="alterno",
)
"""Of the shipped catalogue; what is made when it is served stands as a name in braces."""


def addresses(of: Examples) -> tuple[Address, ...]:
    """Every page that is opened by an address alone, in reading order."""
    officer = (
        ("home", "/home"),
        ("startups", "/startups"),
        ("startup", f"/startups/{of.startup}"),
        ("startup-long", f"/startups/{of.startup}?k=50"),
        ("startup-blocked", f"/startups/{of.startup}/blocked?rule=stage_range"),
        ("pair", f"/startups/{of.startup}/programmes/{of.programme}"),
        (
            "compare",
            f"/startups/{of.startup}/compare?with={of.programme}&with={of.other_programme}",
        ),
        ("startup-what-if", f"/startups/{of.startup}/what-if"),
        ("startup-profile", f"/startups/{of.startup}/profile"),
        ("startup-edit", f"/startups/{of.startup}/edit"),
        ("startup-history", f"/startups/{of.startup}/history"),
        ("startup-new", "/startups/new"),
        ("programmes", "/programmes"),
        ("programmes-searched", "/programmes?q=climate&page=2"),
        ("map", "/map"),
        ("programme", f"/programmes/{of.programme}"),
        ("programme-long", f"/programmes/{of.programme}?k=50"),
        ("programme-blocked", f"/programmes/{of.programme}/blocked?rule=stage_range"),
        ("programme-what-if", f"/programmes/{of.programme}/what-if"),
        ("programme-profile", f"/programmes/{of.programme}/profile"),
        ("programme-edit", f"/programmes/{of.programme}/edit"),
        ("programme-history", f"/programmes/{of.programme}/history"),
        ("incubators", "/incubators"),
        ("incubator", f"/incubators/{of.incubator}"),
        ("incubator-what-if", f"/incubators/{of.incubator}/what-if"),
        ("incubator-blocked", f"/incubators/{of.incubator}/blocked?rule=abroad"),
        ("partner", f"/partners/{of.partner}"),
        ("incubator-profile", f"/incubators/{of.incubator}/profile"),
        ("incubator-edit", f"/incubators/{of.incubator}/edit"),
        ("cohorts", "/cohorts"),
        ("cohort", f"/cohorts/{of.cohort}"),
        *((f"cohort-{tab}", f"/cohorts/{of.cohort}/{tab}") for tab in COHORT_TABS),
        ("run", f"/runs/{of.run}"),
        *((f"run-{tab}", f"/runs/{of.run}/{tab}") for tab in RUN_TABS),
        ("run-startup", f"/runs/{of.run}/startups/{of.startup_of_run}"),
        ("run-compare", f"/runs/compare?a={of.run_before}&b={of.run}"),
        ("import", "/import"),
        ("import-review", f"/import/{of.upload}"),
        ("import-columns", f"/import/{of.upload}/columns"),
        ("import-row", f"/import/{of.upload}/rows/4"),
        ("people", "/people"),
        ("audit", "/people/audit"),
        ("audit-filtered", f"/people/audit?who=officer&kind=startup&id={of.startup}"),
        ("account", "/account"),
        ("second-factor", "/account/second-factor"),
    )
    startup = (
        ("me", "/me"),
        ("me-shut", "/me/shut?rule=stage_range"),
        ("me-programme", f"/me/programmes/{of.programme}"),
        ("me-profile", "/me/profile"),
        ("me-calendar", "/me/calendar"),
        ("me-consents", "/me/consents"),
        ("me-data", "/me/data"),
        ("programmes-of-startup", "/programmes"),
        ("programme-profile-of-startup", f"/programmes/{of.programme}/profile"),
    )
    admin = (("people-of-admin", "/people"), ("audit-of-admin", "/people/audit"))
    nobody = (("sign-in", "/sign-in"), ("register", "/register"))
    incubator = (("partners", "/partners"), ("startups-of-incubator", "/startups"))
    by_role = (
        ("officer", officer),
        ("startup", startup),
        ("incubator", incubator),
        ("admin", admin),
        ("nobody", nobody),
    )
    return tuple(Address(role, *one) for role, some in by_role for one in some)
