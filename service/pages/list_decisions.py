"""Decisions taken in a list of startups or partners: when they need a reason, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi.responses import Response

from service.matchmaking import Answer, Wish
from service.pages.frame import go_to
from service.pages.posted import Posted

ENDS = ("declined", "withdrawn")
"""Decisions that do not go on with a pair: nobody need say why."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision as the form of a list sends it: on which profile of the list, what, and why."""

    id: str
    word: str
    why: str

    def against(self, top: Callable[[Wish], Answer]) -> Answer | None:
        """The answer that refuses the profile, where the decision goes on with it without a reason.

        ``top`` asks the list for what a wish keeps.
        """
        if self.why or self.word in ENDS:
            return None
        only = Wish(1, {}, 1, with_declined=True, keeps=lambda one: bool(one.id == self.id))
        answer = top(only)
        return answer if answer.ranking.refused else None

    def lead_back(self, path: str, query: str) -> Response:
        """To the list of a page, as it was asked for, at the place of the profile."""
        place = "decided" if self.word in ENDS else f"s-{self.id}"
        asked = "&".join(filter(None, (query, "said=decided")))
        return go_to(f"{path}?{asked}#{place}")


def taken(form: Posted, field: str) -> Taken:
    """What a form sends; ``field`` names the profile of the list in it."""
    return Taken(form.get(field), form.get("decision"), form.get("why"))
