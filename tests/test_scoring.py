"""The sums: weights, panels and rosters, one asker at a time and all at once."""

import dataclasses
import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from matcher.batch import BLOCK_ROWS, best_of_all
from matcher.errors import WeightsInvalid
from matcher.nearness import Gallery, Likenesses, gallery_of, likeness_to, of_text
from matcher.panel import BLOCK, Panel
from matcher.partner_rules import PARTNER_RULES
from matcher.roster import Roster
from matcher.rules import GATES, RULES
from matcher.rules.base import Kind, Outcome, Rule, fit
from matcher.scoring import FIRST_LOOKS, Likeness, best_sums, calibrated, total
from matcher.weights import (
    DEFAULT_POINTS,
    LIKENESSES,
    PARTNER_POINTS,
    PORTFOLIO,
    TEXT,
    Calibration,
    Scale,
    hundredths_of,
)
from tests.builders import programme, startup
from tests.galleries import gallery_with, unit_rows
from tests.strategies import (
    DAY,
    asker_of,
    cosines,
    examples,
    ids,
    incubators,
    likenesses,
    many,
    partner_scales,
    programmes,
    roster_of,
    scales,
    startups,
)


def sums_of(panel, roster, asker, likes=()):
    return total(panel, roster, panel.asker_keys(asker, roster), likes)


def by_hand(scale, left, right, cosine_of=lambda name: None, rules=RULES):
    """The sum of one pair, stated again without panels, rosters or tables."""
    points = 0
    for one in rules:
        verdict = one.judge(one.left_key(left, DAY), one.right_key(right, DAY))
        if verdict.outcome is Outcome.BLOCKED:
            return None
        if one.kind is Kind.FIT:
            known = verdict.outcome is Outcome.FIT
            share = verdict.share if known else one.neutral
            points += math.floor(share * round(scale.points[one.name] * 100) + 0.5)
    for name in LIKENESSES:
        cosine = cosine_of(name)
        if cosine is not None:
            line, most = scale.calibrations[name], round(scale.points[name] * 100)
            reach = (cosine - line.lowest) / (line.highest - line.lowest)
            share = line.neutral if math.isnan(cosine) else min(1.0, max(0.0, reach))
            points += math.floor(share * most + 0.5)
    return points


# ---- weights


@pytest.mark.parametrize("points", [DEFAULT_POINTS, PARTNER_POINTS])
def test_the_shipped_points_make_a_scale(points):
    assert sum(Scale(points).hundredths(name) for name in points) == 10_000


@pytest.mark.parametrize(
    "points",
    [
        {"needs": 99.0},
        {"needs": 101.0, "text": -1.0},
        {"needs": math.nan, "text": 100.0},
        {"needs": math.inf},
        {},
        # they are hundredths: what only sums to 100 before rounding does not
        {"needs": 33.335, "sector": 33.335, "market": 33.33},
        dict.fromkeys(["needs", "sector", "market"], 100 / 3),
        {"needs": 99.99},
        {"needs": 100.01},
    ],
)
def test_points_that_are_negative_not_numbers_or_do_not_sum_to_100_are_refused(points):
    with pytest.raises(WeightsInvalid):
        Scale(points)


@pytest.mark.parametrize(
    "points",
    [
        {"needs": 33.33, "sector": 33.33, "market": 33.34},
        {"needs": 0.1 + 0.2, "sector": 99.7},  # as a float is
        {"needs": 100, "sector": 0},
        {"needs": 99.99, "sector": 0.01},
    ],
)
def test_points_of_whole_hundredths_that_sum_to_100_make_a_scale(points):
    assert sum(map(Scale(points).hundredths, points)) == 10_000


@examples(100)
@given(scales())
def test_the_scales_of_the_tests_are_whole(scale):
    assert sum(map(scale.hundredths, scale.points)) == 10_000
    assert sum(scale.points.values()) == pytest.approx(100.0)


