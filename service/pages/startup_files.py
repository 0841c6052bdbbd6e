"""A startup's list of programmes as files: XLSX to work in, DOCX to put before others."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.responses import Response

from data import questions
from data.questions import Question
from data.reports.matches import (
    ListColumn,
    MatchList,
    MatchTable,
    write_matches_document,
    write_matches_workbook,
)
from data.reports.table import Row
from data.taxonomies import name_of
from service import matches_api
from service.answers import StartupMatches
from service.matchmaking import Wish
from service.pages.doors import OfficerVisit, PageVisit
from service.pages.list_files import Columns, columns_of, sent
from service.pages.sides import number_in, shut_groups
from service.pages.startup_cards import Card, cards_of
from service.pages.startup_facts import Fact
from service.pages.startup_known import decided_on, read_known
from service.run_reports import letterhead_of

MOST_IN_BOOK = 1000
MOST_IN_DOCUMENT = 30

LIST: Columns = (
    ("rank", "whole", 7, 0.08),
    ("programme", "long", 32, 0.34),
    ("organisation", "long", 26, 0.0),
    ("country", "text", 16, 0.18),
    ("points", "points", 9, 0.12),
    ("near", "long", 24, 0.0),
    ("decision", "text", 18, 0.16),
    ("closes", "text", 14, 0.12),
    ("why", "long", 60, 0.0),
    ("to_check", "whole", 10, 0.0),
    ("id", "text", 24, 0.0),
)
PARTS: Columns = (
    ("rank", "whole", 7, 0.0),
    ("programme", "long", 32, 0.0),
    ("part", "long", 22, 0.24),
    ("points", "points", 9, 0.1),
    ("most", "points", 9, 0.1),
    ("ground", "text", 22, 0.0),
    ("why", "long", 70, 0.56),
)
QUESTIONS: Columns = (
    ("rank", "whole", 7, 0.0),
    ("programme", "long", 32, 0.3),
    ("whom", "text", 18, 0.16),
    ("part", "long", 22, 0.0),
    ("question", "long", 70, 0.54),
    ("put", "text", 20, 0.0),
    ("answer", "long", 40, 0.0),
)
SHUT: Columns = (
    ("rule", "text", 24, 0.24),
    ("programme", "long", 32, 0.32),
    ("why", "long", 70, 0.44),
    ("also", "long", 60, 0.0),
    ("id", "text", 24, 0.0),
)
FACTS: Columns = (("fact", "long", 30, 0.36), ("content", "long", 60, 0.64))


def add_routes(pages: APIRouter) -> None:
    """Add the routes of the files."""
    pages.add_api_route("/startups/{id}/matches.xlsx", workbook, methods=["GET"])
    pages.add_api_route("/startups/{id}/matches.docx", document, methods=["GET"])


def workbook(visit: OfficerVisit, id: str) -> Response:
    """Every programme, open or not, with every part, reason and question."""
    gathered = _Gathered(visit, id, MOST_IN_BOOK)
    tables = (gathered.listed(), gathered.parts(), gathered.questions(), gathered.shut())
    content = write_matches_workbook(gathered.as_list(tables))
    return sent(content, f"{id}-matches", "xlsx")


def document(visit: OfficerVisit, id: str, k: str = "") -> Response:
    """The facts of the startup and its first programmes, each with its reasons."""
    gathered = _Gathered(visit, id, number_in(k, 1, MOST_IN_DOCUMENT) or 10)
    tables = (gathered.known(), gathered.listed(), *gathered.one_by_one(), gathered.questions())
    content = write_matches_document(gathered.as_list(tables), visit.texts.lang)
    return sent(content, f"{id}-matches", "docx")


class _Gathered:
    """A startup's list as it stands, to be made into tables."""

    def __init__(self, visit: PageVisit, id: str, most: int) -> None:
        self.visit, self.texts = visit, visit.texts
        self.told: StartupMatches = matches_api.read_matches(visit, id, Wish(most))
        with visit.reading() as conn:
            visit.note("downloaded matches", "startup", id)
            known = read_known(visit, conn, id)
            decided = decided_on(conn, id)
            put = questions.of_startup(conn, id)
        self.facts: tuple[Fact, ...] = known.facts
        maker = visit.parts.matchmaker
        self.cards = cards_of(self.told, maker, self.texts, put, decided)

    def say(self, key: str, **facts: object) -> str:
        return self.texts.page(f"startup_files.{key}", **facts)

    def as_list(self, tables: tuple[MatchTable, ...]) -> MatchList:
        told, say = self.told, self.say
        about = (
            say("made", on=told.on, who=self.visit.account.name),
            say("counts", eligible=told.eligible, refused=told.refused),
            say("noise", noise=told.scale.noise),
            told.chance_note,
        )
        head = letterhead_of(self.visit.parts.settings)
        title = say("title", name=told.startup.name)
        return MatchList(title, about, tables, told.on, head)

    def known(self) -> MatchTable:
        unknown = self.texts.screen("unknown")
        rows: list[Row] = [(one.label, one.text or unknown) for one in self.facts]
        return self._table("facts", FACTS, rows)

    def listed(self) -> MatchTable:
        return self._table("list", LIST, [self._list_row(card) for card in self.cards])

    def parts(self) -> MatchTable:
        rows = [row for card in self.cards for row in self._part_rows(card)]
        return self._table("parts", PARTS, rows)

    def one_by_one(self) -> Iterator[MatchTable]:
        for card in self.cards:
            columns = self._columns(PARTS)
            title = f"{card.rank}. {card.match.name}"
            yield MatchTable(title, columns, tuple(self._part_rows(card)))

    def questions(self) -> MatchTable:
        rows = [row for card in self.cards for row in self._question_rows(card)]
        return self._table("questions", QUESTIONS, rows)

    def shut(self) -> MatchTable:
        groups = shut_groups(self.told.blocked, "programme_id", self.texts, lambda _: None)
        rows: list[Row] = [
            (
                group.label,
                one.name,
                one.reason,
                "\n".join(f"{label}: {reason}" for label, reason in one.others),
                one.id,
            )
            for group in groups
            for one in group.profiles
        ]
        return self._table("shut", SHUT, rows)

    def _columns(self, columns: Columns) -> tuple[ListColumn, ...]:
        return columns_of(columns, lambda key: self.say(f"column.{key}"))

    def _table(self, key: str, columns: Columns, rows: list[Row]) -> MatchTable:
        return MatchTable(self.say(f"sheet.{key}"), self._columns(columns), tuple(rows))

    def _list_row(self, card: Card) -> Row:
        match, texts = card.match, self.texts
        closes = card.programme.application_close
        return (
            card.rank,
            match.name,
            match.organisation,
            name_of("country", match.country, texts.lang) if match.country else None,
            match.score,
            "; ".join(card.ties),
            texts.screen(f"decision.{match.decision}") if match.decision else "",
            texts.value(closes),
            "\n".join(part.reason for part in card.reasons),
            len(card.questions),
            match.programme_id,
        )

    def _part_rows(self, card: Card) -> Iterator[Row]:
        for part in card.match.parts:
            ground = self.say("expected" if part.verdict == "unknown" else "known")
            yield (
                card.rank, card.match.name, part.label, part.points, part.max_points, ground,
                part.reason,
            )  # fmt: skip

    def _question_rows(self, card: Card) -> Iterator[Row]:
        for line in card.questions:
            whom = self.say(f"whom.{line.ask}")
            put: Question | None = line.put
            at = self.texts.value(put.at) if put else ""
            yield (
                card.rank, card.match.name, whom, line.label, line.question, at,
                put.answer if put else "",
            )  # fmt: skip
