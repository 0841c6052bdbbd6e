"""Commands that run an installation: set up, show, serve, examine, measure, and access keys.

What takes long to import (the web, the matcher, the bench) is imported where it is needed, so that
``caunoi keys`` does not wait for it.
"""

from __future__ import annotations

import gc
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from data import keys, profiles
from data.engines import Connection, reading, transaction
from data.texts import LANGUAGES
from matcher.errors import InvalidField
from matcher.profile import KINDS
from service.account_commands import accounts_app, first_sign_in
from service.desk import ATTENTION, AsJson, Desk, Lang, desk, ready, with_progress
from service.opening import now, wire_engine

if TYPE_CHECKING:
    from service.doctor import Finding
    from service.settings import Settings

SHOWCASE = "alterno"
"""The shipped startup whose matches ``caunoi tour`` shows."""

COLLECTED = (20_000, 10, 20)
"""After how many new objects the service looks for cycles: a long list makes ten thousand, hardly
one of them in a cycle, and looking a dozen times within an answer is a tenth of its time."""

# -- keys ------------------------------------------------------------------------------------

keys_app = typer.Typer(help="Access keys: make, list, revoke.", no_args_is_help=True)


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
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """End a key for good."""
    at = desk(as_json, lang)
    with transaction(wire_engine(at.settings)) as conn:
        key = keys.revoke_key(conn, key_id, at=now())
    if at.as_json:
        at.show(key_out(key))
    else:
        at.console.print(at.texts.screen("keys.revoked", id=key.id))


def key_out(key: keys.Key) -> dict[str, Any]:
    """What is known of a key, for programs."""
    moments = {"created_at": key.created_at, "last_used_at": key.last_used_at}
    moments["revoked_at"] = key.revoked_at
    told = {name: moment and moment.isoformat() for name, moment in moments.items()}
    names = ("id", "name", "role", "profile_id", "prefix")
    return {name: getattr(key, name) for name in names} | told


# -- running ---------------------------------------------------------------------------------


def setup(lang: Lang = None) -> None:
    """Build the language model, bring the database up to date, load catalogue and example round."""
    from data.catalogue import load_catalogue
    from models.recipe import build_default_model

    at = desk(lang=lang)
    if at.settings.model is None:
        build_default_model(at.settings.model_folder, say=at.console.print)
    with transaction(wire_engine(at.settings)) as conn:
        reports = load_catalogue(conn, at=now())
        example = add_example(conn, at)
    for report in reports:
        at.terminal.report(report, report.kind, brief=True)
    if example is not None:
        at.console.print(at.texts.screen("cohort.example_ready", id=example))
    ready(at).matchmaker.best_for_all(1)  # compiles the batch, so that no page waits for that


def add_example(conn: Connection, at: Desk) -> str | None:
    """Keep the example round and return its id; one that was kept before, and perhaps deleted,
    stays as it is."""
    from data import cohorts
    from service.example_cohort import ID, example_cohort

    if cohorts.find(conn, ID, version=1) is not None:
        return None
    return cohorts.add(conn, example_cohort(at.texts), who="catalogue", at=now()).cohort.id


def tour() -> None:
    """The main job on one shipped startup, in both languages; then the first officer's key."""
    from service.matchmaking import Wish

    answer = ready(desk()).matchmaker.top_matches(SHOWCASE, Wish(k=5))
    for lang in LANGUAGES:
        desk(lang=lang).terminal.showcase(answer)
    first_key(desk())


def first_key(at: Desk) -> None:
    """Make and print an officer's key where there is none yet."""
    with transaction(wire_engine(at.settings)) as conn:
        if any(key.role == "officer" for key in keys.list_keys(conn)):
            return
        _, secret = keys.create_key(conn, "first officer", "officer", at=now())
    at.console.print(Text(at.texts.screen("serve.first_key", key=secret), style="bold green"))


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    lang: Lang = None,
) -> None:
    """Run the service until it is stopped."""
    gc.disable()  # what a start makes lives on: to look for cycles in it takes a second
    import uvicorn

    from service.app import create_app

    at = desk(lang=lang)
    parts = ready(at)
    app = create_app(parts)
    where = host or at.settings.host, port or at.settings.port
    url = f"http://{where[0]}:{where[1]}"
    at.console.print(at.texts.screen("serve.started", url=url))
    at.console.print(at.texts.screen("serve.docs", url=f"{url}/docs"))
    at.console.print(at.texts.screen("serve.stop"))
    first_sign_in(at, url)
    gc.freeze()
    gc.set_threshold(*COLLECTED)
    gc.enable()
    uvicorn.run(app, host=where[0], port=where[1], **listening(at.settings))


def listening(settings: Settings) -> dict[str, Any]:
    """How the server listens: it names neither itself nor addresses, which may hold one-time links,
    and believes forwarded headers of the proxies that are set and of nobody else."""
    return {
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "proxy_headers": bool(settings.proxies),
        "forwarded_allow_ips": settings.proxies or None,
    }


def doctor(as_json: AsJson = False, lang: Lang = None) -> None:
    """Say what is wrong with the installation and how to mend it."""
    from service.doctor import examine

    at = desk(as_json, lang)
    findings = examine(at.settings)
    if at.as_json:
        at.show({"findings": [finding_out(finding, at) for finding in findings]})
    else:
        at.terminal.findings(findings)
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(ATTENTION)


def finding_out(finding: Finding, at: Desk) -> dict[str, Any]:
    """A finding for programs: its remedy as a sentence, where there is something to mend."""
    told = finding.remedy and finding.state != "good"
    return asdict(finding) | {
        "remedy": at.texts.screen(f"doctor.{finding.remedy}") if told else None
    }


def evaluate(
    folder: Annotated[
        Path | None, typer.Argument(help="startups.csv, programmes.csv, pairs.csv.")
    ] = None,
    languages: Annotated[
        bool,
        typer.Option("--languages", help="Instead: the kept startups, in one language or another."),
    ] = False,
    train_until: Annotated[int | None, typer.Option(help="Last year of the portfolios.")] = None,
    text_only: Annotated[bool, typer.Option("--text-only", help="Use texts alone.")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Measure the match quality on judged pairs, beside plain baselines, or in two languages."""
    at = desk(as_json, lang)
    if (folder is None) != languages:
        expected = "a folder or --languages"
        raise InvalidField(field="folder", value=str(folder or ""), expected=expected)
    if folder is None:
        evaluate_languages(at)
    else:
        evaluate_pairs(at, folder, train_until, text_only)


def evaluate_languages(at: Desk) -> None:
    """Measure how alike the kept startups are matched in one language and in another."""
    from service import languages

    found = with_progress(at, lambda report: languages.measure_languages(at.settings, report))
    if at.as_json:
        at.show(languages.as_json(found))
    else:
        at.terminal.languages(found)


def evaluate_pairs(at: Desk, folder: Path, train_until: int | None, text_only: bool) -> None:
    """Measure the match quality on judged pairs."""
    from models import evaluation
    from service.wiring import wire_measuring

    shortlist, scale = wire_measuring(at.settings)
    result = with_progress(
        at,
        lambda report: evaluation.evaluate(
            folder,
            shortlist,
            scale,
            train_until=train_until,
            text_only=text_only,
            progress=report,
        ),
    )
    if at.as_json:
        at.show(evaluation.as_json(result))
    else:
        at.terminal.evaluation(result)


def add_to(app: typer.Typer) -> None:
    """Put these commands into the command line."""
    app.add_typer(keys_app, name="keys")
    app.add_typer(accounts_app, name="accounts")
    for command in (setup, tour, serve, doctor, evaluate):
        app.command()(command)
