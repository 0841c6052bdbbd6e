"""The command ``caunoi``.

Exit codes: 0 done; 1 done, but something wants attention (rows refused, faults found); 2 wrong
input; 3 not found; 4 the installation is not ready.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from data import keys, profiles
from data.catalogue import load_catalogue
from data.engines import reading, transaction
from data.loading import LoadReport, load_file
from data.texts import Texts, choose
from matcher.errors import CauNoiError, NotFound, Unready
from matcher.profile import KINDS
from service.schemas import Named, answer_out, explanation_out, measure_of
from service.settings import Settings
from service.terminal import Terminal
from service.wiring import Parts, now, wire, wire_engine

ATTENTION, WRONG_INPUT, NOT_FOUND, NOT_READY = 1, 2, 3, 4
SHOWCASE = "alterno"
"""The shipped startup whose matches ``caunoi tour`` shows."""

app = typer.Typer(
    name="caunoi",
    help="Cầu Nối: startup và vườn ươm TP.HCM gặp chương trình ươm tạo quốc tế. "
    "Matches HCMC's startups and incubators to programmes abroad.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Lang = Annotated[str | None, typer.Option("--lang", help="Language: vi or en.")]
Count = Annotated[int, typer.Option("-k", "--top", min=1, max=1000, help="How many matches.")]
Details = Annotated[int, typer.Option("--details", min=0, help="How many with all reasons.")]
PerCountry = Annotated[
    int | None, typer.Option(min=1, help="At most so many of the same country.")
]
PerOrganisation = Annotated[
    int | None, typer.Option(min=1, help="At most so many of the same organisation.")
]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with: settings, language, and where it prints."""

    settings: Settings
    texts: Texts
    console: Console
    as_json: bool

    @property
    def terminal(self) -> Terminal:
        """The printer for people."""
        return Terminal(self.console, self.texts)

    def show(self, value: Any) -> None:
        """Print JSON for programs: UTF-8, one document."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def desk(as_json: bool = False, lang: str | None = None) -> Desk:
    """Read the settings once and choose the language."""
    settings = Settings()
    texts = Texts(choose(None, lang or settings.lang))
    return Desk(settings, texts, Console(highlight=False), as_json)


def ready(at: Desk) -> Parts:
    """Wire everything and catch up, with a progress bar on long work."""
    parts = wire(at.settings)
    with_progress(at, lambda report: parts.matchmaker.catch_up(report))
    return parts


def with_progress(at: Desk, work: Callable[[Callable[[int, int], None]], Any]) -> Any:
    """Run work that reports (done, total); the bar goes to standard error, only in a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    with bar:
        task = bar.add_task(at.texts.screen("load.encoding"), total=None, visible=False)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=True)

        return work(report)


# -- the three askers ------------------------------------------------------------------------


