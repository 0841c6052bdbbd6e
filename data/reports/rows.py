"""The tables of a report as plain rows, the same for every form of output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from data.reports.naming import Given, Naming, fairness, given_places, loads, moves, placements
from data.reports.table import Cell, Column, Row, Table, points
from matcher.assignment.building import BUDGET
from matcher.outcome import FairnessSheet, Load, Measures, Missed, Shortfall
from matcher.rules.base import money

_NUMBER = Column("number", "whole", 6)
_STARTUP = Column("startup", "text", 26)
_TAX_CODE = Column("tax_code", "text", 14)
_SECTORS = Column("sectors", "text", 24, printed=False)
_DISTRICT = Column("district", "text", 18, printed=False)
_GAIN = Column("gain", "points", 9, printed=False)
_WANT = Column("want", "points", 9, printed=False)
_PROGRAMME = Column("programme", "text", 28)
_COUNTRY = Column("country", "text", 14)
_FIT = Column("fit", "points", 9)
_WHY = Column("why", "long", 42)
_STARTUP_ID = Column("startup_id", "text", 18, printed=False)
_PROGRAMME_ID = Column("programme_id", "text", 18, printed=False)


def placed_in_order(naming: Naming) -> list[Given]:
    """Every given place by programme (name, then id), best fit first, then startup."""

    def order(given: Given) -> tuple[str, str, int, str]:
        programme = naming.programme(given.place.programme_id)
        return programme.name, programme.id, -given.place.fit, given.placement.startup_id

    return sorted(given_places(naming.report), key=order)


def _placements(naming: Naming) -> Iterator[Row]:
    for number, given in enumerate(placed_in_order(naming), 1):
        place, line = given.place, naming.startup(given.placement.startup_id)
        programme = naming.programme(place.programme_id)
        mark = "forced" if place.forced else "kept" if place.kept else "none"
        why = (naming.ruled(given), naming.why(given.placement.reasons))
        yield (
            number, line.name, line.tax_code, programme.name, naming.country(programme.id),
            points(place.fit), place.choice, naming.texts.report(f"mark.{mark}"),
            " ".join(filter(None, why)) or None, naming.sectors(line), line.district,
            points(place.gain), points(place.want), line.id, programme.id,
        )  # fmt: skip


def _reserves(naming: Naming) -> Iterator[Row]:
    state = {one.startup_id: one.state for one in placements(naming.report)}
    for load in loads(naming.report):
        programme = naming.programme(load.programme_id)
        for position, waiting in enumerate(load.reserves, 1):
            line = naming.startup(waiting.startup_id)
            known = state.get(waiting.startup_id)
            yield (
                programme.name, naming.country(programme.id), position, line.name, line.tax_code,
                points(waiting.fit), known and naming.texts.report(f"state.{known}"), line.id,
                programme.id,
            )  # fmt: skip


def _unplaced(naming: Naming) -> Iterator[Row]:
    waiting = [one for one in placements(naming.report) if not one.places]
    for number, one in enumerate(waiting, 1):
        line = naming.startup(one.startup_id)
        best = one.missed[0] if one.missed else None
        yield (
            number, line.name, line.tax_code, naming.texts.report(f"state.{one.state}"),
            one.open_programmes, *_chance(naming, best), naming.why(one.reasons),
            naming.sectors(line), line.district, *_terms(best), line.id,
        )  # fmt: skip


def _chance(naming: Naming, best: Missed | None) -> Row:
    """The nearest chance: programme, fit, lowest fit placed there, position on its reserve list."""
    if best is None:
        return None, None, None, None
    name = naming.programme(best.programme_id).name
    return name, points(best.fit), points(best.lowest), best.reserve


def _terms(best: Missed | None) -> Row:
    """Places of the nearest chance, and what the round would lose by placing the startup there."""
    return (best.places, points(best.cost)) if best else (None, None)


def _programmes(naming: Naming) -> Iterator[Row]:
    for number, load in enumerate(loads(naming.report), 1):
        line = naming.programme(load.programme_id)
        assumed = naming.texts.report("mark.assumed") if load.assumed else None
        yield (
            number, line.name, line.organisation, naming.country(line.id), load.places, assumed,
            load.taken, _filled(load), load.min_intake, points(load.lowest), points(load.highest),
            len(load.reserves), points(load.price), line.id,
        )  # fmt: skip


def _filled(load: Load) -> float | None:
    return load.taken / load.places if load.places else None


def _moves(naming: Naming) -> Iterator[Row]:
    for number, move in enumerate(moves(naming.report), 1):
        line = naming.startup(move.startup_id)
        yield (
            number, line.name, naming.programmes(move.before), naming.programmes(move.after),
            naming.texts.value(move.forced), points(move.gain), naming.why(move.reasons), line.id,
        )  # fmt: skip


def measured(sheet: FairnessSheet) -> Iterator[tuple[str, Cell, Cell]]:
    """Every measure as key under ``report.measure``, here, and of the optimum of the total."""
    here, optimum = sheet.here, sheet.optimum
    yield from zip(_MEASURES, _of(here), _of(optimum), strict=True)
    yield "envy_pairs", sheet.envy_pairs, sheet.optimum_envy_pairs
    yield "blocking_pairs", sheet.blocking_pairs, sheet.optimum_blocking_pairs
    yield "load_gini", sheet.load_gini, sheet.optimum_load_gini
    yield "exposure_gini", sheet.exposure_gini, sheet.exposure_gini
    yield "price", points(sheet.price), points(0)


_MEASURES = (
    "startups", "able", "placed", "first", "second", "third", "later", "worst", "tenth",
    "lowest_placed", "mean", "total",
)  # fmt: skip


def _of(one: Measures) -> Row:
    scores = one.worst, one.tenth, one.lowest_placed, one.mean, one.total
    return one.startups, one.able, one.placed, *one.choices, *map(points, scores)


def _fairness(naming: Naming) -> Iterator[Row]:
    sheet = fairness(naming.report)
    for key, here, optimum in measured(sheet) if sheet else ():
        name = naming.texts.report(f"measure.{key}")
        yield name, here, optimum, naming.texts.report(f"measure_about.{key}")


def _groups(naming: Naming) -> Iterator[Row]:
    sheet = fairness(naming.report)
    for group in sheet.groups if sheet else ():
        here, optimum = group.here, group.optimum
        yield (
            naming.attribute(group.attribute), naming.value(group.attribute, group.value),
            here.startups, here.able, here.placed, _share(here), _share(optimum),
            here.choices[0], points(here.lowest_placed), points(here.mean), points(optimum.mean),
        )  # fmt: skip


def _share(one: Measures) -> float | None:
    return one.placed / one.able if one.able else None


def _limits(naming: Naming) -> Iterator[Row]:
    for line in naming.report.limits:
        what = naming.texts.limit(BUDGET, currency=line.currency)
        if line.attribute is not None:
            value = naming.value(line.attribute, line.value or naming.unknown)
            what = f"{naming.attribute(line.attribute)}: {value}"
        kept = None if line.kept is None else naming.texts.value(line.kept)
        yield naming.limit(line.name), what, line.at_least, line.at_most, line.found, kept


def _ways_out(naming: Naming) -> Iterator[Row]:
    outcome = naming.report.outcome
    for number, way in enumerate(outcome.ways_out if isinstance(outcome, Shortfall) else (), 1):
        for one in way.relaxed:
            yield number, naming.limit(one.limit), naming.relaxed_by(one), points(way.total)


def _grounds(naming: Naming) -> Iterator[Row]:
    for key, value in grounds(naming):
        yield naming.texts.report(f"ground.{key}"), value
    for line in naming.report.weights:
        yield naming.texts.report("ground.weight", part=naming.texts.rule(line.part)), line.points
    if not isinstance(naming.report.outcome, Shortfall):
        for note in naming.report.outcome.notes:
            yield naming.texts.report("ground.note"), naming.sentence(note)


def grounds(naming: Naming) -> Iterator[tuple[str, Cell]]:
    """What a run rests on, by key under ``report.ground``: enough to do it again, bit for bit."""
    report, cohort, texts = naming.report, naming.report.cohort, naming.texts
    how = report.how
    yield "cohort", cohort.name
    yield "cohort_id", cohort.id
    yield "run", naming.run if report.run is None else report.run
    yield "state", texts.report("draft" if report.published_on is None else "published")
    yield "published_on", _day(naming, report.published_on)
    yield "day", _day(naming, report.day)
    yield "who", report.who
    yield "mode", texts.report(f"mode.{how.mode}")
    yield "proposing", texts.report(f"side.{how.proposing}") if how.mode == "stable" else None
    yield "seed", how.seed
    yield "keep_value", points(how.keep_value)
    yield "max_moves", how.max_moves
    yield "budget", texts.value(money(cohort.budget)) if cohort.budget else None
    yield "offers", cohort.offers
    yield "assumed_places", cohort.assumed_places
    yield "least_points", cohort.least_points
    yield "startup_side", cohort.startup_side
    yield "model", report.model
    yield "version", report.version
    yield "input_digest", report.input_digest
    yield "outcome_digest", report.outcome_digest
    yield from _proof(naming)


def _day(naming: Naming, day: date | None) -> str | None:
    return None if day is None else naming.texts.value(day)


def _proof(naming: Naming) -> Iterator[tuple[str, Cell]]:
    outcome = naming.report.outcome
    if isinstance(outcome, Shortfall):
        yield "proved", naming.texts.report("unsolved")
        return
    yield "total", points(outcome.total)
    yield "bound", points(outcome.bound)
    yield "gap", points(outcome.bound - outcome.total)
    yield "proved", naming.texts.value(outcome.proved)
    yield "least_moves", outcome.least_moves


_COLUMNS: dict[str, tuple[Column, ...]] = {
    "placements": (
        _NUMBER, _STARTUP, _TAX_CODE, _PROGRAMME, _COUNTRY, _FIT, Column("choice", "whole", 8),
        Column("mark", "text", 11), _WHY, _SECTORS, _DISTRICT, _GAIN, _WANT, _STARTUP_ID,
        _PROGRAMME_ID,
    ),
    "reserves": (
        _PROGRAMME, _COUNTRY, Column("position", "whole", 8), _STARTUP, _TAX_CODE, _FIT,
        Column("state", "text", 20), _STARTUP_ID, _PROGRAMME_ID,
    ),
    "unplaced": (
        _NUMBER, _STARTUP, _TAX_CODE, Column("state", "text", 11),
        Column("open_programmes", "whole", 9), Column("nearest", "text", 26), _FIT,
        Column("lowest", "points", 9), Column("reserve", "whole", 8), _WHY, _SECTORS, _DISTRICT,
        Column("places", "whole", 8, printed=False), Column("cost", "points", 10, printed=False),
        _STARTUP_ID,
    ),
    "programmes": (
        _NUMBER, _PROGRAMME, Column("organisation", "text", 24), _COUNTRY,
        Column("places", "whole", 8), Column("assumed", "text", 12), Column("taken", "whole", 9),
        Column("filled", "share", 9), Column("min_intake", "whole", 9),
        Column("lowest", "points", 9), Column("highest", "points", 9),
        Column("reserves", "whole", 9), Column("price", "points", 14), _PROGRAMME_ID,
    ),
    "moves": (
        _NUMBER, _STARTUP, Column("before", "text", 28), Column("after", "text", 28),
        Column("forced", "text", 11), Column("change", "points", 11), _WHY, _STARTUP_ID,
    ),
    "fairness": (
        Column("measure", "text", 44), Column("here", "amount", 14),
        Column("optimum", "amount", 14), Column("about", "long", 70),
    ),
    "groups": (
        Column("attribute", "text", 20), Column("value", "text", 28),
        Column("startups", "whole", 9), Column("able", "whole", 13),
        Column("placed", "whole", 9), Column("placed_share", "share", 11),
        Column("optimum_share", "share", 13), Column("first", "whole", 11),
        Column("lowest", "points", 9), Column("mean", "points", 11),
        Column("optimum_mean", "points", 13),
    ),
    "limits": (
        Column("limit", "text", 36), Column("what", "text", 36), Column("at_least", "amount", 16),
        Column("at_most", "amount", 16), Column("found", "amount", 16), Column("held", "text", 12),
    ),
    "ways_out": (
        Column("way", "whole", 10), Column("limit", "text", 60), Column("by", "amount", 14),
        Column("way_total", "points", 18),
    ),
    "grounds": (Column("ground", "text", 44), Column("content", "long", 90)),
}  # fmt: skip
"""Columns of each table."""

TABLES: dict[str, Callable[[Naming], Iterator[Row]]] = {
    "placements": _placements,
    "reserves": _reserves,
    "unplaced": _unplaced,
    "programmes": _programmes,
    "moves": _moves,
    "fairness": _fairness,
    "groups": _groups,
    "limits": _limits,
    "ways_out": _ways_out,
    "grounds": _grounds,
}
"""Every table, in reading order."""


def tables_of(naming: Naming) -> Iterator[Table]:
    """Every table of a report, in reading order, each made when it is asked for."""
    for name, rows in TABLES.items():
        yield Table(name, _COLUMNS[name], tuple(rows(naming)))