@pytest.mark.parametrize("noise", [math.nan, math.inf, -math.inf, -0.01])
def test_noise_that_is_no_distance_is_refused(noise):
    with pytest.raises(WeightsInvalid):
        Scale(noise=noise)


@pytest.mark.parametrize("lacking", LIKENESSES)
def test_a_likeness_that_has_points_needs_a_calibration(lacking):
    given_ones = {n: Calibration(0.0, 1.0) for n in LIKENESSES if n != lacking}
    with pytest.raises(WeightsInvalid) as raised:
        Scale(calibrations=given_ones)
    assert lacking in str(raised.value.facts["cause"])
    without = {n: p for n, p in DEFAULT_POINTS.items() if n != lacking}
    without["needs"] += DEFAULT_POINTS[lacking]
    assert Scale(without, given_ones).hundredths("needs") > 2_000


@pytest.mark.parametrize(
    "ends",
    [(0.9, 0.8), (0.8, 0.8), (math.nan, 0.9), (0.8, math.nan), (0.8, math.inf), (-math.inf, 0.9)],
)
def test_a_calibration_without_a_rise_is_refused(ends):
    with pytest.raises(WeightsInvalid):
        Calibration(*ends)


@pytest.mark.parametrize("neutral", [-0.01, 1.01, math.nan, math.inf])
def test_a_neutral_share_of_a_likeness_that_is_no_share_is_refused(neutral):
    with pytest.raises(WeightsInvalid):
        Calibration(0.0, 1.0, neutral)


@pytest.mark.parametrize("neutral", [0, 1.0])
def test_a_likeness_may_be_expected_to_be_all_or_nothing(neutral):
    assert Calibration(0.0, 1.0, neutral).neutral == neutral


@pytest.mark.parametrize(
    ("rules", "points", "name"),
    [
        (RULES, DEFAULT_POINTS | {"charm": 0.0}, "charm"),
        (RULES, DEFAULT_POINTS | {"size": 0.0}, "size"),  # a gate gives no points
        (RULES, DEFAULT_POINTS | {"Needs": 0.0}, "Needs"),
        (RULES, PARTNER_POINTS, "offers"),
        (PARTNER_RULES, DEFAULT_POINTS, "needs"),
        (RULES, {n: p for n, p in DEFAULT_POINTS.items() if n != "fee"} | {"text": 14.0}, "fee"),
    ],
)
def test_a_panel_refuses_points_without_a_rule_and_rules_without_points(rules, points, name):
    with pytest.raises(WeightsInvalid) as raised:
        Panel(rules, Scale(points))
    assert f"'{name}'" in raised.value.facts["cause"]


def test_a_panel_needs_no_points_for_a_likeness():
    points = {n: p for n, p in DEFAULT_POINTS.items() if n not in LIKENESSES}
    points["needs"] += 26.0
    panel = Panel(RULES, Scale(points, {}))
    assert sums_of(panel, roster_of([programme()]), startup())[0] > 0


@examples(100)
@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 10_000))
def test_hundredths_keep_the_order_of_shares_and_their_bounds(one, other, most):
    low, high = sorted((one, other))
    assert 0 <= hundredths_of(low, most) <= hundredths_of(high, most) <= most
    assert (hundredths_of(0.0, most), hundredths_of(1.0, most)) == (0, most)


# ---- likeness


@pytest.mark.parametrize(
    ("cosine", "hundredths"),
    [
        (0.75, 0),
        (0.5, 0),  # below the lowest end
        (0.825, 600),
        (0.9, 1200),
        (1.0, 1200),  # above the highest
        (math.nan, 480),  # the neutral share of 0.4
    ],
)
def test_a_cosine_is_calibrated_before_it_becomes_points(cosine, hundredths):
    scale = Scale(calibrations=dict.fromkeys(LIKENESSES, Calibration(0.75, 0.9, 0.4)))
    earned = calibrated("text", np.array([cosine], np.float32), scale)
    assert earned.tolist() == [pytest.approx(hundredths, abs=1)]


