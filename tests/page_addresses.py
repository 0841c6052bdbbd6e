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


SHIPPED = Examples(
    startup="alterno",
    programme="hatch-blue-hatch-aquaculture-accelerator",
    other_programme="elemental-impact-elemental",
    incubator="sihub",
    partner="org-communitech",
    cohort="dot-vi-du",
)
"""Of the shipped catalogue."""


def addresses(of: Examples) -> tuple[Address, ...]:
    """Every page that is opened by an address alone, in reading order."""
    officer = (
        ("home", "/home"),
        ("startups", "/startups"),
        ("startup", f"/startups/{of.startup}"),
        ("pair", f"/startups/{of.startup}/programmes/{of.programme}"),
        (
            "compare",
            f"/startups/{of.startup}/compare?with={of.programme}&with={of.other_programme}",
        ),
        ("startup-what-if", f"/startups/{of.startup}/what-if"),
        ("startup-profile", f"/startups/{of.startup}/profile"),
        ("startup-edit", f"/startups/{of.startup}/edit"),
        ("startup-history", f"/startups/{of.startup}/history"),
        ("programmes", "/programmes"),
        ("map", "/map"),
        ("programme", f"/programmes/{of.programme}"),
        ("programme-what-if", f"/programmes/{of.programme}/what-if"),
        ("programme-profile", f"/programmes/{of.programme}/profile"),
        ("programme-edit", f"/programmes/{of.programme}/edit"),
        ("incubators", "/incubators"),
        ("incubator", f"/incubators/{of.incubator}"),
        ("incubator-what-if", f"/incubators/{of.incubator}/what-if"),
        ("partner", f"/partners/{of.partner}"),
        ("incubator-profile", f"/incubators/{of.incubator}/profile"),
        ("cohorts", "/cohorts"),
        ("cohort", f"/cohorts/{of.cohort}"),
        ("import", "/import"),
        ("people", "/people"),
        ("audit", "/people/audit"),
        ("account", "/account"),
    )
    startup = (
        ("me", "/me"),
        ("me-programme", f"/me/programmes/{of.programme}"),
        ("me-profile", "/me/profile"),
        ("me-calendar", "/me/calendar"),
        ("me-consents", "/me/consents"),
        ("me-data", "/me/data"),
        ("programmes-of-startup", "/programmes"),
        ("programme-profile-of-startup", f"/programmes/{of.programme}/profile"),
    )
    nobody = (("sign-in", "/sign-in"), ("register", "/register"))
    incubator = (("partners", "/partners"), ("startups-of-incubator", "/startups"))
    by_role = (
        ("officer", officer),
        ("startup", startup),
        ("incubator", incubator),
        ("nobody", nobody),
    )
    return tuple(Address(role, *one) for role, some in by_role for one in some)
