"""The lists of programmes and incubators as files: XLSX to work in, DOCX to put before others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fastapi import APIRouter
from fastapi.responses import Response

from data.reports.matches import (
    ListColumn,
    MatchList,
    MatchTable,
    write_matches_document,
    write_matches_workbook,
)
from data.reports.table import Row
from data.taxonomies import name_of
from data.texts import Texts
from service import matches_api
from service.answers import IncubatorPartners, PartnerMatch, ProgrammeStartups, StartupMatch
from service.matchmaking import Wish
from service.pages.doors import OfficerVisit, PageVisit
from service.pages.list_files import Columns, columns_of, sent
from service.pages.sides import AnyMatch, about_startup, best_reasons, shut_groups

MOST_MATCHES = 1000
IN_DOCUMENT = 30
"""Matches that a document lists; the workbook has all."""


def add_routes(pages: APIRouter) -> None:
    """The addresses of the files."""
    for end in ("xlsx", "docx"):
        pages.add_api_route(f"/programmes/{{id}}/startups.{end}", _FILES["startups", end])
        pages.add_api_route(f"/incubators/{{id}}/partners.{end}", _FILES["partners", end])


def startups_workbook(visit: OfficerVisit, id: str) -> Response:
    """Every startup that a programme is open to, and every one that it is not, with the reasons."""
    return _workbook(_startups(visit, id, MOST_MATCHES), f"{id}-startups")


def startups_document(visit: OfficerVisit, id: str) -> Response:
    """The first startups of a programme."""
    return _document(visit, _startups(visit, id, IN_DOCUMENT), f"{id}-startups")


def partners_workbook(visit: OfficerVisit, id: str) -> Response:
    """Every partner of an incubator, and those that cannot be one, with the reasons."""
    return _workbook(_partners(visit, id, MOST_MATCHES), f"{id}-partners")


def partners_document(visit: OfficerVisit, id: str) -> Response:
    """The first partners of an incubator."""
    return _document(visit, _partners(visit, id, IN_DOCUMENT), f"{id}-partners")


_FILES = {
    ("startups", "xlsx"): startups_workbook,
    ("startups", "docx"): startups_document,
    ("partners", "xlsx"): partners_workbook,
    ("partners", "docx"): partners_document,
}


def _startups(visit: PageVisit, id: str, most: int) -> MatchList:
    told: ProgrammeStartups = matches_api.read_startups(visit, id, Wish(most))
    matchmaker, texts = visit.parts.matchmaker, visit.texts
    abouts = (
        about_startup(matchmaker.kept("startup", one.startup_id), texts) for one in told.matches
    )
    title = texts.page("files.startups", name=told.programme.name)
    return _list(title, told, abouts, "startup_id", texts)


def _partners(visit: PageVisit, id: str, most: int) -> MatchList:
    told: IncubatorPartners = matches_api.read_partners(visit, id, Wish(most))
    texts = visit.texts
    abouts = (
        name_of("country", one.country, texts.lang) if one.country else "" for one in told.matches
    )
    title = texts.page("files.partners", name=told.incubator.name)
    return _list(title, told, abouts, "partner_id", texts)


def _list(
    title: str,
    told: ProgrammeStartups | IncubatorPartners,
    abouts: Iterable[str],
    its_id: str,
    texts: Texts,
) -> MatchList:
    say = texts.page
    about = (
        say("files.made", on=told.on, eligible=told.eligible, refused=told.refused),
        say("files.noise", noise=told.scale.noise),
        say("files.checks_note"),
    )
    matches: Sequence[StartupMatch | PartnerMatch] = told.matches
    rows = [
        _match_row(rank, match, about_, getattr(match, its_id), texts)
        for rank, (match, about_) in enumerate(zip(matches, abouts, strict=True), 1)
    ]
    open_ = MatchTable(say("files.open"), _columns(OPEN, texts), tuple(rows))
    shut = MatchTable(
        say("files.shut"), _columns(SHUT, texts), tuple(_shut_rows(told, its_id, texts))
    )
    return MatchList(title, about, (open_, shut), told.on)


OPEN: Columns = (
    ("rank", "whole", 7, 0.06),
    ("name", "text", 28, 0.2),
    ("about", "text", 30, 0.18),
    ("points", "points", 9, 0.08),
    ("why", "long", 60, 0.26),
    ("check", "long", 60, 0.22),
    ("near_tie", "text", 24, 0.0),
    ("decision", "text", 18, 0.0),
    ("id", "text", 20, 0.0),
)
SHUT: Columns = (
    ("rule", "text", 24, 0.22),
    ("name", "text", 28, 0.24),
    ("reason", "long", 60, 0.54),
    ("also", "long", 60, 0.0),
    ("id", "text", 20, 0.0),
)


def _columns(columns: Columns, texts: Texts) -> tuple[ListColumn, ...]:
    return columns_of(columns, lambda key: texts.page(f"files.column.{key}"))


def _match_row(rank: int, match: AnyMatch, about: str, id: str, texts: Texts) -> Row:
    decision = match.decision and texts.screen(f"decision.{match.decision}")
    return (
        rank,
        match.name,
        about,
        match.score,
        "\n".join(f"{part.label}: {part.reason}" for part in best_reasons(match.parts)),
        "\n".join(check.question for check in match.checks),
        ", ".join(match.near_tie_with),
        decision or "",
        id,
    )


def _shut_rows(
    told: ProgrammeStartups | IncubatorPartners, its_id: str, texts: Texts
) -> Iterable[Row]:
    for group in shut_groups(told.blocked, its_id, texts, lambda _: None):
        for one in group.profiles:
            also = "\n".join(f"{label}: {reason}" for label, reason in one.others)
            yield group.label, one.name, one.reason, also, one.id


def _workbook(matches: MatchList, name: str) -> Response:
    return sent(write_matches_workbook(matches), name, "xlsx")


def _document(visit: PageVisit, matches: MatchList, name: str) -> Response:
    return sent(write_matches_document(matches, visit.texts.lang), name, "docx")