@examples(60)
@given(cosines(8), scales())
def test_a_higher_cosine_never_earns_less(raw, scale):
    for name in LIKENESSES:
        order = np.argsort(raw)  # unknown ones last
        known = order[: len(raw) - np.isnan(raw).sum()]
        earned = calibrated(name, raw, scale)
        assert (np.diff(earned[known]) >= 0).all()
        assert ((earned >= 0) & (earned <= scale.hundredths(name))).all()


# ---- one asker


@examples(120)
@given(st.data(), startups(), many(programmes()), scales())
def test_a_sum_is_that_of_its_parts_by_hand_and_a_refusal_is_below_zero(data, one, others, scale):
    likes = data.draw(likenesses(len(others)))
    sums = sums_of(Panel(RULES, scale), roster_of(others), one, likes)
    for place, other in enumerate(others):
        raw = {like.name: float(like.cosines[place]) for like in likes}
        expected = by_hand(scale, one, other, raw.get)
        if expected is None:
            assert sums[place] < 0
        else:
            # a float32 cosine may stand on either side of a half hundredth
            assert abs(int(sums[place]) - expected) <= len(likes)
            assert 0 <= sums[place] <= 10_000


@examples(60)
@given(incubators(), many(incubators()), partner_scales())
def test_partners_are_summed_alike(home, others, scale):
    panel, roster = Panel(PARTNER_RULES, scale), roster_of(others, PARTNER_RULES)
    sums = sums_of(panel, roster, home)
    expected = [by_hand(scale, home, other, rules=PARTNER_RULES) for other in others]
    assert [None if s < 0 else s for s in sums] == expected


@examples(60)
@given(many(startups(id=ids)), programmes(id="p"), scales())
def test_a_pair_has_one_sum_whichever_side_asks(left, other, scale):
    panel = Panel(RULES, scale)
    sums = sums_of(panel, roster_of(left, side="left"), other)
    assert sums.tolist() == [sums_of(panel, roster_of([other]), one)[0] for one in left]


def test_even_as_many_refusals_as_there_are_gates_stay_below_zero_and_within_32_bits():
    assert BLOCK * len(GATES) + 10_000 < 0
    assert BLOCK * len(GATES) > np.iinfo(np.int32).min


@pytest.mark.parametrize("first", [0, 1])
def test_two_scales_on_one_roster_do_not_mix(first):
    plain = Scale()
    other = Scale({**dict.fromkeys(DEFAULT_POINTS, 0.0), "needs": 100.0})
    roster = roster_of([programme()])
    panels = [Panel(RULES, plain), Panel(RULES, other)]
    sums = {n: sums_of(panels[n], roster, startup())[0] for n in (first, 1 - first)}
    assert sums[0] == by_hand(plain, startup(), programme())
    assert sums[1] == by_hand(other, startup(), programme())


# ---- rosters


class RosterHistory(RuleBasedStateMachine):
    """Puts, replaces and removes programmes, asking in between, beside a plain dict."""

    @initialize()
    def start(self):
        self.panel = Panel(RULES, Scale())
        self.roster = Roster(RULES, "right", DAY)
        self.kept = {}

    @rule(other=programmes(id="a") | programmes(id="b") | programmes(id="c") | programmes(id="d"))
    def put(self, other):
        self.roster.put([other])
        self.kept[other.id] = other

    @rule(name=st.sampled_from("abcde"))
    def remove(self, name):
        self.roster.remove(name)
        self.kept.pop(name, None)

    @invariant()
    def sums_are_those_of_a_new_roster(self):
        assert len(self.roster) == len(self.kept)
        assert {p.id: p for p in self.roster.profiles} == self.kept
        new = roster_of(list(self.kept.values()))
        sums = sums_of(self.panel, self.roster, startup())
        fresh = sums_of(Panel(RULES, Scale()), new, startup())
        for name in self.kept:
            assert sums[self.roster.place(name)] == fresh[new.place(name)]
        assert ("e" in self.roster) is False


