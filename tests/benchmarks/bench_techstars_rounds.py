"""Real rounds played again: every year of Techstars' programmes as one round, with its real sizes.

The startups that entered some programme in a year are placed anew at the programmes of that year,
which have as many places as they filled. Fits are the product's likeness of texts. Run as ``python
-m tests.benchmarks.bench_techstars_rounds``; vectors are kept in ``var/benchmarks.db``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from data.engines import engine_of, migrate
from data.vectors import DatabaseVectors
from matcher.assignment.instance import How, Instance, Solution
from matcher.assignment.keeping import least_moves
from matcher.assignment.solving import best, solve
from models.judged_pairs import read_judged
from models.shortlist import Shortlist
from models.vectors import RememberingEncoder
from service.settings import Settings
from service.wiring import wire_measuring
from tests.benchmarks.cohort_crowd import KEPT
from tests.benchmarks.figures import Figure, show, timed
from tests.benchmarks.techstars_years import FOLDER, Year, years
from tests.rounds import round_of

MODES = ("best", "fair", "stable")
DRAWS = 200
DROPPED = 0.1
KEEP_VALUE = 500
"""What a kept pair is worth with the dial on: 5 points."""


# -- who is placed where it really went ---------------------------------------------------------


def share(year: Year, solution: Solution) -> float:
    """Share of the startups of a year that a solution places where they really went."""
    return float(year.entered[solution.rows, solution.cols].sum()) / len(year.entered)


def by_chance(year: Year) -> float:
    """The share that a random placement is expected to reach: any place as likely as any other."""
    places = year.round.places
    return float((year.entered @ places).mean() / places.sum())


def by_popularity(year: Year) -> float:
    """Mean share over draws where everybody wants the programme with most earlier alumni.

    Deferred acceptance; programmes, which know nothing of startups, take them in a drawn order.
    Startups that all want the same differ by that draw alone, so this comes out near chance.
    """
    shares = []
    for seed in range(DRAWS):
        draw = np.random.default_rng(seed)
        want = draw.permuted(np.tile(np.arange(len(year.entered)), (len(year.earlier), 1)), axis=1)
        gain = np.broadcast_to(year.earlier, year.entered.shape)
        instance = round_of(np.ones(year.entered.shape), year.round.places, gain=gain, want=want.T)
        shares.append(share(year, solve(instance, How(mode="stable", seed=seed))))
    return float(np.mean(shares))


def weighted(all_years: list[Year], of: Callable[[Year], float]) -> float:
    """Mean of a share of each year over all startups."""
    return float(
        np.average([of(y) for y in all_years], weights=[len(y.entered) for y in all_years])
    )


def placed_right(all_years: list[Year]) -> list[Figure]:
    """How every mode does beside chance, popularity and plain words."""
    chance, popular = weighted(all_years, by_chance), weighted(all_years, by_popularity)
    words = weighted(all_years, lambda y: share(y, solve(y.words, How())))
    figures = [
        Figure("random placement, expected", f"{chance:.3f} where they really went"),
        Figure(f"popularity, mean of {DRAWS} draws", f"{popular:.3f}", _times(popular, chance)),
        Figure("best with fits by TF-IDF", f"{words:.3f}", _times(words, chance)),
    ]
    for mode in MODES:
        solutions, spent = timed(
            lambda mode=mode: [solve(y.round, How(mode=mode)) for y in all_years]
        )
        found = dict(zip((y.year for y in all_years), solutions, strict=True))
        right = weighted(all_years, lambda y, found=found: share(y, found[y.year]))
        room = sum(min(len(y.entered), int(y.round.places.sum())) for y in all_years)
        filled = sum(len(one.rows) for one in solutions) / room
        beside = f"{_times(right, chance)}, {right / words:.2f} times TF-IDF"
        what = f"{mode}, proved in all years: {all(one.proved for one in solutions)}"
        value = f"{right:.3f}; {filled:.1%} filled; {spent:.2f} s"
        figures.append(Figure(what, value, beside))
    return figures


def _times(share_: float, chance: float) -> str:
    return f"{share_ / chance:.2f} times chance"


def by_year(all_years: list[Year]) -> list[Figure]:
    """The share of mode best in each year beside chance."""
    return [
        Figure(
            f"{y.year}: {len(y.entered)} startups, {len(y.earlier)} programmes, "
            f"{y.round.places.sum()} places",
            f"best {share(y, solve(y.round, How())):.3f}",
            f"chance {by_chance(y):.3f}",
        )
        for y in all_years
    ]


# -- churn ------------------------------------------------------------------------------------


def shrunk(year: Year) -> Instance:
    """The round after some startups and a programme have left, its old best pairs held."""
    draw = np.random.default_rng(year.year)
    before, (n, m) = solve(year.round, How()), year.round.shape
    stay = np.sort(draw.permutation(n)[: n - max(1, round(DROPPED * n))])
    left = np.delete(np.arange(m), draw.integers(m))
    row, col = (np.full(size, -1) for size in (n, m))
    row[stay], col[left] = np.arange(len(stay)), np.arange(len(left))
    held = np.stack([row[before.rows], col[before.cols]], axis=1)
    smaller = round_of(year.round.fit[np.ix_(stay, left)], year.round.places[left])
    return replace(smaller, held=held[(held >= 0).all(axis=1)].astype(np.int32))


def given_up(instance: Instance, how: How) -> tuple[int, int]:
    """Pairs of the round before that a solution gives up, and its total."""
    found = solve(instance, how)
    placed = set(zip(found.rows.tolist(), found.cols.tolist(), strict=True))
    return sum(tuple(pair) not in placed for pair in instance.held.tolist()), found.total


def churn(all_years: list[Year]) -> list[Figure]:
    """Moves when every round is matched again, by each setting of the dial."""
    rounds = [shrunk(year) for year in all_years]
    held = sum(len(one.held) for one in rounds)
    least = sum(least_moves(one, lambda some: best(some, How())) or 0 for one in rounds)
    figures = [Figure(f"pairs held of {len(rounds)} rounds", f"{held}", f"least moves {least}")]
    free = 0
    for name, how in (
        ("dial off", How()),
        (f"a kept pair worth {KEEP_VALUE / 100:.0f} points", How(keep_value=KEEP_VALUE)),
        ("no move that is not forced", None),
    ):
        counts, spent = timed(lambda how=how: [given_up(one, _dialled(one, how)) for one in rounds])
        moved, total = (sum(part) for part in zip(*counts, strict=True))
        free = free or total
        figures.append(
            Figure(
                name,
                f"{moved} moves in {spent:.2f} s",
                f"{moved / held:.1%} of the pairs held; total {total / free:.4f} of the dial off",
            )
        )
    return figures


def _dialled(instance: Instance, how: How | None) -> How:
    if how is not None:
        return how
    return How(max_moves=least_moves(instance, lambda some: best(some, How())))


def main() -> None:
    """Measure and print."""
    if not FOLDER.is_dir():
        print(f"\nTechstars' rounds: skipped, the pairs are not at {FOLDER}")
        return
    product, scale = wire_measuring(Settings())
    engine = engine_of(f"sqlite:///{KEPT.as_posix()}")
    migrate(engine)
    encoder = RememberingEncoder(product.passing, DatabaseVectors(engine))
    shortlist = Shortlist(encoder, product.centring)
    all_years, spent = timed(lambda: list(years(read_judged(FOLDER), shortlist, scale)))
    startups = sum(len(year.entered) for year in all_years)
    title = f"Techstars' rounds, {len(all_years)} years, {startups} startups"
    show(f"{title}; fits in {spent:.1f} s", placed_right(all_years))
    show("Year by year", by_year(all_years))
    show("Matched again without a tenth of the startups and a programme", churn(all_years))


if __name__ == "__main__":
    main()
