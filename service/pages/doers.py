"""Who has changed a profile, in words: people by their name, programs by what they are."""

from __future__ import annotations

from data.texts import Texts
from service.desk import WHO

PROGRAMS = {"catalogue": "profile.by_catalogue", WHO: "profile.by_command"}
"""Texts for those of a history who are no people."""


def doer(who: str, texts: Texts) -> str:
    """The name of who made a change."""
    return texts.page(PROGRAMS[who]) if who in PROGRAMS else who
