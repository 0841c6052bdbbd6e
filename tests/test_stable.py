"""The mode stable: nobody would rather have each other, and the side that proposes fares best."""

import dataclasses

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from matcher.assignment.instance import Bound, How, broken_limits
from matcher.assignment.stable import blocking_pairs, stable
from matcher.errors import NotStable
from tests.rounds import drawn_round, placed_at, round_of

seeds = st.integers(0, 2**32 - 1)
STARTUPS = How("stable", proposing="startup")
PROGRAMMES = How("stable", proposing="programme")


def examples(most):
    return settings(
        max_examples=most,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
    )


def pairs_of(solution):
    return list(zip(solution.rows.tolist(), solution.cols.tolist(), strict=True))


def tied_round(seed, offers=1):
    """Few different scores, closed and forced pairs."""
    draw = np.random.default_rng(seed)
    n, m = int(draw.integers(1, 8)), int(draw.integers(1, 5))
    fit, gain, want = draw.integers(0, 4, (3, n, m))
    fit[draw.random((n, m)) < 0.2] = -1
    places = draw.integers(0, 4, m)
    forced = [(i, i % m) for i in range(n) if fit[i, i % m] >= 0 and draw.random() < 0.1]
    places += np.bincount([j for _, j in forced], minlength=m)
    held = draw.integers(1, offers + 1, n)
    return round_of(fit, places, gain=gain, want=want, offers=held, forced=forced)


def strict_round(n, m, seed, closed=0.2):
    """No startup likes two programmes alike, and no programme two startups."""
    draw = np.random.default_rng(seed)
    gain = draw.permuted(np.tile(np.arange(m), (n, 1)), axis=1)
    want = draw.permuted(np.tile(np.arange(n), (m, 1)), axis=1).T
    fit = np.where(draw.random((n, m)) < closed, -1, 5)
    return round_of(fit, draw.integers(1, 4, m), gain=gain, want=want)


def better(instance, how, i, one, other):
    """Whether startup i prefers programme one; the draw as the module states it."""
    generator = np.random.Generator(np.random.PCG64(how.seed))
    generator.permutation(len(instance.startups))
    draw = generator.permutation(len(instance.programmes))
    keys = [(instance.gain[i, j], instance.fit[i, j], -draw[j]) for j in (one, other)]
    return keys[0] > keys[1]


def wanted_more(instance, how, j, one, other):
    generator = np.random.Generator(np.random.PCG64(how.seed))
    draw = generator.permutation(len(instance.startups))
    keys = [(instance.want[i, j], instance.fit[i, j], -draw[i]) for i in (one, other)]
    return keys[0] > keys[1]


def would_leave(instance, solution, how):
    """Blocking pairs by their definition, one by one."""
    placed, forced = set(pairs_of(solution)), set(map(tuple, instance.forced.tolist()))
    held, taken = solution.held_by(len(instance.startups)), solution.taken(len(instance.programmes))
    found = []
    for i, j in np.argwhere(instance.fit >= 0).tolist():
        if (i, j) in placed | forced:
            continue
        mine = [q for p, q in placed - forced if p == i]
        theirs = [p for p, q in placed - forced if q == j]
        moves = held[i] < instance.offers[i] or any(better(instance, how, i, j, q) for q in mine)
        takes = taken[j] < instance.places[j] or any(
            wanted_more(instance, how, j, i, p) for p in theirs
        )
        if moves and takes:
            found.append([i, j])
    return found


@given(seeds, st.integers(1, 3), st.integers(0, 3), st.sampled_from(("startup", "programme")))
@examples(200)
def test_no_pair_would_rather_have_each_other(seed, offers, draw, proposing):
    instance, how = tied_round(seed, offers), How("stable", proposing=proposing, seed=draw)
    solution = stable(instance, how)
    assert would_leave(instance, solution, how) == []
    assert len(blocking_pairs(instance, solution, how)) == 0
    assert broken_limits(instance, solution) == ()
    assert solution.proved


@given(seeds, st.integers(1, 3))
@examples(100)
def test_blocking_pairs_are_those_of_the_definition(seed, offers):
    instance = tied_round(seed, offers)
    draw = np.random.default_rng(seed)
    placed = list(map(tuple, instance.forced.tolist()))
    for i, j in draw.permutation(np.argwhere(instance.fit >= 0)).tolist():
        room = sum(q == j for _, q in placed) < instance.places[j]
        if room and sum(p == i for p, _ in placed) < instance.offers[i] and draw.random() < 0.6:
            placed += [(i, j)] * ((i, j) not in placed)
    solution = placed_at(instance, placed)
    found = blocking_pairs(instance, solution, STARTUPS).tolist()
    assert found == would_leave(instance, solution, STARTUPS)


