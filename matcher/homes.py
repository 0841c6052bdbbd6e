"""The countries that a startup belongs to: what three gates read in the same way."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.profile import Startup


@dataclass(frozen=True, slots=True)
class Homes:
    """Home country and legal parent's country as far as known, and whether that is all of them."""

    known: tuple[str, ...]
    complete: bool


def homes_of(startup: Startup) -> Homes:
    """Read them; a firm with a foreign parent of unknown country is not completely known."""
    known = tuple(c for c in (startup.country, startup.parent_country) if c is not None)
    hidden_parent = startup.legal_status == "foreign_parent" and startup.parent_country is None
    return Homes(known, startup.country is not None and not hidden_parent)