def test_what_happened_to_a_roster_does_not_show_in_its_sums():
    run_state_machine_as_test(RosterHistory, settings=examples(25))


def test_a_roster_grows_past_its_first_room():
    names = [f"p{n:04d}" for n in range(700)]
    roster = roster_of([programme(id=name, sectors=("ai",)) for name in names])
    roster.remove("p0000")
    assert len(roster) == 699
    assert {roster.profiles[roster.place(name)].id for name in names[1:]} == set(names[1:])
    assert len(set(sums_of(Panel(RULES, Scale()), roster, startup()).tolist())) == 1


def test_asking_for_the_place_of_a_stranger_is_an_error():
    with pytest.raises(KeyError):
        roster_of([programme()]).place("stranger")


def test_a_roster_reads_its_profiles_on_its_own_day():
    closing = programme(application_close=date(2026, 3, 1))
    for day, open_ in ((date(2026, 3, 1), True), (date(2026, 3, 2), False)):
        roster = Roster(RULES, "right", day)
        roster.put([closing])
        assert bool(sums_of(Panel(RULES, Scale()), roster, startup())[0] >= 0) is open_


# ---- the best of one asker


@dataclasses.dataclass(frozen=True)
class Partial:
    """A likeness that is read only where it is wanted, and remembers where that was."""

    name: str
    cosines: np.ndarray
    read: set
    asker_known = True

    def at(self, places):
        self.read.update(places.tolist())
        return self.cosines[places]

    def known(self, places):
        return ~np.isnan(self.cosines[places])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("k", [1, 10, 400])
@pytest.mark.parametrize("unknown", [0.0, 0.5, 1.0])
def test_passing_over_hopeless_places_loses_none_of_the_best(seed, k, unknown):
    generator = np.random.default_rng(seed)
    scale = Scale(calibrations=dict.fromkeys(LIKENESSES, Calibration(0.75, 0.9, 0.4)))
    panel, roster = Panel(RULES, scale), roster_of(programme_crowd(generator, 6000))
    likes = []
    for name in LIKENESSES:
        raw = generator.uniform(0.7, 0.95, len(roster)).astype(np.float32)
        raw[generator.random(len(roster)) < unknown] = np.nan
        likes.append(Partial(name, raw, set()))
    keys = panel.asker_keys(startup(), roster)
    open_ = generator.random(len(roster)) >= 0.1
    asked_for = open_.copy()
    found = best_sums(panel, roster, keys, likes, open_, k)
    read = [len(like.read) for like in likes]
    everything = total(panel, roster, keys, likes)
    assert (open_ == (everything >= 0) & asked_for).all()
    assert open_.sum() > FIRST_LOOKS[0]  # or nothing could be passed over
    kth = np.sort(everything[open_])[-k]
    best = open_ & (everything >= kth)
    assert (found[best] == everything[best]).all()
    assert (found[open_ & ~best] < kth).all()
    assert (found[everything < 0] < 0).all()
    assert max(read) <= open_.sum()


# ---- everybody at once


def crowd(generator, count, build, **choices):
    """Profiles that differ in the named fields, drawn with a seeded generator."""
    profiles = []
    for number in range(count):
        drawn = {name: values[generator.integers(len(values))] for name, values in choices.items()}
        profiles.append(build(id=f"{generator.integers(36**3):05d}-{number}", **drawn))
    return profiles


def startup_crowd(generator, count):
    return crowd(
        generator, count, startup,
        sectors=[("fintech",), ("ai", "fintech"), ("agritech",), None],
        needs=[("training",), ("market_access", "grant"), None],
        target_markets=[("SG",), ("ASEAN", "US"), None],
        stage=["idea", "seed", "series_b", "acquired", None],
        size=["sme", "sme", "large", None],
        can_travel_weeks=[1.0, 12.0, None],
    )  # fmt: skip


