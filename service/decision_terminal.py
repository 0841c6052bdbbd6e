"""What the commands print of decisions for people: what was recorded, and what is on record."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.text import Text

from data.decisions import Decision
from service.opening import CITY
from service.round_texts import RoundTexts
from service.terminal import Terminal


class DecisionTerminal:
    """Prints decisions in one language to one console."""

    def __init__(self, terminal: Terminal, texts: RoundTexts) -> None:
        self.terminal = terminal
        self.console = terminal.console
        self.texts = texts
        self.say = terminal.say

    def decided(self, made: Decision) -> None:
        """Print a decision just recorded, and how it is taken back."""
        ends = {"startup": made.startup_id, "programme": made.target_id}
        names = {name: self.texts.name(id) for name, id in ends.items()}
        word = self.say(f"decision.{made.decision}")
        self.console.print(self.say("decision.saved"))
        self.console.print(self.say("decision.of_pair", **names, decision=word))
        if made.decision != "withdrawn":
            self.console.print(f"→ {self.say('decision.take_back', **ends)}")

    def decisions(self, found: Sequence[Decision], counting: Collection[int]) -> None:
        """Print decisions, newest first; those that count no more are dim."""
        self.console.print(Text(self.say("decision.on_record"), style="bold"))
        if not found:
            self.console.print(self.say("decision.empty"))
            return
        table = self.terminal.table(
            "decision.when", "startup", "programme", "decision.title", "decision.who",
            "decision.why",
        )  # fmt: skip
        for one in found:
            here = one.at.astimezone(CITY)
            table.add_row(
                f"{self.terminal.texts.value(here.date())} {here:%H:%M}",
                self.texts.name(one.startup_id),
                self.texts.name(one.target_id),
                self._word(one, one.id in counting),
                one.who,
                one.why or "",
                style=None if one.id in counting else "dim",
            )
        self.console.print(table)
        self.console.print(self.say("total", count=len(found)))

    def _word(self, one: Decision, counts: bool) -> str:
        word = self.say(f"decision.{one.decision}")
        if counts or one.decision == "withdrawn":
            return word
        return self.say("decision.replaced", decision=word)
