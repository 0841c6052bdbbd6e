"""DOCX: the proposal (tờ trình) that puts a run before whoever decides on it."""

from __future__ import annotations

from collections.abc import Iterator

from data.reports.letter import BLANK, Letter
from data.reports.naming import Given, Naming, given_places, loads
from data.reports.rows import measured, placed_in_order
from data.reports.table import RunReport
from matcher.outcome import Load, Outcome, Shortfall
from matcher.rules.base import money

BASES = ("basis_844", "basis_45", "basis_20", "basis_433")
"""Legal grounds; the officer compares them with the official texts, and a marked line says so."""
MOST_RESERVES = 3
"""Startups that the document names of each reserve list; the workbook has all."""
FIGURES = ("placed", "first", "lowest_placed", "mean", "total", "envy_pairs", "blocking_pairs")
"""Measures of the fairness sheet that the document shows."""
CHOICES = ("first", "second", "third", "later")
RULINGS = ("forced", "forbidden", "conflict")


def write_document(report: RunReport, lang: str) -> bytes:
    """Return the DOCX of a run, or of what has to give way where the round has no solution.

    Raises UnknownName for an unknown language.
    """
    letter = Letter(Naming(report, lang))
    outcome, cohort = report.outcome, report.cohort.name
    solved = not isinstance(outcome, Shortfall)
    letter.write_head(letter.say("subject" if solved else "subject_unsolved", cohort=cohort))
    _write_grounds(letter)
    letter.open()
    _write_purpose(letter)
    if isinstance(outcome, Shortfall):
        _write_shortfall(letter, outcome)
    else:
        _write_result(letter, outcome)
        _write_method(letter, outcome)
        _write_list(letter)
        _write_reserves(letter)
        _write_proposal(letter)
    return letter.close()


def _write_grounds(letter: Letter) -> None:
    report = letter.report
    facts = {"run": letter.naming.run, "cohort": report.cohort.name, "day": report.day}
    blank = letter.say("basis_blank", blank=BLANK)
    laws = (letter.say(key) for key in BASES)
    letter.write(*laws, blank, letter.say("basis_run", **facts), italic=True)
    letter.mark(letter.say("check"))


def _write_purpose(letter: Letter) -> None:
    cohort = letter.report.cohort
    letter.begin("purpose_title")
    letter.write(letter.say("purpose", cohort=cohort.name))
    if cohort.opens_on and cohort.closes_on:
        window = letter.say("purpose_window", opens=cohort.opens_on, closes=cohort.closes_on)
        letter.write(window)
    if cohort.budget:
        year = str(cohort.budget_year) if cohort.budget_year else None
        letter.write(letter.say("purpose_budget", budget=money(cohort.budget), year=year))


def _write_result(letter: Letter, outcome: Outcome) -> None:
    """The result in figures."""
    letter.begin("result_title")
    letter.write(*(f"- {text}" for text in _figures(letter, outcome)))


def _figures(letter: Letter, outcome: Outcome) -> Iterator[str]:
    here, say = outcome.sheet.here, letter.say
    yield say("result_pool", startups=here.startups, able=here.able)
    yield _places(letter, outcome.loads)
    yield _placed(letter, outcome)
    yield say("result_choices", **dict(zip(CHOICES, here.choices, strict=True)))
    if here.mean is not None and here.lowest_placed is not None:
        mean, lowest = map(letter.naming.decimals, (here.mean, here.lowest_placed))
        yield say("result_fit", mean=mean, lowest=lowest)
    states = [one.state for one in outcome.placements]
    yield say("result_waiting", reserve=states.count("reserve"), out=states.count("out"))
    if limits := letter.report.limits:
        kept = sum(line.kept is True for line in limits)
        yield say("result_limits", kept=kept, limits=len(limits))
    if outcome.least_moves is not None:
        yield say("result_moves", moves=len(outcome.moves), least=outcome.least_moves)


def _places(letter: Letter, every: tuple[Load, ...]) -> str:
    return letter.say(
        "result_places",
        programmes=len(every),
        places=sum(load.places for load in every if load.places is not None),
        assumed=sum(load.assumed for load in every),
        unknown=sum(load.places is None for load in every),
    )


def _placed(letter: Letter, outcome: Outcome) -> str:
    here, filled = outcome.sheet.here, [load for load in outcome.loads if load.taken]
    countries = {letter.naming.programme(load.programme_id).country for load in filled}
    facts = {"placed": here.placed, "programmes": len(filled), "countries": len(countries - {None})}
    return letter.say("result_placed", share=here.placed / max(here.able, 1), **facts)


