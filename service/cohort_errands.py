"""What the commands for cohorts do: show, rule on pairs, and lists that crowd no programme."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import typer

from data import cohorts, profiles, publications, runs
from data.cohorts import StoredCohort
from data.engines import Connection, reading, transaction
from data.publications import Publication
from matcher.cohort import Cohort, PairRule
from service.answers import Named
from service.cohort_forms import shown_cohort, with_rule
from service.cohort_terminal import CohortTerminal, Standing
from service.desk import ATTENTION, WHO, Desk, ready
from service.opening import now, wire_engine
from service.publication_schemas import lists_out
from service.round_names import telling
from service.round_schemas import cohort_line, publication_out, run_out
from service.round_texts import RoundTexts
from service.rounds import Rounds

LATEST_RUNS = 5


def list_cohorts(at: Desk) -> None:
    """Print every cohort in short."""
    with reading(wire_engine(at.settings)) as conn:
        found = cohorts.all_cohorts(conn)
    if at.as_json:
        at.show({"items": [_line(kept) for kept in found]})
    else:
        CohortTerminal(at.terminal, RoundTexts(at.texts, {})).cohorts(found)


def show_cohort(at: Desk, cohort_id: str) -> None:
    """Print one cohort whole, with what hangs on it."""
    with reading(wire_engine(at.settings)) as conn:
        standing = _standing(conn, cohort_id)
        rules = standing.kept.cohort.pair_rules
        ids = {one for rule in rules for one in (rule.startup_id, rule.programme_id)}
        say = telling(conn, at.texts, (*ids, *standing.programmes))
    if at.as_json:
        at.show(_standing_out(standing, say))
    else:
        CohortTerminal(at.terminal, say).cohort(standing)


def _standing(conn: Connection, cohort_id: str) -> Standing:
    kept = cohorts.get(conn, cohort_id)
    ids = [one.programme_id for one in kept.cohort.intakes]
    found: dict[str, Any] = profiles.get_many(conn, "programme", ids)
    latest = publications.latest(conn, cohort_id)
    return Standing(kept, found, latest, runs.runs_of(conn, cohort_id, limit=LATEST_RUNS))


def _standing_out(standing: Standing, say: RoundTexts) -> dict[str, Any]:
    return _line(standing.kept) | {
        "cohort": shown_cohort(standing.kept.cohort),
        "published": _act(standing.latest),
        "runs": [run_out(run, say.texts).model_dump(mode="json") for run in standing.runs],
    }


def _act(latest: Publication | None) -> dict[str, Any] | None:
    return None if latest is None else publication_out(latest).model_dump(mode="json")


def _line(kept: StoredCohort) -> dict[str, Any]:
    return cohort_line(kept).model_dump(mode="json")


# -- rulings -----------------------------------------------------------------------------------


def rule_on(at: Desk, cohort_id: str, rule: PairRule) -> None:
    """Keep a ruling in the place of the one on the same pair, and tell it."""
    _edit(at, cohort_id, lambda cohort: with_rule(cohort, rule))
    _tell(at, cohort_id, "ruled", rule)


def release(at: Desk, cohort_id: str, startup: str, programme: str) -> None:
    """Drop the ruling on a pair; exit code 1 where there is none."""

    def without(cohort: Cohort) -> Cohort:
        left = tuple(one for one in cohort.pair_rules if _pair(one) != (startup, programme))
        return dataclasses.replace(cohort, pair_rules=left)

    rules = _edit(at, cohort_id, without).cohort.pair_rules
    dropped = next((one for one in rules if _pair(one) == (startup, programme)), None)
    if dropped is not None:
        _tell(at, cohort_id, "released", dropped)
        return
    if at.as_json:
        with reading(wire_engine(at.settings)) as conn:
            at.show(_line(cohorts.get(conn, cohort_id)))
    else:
        at.console.print(at.texts.screen("cohort.not_ruled", id=cohort_id))
    raise typer.Exit(ATTENTION)


def _pair(rule: PairRule) -> tuple[str, str]:
    return rule.startup_id, rule.programme_id


def _edit(at: Desk, cohort_id: str, edit: Callable[[Cohort], Cohort]) -> StoredCohort:
    """Keep a changed cohort as a new version, and return the version before."""
    with transaction(wire_engine(at.settings)) as conn:
        before = cohorts.get(conn, cohort_id)
        after = edit(before.cohort)
        cohorts.replace(conn, after, who=WHO, at=now(), expected=before.version)
    return before


def _tell(at: Desk, cohort_id: str, what: str, rule: PairRule) -> None:
    """Print the cohort after a ruling was made or dropped."""
    with reading(wire_engine(at.settings)) as conn:
        after = cohorts.get(conn, cohort_id)
        say = telling(conn, at.texts, _pair(rule))
    if at.as_json:
        at.show(_line(after))
    else:
        CohortTerminal(at.terminal, say).ruled(what, rule, after)


# -- lists -------------------------------------------------------------------------------------


def lists(at: Desk, cohort_id: str, k: int, slack: float) -> None:
    """Print lists for every startup that crowd no programme, and what they do."""
    parts = ready(at)
    found = Rounds(parts.engine, parts.matchmaker, now).exposure(cohort_id, k, slack)
    instance = found.round.instance
    with reading(parts.engine) as conn:
        say = telling(conn, at.texts, (*instance.startups, *instance.programmes))
        name = cohorts.get(conn, cohort_id).cohort.name
    if at.as_json:
        whole = (max(len(instance.startups), 1), 0)
        out = lists_out(found, Named(id=cohort_id, name=name), (k, slack), whole, say)
        at.show(out.model_dump(mode="json"))
    else:
        CohortTerminal(at.terminal, say).lists(found, k)
