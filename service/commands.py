"""The command ``caunoi``: matches, profiles, and what joins the other commands.

Exit codes: 0 done; 1 done, but something wants attention (rows refused, faults found); 2 wrong
input; 3 not found; 4 the installation is not ready.

What takes long to import (the matcher, readers of Excel files) is imported by the commands that
need it, so that the others start at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from data import profiles
from data.bodies import body_of
from data.engines import reading, transaction
from data.texts import LANGUAGES, Texts
from matcher.errors import (
    BadInput,
    CauNoiError,
    InvalidField,
    NotFound,
    UnknownName,
    Unready,
)
from matcher.profile import KINDS, forms
from service import cohort_commands, decision_commands, rematch_commands, running, weights_commands
from service.desk import (
    ATTENTION,
    WHO,
    AsJson,
    Desk,
    Lang,
    desk,
    read_bytes,
    ready,
    write_bytes,
)
from service.opening import now, wire_engine
from service.settings import read_settings
from service.terminal import Terminal

if TYPE_CHECKING:
    from matcher.profile import Startup
    from service.matchmaking import Answer, Wish
    from service.wiring import Parts

WRONG_INPUT, NOT_FOUND, NOT_READY = 2, 3, 4

app = typer.Typer(
    name="caunoi",
    help="Cầu Nối: startup và vườn ươm TP.HCM gặp chương trình ươm tạo quốc tế. "
    "Matches HCMC's startups and incubators to programmes abroad.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
running.add_to(app)
cohort_commands.add_to(app)
rematch_commands.add_to(app)
decision_commands.add_to(app)
weights_commands.add_to(app)

Count = Annotated[int, typer.Option("-k", "--top", min=1, max=1000, help="How many matches.")]
Details = Annotated[int, typer.Option("--details", min=0, help="How many with all reasons.")]
PerCountry = Annotated[int | None, typer.Option(min=1, help="At most so many of the same country.")]
PerOrganisation = Annotated[
    int | None, typer.Option(min=1, help="At most so many of the same organisation.")
]


# -- the three askers ------------------------------------------------------------------------


@app.command()
def match(
    startup: Annotated[str | None, typer.Argument(help="Id of a startup.")] = None,
    profile: Annotated[
        Path | None,
        typer.Option(help="A profile that is not kept: JSON, CSV or Excel; its first row counts."),
    ] = None,
    k: Count = 10,
    details: Details = 3,
    per_country: PerCountry = None,
    per_organisation: PerOrganisation = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Programmes open to a startup, best first, and those that are not, with the reason."""
    at = desk(as_json, lang)
    if (startup is None) == (profile is None):
        raise InvalidField(field="startup", value=startup or "", expected="an id or --profile")
    asker = startup or "" if profile is None else startup_in(profile)
    parts = ready(at)
    wish = wish_of(k, per_country, per_organisation)
    show_answer(at, parts, parts.matchmaker.top_matches(asker, wish), "startup", details)


