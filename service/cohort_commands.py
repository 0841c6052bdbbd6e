"""Commands for cohorts: load, show, rule on pairs, and lists that crowd no programme.

What runs do stands in ``rematch_commands.py``. What takes long to import is imported where it is
needed, as in ``commands.py``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from data import cohorts, profiles, publications, runs
from data.cohorts import StoredCohort
from data.engines import Connection, reading, transaction
from matcher.cohort import Cohort, PairRule
from service.desk import ATTENTION, AsJson, Desk, Lang, desk
from service.opening import now, wire_engine

if TYPE_CHECKING:
    from service.cohort_terminal import CohortTerminal, Standing
    from service.round_texts import RoundTexts

WHO = "command line"
LATEST_RUNS = 5

CohortId = Annotated[str, typer.Argument(metavar="COHORT", help="Id of a cohort.")]
StartupId = Annotated[str, typer.Argument(metavar="STARTUP", help="Id of a startup.")]
ProgrammeId = Annotated[str, typer.Argument(metavar="PROGRAMME", help="Id of a programme.")]
Why = Annotated[str | None, typer.Option(help="The reason, for the record.")]

cohort_app = typer.Typer(
    help="Cohorts: load, show, export, and rulings on pairs.", no_args_is_help=True
)


# -- looking -----------------------------------------------------------------------------------


@cohort_app.command("list")
def list_cohorts(as_json: AsJson = False, lang: Lang = None) -> None:
    """Every cohort that is kept, in the order of their ids."""
    at = desk(as_json, lang)
    with reading(wire_engine(at.settings)) as conn:
        found = cohorts.all_cohorts(conn)
        say = told(conn, at)
    if at.as_json:
        from service.round_schemas import cohort_line

        at.show({"items": [cohort_line(kept).model_dump(mode="json") for kept in found]})
    else:
        printer(at, say).cohorts(found)


@cohort_app.command("show")
def show_cohort(cohort: CohortId, as_json: AsJson = False, lang: Lang = None) -> None:
    """Members, places and limits of a cohort, what is published, and its latest runs."""
    at = desk(as_json, lang)
    with reading(wire_engine(at.settings)) as conn:
        standing = standing_of(conn, cohort)
        rules = standing.kept.cohort.pair_rules
        ids = {one for rule in rules for one in (rule.startup_id, rule.programme_id)}
        say = told(conn, at, *ids, *standing.programmes)
    if at.as_json:
        at.show(standing_out(standing, say))
    else:
        printer(at, say).cohort(standing)


def standing_of(conn: Connection, cohort_id: str) -> Standing:
    """A cohort with what hangs on it; raises CohortNotFound."""
    from service.cohort_terminal import Standing

    kept = cohorts.get(conn, cohort_id)
    ids = [one.programme_id for one in kept.cohort.intakes]
    found: dict[str, Any] = profiles.get_many(conn, "programme", ids)
    latest = publications.latest(conn, cohort_id)
    return Standing(kept, found, latest, runs.runs_of(conn, cohort_id, limit=LATEST_RUNS))


def standing_out(standing: Standing, say: RoundTexts) -> dict[str, Any]:
    """A cohort with what hangs on it, for programs."""
    from service.cohort_forms import shown_cohort
    from service.round_schemas import cohort_line, publication_out, run_out

    latest = standing.latest
    return cohort_line(standing.kept).model_dump(mode="json") | {
        "cohort": shown_cohort(standing.kept.cohort),
        "published": None if latest is None else publication_out(latest).model_dump(mode="json"),
        "runs": [run_out(run, say.texts).model_dump(mode="json") for run in standing.runs],
    }


# -- rulings -----------------------------------------------------------------------------------


@cohort_app.command("pin")
def pin(
    cohort: CohortId,
    startup: StartupId,
    programme: ProgrammeId,
    why: Why = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Rule that a startup is placed at a programme, even where a condition refuses; needs --why."""
    rule = PairRule(startup_id=startup, programme_id=programme, ruling="forced", why=why)
    _rule(desk(as_json, lang), cohort, rule)


