"""Every year of Techstars' programmes as one round, with its real sizes as places.

Only what was known before a year goes into its fits: portfolios of earlier years, and names of
sessions that name no later one. Both sides go by the fit, since nothing else is known of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matcher.assignment.instance import Instance
from matcher.profile import Alumnus
from matcher.weights import Scale
from models.evaluation import METHODS, Bench, Past
from models.judged_pairs import Judged, programme_of, startup_of
from models.shortlist import Shortlist
from tests.real_rounds import EVAL
from tests.rounds import round_of

FOLDER = EVAL / "techstars_to_2018"
LEAST_PROGRAMMES, LEAST_STARTUPS = 2, 20


@dataclass(frozen=True, slots=True, eq=False)
class Year:
    """One year as a round.

    Attributes
    ----------
    round
        Fits are the product's likeness.
    words
        The same round with fits by TF-IDF, in millionths.
    entered
        Where each startup really went, (n, m).
    earlier
        Alumni of each programme before the year, (m,).
    """

    year: int
    round: Instance
    words: Instance
    entered: NDArray[np.bool_]
    earlier: NDArray[np.int64]


def years(judged: Judged, shortlist: Shortlist, scale: Scale) -> Iterator[Year]:
    """Every year with enough programmes and startups, in order."""
    rounds: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for pair in judged.pairs:
        rounds[pair.year].append((pair.startup_id, pair.programme_id))
    for year, pairs in sorted(rounds.items()):
        startups, programmes = (sorted(set(ids)) for ids in zip(*pairs, strict=True))
        if len(startups) >= LEAST_STARTUPS and len(programmes) >= LEAST_PROGRAMMES:
            yield _year(judged, shortlist, scale, year, pairs, startups, programmes)


def _year(
    judged: Judged,
    shortlist: Shortlist,
    scale: Scale,
    year: int,
    pairs: list[tuple[str, str]],
    startups: list[str],
    programmes: list[str],
) -> Year:
    tested = frozenset(startups)
    earlier = (p for p in judged.pairs if p.year < year and p.startup_id not in tested)
    past = Past(year - 1, tuple(earlier), tested)  # refuses what leaks
    alumni: dict[str, list[Alumnus]] = defaultdict(list)
    for pair in past.pairs:
        row = judged.startups[pair.startup_id]
        alumni[pair.programme_id].append(Alumnus(row["name"], what_en=row["text"] or None))
    bench = Bench(
        programmes=[programme_of(judged.programmes[i], alumni[i], year - 1) for i in programmes],
        startups=[startup_of(judged.startups[i]) for i in startups],
        shortlist=Shortlist(shortlist.encoder, shortlist.centring),
        scale=scale,
        today=date(year, 1, 1),
        with_rules=False,
    )
    sizes = Counter(programme for _, programme in pairs)
    places = [sizes[i] for i in programmes]
    entered = np.zeros((len(startups), len(programmes)), np.bool_)
    for startup, programme in pairs:
        entered[startups.index(startup), programmes.index(programme)] = True
    return Year(
        year,
        round_of(METHODS["ours"](bench), places),
        round_of(METHODS["tfidf_centroid"](bench) * 1_000_000, places),
        entered,
        np.array([len(alumni[i]) for i in programmes]),
    )