def programme_crowd(generator, count):
    return crowd(
        generator, count, programme,
        sectors=[("fintech",), ("all",), ("agritech", "ai"), None],
        services=[("training",), ("market_access", "mentoring"), None],
        country=["SG", "KR", "LU"],
        status=["open", "open", "open", "closed", "unknown"],
        stages=[("seed", "series_a"), ("idea",), None],
        family=["A", "A", "C", "B", None],
        organisation=[f"Organisation {n}" for n in range(40)],
        on_site=["full", "remote", None],
    )  # fmt: skip


def one_by_one(panel, askers, roster, likenesses, k):
    """What ``best_of_all`` must give: each asker ranked alone, by score and then id."""
    ids = [p.id for p in roster.profiles]
    places, sums = [], []
    for number, asker in enumerate(askers.profiles):
        likes = []
        for one in likenesses:
            row = one.vector_rows[number]
            raw = np.full(len(ids), np.nan, np.float32)
            if row >= 0:
                raw = likeness_to(of_text(one.vectors[row]), one.gallery, one.rows)
            likes.append(Likeness(one.name, raw))
        line = sums_of(panel, roster, asker, likes)
        order = sorted(range(len(ids)), key=lambda j: (-line[j], ids[j]))
        open_ = [j for j in order if line[j] >= 0]
        short = [-1] * (k - len(open_))
        places.append(open_[:k] + short)
        sums.append([int(line[j]) for j in open_[:k]] + [BLOCK] * len(short))
    return places, sums


def drawn(generator, name, shape, missing, members):
    """A likeness of many ties: askers are directions, and what is likened to them is drawn."""
    n_askers, n_others = shape
    left, right = (np.where(generator.random(n) < missing, -1, np.arange(n)) for n in shape)
    steps = np.linspace(0, 1, 9)
    centres = generator.choice(steps, (n_others, n_askers))
    counts = generator.integers(0, members + 1, n_others)
    ends = np.cumsum(counts)
    gallery = Gallery(
        centres.astype(np.float32),
        generator.choice(steps, (ends[-1], n_askers)).astype(np.float32),
        np.column_stack([ends - counts, ends]),
    )
    return Likenesses(name, gallery, right, np.eye(n_askers, dtype=np.float32), left)


def compared(seed, n_askers, n_others, k, *, workers=None, missing=0.3, scale=None, members=9):
    generator = np.random.default_rng(seed)
    panel = Panel(RULES, scale or Scale())
    askers = roster_of(startup_crowd(generator, n_askers), side="left")
    roster = roster_of(programme_crowd(generator, n_others))
    shape = n_askers, n_others
    likenesses = [
        drawn(generator, name, shape, missing, members * (name == PORTFOLIO)) for name in LIKENESSES
    ]
    best = best_of_all(panel, askers, roster, likenesses, k, workers)
    expected = one_by_one(panel, askers, roster, likenesses, k)
    assert best.places.tolist() == expected[0]
    assert best.sums.tolist() == expected[1]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("n_askers", "n_others", "k"), [(1, 1, 1), (7, 40, 5), (40, 120, 20)])
def test_the_best_of_all_are_the_best_of_each(seed, n_askers, n_others, k):
    compared(seed, n_askers, n_others, k)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_best_of_all_do_not_depend_on_the_workers_or_the_blocks(workers):
    compared(11, 2 * BLOCK_ROWS + 3, 60, 7, workers=workers)


@pytest.mark.parametrize("missing", [0.0, 1.0])
def test_the_best_of_all_hold_where_all_texts_are_known_and_where_none_is(missing):
    compared(3, 20, 50, 5, missing=missing)


