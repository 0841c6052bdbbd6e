"""What the commands print for people: tables and sentences that read well in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from data.texts import ErrorText, Texts
from matcher.profile import Startup
from matcher.rules.base import Outcome

if TYPE_CHECKING:
    from data.keys import Key
    from data.loading import LoadReport
    from matcher.explaining import Explanation, Proof
    from matcher.ranking import Check, Match, Part, Ranking, Refusal
    from models.evaluation import Evaluation
    from models.twins import Agreement
    from service.chances import Chances
    from service.doctor import Finding
    from service.matchmaking import Answer

NARROW = 2
"""Columns by which details stand in from the edge."""

TITLES = {"startup": "top_programmes", "programme": "top_startups", "incubator": "top_partners"}
"""Heading of an answer by the kind of the profile that asks."""

PARTNER_SIDES = {"startup": "home", "programme": "partner"}


TELLING = ("age", "capital", "home_country", "incorporation", "stage_range")
"""Rules whose refusals tell most about a programme: the first one that is found is shown."""

NUMERIC = frozenset({"rank", "score", "chance.title", "match.checks", "match.blocked_number"})
"""Headings of columns that stand to the right."""

STYLES = {"good": "green", "warning": "yellow", "bad": "bold red"}


class Terminal:
    """Prints in one language to one console."""

    def __init__(self, console: Console, texts: Texts) -> None:
        self.console = console
        self.texts = texts
        self.say = texts.screen

    def answer(self, answer: Answer, kind: str, details: int, chances: Chances) -> None:
        """Print an overview of the matches, the reasons of the first ones, and the refusals.

        Chances of acceptance only where enough decisions bear them out.
        """
        name = answer.asker.name
        self.console.print(Text(self.say(f"match.{TITLES[kind]}", name=name), style="bold"))
        if not answer.ranking.matches:
            self.console.print(self.say("match.none"), self.say("match.none_next"), sep="\n")
        else:
            self.console.print(self._overview(answer, chances))
        for place, match in enumerate(answer.ranking.matches[:details], start=1):
            self.console.print(self._match(place, match, kind))
        self._refusals(answer.ranking)

    def _overview(self, answer: Answer, chances: Chances) -> Table:
        told = chances.values([match.score for match in answer.ranking.matches])
        shown = ("chance.title",) if any(one is not None for one in told) else ()
        columns = ("rank", "name", "country", "score", *shown, "match.checks", "decision.title")
        table = self.table(*columns)
        for place, (match, chance) in enumerate(
            zip(answer.ranking.matches, told, strict=True), start=1
        ):
            profile = answer.profiles[match.id]
            country = getattr(profile, "host", profile.country)
            tie = " ≈" if match.near_ties else ""
            decision = answer.decisions.get(match.id)
            table.add_row(
                str(place),
                match.name,
                self.texts.content(type(profile), "country", country) if country else "",
                self.texts.value(match.score) + tie,
                *(self.texts.value(chance, "percent") for _ in shown),
                str(len(match.checks)),
                self.say(f"decision.{decision}") if decision else "",
            )
        notes = [chances.note(self.texts)] if shown else []
        if any(match.near_ties for match in answer.ranking.matches):
            notes.insert(0, "≈ " + self.say("match.near_tie_about"))
        table.caption = "\n".join(notes) or None
        return table

    def _match(self, place: int, match: Match, kind: str) -> RenderableType:
        score = self.say("score_of", score=match.score)
        head = Text(f"{place}. {match.name} · {score}", style="bold")
        return Group(head, self.parts(match.parts), self.checks(match.checks, kind))

    def parts(self, parts: Iterable[Part], questions: bool = False) -> RenderableType:
        """The parts of a score, one a line: points of the most possible, and why.

        An unknown part says whom to ask, or with ``questions`` the question itself.
        """
        table = Table(box=None, show_header=False, padding=(0, 1))
        table.add_column(justify="right", no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        for part in parts:
            points = f"{self.texts.value(part.points)}/{self.texts.value(part.max_points)}"
            if part.verdict.outcome is Outcome.UNKNOWN and not questions:
                reason = Text(self.say("match.provisional"), style="dim")
            else:
                reason = Text(self.texts.reason(part.verdict.reason))
            table.add_row(points, self.texts.rule(part.rule), reason)
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
        from matcher.ranking import Refusal

        judged = explanation.judged
        title = self.say("explain.title", left=startup.name, right=name)
        self.console.print(Text(title, style="bold"))
        if isinstance(judged, Refusal):
            self.refusal(judged)
        else:
            self.console.print(self.say("score_of", score=judged.score))
            self.console.print(self.parts(judged.parts, questions=True))
            self.console.print(Text(self.say("explain.gates"), style="bold"))
            for part in judged.gates:
                reason = self.texts.reason(part.verdict.reason)
                self.console.print(f"  ✓ {self.texts.rule(part.rule)}: {reason}")
            for check in judged.checks:
                question = self.texts.reason(check.reason)
                self.console.print(f"  ? {self.texts.rule(check.rule)}: {question}", style="yellow")
        self._changes(explanation, refused=isinstance(judged, Refusal))

    def _changes(self, explanation: Explanation, refused: bool) -> None:
        if not explanation.changes:
            nothing = "no_single_change_opens" if refused else "no_change_helps"
            self.console.print(self.say(f"explain.{nothing}"))
            return
        self.console.print(Text(self.say("explain.changes"), style="bold"))
        for proof in explanation.changes:
            self.console.print(f"  • {change_sentence(self.texts, proof)}")
        self.console.print(Text(self.say("explain.proved"), style="dim"))

    def showcase(self, answer: Answer) -> None:
        """Print the first matches with all their reasons, and one refusal with its reason."""
        startup = answer.asker
        intro = getattr(startup, f"product_{self.texts.lang}", None) or ""
        title = self.say("match.top_programmes", name=startup.name)
        self.console.rule(Text(title, style="bold"))
        self.console.print(Text(intro, style="italic"))
        for place, match in enumerate(answer.ranking.matches, start=1):
            self.console.print(self._match(place, match, "startup"))
        told = [r for r in answer.ranking.refusals if r.rule in TELLING] or answer.ranking.refusals
        if told:
            self.console.print(Text(self.say("match.refused_example"), style="bold"))
            self.refusal(told[0])

    def profiles(self, kind: str, found: Sequence[Any]) -> None:
        """Print a list of profiles."""
        self.console.print(Text(self.say(f"list.{kind}s"), style="bold"))
        if not found:
            self.console.print(self.say("list.empty"))
            return
        table = self.table("id", "name", "country", "sectors", "stage")
        for profile in found:
            stages = getattr(profile, "stages", None) or getattr(profile, "stage", None)
            table.add_row(
                profile.id,
                profile.name,
                self._content(profile, "country", profile.country),
                self._content(profile, "sectors", profile.sectors),
                self._content(profile, "stages" if isinstance(stages, tuple) else "stage", stages),
            )
        self.console.print(table)
        self.console.print(self.say("total", count=len(found)))

    def similar(self, found: Sequence[tuple[Any, float]]) -> None:
        """Print profiles with how near they are, nearest first."""
        table = self.table("id", "name", "country", "sectors", "likeness")
        for profile, likeness in found:
            table.add_row(
                profile.id,
                profile.name,
                self._content(profile, "country", profile.country),
                self._content(profile, "sectors", profile.sectors),
                self.texts.value(round(likeness, 2)),
            )
        self.console.print(table)

    def _content(self, profile: Any, field: str, value: Any) -> str:
        return self.texts.content(type(profile), field, value) if value else ""

    def report(self, report: LoadReport, file: str, brief: bool = False) -> None:
        """Print what became of a file: counts, then every refused row with what to do."""
        counts = {
            "added": len(report.added),
            "changed": len(report.changed),
            "unchanged": len(report.unchanged),
            "refused": len(report.refused),
        }
        told = ", ".join(f"{self.say(f'load.{name}')} {count}" for name, count in counts.items())
        self.console.print(f"{self.say('load.title', file=file)}: {told}")
        if report.ignored_headings:
            columns = ", ".join(report.ignored_headings)
            self.console.print(self.say("load.ignored_columns", columns=columns), style="yellow")
        if not brief:
            outcome = "nothing_changed" if not (report.added or report.changed) else "all_good"
            count = len(report.refused)
            many = self.say("load.some_refused", count=count) if count else None
            self.console.print(many or self.say(f"load.{outcome}"))
        if report.refused:
            self.console.print(self._refused_rows(report))

    def _refused_rows(self, report: LoadReport) -> Table:
        table = self.table(
            "load.line", "load.column", "load.value", "load.problem", "load.what_to_do"
        )
        for row in report.refused:
            for cell in row.cells:
                text = self.texts.error(cell.error)
                column = cell.heading or self.texts.field(cell.field)
                table.add_row(str(row.line), column, cell.value, text.detail, text.next)
        return table

    def new_key(self, key: Key, secret: str) -> None:
        """Print a key, the only time that it is shown."""
        self.console.print(self.say("keys.made", role=key.role))
        self.console.print(Text(secret, style="bold green"))
        self.console.print(self.say("keys.once"))

    def keys(self, found: Sequence[Key]) -> None:
        """Print what is known of all keys."""
        if not found:
            self.console.print(self.say("keys.empty"))
            return
        table = self.table(
            "id", "keys.owner", "keys.role", "keys.created", "keys.last_used", "keys.revoked_on"
        )
        for key in found:
            moments = (key.created_at, key.last_used_at, key.revoked_at)
            told = [self.texts.value(m.date()) if m else "" for m in moments]
            table.add_row(str(key.id), f"{key.name} ({key.prefix}…)", key.role, *told)
        self.console.print(table)

    def findings(self, findings: Sequence[Finding]) -> None:
        """Print what was examined, and how to mend what is not in order."""
        self.console.print(Text(self.say("doctor.title"), style="bold"))
        table = self.table("doctor.check", "doctor.result", "reason", "doctor.remedy")
        for finding in findings:
            style = STYLES[finding.state]
            remedy = self.say(f"doctor.{finding.remedy}") if finding.remedy else ""
            table.add_row(
                self.say(f"doctor.{finding.check}"),
                Text(self.say(f"doctor.{finding.state}"), style=style),
                finding.detail,
                "" if finding.state == "good" else remedy,
            )
        self.console.print(table)
        bad = sum(finding.state == "bad" for finding in findings)
        if bad:
            self.console.print(self.say("doctor.some_bad", count=bad))
        elif all(finding.state == "good" for finding in findings):
            self.console.print(self.say("doctor.all_good"))

    def evaluation(self, result: Evaluation) -> None:
        """Print the scorecard: every method with its measures and their intervals."""
        self.console.print(Text(self.say("evaluate.title", pairs=result.n), style="bold"))
        facts = {"until": str(result.train_until), "candidates": result.candidates}
        self.console.print(self.say("evaluate.cut", **facts))
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column(self.say("evaluate.method"))
        for name in ("MRR", "hit@1", "hit@5", "nDCG@10"):
            table.add_column(name, justify="right")
        for method in result.methods:
            measures = (method.mrr, method.hit1, method.hit5, method.ndcg10)
            told = [f"{m.value:.3f} ({m.low:.3f}..{m.high:.3f})" for m in measures]
            table.add_row(method.name, *told)
        self.console.print(table)

    def languages(self, found: Sequence[Agreement]) -> None:
        """Print how far each way of writing agrees with another."""
        startups = found[0].n if found else 0
        title = self.say("evaluate.languages_title", startups=startups)
        self.console.print(Text(title, style="bold"))
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for heading in ("source", "target", "found_first", "ranks_text", "ranks_portfolio", "top"):
            numeric = heading not in ("source", "target")
            table.add_column(
                self.say(f"evaluate.{heading}"), justify="right" if numeric else "left"
            )
        for one in found:
            measures = (one.found_first, one.text, one.portfolio, one.top10)
            ends = [self.say(f"evaluate.writing_{name}") for name in (one.source, one.target)]
            table.add_row(*ends, *("–" if m != m else f"{m:.3f}" for m in measures))
        self.console.print(table)

    def error(self, text: ErrorText) -> None:
        """Print an error and what to do next."""
        self.console.print(Text(text.title, style="bold red"))
        self.console.print(text.detail)
        self.console.print(f"→ {text.next}")

    def table(self, *headings: str) -> Table:
        """An empty table with headings named by their screen texts."""
        table = Table(box=box.SIMPLE_HEAD, caption_justify="left", pad_edge=False)
        for heading in headings:
            numeric = heading in NUMERIC
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
