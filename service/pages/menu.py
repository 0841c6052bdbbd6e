"""Where each role may go: the menu at the head of every page.

The text of an entry stands under its key in ``data/languages/pages/menu.toml``. A new role is named
in ``data/keys.py``, let in by ``doors.py``, told what it may read in ``service/security.py``, and
has its entries and its home here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the key of its text under ``menu``, its address, and whose it is."""

    key: str
    path: str
    roles: tuple[str, ...]


OFFICERS = ("officer", "admin")

MENU: tuple[Entry, ...] = (
    Entry("home", "/home", OFFICERS),
    Entry("matches", "/me", ("startup",)),
    Entry("partners", "/partners", ("incubator",)),
    Entry("startups", "/startups", OFFICERS),
    Entry("startups_sharing", "/startups", ("incubator",)),
    Entry("programmes", "/programmes", (*OFFICERS, "incubator", "startup")),
    Entry("incubators", "/incubators", OFFICERS),
    Entry("cohorts", "/cohorts", OFFICERS),
    Entry("import", "/import", OFFICERS),
    Entry("people", "/people", OFFICERS),
    Entry("calendar", "/me/calendar", ("startup",)),
    Entry("profile", "/me/profile", ("startup",)),
    Entry("consents", "/me/consents", ("startup",)),
)
"""In reading order; the first entry of a role is its home."""


def menu_of(role: str) -> tuple[Entry, ...]:
    """The entries of a role."""
    return tuple(entry for entry in MENU if role in entry.roles)


def home_of(role: str) -> str:
    """Where a role begins."""
    first = {"startup": "/me", "incubator": "/partners"}
    return first.get(role, "/home")