@app.command()
def match(
    startup: Annotated[str, typer.Argument(help="Id of a startup.")],
    k: Count = 10,
    details: Details = 3,
    per_country: PerCountry = None,
    per_organisation: PerOrganisation = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Programmes open to a startup, best first, and those that are not, with the reason."""
    at = desk(as_json, lang)
    parts = ready(at)
    wish = wish_of(k, per_country, per_organisation)
    show_answer(at, parts, parts.matchmaker.top_matches(startup, wish), "startup", details)


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
    parts = ready(at)
    matchmaker = parts.matchmaker
    explanation = matchmaker.explain_pair(startup, programme)
    left, right = matchmaker.kept("startup", startup), matchmaker.kept("programme", programme)
    if at.as_json:
        ends = Named(id=left.id, name=left.name), Named(id=right.id, name=right.name)
        measure = measure_of(matchmaker, "startup")
        at.show(explanation_out(explanation, *ends, at.texts, measure).model_dump(mode="json"))
    else:
        at.terminal.explanation(left, right.name, explanation)


def wish_of(k: int, per_country: int | None, per_organisation: int | None) -> Wish:
    """What the options of a command ask for."""
    limits = {"country": per_country, "organisation": per_organisation}
    return Wish(k=k, limits={name: most for name, most in limits.items() if most})


def show_answer(at: Desk, parts: Parts, answer: Answer, kind: str, details: int) -> None:
    """Print an answer for programs or for people."""
    if at.as_json:
        measure = measure_of(parts.matchmaker, kind)
        at.show(answer_out(answer, at.texts, kind, measure).model_dump(mode="json"))
    else:
        at.terminal.answer(answer, kind, details)


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
        at.show({"items": [shown(profile) for profile in found]})
    else:
        at.terminal.profiles(singular, found)


def kind_of(plural: str) -> str:
    """Kind of profile that a plural names; raises UnknownName with the known plurals."""
    plurals = {f"{kind}s": kind for kind in KINDS}
    if plural not in plurals:
        raise UnknownName(what="kind", value=plural, known=tuple(plurals))
    return plurals[plural]


def shown(profile: Any) -> dict[str, Any]:
    """The fields of a profile that may leave without a consent."""
    personal = {name for name, form in forms(type(profile)).items() if form.personal}
    return {name: value for name, value in body_of(profile).items() if name not in personal}


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
    at = desk(as_json, lang)
    with transaction(wire_engine(at.settings)) as conn:
        report = load_file(
            conn,
            read_bytes(file),
            file.name,
            kind=kind_of(kind) if kind else None,
            who="command line",
            at=now(),
            dry_run=dry_run,
        )
    if at.as_json:
        at.show(report_out(report, at.texts).model_dump(mode="json"))
    else:
        at.terminal.report(report, file.name)
    if report.refused:
        raise typer.Exit(ATTENTION)


def read_bytes(file: Path) -> bytes:
    """The whole content of a file; raises FileUnreadable."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileUnreadable(file=str(file), cause=error.strerror or "") from error


# -- keys ------------------------------------------------------------------------------------

keys_app = typer.Typer(help="Access keys: make, list, revoke.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")


@keys_app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    role: Annotated[str, typer.Option(help="officer, startup, incubator or admin.")] = "officer",
    profile: Annotated[
        str | None, typer.Option(help="Id of the startup or incubator that the key is for.")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Make a key; it is shown once and kept hashed."""
    at = desk(as_json, lang)
    with transaction(wire_engine(at.settings)) as conn:
        if profile is not None:
            profiles.get(conn, role if role in KINDS else "startup", profile)
        key, secret = keys.create_key(conn, name, role, at=now(), profile_id=profile)
    if at.as_json:
        at.show({"id": key.id, "name": key.name, "role": key.role, "key": secret})
    else:
        at.terminal.new_key(key, secret)


@keys_app.command("list")
def list_keys(as_json: AsJson = False, lang: Lang = None) -> None:
    """Every key, revoked ones too; never the key itself."""
    at = desk(as_json, lang)
    with reading(wire_engine(at.settings)) as conn:
        found = keys.list_keys(conn)
    if at.as_json:
        at.show({"items": [key_out(key) for key in found]})
    else:
        at.terminal.keys(found)


@keys_app.command("revoke")
def revoke_key(
    key_id: Annotated[int, typer.Argument(help="Number of the key in the list.")],
    lang: Lang = None,
) -> None:
    """End a key for good."""
    at = desk(lang=lang)
    with transaction(wire_engine(at.settings)) as conn:
        key = keys.revoke_key(conn, key_id, at=now())
    at.console.print(at.texts.screen("keys.revoked", id=key.id))


def key_out(key: keys.Key) -> dict[str, Any]:
    """What is known of a key, for programs."""
    moments = {"created_at": key.created_at, "last_used_at": key.last_used_at}
    moments["revoked_at"] = key.revoked_at
    told = {name: moment and moment.isoformat() for name, moment in moments.items()}
    names = ("id", "name", "role", "profile_id", "prefix")
    return {name: getattr(key, name) for name in names} | told


# -- running ---------------------------------------------------------------------------------


@app.command()
def setup(lang: Lang = None) -> None:
    """Build the language model, bring the database up to date, load the shipped catalogue."""
    at = desk(lang=lang)
    if at.settings.model is None:
        build_default_model(at.settings.model_folder, say=at.console.print)
    with transaction(wire_engine(at.settings)) as conn:
        reports = load_catalogue(conn, at=now())
    for report in reports:
        at.terminal.report(report, report.kind, brief=True)
    ready(at)


@app.command()
def tour() -> None:
    """The main job on one shipped startup, in Vietnamese and in English; the first officer's key."""
    for lang in LANGUAGES:
        at = desk(lang=lang)
        answer = ready(at).matchmaker.top_matches(SHOWCASE, Wish(k=5))
        at.terminal.showcase(answer)
    first_key(at := desk())
    at.console.print()


def first_key(at: Desk) -> None:
    """Make and print an officer's key where there is none yet."""
    with transaction(wire_engine(at.settings)) as conn:
        if any(key.role == "officer" for key in keys.list_keys(conn)):
            return
        _, secret = keys.create_key(conn, "first officer", "officer", at=now())
    at.console.print(Text(at.texts.screen("serve.first_key", key=secret), style="bold green"))


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    lang: Lang = None,
) -> None:
    """Run the service until it is stopped."""
    at = desk(lang=lang)
    parts = ready(at)
    where = host or at.settings.host, port or at.settings.port
    url = f"http://{where[0]}:{where[1]}"
    at.console.print(at.texts.screen("serve.started", url=url))
    at.console.print(at.texts.screen("serve.docs", url=f"{url}/docs"))
    at.console.print(at.texts.screen("serve.stop"))
    run_app(parts, *where)


@app.command()
def doctor(as_json: AsJson = False, lang: Lang = None) -> None:
    """Say what is wrong with the installation and how to mend it."""
    at = desk(as_json, lang)
    findings = examine(at.settings)
    if at.as_json:
        at.show({"findings": [finding_out(at.texts, finding) for finding in findings]})
    else:
        at.terminal.findings(findings)
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(ATTENTION)


@app.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(help="startups.csv, programmes.csv, pairs.csv.")],
    train_until: Annotated[int | None, typer.Option(help="Last year of the portfolios.")] = None,
    text_only: Annotated[bool, typer.Option("--text-only", help="Use texts alone.")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Measure the match quality on judged pairs, beside plain baselines."""
    at = desk(as_json, lang)
    encoder, scale = wire_encoder(at.settings)
    result = with_progress(
        at,
        lambda report: measure(
            folder,
            encoder,
            scale,
            train_until=train_until,
            text_only=text_only,
            progress=report,
        ),
    )
    if at.as_json:
        at.show(as_json_of(result))
    else:
        at.terminal.evaluation(result)


def main() -> None:
    """Run a command; an error is told with what to do next, and becomes an exit code."""
    try:
        app()
    except CauNoiError as error:
        wants_json = "--json" in sys.argv
        lang = next((b for a, b in pairwise(sys.argv) if a == "--lang"), None)
        texts = Texts(choose(None, lang if lang in LANGUAGES else Settings().lang))
        text = texts.error(error)
        if wants_json:
            told = {"title": text.title, "detail": text.detail, "next": text.next}
            sys.stderr.write(json.dumps({"type": error.code} | told, ensure_ascii=False) + "\n")
        else:
            Terminal(Console(stderr=True, highlight=False), texts).error(text)
        sys.exit(exit_code(error))


def exit_code(error: CauNoiError) -> int:
    """The exit code that an error becomes."""
    if isinstance(error, NotFound):
        return NOT_FOUND
    return NOT_READY if isinstance(error, Unready) else WRONG_INPUT