def _write_method(letter: Letter, outcome: Outcome) -> None:
    """How the result was computed, how fair it is, and what it rests on."""
    report, say = letter.report, letter.say
    letter.begin("method_title")
    gap = letter.naming.decimals(outcome.bound - outcome.total)
    proof = say("proved") if outcome.proved else say("not_proved", gap=gap)
    letter.write(say("method_fit"), f"{say(f'mode_{report.how.mode}')} {proof}")
    rulings = [rule.ruling for rule in report.cohort.pair_rules]
    if rulings:
        letter.write(say("rulings", **{kind: rulings.count(kind) for kind in RULINGS}))
    letter.write(*(say("note", note=letter.naming.sentence(note)) for note in outcome.notes))
    letter.write(say("fairness"))
    _write_fairness(letter, outcome)
    digest, seed = report.input_digest[:16], str(report.how.seed)
    facts = {"model": report.model, "version": report.version, "seed": seed, "digest": digest}
    letter.write(say("repeat", **facts))


def _write_fairness(letter: Letter, outcome: Outcome) -> None:
    """The main measures beside those of the optimum."""
    rows = [
        (letter.naming.texts.report(f"measure.{key}"), *map(letter.naming.number, (here, optimum)))
        for key, here, optimum in measured(outcome.sheet)
        if key in FIGURES
    ]
    letter.write_table(
        (("measure", 85, "left"), ("here", 40, "right"), ("optimum", 40, "right")), rows
    )


def _write_list(letter: Letter) -> None:
    """The list that is to be approved, one line for each place."""
    letter.begin("list_title")
    rows = list(_lines(letter.naming))
    if not rows:
        letter.write(letter.say("list_none"))
        return
    letter.write(letter.say("list_lead", count=len(rows)))
    letter.write_table(
        (("number", 11, "center"), ("startup", 29, "left"), ("tax_code", 23, "left"),
         ("programme", 35, "left"), ("country", 19, "left"), ("fit", 16, "right"),
         ("reason", 32, "left")), rows,
    )  # fmt: skip


def _lines(naming: Naming) -> Iterator[tuple[str, ...]]:
    for number, given in enumerate(placed_in_order(naming), 1):
        line = naming.startup(given.placement.startup_id)
        programme = naming.programme(given.place.programme_id)
        reason = naming.ruled(given) or _in_short(naming, given)
        country, fit = naming.country(programme.id) or "", naming.decimals(given.place.fit)
        yield str(number), line.name, line.tax_code or "", programme.name, country, fit, reason


def _in_short(naming: Naming, given: Given) -> str:
    """Why a place was given, in a few words; the whole reasons are in the workbook."""
    kept = naming.texts.report("document.kept") if given.place.kept else None
    choice, open_ = given.place.choice, given.placement.open_programmes
    chosen = naming.texts.report("document.choice", choice=choice, open=open_)
    return " ".join(filter(None, (kept, chosen)))


def _write_reserves(letter: Letter) -> None:
    """The first of each reserve list, in their order."""
    letter.begin("reserve_title")
    rows = [_reserve_line(letter.naming, load) for load in loads(letter.report) if load.reserves]
    if not rows:
        letter.write(letter.say("reserve_none"))
        return
    letter.write(letter.say("reserve_lead", most=MOST_RESERVES))
    letter.write_table(
        (("programme", 55, "left"), ("reserves", 18, "right"), ("reserve_first", 92, "left")), rows
    )


def _reserve_line(naming: Naming, load: Load) -> tuple[str, str, str]:
    first = "; ".join(
        f"{position}. {naming.startup(waiting.startup_id).name}"
        for position, waiting in enumerate(load.reserves[:MOST_RESERVES], 1)
    )
    return naming.programme(load.programme_id).name, naming.number(len(load.reserves)), first


def _write_proposal(letter: Letter) -> None:
    """What is asked for."""
    letter.begin("proposal_title")
    placed = len({given.placement.startup_id for given in given_places(letter.report)})
    letter.write(
        letter.say("proposal_list", placed=placed),
        letter.say("proposal_reserve"),
        letter.say("proposal_task", blank=BLANK),
    )


def _write_shortfall(letter: Letter, shortfall: Shortfall) -> None:
    """The ways out of a round that nobody can solve as it stands."""
    naming = letter.naming
    letter.begin("unsolved_title")
    letter.write(letter.say("unsolved"))
    rows = [
        (str(number), naming.limit(one.limit), naming.number(naming.relaxed_by(one)), total)
        for number, way in enumerate(shortfall.ways_out, 1)
        for total in (naming.decimals(way.total),)
        for one in way.relaxed
    ]
    letter.write_table(
        (("way", 15, "center"), ("limit", 90, "left"), ("by", 25, "right"),
         ("way_total", 35, "right")), rows,
    )  # fmt: skip
    letter.begin("unsolved_proposal_title")
    letter.write(letter.say("unsolved_proposal"))