@app.command()
def sourcing(
    programme: Annotated[str, typer.Argument(help="Id of a programme.")],
    k: Count = 10,
    details: Details = 3,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Startups that a programme is open to and fits best."""
    at = desk(as_json, lang)
    parts = ready(at)
    answer = parts.matchmaker.top_startups(programme, wish_of(k, None, None))
    show_answer(at, parts, answer, "programme", details)


@app.command()
def partners(
    incubator: Annotated[str, typer.Argument(help="Id of an incubator.")],
    k: Count = 10,
    details: Details = 3,
    per_country: PerCountry = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Organisations abroad that suit an incubator as partners for exchange."""
    at = desk(as_json, lang)
    parts = ready(at)
    answer = parts.matchmaker.top_partners(incubator, wish_of(k, per_country, None))
    show_answer(at, parts, answer, "incubator", details)


@app.command()
def explain(
    startup: Annotated[str, typer.Argument(help="Id of a startup.")],
    programme: Annotated[str, typer.Argument(help="Id of a programme.")],
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Every part of one pair, and the smallest changes that would help, each proved."""
    at = desk(as_json, lang)
    matchmaker = ready(at).matchmaker
    explanation = matchmaker.explain_pair(startup, programme)
    left, right = matchmaker.kept("startup", startup), matchmaker.kept("programme", programme)
    if at.as_json:
        from service.chances import book_of
        from service.schemas import Named, explanation_out, measure_of

        ends = Named(id=left.id, name=left.name), Named(id=right.id, name=right.name)
        measure = measure_of(matchmaker, "startup", book_of(matchmaker))
        at.show(explanation_out(explanation, *ends, at.texts, measure).model_dump(mode="json"))
    else:
        at.terminal.explanation(left, right.name, explanation)


def startup_in(file: Path) -> Startup:
    """The startup profile in a file, not to be kept."""
    from service.unsaved import unsaved

    return unsaved(read_bytes(file), file)


def wish_of(k: int, per_country: int | None, per_organisation: int | None) -> Wish:
    """What the options of a command ask for."""
    from service.matchmaking import Wish

    limits = {"country": per_country, "organisation": per_organisation}
    return Wish(k=k, limits={name: most for name, most in limits.items() if most})


def show_answer(at: Desk, parts: Parts, answer: Answer, kind: str, details: int) -> None:
    """Print an answer for programs or for people."""
    from service.chances import book_of

    book = book_of(parts.matchmaker)
    if at.as_json:
        from service.schemas import answer_out, measure_of

        measure = measure_of(parts.matchmaker, kind, book)
        at.show(answer_out(answer, at.texts, kind, measure).model_dump(mode="json"))
    else:
        at.terminal.answer(answer, kind, details, book.beside(kind))


# -- profiles --------------------------------------------------------------------------------


@app.command("list")
def list_(
    kind: Annotated[str, typer.Argument(help="startups, programmes or incubators.")],
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Profiles that are kept, in the order of their ids."""
    at = desk(as_json, lang)
    singular = kind_of(kind)
    with reading(wire_engine(at.settings)) as conn:
        found = profiles.all_profiles(conn, singular)
    if at.as_json:
        at.show({"items": [public(profile) for profile in found]})
    else:
        at.terminal.profiles(singular, found)


def kind_of(plural: str) -> str:
    """Kind of profile that a plural names; raises UnknownName with the known plurals."""
    plurals = {f"{kind}s": kind for kind in KINDS}
    if plural not in plurals:
        raise UnknownName(what="kind", value=plural, known=tuple(plurals))
    return plurals[plural]


def public(profile: Any) -> dict[str, Any]:
    """The fields of a profile that may leave without a consent."""
    kind: type = type(profile)
    personal = {name for name, form in forms(kind).items() if form.personal}
    return {name: value for name, value in body_of(profile).items() if name not in personal}


@app.command()
def similar(
    kind: Annotated[str, typer.Argument(help="startups, programmes or incubators.")],
    profile: Annotated[str, typer.Argument(help="Id of a profile.")],
    k: Count = 5,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Profiles of the same kind that are nearest in text: entered twice, or precedents."""
    at = desk(as_json, lang)
    found = ready(at).matchmaker.similar(kind_of(kind), profile, k)
    if at.as_json:
        told = [{"id": p.id, "name": p.name, "likeness": round(near, 4)} for p, near in found]
        at.show({"items": told})
    else:
        at.terminal.similar(found)


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A CSV or Excel file.", exists=False)],
    kind: Annotated[
        str | None, typer.Option(help="startups, programmes or incubators; else recognised.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only; keep nothing.")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Add or change profiles from a file; every refused row is reported, the good ones kept."""
    from data import loading

    at = desk(as_json, lang)
    with transaction(wire_engine(at.settings)) as conn:
        report = loading.load_file(
            conn,
            read_bytes(file),
            file.name,
            kind=kind_of(kind) if kind else None,
            who=WHO,
            at=now(),
            dry_run=dry_run,
            limits=loading.Limits(file_bytes=at.settings.most_file_bytes),
        )
    if at.as_json:
        from service.schemas import report_out

        at.show(report_out(report, at.texts).model_dump(mode="json"))
    else:
        at.terminal.report(report, file.name)
    if report.refused:
        raise typer.Exit(ATTENTION)


@app.command()
def export(
    kind: Annotated[str, typer.Argument(help="startups, programmes or incubators.")],
    file: Annotated[Path, typer.Argument(help="Where to write: .csv or .xlsx.")],
    lang: Lang = None,
) -> None:
    """Write all profiles of a kind to a file that loads back the same; nothing personal."""
    from data.exporting import export_profiles

    at = desk(lang=lang)
    form = file.suffix.lower().lstrip(".")
    if form not in ("csv", "xlsx"):
        raise InvalidField(field="file", value=file.name, expected="csv, xlsx")
    singular = kind_of(kind)
    with reading(wire_engine(at.settings)) as conn:
        found = profiles.all_profiles(conn, singular)
    write_bytes(file, export_profiles(singular, found, form, lang=at.texts.lang))
    at.console.print(at.texts.screen("total", count=len(found)))


def main() -> None:
    """Run a command; an error is told with what to do next, and becomes an exit code."""
    try:
        app(prog_name="caunoi")
    except CauNoiError as error:
        tell(error, Texts(language_of(sys.argv)), as_json="--json" in sys.argv)
        sys.exit(exit_code(error))


def tell(error: CauNoiError, texts: Texts, as_json: bool) -> None:
    """Say on standard error what went wrong and what to do next."""
    text = texts.error(error)
    if as_json:
        told = {"title": text.title, "detail": text.detail, "next": text.next}
        sys.stderr.write(json.dumps({"type": error.code} | told, ensure_ascii=False) + "\n")
    else:
        Terminal(Console(stderr=True, highlight=False), texts).error(text)


def language_of(arguments: Sequence[str]) -> str:
    """Language of an error: as asked (``--lang en``, ``--lang=en``), as set, or the first one."""
    words = [word for argument in arguments for word in argument.split("=", 1)]
    asked = next((after for word, after in pairwise(words) if word == "--lang"), None)
    if asked in LANGUAGES:
        return asked
    try:
        return read_settings().lang
    except BadInput:
        return LANGUAGES[0]


def exit_code(error: CauNoiError) -> int:
    """The exit code that an error becomes."""
    if isinstance(error, NotFound):
        return NOT_FOUND
    return NOT_READY if isinstance(error, Unready) else WRONG_INPUT
