"""How good the matches are, measured on real pairs of startups and programmes that they entered.

What was known at the end of a year is kept apart from what is tested. A method is given a
:class:`Bench`: programmes with the portfolios they had by then, and the profiles of the startups
that are tested. It never sees a later pair, nor which year or programme a tested startup belongs
to, so that nothing of the test years can leak into a portfolio.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import fmean, median_low
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import JudgedPairsInvalid
from matcher.nearness import likeness_to, of_text
from matcher.panel import Panel
from matcher.profile import Alumnus, Programme, Startup
from matcher.roster import Roster
from matcher.rules import RULES
from matcher.scoring import Likeness, calibrated, total
from matcher.weights import LIKENESSES, TEXT, Scale
from models.encoder import Encoder, Progress
from models.index import VectorIndex
from models.judged_pairs import Judged, Pair, programme_of, read_judged, startup_of
from models.measures import MEASURES, Measured, measures_of, with_intervals
from models.portfolios import Portfolios
from models.shortlist import Shortlist

Scores = NDArray[np.float64]

MIN_EARLIER = 5
"""Startups that a programme must have had by the cut to be a candidate."""


@dataclass(frozen=True, slots=True)
class Past:
    """The pairs up to a cut year: all that a portfolio is built from.

    Raises ValueError where a later pair, or one of a tested startup, is among them.
    """

    until: int
    pairs: tuple[Pair, ...]
    tested: frozenset[str]

    def __post_init__(self) -> None:
        late = [p for p in self.pairs if p.year > self.until or p.startup_id in self.tested]
        if late:
            raise ValueError(f"leak into the portfolios until {self.until}: {late[0]}")


@dataclass(frozen=True, slots=True)
class Case:
    """A tested startup: the programmes that ran in its year, and those that it entered."""

    startup_id: str
    candidates: tuple[str, ...]
    entered: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bench:
    """All that a method may look at."""

    programmes: Sequence[Programme]
    startups: Sequence[Startup]
    shortlist: Shortlist
    scale: Scale
    today: date
    with_rules: bool
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class MethodScore:
    """What one method reached."""

    name: str
    mrr: Measured
    hit1: Measured
    hit5: Measured
    ndcg10: Measured


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scorecard of one cut.

    Attributes
    ----------
    n, candidates
        Tested startups, and how many programmes each could have entered, on average.
    train_until
        The cut: last year of the portfolios.
    past_years
        The years that pairs of the portfolios are from; none lies after the cut.
    with_rules
        Whether the product's rules took part in ``ours``, or the text parts alone.
    unjoined, undated, held_back
        Pairs left out: of an id that is in no file; without a year; up to the cut, but of a
        startup that is tested.
    """

    methods: tuple[MethodScore, ...]
    n: int
    candidates: float
    train_until: int
    past_years: tuple[int, ...]
    with_rules: bool
    unjoined: int
    undated: int
    held_back: int