@cohort_app.command("forbid")
def forbid(
    cohort: CohortId,
    startup: StartupId,
    programme: ProgrammeId,
    why: Why = None,
    conflict: Annotated[
        bool, typer.Option("--conflict", help="Note it as a conflict of interest.")
    ] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Rule that a startup is never placed at a programme."""
    ruling = "conflict" if conflict else "forbidden"
    rule = PairRule(startup_id=startup, programme_id=programme, ruling=ruling, why=why)
    _rule(desk(as_json, lang), cohort, rule)


@cohort_app.command("release")
def release(
    cohort: CohortId,
    startup: StartupId,
    programme: ProgrammeId,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Drop the ruling on a pair; exit code 1 where there is none."""
    at = desk(as_json, lang)
    before = _edited(at, cohort, lambda kept: _without(kept, startup, programme))
    dropped = _ruling_on(before.cohort, startup, programme)
    with reading(wire_engine(at.settings)) as conn:
        after, say = cohorts.get(conn, cohort), told(conn, at, startup, programme)
    if at.as_json:
        at.show(_line(after))
    elif dropped is None:
        at.console.print(say.texts.screen("cohort.not_ruled", id=cohort))
    else:
        _tell_ruling(at, say, "released", dropped, after)
    if dropped is None:
        raise typer.Exit(ATTENTION)


def _rule(at: Desk, cohort_id: str, rule: PairRule) -> None:
    """Keep a ruling in the place of the one on the same pair, and tell it."""
    _edited(at, cohort_id, lambda cohort: _with(cohort, rule))
    with reading(wire_engine(at.settings)) as conn:
        after, say = (
            cohorts.get(conn, cohort_id),
            told(conn, at, rule.startup_id, rule.programme_id),
        )
    if at.as_json:
        at.show(_line(after))
    else:
        _tell_ruling(at, say, "ruled", rule, after)


def _tell_ruling(at: Desk, say: RoundTexts, what: str, rule: PairRule, after: StoredCohort) -> None:
    facts = {"startup": say.name(rule.startup_id), "programme": say.name(rule.programme_id)}
    ruling = printer(at, say).ruling(rule)
    numbers = {"id": after.cohort.id, "version": after.version}
    at.console.print(say.texts.screen(f"cohort.{what}", ruling=ruling, **facts, **numbers))


def _edited(at: Desk, cohort_id: str, edit: Callable[[Cohort], Cohort]) -> StoredCohort:
    """Keep a changed cohort as a new version, and return the version before."""
    with transaction(wire_engine(at.settings)) as conn:
        before = cohorts.get(conn, cohort_id)
        after = edit(before.cohort)
        cohorts.replace(conn, after, who=WHO, at=now(), expected=before.version)
    return before


def _with(cohort: Cohort, rule: PairRule) -> Cohort:
    others = _without(cohort, rule.startup_id, rule.programme_id)
    return dataclasses.replace(cohort, pair_rules=(*others.pair_rules, rule))


def _without(cohort: Cohort, startup: str, programme: str) -> Cohort:
    dropped = _ruling_on(cohort, startup, programme)
    left = tuple(rule for rule in cohort.pair_rules if rule is not dropped)
    return dataclasses.replace(cohort, pair_rules=left)


def _ruling_on(cohort: Cohort, startup: str, programme: str) -> PairRule | None:
    pair = startup, programme
    rules = cohort.pair_rules
    return next((rule for rule in rules if (rule.startup_id, rule.programme_id) == pair), None)


# -- words -------------------------------------------------------------------------------------


def told(conn: Connection, at: Desk, *ids: str) -> RoundTexts:
    """The texts of the desk, with the names of those that are asked for."""
    from service.round_names import telling

    return telling(conn, at.texts, ids)


def printer(at: Desk, say: RoundTexts) -> CohortTerminal:
    """The printer of cohorts for people."""
    from service.cohort_terminal import CohortTerminal

    return CohortTerminal(at.terminal, say)


def _line(kept: StoredCohort) -> dict[str, Any]:
    from service.round_schemas import cohort_line

    return cohort_line(kept).model_dump(mode="json")


def add_to(app: typer.Typer) -> None:
    """Put these commands into the command line."""
    app.add_typer(cohort_app, name="cohort")