def test_the_best_of_all_are_those_of_real_vectors_to_the_hundredth():
    """Products of a library differ from ours in the last bits; the sums must not."""
    generator = np.random.default_rng(8)
    calibrations = dict.fromkeys(LIKENESSES, Calibration(-0.14, 0.54, 0.2))
    panel = Panel(RULES, Scale(calibrations=calibrations))
    askers = roster_of(startup_crowd(generator, 60), side="left")
    roster = roster_of(programme_crowd(generator, 400))
    vectors, texts = unit_rows(generator, 60, 24), gallery_of(unit_rows(generator, 400, 24))
    gallery, rows = gallery_with(generator, generator.integers(0, 30, 400).tolist(), 24)
    everybody = np.arange(60)
    likenesses = [
        Likenesses(TEXT, texts, np.arange(400), vectors, everybody),
        Likenesses(PORTFOLIO, gallery, rows, vectors, everybody),
    ]
    best = best_of_all(panel, askers, roster, likenesses, 15)
    expected = one_by_one(panel, askers, roster, likenesses, 15)
    assert best.places.tolist() == expected[0]
    assert best.sums.tolist() == expected[1]


def test_more_asked_for_than_there_are_leaves_the_rest_empty():
    compared(2, 9, 12, 30)


def test_a_scale_that_counts_one_part_alone_has_many_ties_that_ids_break():
    only = {**dict.fromkeys(DEFAULT_POINTS, 0.0), "stage": 100.0}
    compared(4, 15, 90, 12, scale=Scale(only))


def silent(n_askers, n_others):
    """Likenesses of those who have no vectors."""
    none = gallery_of(np.zeros((0, 4), np.float32))
    rows = [np.full(n, -1, np.intp) for n in (n_others, n_askers)]
    return [Likenesses(name, none, rows[0], none.centres, rows[1]) for name in LIKENESSES]


def test_no_roster_no_askers_or_none_asked_for_is_no_error():
    panel = Panel(RULES, Scale())
    askers, roster = roster_of([startup()], side="left"), roster_of([programme()])
    for left, right, k in (
        (roster_of([], side="left"), roster, 3),
        (askers, roster_of([]), 3),
        (askers, roster, 0),
    ):
        best = best_of_all(panel, left, right, silent(len(left), len(right)), k)
        assert best.places.shape == best.sums.shape == (len(left), k)
        assert (best.places == -1).all()


def test_more_distinct_keys_than_16_bits_hold_are_not_mixed_up():
    def own_key(profile, _on):
        return profile.id

    def judge(_asker, name):
        return fit(1.0 if name == "p65600" else 0.0, "own.key")

    own = Rule("needs", Kind.FIT, lambda _p, _on: None, own_key, judge)
    panel = Panel([own], Scale({"needs": 100.0, "text": 0.0, "portfolio": 0.0}))
    askers, roster = Roster([own], "left", DAY), Roster([own], "right", DAY)
    askers.put([startup()])
    some = programme()
    roster.put(dataclasses.replace(some, id=f"p{n:05d}") for n in range(66_000))
    best = best_of_all(panel, askers, roster, silent(1, len(roster)), 2)
    assert roster.profiles[best.places[0, 0]].id == "p65600"
    assert best.sums.tolist() == [[10_000, 0]]


def test_every_selectivity_gives_as_many_as_are_open():
    panel = Panel(RULES, Scale())
    for share in (0.001, 0.01, 0.1, 0.5, 1.0):
        count = 2000
        open_ = {round(n / share) for n in range(int(count * share))}
        roster = roster_of(
            [programme(id=f"p{n}", status="open" if n in open_ else "closed") for n in range(count)]
        )
        asker = asker_of(startup(), count)
        assert (sums_of(panel, roster, asker.profile, asker.likenesses) >= 0).sum() == len(open_)
        k = len(open_)
        best = best_of_all(panel, roster_of([startup()], side="left"), roster, silent(1, count), k)
        found = {roster.profiles[place].id for place in best.places[0]}
        assert found == {f"p{n}" for n in open_}