@given(seeds)
@examples(100)
def test_the_side_that_proposes_never_fares_worse(seed):
    instance = tied_round(seed)
    ours, theirs = dict(pairs_of(stable(instance, STARTUPS))), stable(instance, PROGRAMMES)
    assert ours.keys() == dict(pairs_of(theirs)).keys()
    for i, j in pairs_of(theirs):
        assert instance.gain[i, ours[i]] >= instance.gain[i, j]


@given(seeds, st.integers(1, 3))
@examples(100)
def test_whoever_proposes_the_same_places_are_filled(seed, offers):
    instance = tied_round(seed, offers)
    one, other = stable(instance, STARTUPS), stable(instance, PROGRAMMES)
    n, m = instance.shape
    assert one.held_by(n).tolist() == other.held_by(n).tolist()
    assert one.taken(m).tolist() == other.taken(m).tolist()


def test_the_same_seed_gives_the_same_bits_and_another_draws_anew():
    instance = round_of(np.full((40, 3), 50), [5, 5, 5])
    one, again, other = (stable(instance, How("stable", seed=seed)) for seed in (7, 7, 8))
    assert one.rows.tobytes() + one.cols.tobytes() == again.rows.tobytes() + again.cols.tobytes()
    assert pairs_of(one) != pairs_of(other)
    assert len(one.rows) == len(other.rows) == 15


@given(seeds)
@examples(30)
def test_another_order_changes_nothing_where_no_draw_is_needed(seed):
    instance = strict_round(12, 5, seed)
    draw = np.random.default_rng(seed)
    rows, cols = draw.permutation(12), draw.permutation(5)
    shuffled = dataclasses.replace(
        instance,
        fit=instance.fit[rows][:, cols],
        gain=instance.gain[rows][:, cols],
        want=instance.want[rows][:, cols],
        places=instance.places[cols],
    )
    back = sorted((int(rows[i]), int(cols[j])) for i, j in pairs_of(stable(shuffled, STARTUPS)))
    assert back == pairs_of(stable(instance, STARTUPS))


def test_a_forced_pair_uses_up_a_place_and_an_offer():
    instance = round_of([[90, 90], [10, 20], [5, 1]], [1, 1], forced=[[2, 0]])
    assert pairs_of(stable(instance, STARTUPS)) == [(0, 1), (2, 0)]
    assert len(blocking_pairs(instance, stable(instance, STARTUPS), STARTUPS)) == 0


def test_a_limit_that_every_stable_assignment_breaks_is_named():
    few = Bound("At most one abroad", "programme", np.array([1, 1]), 0, 1)
    instance = round_of([[5, 6], [7, 8]], [1, 1], bounds=(few,), least=[0, 1])
    with pytest.raises(NotStable) as caught:
        stable(instance, STARTUPS)
    assert caught.value.facts == {"limits": ("At most one abroad",)}
    assert caught.value.status == 409


def test_forced_pairs_beyond_the_places_are_named():
    instance = round_of([[5], [6]], [1], forced=[[0, 0], [1, 0]])
    with pytest.raises(NotStable) as caught:
        stable(instance, PROGRAMMES)
    assert caught.value.facts == {"limits": ("places:P0",)}


def test_a_round_of_nobody_is_stable():
    for fit, places in ((np.zeros((0, 2)), [1, 1]), (np.full((2, 1), -1), [3])):
        for how in (STARTUPS, PROGRAMMES):
            assert len(stable(round_of(fit, places), how).rows) == 0


def test_a_larger_round_has_no_blocking_pair():
    instance = drawn_round(400, 12, 3)
    for how in (STARTUPS, PROGRAMMES):
        assert len(blocking_pairs(instance, stable(instance, how), how)) == 0


@pytest.mark.parametrize(("how", "optimal"), [(STARTUPS, "resident"), (PROGRAMMES, "hospital")])
@pytest.mark.parametrize("seed", range(6))
def test_the_package_matching_finds_the_same(how, optimal, seed):
    games = pytest.importorskip("matching.games")
    instance = strict_round(25, 6, seed)
    residents, hospitals = {}, {}
    for i in range(25):
        residents[i] = [j for j in np.argsort(-instance.gain[i]).tolist() if instance.fit[i, j] > 0]
    for j in range(6):
        hospitals[j] = [
            i for i in np.argsort(-instance.want[:, j]).tolist() if instance.fit[i, j] > 0
        ]
    residents = {i: prefs for i, prefs in residents.items() if prefs}
    game = games.HospitalResident.create_from_dictionaries(
        residents, hospitals, dict(enumerate(instance.places.tolist()))
    )
    solved = game.solve(optimal=optimal)
    theirs = [(r.name, hospital.name) for hospital, placed in solved.items() for r in placed]
    assert sorted(theirs) == pairs_of(stable(instance, how))