def evaluate(
    folder: Path,
    shortlist: Shortlist,
    scale: Scale,
    *,
    train_until: int | None = None,
    text_only: bool = False,
    seed: int = 0,
    resamples: int = 1000,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure every method of :data:`METHODS` on a folder of judged pairs, in the same run.

    Parameters
    ----------
    shortlist, scale
        As the product wires them; of the shortlist only encoder and centring are used. Nothing
        is fitted here but the vocabulary of TF-IDF, on the portfolios alone.
    train_until
        Last year of the portfolios; None takes the median year of the pairs, or the last year
        that leaves one to test.
    text_only
        Leaves the rules out. They join in otherwise where every programme has a ``country``;
        columns named as profile fields are read as codes of their vocabularies, plain numbers,
        ISO dates and ``;`` between several; what cannot be read so is unknown.

    Raises
    ------
    JudgedPairsInvalid
        For a file or column that is missing, ids that do not join, or a cut with nothing to test.
    """
    judged = read_judged(folder)
    until = train_until if train_until is not None else _middle_year(judged.pairs)
    past, cases, held_back = split(judged, until)
    if not cases:
        raise _nothing_to_test(folder, judged.pairs, until)
    bench = _bench(judged, past, cases, shortlist, scale, text_only, progress)
    values = np.stack([_measured(method(bench), bench, cases) for method in METHODS.values()])
    scores = with_intervals(values, seed, resamples)
    return Evaluation(
        methods=tuple(MethodScore(n, *m) for n, m in zip(METHODS, scores, strict=True)),
        n=len(cases),
        candidates=fmean(len(case.candidates) for case in cases),
        train_until=until,
        past_years=tuple(sorted({pair.year for pair in past.pairs})),
        with_rules=bench.with_rules,
        unjoined=judged.unjoined,
        undated=judged.undated,
        held_back=held_back,
    )


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The form of ``caunoi evaluate --json``; an interval is [low, high] of 95 %."""
    return {
        "methods": [_method_json(method) for method in evaluation.methods],
        "n": evaluation.n,
        "candidates": evaluation.candidates,
        "train_until": evaluation.train_until,
    }


def _method_json(method: MethodScore) -> dict[str, Any]:
    found = {name: getattr(method, name) for name in MEASURES}
    values = {name: measured.value for name, measured in found.items()}
    intervals = {f"{name}_interval": [m.low, m.high] for name, m in found.items()}
    return {"name": method.name} | values | intervals


# -- past and test ---------------------------------------------------------------------------


def split(judged: Judged, until: int) -> tuple[Past, tuple[Case, ...], int]:
    """Part the pairs at the end of a year: what is known, what is tested, how many held back.

    A startup is tested in its first year after the cut, where a programme that it entered then is
    a candidate; its earlier pairs, if any, are held back from the portfolios.
    """
    later = [pair for pair in judged.pairs if pair.year > until]
    earlier = [pair for pair in judged.pairs if pair.year <= until]
    first: dict[str, int] = {}
    for pair in later:
        first[pair.startup_id] = min(pair.year, first.get(pair.startup_id, pair.year))
    known = tuple(pair for pair in earlier if pair.startup_id not in first)
    past = Past(until, known, frozenset(first))
    sizes = Counter(pair.programme_id for pair in past.pairs)
    ran: dict[int, set[str]] = defaultdict(set)
    entered: dict[str, set[str]] = defaultdict(set)
    for pair in later:
        ran[pair.year].add(pair.programme_id)
        if pair.year == first[pair.startup_id]:
            entered[pair.startup_id].add(pair.programme_id)
    cases = []
    for startup_id, year in sorted(first.items()):
        candidates = tuple(sorted(p for p in ran[year] if sizes[p] >= MIN_EARLIER))
        if right := entered[startup_id].intersection(candidates):
            cases.append(Case(startup_id, candidates, frozenset(right)))
    return past, tuple(cases), len(earlier) - len(known)


def _middle_year(pairs: Sequence[Pair]) -> int:
    years = sorted(pair.year for pair in pairs)
    earlier = [year for year in set(years) if year < years[-1]]
    return min(median_low(years), max(earlier, default=years[-1]))


def _bench(
    judged: Judged,
    past: Past,
    cases: Sequence[Case],
    shortlist: Shortlist,
    scale: Scale,
    text_only: bool,
    progress: Progress | None,
) -> Bench:
    alumni: dict[str, list[Alumnus]] = {programme_id: [] for programme_id in judged.programmes}
    for pair in past.pairs:
        row = judged.startups[pair.startup_id]
        alumni[pair.programme_id].append(Alumnus(row["name"], what_en=row["text"] or None))
    programmes = [
        programme_of(row, alumni[i], past.until) for i, row in sorted(judged.programmes.items())
    ]
    return Bench(
        programmes=programmes,
        startups=[startup_of(judged.startups[case.startup_id]) for case in cases],
        shortlist=Shortlist(shortlist.encoder, shortlist.centring),
        scale=scale,
        today=date(past.until + 1, 1, 1),
        with_rules=not text_only and all(programme.country for programme in programmes),
        progress=progress,
    )


def _measured(scores: Scores, bench: Bench, cases: Sequence[Case]) -> Scores:
    """Measures of each case, (cases, measures), from scores (cases, programmes)."""
    place = {programme.id: number for number, programme in enumerate(bench.programmes)}
    rows = []
    for case, row in zip(cases, scores, strict=True):
        candidates = row[[place[i] for i in case.candidates]]
        relevant = np.array([i in case.entered for i in case.candidates])
        rows.append(measures_of(candidates, relevant))
    return np.stack(rows)


# -- the methods: each gives scores (startups, programmes), higher is better --------------------


def _random(bench: Bench) -> Scores:
    """All equal: ties are measured as the mean over their orders, so this is chance itself."""
    return np.zeros((len(bench.startups), len(bench.programmes)))


def _popularity(bench: Bench) -> Scores:
    sizes = np.array([float(len(p.portfolio or ())) for p in bench.programmes])
    return np.tile(sizes, (len(bench.startups), 1))


def _tfidf_centroid(bench: Bench) -> Scores:
    """Cosine to the mean of the portfolio's TF-IDF rows, as scikit-learn makes them by default."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = sorted({text for texts in _portfolio_texts(bench) for text in texts})
    words = TfidfVectorizer()
    try:
        words.fit(texts)
    except ValueError:  # not one word in any portfolio
        return _random(bench)
    portfolios = [
        np.asarray(words.transform(texts).mean(axis=0))[0] if texts else np.zeros(len(words.idf_))
        for texts in _portfolio_texts(bench)
    ]
    startups = words.transform([startup.description_en or "" for startup in bench.startups])
    return np.asarray(startups @ _unit_rows(np.stack(portfolios)).T)


def _encoder_centroid(bench: Bench) -> Scores:
    """Raw cosine to the mean of the portfolio's vectors; both sides are startups' texts, so both
    take the query's side, as the makers of E5 advise where the two sides are alike."""
    portfolios = _portfolio_texts(bench)
    tested = [startup.description_en or "" for startup in bench.startups]
    texts = [*tested, *(text for texts in portfolios for text in texts)]
    encoder: Encoder = bench.shortlist.encoder
    vectors = encoder.encode(texts, "query", progress=bench.progress).astype(np.float64)
    ends = len(tested) + np.cumsum([len(texts) for texts in portfolios])
    groups = [vectors[end - len(t) : end] for end, t in zip(ends, portfolios, strict=True)]
    means = [g.mean(axis=0) if len(g) else np.zeros(encoder.dimension) for g in groups]
    return np.asarray(vectors[: len(tested)] @ _unit_rows(np.stack(means)).T)


def _ours(bench: Bench) -> Scores:
    """Hundredths of a point of the product itself: its shortlist, its rules, its sum."""
    bench.shortlist.learn_programmes(bench.programmes, bench.progress)
    bench.shortlist.learn_startups(bench.startups, bench.progress)
    cosines = {name: _likenesses(bench, name) for name in LIKENESSES}
    if not bench.with_rules:
        points = [
            calibrated(n, c.ravel(), bench.scale).reshape(c.shape) for n, c in cosines.items()
        ]
        return np.asarray(np.sum(points, axis=0), np.float64)
    panel = Panel(RULES, bench.scale)
    roster = Roster(RULES, "right", bench.today)
    roster.put(bench.programmes)
    rows = []
    for number, startup in enumerate(bench.startups):
        likenesses = [Likeness(name, cosines[name][number]) for name in LIKENESSES]
        rows.append(total(panel, roster, panel.asker_keys(startup, roster), likenesses))
    return np.stack(rows).astype(np.float64)


METHODS: dict[str, Callable[[Bench], Scores]] = {
    "random": _random,
    "popularity": _popularity,
    "tfidf_centroid": _tfidf_centroid,
    "encoder_centroid": _encoder_centroid,
    "ours": _ours,
}
"""The methods by name, plain baselines first."""


def _portfolio_texts(bench: Bench) -> list[list[str]]:
    return [[a.what_en for a in p.portfolio or () if a.what_en] for p in bench.programmes]


def _unit_rows(rows: Scores) -> Scores:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms > 0, norms, 1.0))


def _likenesses(bench: Bench, name: str) -> NDArray[np.float32]:
    """Raw likenesses (startups, programmes) of one name, NaN where either has no vector."""
    near = bench.shortlist
    index: VectorIndex | Portfolios = near.programmes if name == TEXT else near.portfolios
    where = {profile_id: row for row, profile_id in enumerate(index.ids)}
    rows = np.array([where.get(p.id, -1) for p in bench.programmes], np.intp)
    found = np.full((len(bench.startups), len(rows)), np.nan, np.float32)
    for place, startup in enumerate(bench.startups):
        vector = near.startups.vector(startup.id)
        if vector is not None:
            found[place] = likeness_to(of_text(vector), index.gallery, rows)
    return found


def _nothing_to_test(folder: Path, pairs: Iterable[Pair], until: int) -> JudgedPairsInvalid:
    years = [pair.year for pair in pairs]
    cause = (
        f"pairs.csv: no startup after {until} entered a programme with at least {MIN_EARLIER} "
        f"startups by {until}; the pairs are from {min(years)} to {max(years)}, choose another "
        "year for --train-until"
    )
    return JudgedPairsInvalid(folder=str(folder), cause=cause)
