"""What the commands print for people: tables and sentences that read well in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from data.texts import Texts
from matcher.explaining import Explanation, Proof
from matcher.profile import Startup
from matcher.ranking import Check, Match, Part, Ranking, Refusal
from matcher.rules.base import Outcome
from service.matchmaking import Answer

NARROW = 2
"""Columns by which details stand in from the edge."""

TITLES = {"startup": "top_programmes", "programme": "top_startups", "incubator": "top_partners"}
"""Heading of an answer by the kind of the profile that asks."""

PARTNER_SIDES = {"startup": "home", "programme": "partner"}


class Terminal:
    """Prints in one language to one console."""

    def __init__(self, console: Console, texts: Texts) -> None:
        self.console = console
        self.texts = texts
        self.say = texts.screen

    def answer(self, answer: Answer, kind: str, details: int) -> None:
        """Print an overview of the matches, the reasons of the first ones, and the refusals."""
        name = answer.asker.name
        self.console.print(Text(self.say(f"match.{TITLES[kind]}", name=name), style="bold"))
        if not answer.ranking.matches:
            self.console.print(self.say("match.none"), self.say("match.none_next"), sep="\n")
        else:
            self.console.print(self._overview(answer))
        for place, match in enumerate(answer.ranking.matches[:details], start=1):
            self.console.print(self._match(place, match, kind))
        self._refusals(answer.ranking)

    def _overview(self, answer: Answer) -> Table:
        table = self.table("rank", "name", "country", "score", "match.checks", "decision.title")
        for place, match in enumerate(answer.ranking.matches, start=1):
            profile = answer.profiles[match.id]
            country = getattr(profile, "host", profile.country)
            tie = " ≈" if match.near_ties else ""
            decision = answer.decisions.get(match.id)
            table.add_row(
                str(place),
                match.name,
                self.texts.content(type(profile), "country", country) if country else "",
                self.texts.value(match.score) + tie,
                str(len(match.checks)),
                self.say(f"decision.{decision}") if decision else "",
            )
        if any(match.near_ties for match in answer.ranking.matches):
            table.caption = "≈ " + self.say("match.near_tie_about")
        return table

    def _match(self, place: int, match: Match, kind: str) -> RenderableType:
        score = self.say("score_of", score=match.score)
        head = Text(f"{place}. {match.name} · {score}", style="bold")
        return Group(head, self.parts(match.parts), self.checks(match.checks, kind))

    def parts(self, parts: Iterable[Part]) -> RenderableType:
        """The parts of a score, one a line: points of the most possible, and why."""
        table = Table(box=None, show_header=False, padding=(0, 1))
        table.add_column(justify="right", no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        for part in parts:
            style = "yellow" if part.verdict.outcome is Outcome.UNKNOWN else ""
            points = f"{self.texts.value(part.points)}/{self.texts.value(part.max_points)}"
            reason = self.texts.reason(part.verdict.reason)
            table.add_row(points, self.texts.rule(part.rule), Text(reason, style=style))
        return Padding(table, (0, 0, 0, NARROW))

    def checks(self, checks: Sequence[Check], kind: str) -> RenderableType:
        """What is to be asked, and of whom, by the names of the rules."""
        lines = []
        for ask in ("startup", "programme"):
            who = PARTNER_SIDES[ask] if kind == "incubator" else ask
            names = [self.texts.rule(check.rule) for check in checks if check.ask == ask]
            if names:
                lines.append(f"{self.say(f'match.ask_{who}')}: {', '.join(dict.fromkeys(names))}")
        return Padding(Text("\n".join(lines) + "\n", style="dim"), (0, 0, 0, NARROW + 1))

    def _refusals(self, ranking: Ranking) -> None:
        counts = {"eligible": ranking.eligible, "all": ranking.eligible + ranking.refused}
        self.console.print(Text(self.say("match.eligible", **counts), style="bold"))
        by_rule: dict[str, list[Refusal]] = {}
        for refusal in ranking.refusals:
            by_rule.setdefault(refusal.rule, []).append(refusal)
        if not by_rule:
            return
        table = self.table("rule", "match.blocked_number", "match.blocked_example")
        for rule, refusals in by_rule.items():
            first = refusals[0]
            example = f"{first.name}: {self.texts.reason(first.reason)}"
            table.add_row(self.texts.rule(rule), str(len(refusals)), example)
        self.console.print(Text(self.say("match.blocked"), style="bold"), table)

    def refusal(self, refusal: Refusal) -> None:
        """Print one refusal with every rule that refuses."""
        reasons = refusal.others or ((refusal.rule, refusal.reason),)
        self.console.print(Text(f"{refusal.name}: {self.say('explain.not_open')}", style="bold"))
        for rule, reason in reasons:
            self.console.print(f"  {self.texts.rule(rule)}: {self.texts.reason(reason)}")

    def explanation(self, startup: Startup, name: str, explanation: Explanation) -> None:
        """Print every part of a pair, its gates and questions, and the changes that help."""
        judged = explanation.judged
        title = self.say("explain.title", left=startup.name, right=name)
        self.console.print(Text(title, style="bold"))
        if isinstance(judged, Refusal):
            self.refusal(judged)
        else:
            self.console.print(self.say("score_of", score=judged.score))
            self.console.print(self.parts(judged.parts))
            self.console.print(Text(self.say("explain.gates"), style="bold"))
            for part in judged.gates:
                reason = self.texts.reason(part.verdict.reason)
                self.console.print(f"  ✓ {self.texts.rule(part.rule)}: {reason}")
            for check in judged.checks:
                question = self.texts.reason(check.reason)
                self.console.print(f"  ? {self.texts.rule(check.rule)}: {question}", style="yellow")
        self._changes(explanation)

    def _changes(self, explanation: Explanation) -> None:
        refused = isinstance(explanation.judged, Refusal)
        if not explanation.changes:
            nothing = "no_single_change_opens" if refused else "no_change_helps"
            self.console.print(self.say(f"explain.{nothing}"))
            return
        self.console.print(Text(self.say("explain.changes"), style="bold"))
        for proof in explanation.changes:
            self.console.print(f"  • {change_sentence(self.texts, proof)}")
        self.console.print(Text(self.say("explain.proved"), style="dim"))

    def table(self, *headings: str) -> Table:
        """An empty table with headings named by their screen texts."""
        table = Table(box=box.SIMPLE_HEAD, caption_justify="left", pad_edge=False)
        for heading in headings:
            numeric = heading in ("rank", "score", "match.checks", "match.blocked_number")
            table.add_column(
                self.say(heading), justify="right" if numeric else "left", overflow="fold"
            )
        return table


def change_sentence(texts: Texts, proof: Proof) -> str:
    """Say what a change would bring, as proved."""
    field, value = proof.change.field, proof.change.value
    facts = {"field": texts.field(field), "value": texts.content(Startup, field, value)}
    if proof.opens:
        return texts.screen("explain.would_open", score=proof.score, **facts)
    return texts.screen("explain.adds_points", points=proof.gain, score=proof.score, **facts)
