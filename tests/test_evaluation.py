"""The measuring bench: what is measured, that nothing leaks, and what a bad folder is told."""

from __future__ import annotations

import csv
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.errors import JudgedPairsInvalid
from matcher.weights import PORTFOLIO, TEXT, Calibration, Scale
from models import evaluation
from models.encoder import SentenceEncoder
from models.evaluation import METHODS, Evaluation, Past, as_json, evaluate, split
from models.judged_pairs import COLUMNS, Pair, read_judged
from models.measures import MEASURES, measures_of, with_intervals
from models.reference import Centring
from models.shortlist import Shortlist
from tests.encoder_fixtures import default_model

SHARED = Path(__file__).parents[2] / "shared" / "eval" / "techstars_to_2018"
SCALE = Scale(calibrations={TEXT: Calibration(-1.0, 1.0), PORTFOLIO: Calibration(-1.0, 1.0)})
CUT = 2015


class WordEncoder:
    """A real, tiny encoder: every word has a fixed direction, a text is the mean of its words."""

    model_id = "words"
    dimension = 64

    def encode(self, texts: Sequence[str], role: str, *, progress: Any = None) -> Any:
        rows = np.stack([self._vector(text) for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def _vector(self, text: str) -> Any:
        words = text.lower().split() or ["nothing"]
        seeds = (zlib.crc32(word.encode()) for word in words)
        return sum(np.random.default_rng(seed).normal(size=self.dimension) for seed in seeds)


class Folder:
    """A folder of judged pairs: two trades, each with its own programme, and what is changed."""

    TRADES: Mapping[str, str] = {
        "farm": "sensors for shrimp ponds and rice fields",
        "bank": "payments and loans for small shops",
        "cure": "software for clinics and patients",
    }

    def __init__(self, path: Path) -> None:
        self.path = path
        self.startups: list[dict[str, str]] = []
        self.programmes = [{"programme_id": t, "name": f"The {t} house"} for t in self.TRADES]
        self.pairs: list[dict[str, str]] = []
        for trade in self.TRADES:
            for number in range(6):
                self.enter(f"{trade}-{number}", trade, 2014 + number % 2)
            for number in range(6, 9):
                self.enter(f"{trade}-{number}", trade, 2016)

    def enter(self, startup_id: str, programme_id: str, year: int, text: str | None = None) -> None:
        """Add a startup and its pair; its text is that of the programme's trade."""
        words = text if text is not None else f"{self.TRADES[programme_id]} {startup_id}"
        row = {"startup_id": startup_id, "name": startup_id, "text": words, "year": str(year)}
        if all(row["startup_id"] != known["startup_id"] for known in self.startups):
            self.startups.append(row)
        pair = {"startup_id": startup_id, "programme_id": programme_id}
        self.pairs.append(pair | {"started": f"{year}-06-01"})

    def write(self) -> Path:
        for name in ("startups", "programmes", "pairs"):
            rows = getattr(self, name)
            with (self.path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                fields = list(dict.fromkeys(field for row in rows for field in row))
                writer = csv.DictWriter(file, fields, restval="")
                writer.writeheader()
                writer.writerows(rows)
        return self.path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def measured(folder: Path, **changes: Any) -> Evaluation:
    shortlist = Shortlist(WordEncoder(), Centring("words", {}))
    options = {"train_until": CUT, "text_only": True, "resamples": 50} | changes
    return evaluate(folder, shortlist, SCALE, **options)


def mrr(result: Evaluation, name: str) -> float:
    return next(method.mrr.value for method in result.methods if method.name == name)


# -- measures ---------------------------------------------------------------------------------


def test_a_single_relevant_one_is_measured_by_its_rank() -> None:
    scores = np.array([5.0, 4.0, 3.0, 2.0])
    relevant = np.array([False, False, True, False])
    assert measures_of(scores, relevant) == pytest.approx([1 / 3, 0.0, 1.0, 1 / math.log2(4)])


def test_below_rank_ten_nothing_is_gained() -> None:
    scores = -np.arange(12.0)
    relevant = scores == -11.0
    assert measures_of(scores, relevant) == pytest.approx([1 / 12, 0.0, 0.0, 0.0])


@pytest.mark.parametrize("hits", [1, 2, 3])
def test_a_tie_is_the_mean_over_all_its_orders(hits: int) -> None:
    scores = np.array([3.0, 2.0, 2.0, 2.0, 2.0, 1.0])
    relevant = np.array([False] * (5 - hits) + [True] * hits + [False])
    broken = [
        measures_of(np.array([30.0, *(20.0 + place for place in order), 10.0]), relevant)
        for order in permutations(range(4))
    ]
    assert measures_of(scores, relevant) == pytest.approx(np.mean(broken, axis=0))


def test_equal_scores_are_chance_itself() -> None:
    relevant = np.array([True, False, False, False])
    found = measures_of(np.zeros(4), relevant)
    assert found[:3] == pytest.approx([(1 + 1 / 2 + 1 / 3 + 1 / 4) / 4, 1 / 4, 1.0])


def test_intervals_hold_the_mean_and_follow_the_seed() -> None:
    values = np.random.default_rng(1).random((2, 40, 4))
    first, again = with_intervals(values, 7, 200), with_intervals(values, 7, 200)
    other = with_intervals(values, 8, 200)
    assert first == again
    assert first != other
    assert all(m.low < m.value < m.high for method in first for m in method)


def test_methods_are_resampled_by_the_same_draws() -> None:
    one = np.random.default_rng(1).random((1, 40, 4))
    twins = with_intervals(np.concatenate([one, one]), 0, 100)
    assert twins[0] == twins[1]


# -- what is tested, and that nothing leaks ---------------------------------------------------


def test_startups_after_the_cut_are_tested_among_the_programmes_of_their_year(
    folder: Folder,
) -> None:
    result = measured(folder.write())
    assert (result.n, result.candidates, result.train_until) == (9, 3.0, CUT)
    assert [method.name for method in result.methods] == list(METHODS)


def test_a_programme_needs_five_earlier_startups_and_an_intake_in_the_year(folder: Folder) -> None:
    folder.programmes.append({"programme_id": "young", "name": "Young"})
    folder.programmes.append({"programme_id": "gone", "name": "Gone"})
    for number in range(4):
        folder.enter(f"young-{number}", "young", 2014, "anything")
    for number in range(5):
        folder.enter(f"gone-{number}", "gone", 2014, "anything")
    folder.enter("young-9", "young", 2016, "anything")
    result = measured(folder.write())
    assert (result.n, result.candidates) == (9, 3.0)


def test_without_started_the_year_of_the_startup_counts(folder: Folder) -> None:
    expected = measured(folder.write())
    for pair in folder.pairs:
        pair["started"] = ""
    assert measured(folder.write()) == expected


def test_without_a_cut_the_median_year_is_taken_and_said(folder: Folder) -> None:
    assert measured(folder.write(), train_until=None).train_until == 2015


def test_without_a_cut_the_last_year_is_always_left_to_test(folder: Folder) -> None:
    for number in range(40):
        folder.enter(f"late-{number}", "farm", 2016)
    assert measured(folder.write(), train_until=None).train_until == 2015


def test_portfolios_are_of_the_years_up_to_the_cut(folder: Folder) -> None:
    assert measured(folder.write()).past_years == (2014, 2015)


def test_a_pair_of_the_test_years_in_the_past_is_caught() -> None:
    with pytest.raises(ValueError, match="leak"):
        Past(CUT, (Pair("farm-1", "farm", 2014), Pair("farm-7", "farm", 2016)), frozenset())


def test_an_early_pair_of_a_tested_startup_in_the_past_is_caught() -> None:
    with pytest.raises(ValueError, match="leak"):
        Past(CUT, (Pair("farm-7", "farm", 2014),), frozenset({"farm-7"}))


def test_a_splitter_that_leaks_stops_the_evaluation(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = split

    def leaky(judged: Any, until: int) -> Any:
        past, cases, held_back = honest(judged, until)
        return Past(past.until, judged.pairs, past.tested), cases, held_back

    monkeypatch.setattr(evaluation, "split", leaky)
    with pytest.raises(ValueError, match="leak"):
        measured(folder.write())


def test_a_planted_early_twin_of_a_test_pair_is_held_back(folder: Folder) -> None:
    expected = measured(folder.write())
    for number in range(6, 9):
        folder.enter(f"farm-{number}", "farm", 2014)
    planted = measured(folder.write())
    assert planted.held_back == 3
    assert planted.methods == expected.methods


def test_what_happens_after_the_cut_moves_no_score(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    ours = METHODS["ours"]

    def watched(bench: Any) -> Any:
        place = next(n for n, s in enumerate(bench.startups) if s.id == "farm-7")
        seen.append((bench.programmes, scores := ours(bench), scores[place].tolist()))
        return scores

    monkeypatch.setitem(METHODS, "ours", watched)
    measured(folder.write())
    for number in range(20, 40):
        folder.enter(f"bank-{number}", "bank", 2016, f"{folder.TRADES['farm']} farm-7")
    measured(folder.write())
    assert seen[0][0] == seen[1][0]
    assert seen[0][2] == seen[1][2]


# -- the methods ------------------------------------------------------------------------------


def test_text_finds_the_trade_and_chance_does_not(folder: Folder) -> None:
    result = measured(folder.write())
    assert mrr(result, "random") == pytest.approx((1 + 1 / 2 + 1 / 3) / 3, abs=1e-6)
    for name in ("tfidf_centroid", "encoder_centroid", "ours"):
        assert mrr(result, name) == 1.0


def test_popularity_prefers_the_larger_portfolio(folder: Folder) -> None:
    for number in range(20, 30):
        folder.enter(f"farm-{number}", "farm", 2015)
    found = next(m for m in measured(folder.write()).methods if m.name == "popularity")
    assert found.hit1.value == pytest.approx(1 / 3, abs=1e-6)
    assert found.mrr.value == pytest.approx((1 + 2 * (1 / 2 + 1 / 3) / 2) / 3, abs=1e-6)


def test_the_same_seed_gives_the_same_evaluation(folder: Folder) -> None:
    folder.enter("odd", "farm", 2016, folder.TRADES["bank"])
    path = folder.write()
    assert measured(path, seed=3) == measured(path, seed=3)
    assert measured(path, seed=3).methods != measured(path, seed=4).methods


def test_startups_without_a_text_are_ranked_by_chance_alone(folder: Folder) -> None:
    for row in folder.startups:
        if row["year"] == "2016":
            row["text"] = ""
    result = measured(folder.write())
    assert mrr(result, "ours") == pytest.approx(mrr(result, "random"))


def test_portfolios_without_a_word_leave_every_method_to_chance(folder: Folder) -> None:
    for row in folder.startups:
        row["text"] = ""
    result = measured(folder.write())
    for name in ("tfidf_centroid", "ours"):
        assert mrr(result, name) == pytest.approx(mrr(result, "random"))


def test_rules_join_where_the_programmes_have_their_fields(folder: Folder) -> None:
    for row in folder.startups:
        sectors = {"farm": "agritech", "bank": "fintech", "cure": "healthtech"}
        row |= {"text": "", "country": "vn", "sectors": sectors[row["name"][:4]]}
    for row in folder.programmes:
        sectors = {"farm": "agritech; foodtech", "bank": "fintech", "cure": "healthtech"}
        row |= {"country": "SG", "sectors": sectors[row["programme_id"]]}
    path = folder.write()
    with_rules, text_only = measured(path, text_only=False), measured(path)
    assert (with_rules.with_rules, text_only.with_rules) == (True, False)
    assert mrr(with_rules, "ours") == 1.0
    assert mrr(text_only, "ours") < 1.0


def test_rules_stay_out_where_programmes_have_no_country(folder: Folder) -> None:
    assert measured(folder.write(), text_only=False).with_rules is False


def test_programmes_are_read_by_their_text_or_by_their_sessions(folder: Folder) -> None:
    for row in folder.programmes[:1]:
        row["text"] = folder.TRADES["farm"]
    for row in folder.programmes[1:]:
        row["session_names"] = folder.TRADES[row["programme_id"]]
    for row in folder.startups:
        row["text"] = row["text"] if row["year"] == "2016" else ""
    assert mrr(measured(folder.write()), "ours") == 1.0


def test_the_real_encoder_finds_the_trade(folder: Folder) -> None:
    encoder = SentenceEncoder(default_model())
    shortlist = Shortlist(encoder, Centring(encoder.model_id, {}))
    result = evaluate(folder.write(), shortlist, SCALE, train_until=CUT, resamples=10)
    assert mrr(result, "encoder_centroid") == 1.0
    assert mrr(result, "ours") == 1.0


def test_sessions_named_after_a_later_year_are_not_read(folder: Folder) -> None:
    expected = measured(folder.write())
    for row in folder.programmes:
        row["session_names"] = f"2016 {folder.TRADES[row['programme_id']]}"
        row["name"] = "Programme"
    for row in folder.startups:
        row["text"] = row["text"] if row["year"] == "2016" else ""
    blind = measured(folder.write())
    assert mrr(expected, "ours") == 1.0
    assert mrr(blind, "ours") == pytest.approx(mrr(blind, "random"))


# -- the answer -------------------------------------------------------------------------------


def test_the_json_has_its_agreed_form(folder: Folder) -> None:
    found = json.loads(json.dumps(as_json(measured(folder.write()))))
    assert list(found) == ["methods", "n", "candidates", "train_until"]
    intervals = [f"{name}_interval" for name in MEASURES]
    for method in found["methods"]:
        assert list(method) == ["name", *MEASURES, *intervals]
        low, high = method["mrr_interval"]
        assert low <= method["mrr"] <= high


# -- bad folders ------------------------------------------------------------------------------


def cause_of(folder: Path, **changes: Any) -> str:
    with pytest.raises(JudgedPairsInvalid) as caught:
        measured(folder, **changes)
    assert caught.value.facts["folder"] == str(folder)
    return str(caught.value.facts["cause"])


@pytest.mark.parametrize("name", ["startups", "programmes", "pairs"])
def test_a_missing_file_is_named(folder: Folder, name: str) -> None:
    (folder.write() / f"{name}.csv").unlink()
    assert f"{name}.csv is missing" in cause_of(folder.path)


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    assert "startups.csv is missing" in cause_of(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "column"),
    [(name, column) for name, columns in COLUMNS.items() for column in columns],
)
def test_a_missing_column_is_named(folder: Folder, name: str, column: str) -> None:
    for row in getattr(folder, name):
        row.pop(column)
    assert f"{name}.csv lacks the column {column}" in cause_of(folder.write())


def test_a_file_in_another_encoding_is_named(folder: Folder) -> None:
    (folder.write() / "startups.csv").write_bytes(
        "startup_id,name,text\n1,Nước,Đá\n".encode("cp1258", "replace")
    )
    assert "startups.csv cannot be read" in cause_of(folder.path)


def test_ids_that_stand_twice_are_named(folder: Folder) -> None:
    folder.startups.append(dict(folder.startups[3]))
    assert f"startup_id '{folder.startups[3]['startup_id']}'" in cause_of(folder.write())


def test_pairs_that_do_not_join_are_counted(folder: Folder) -> None:
    for pair in ({"startup_id": "nobody"}, {"programme_id": "nowhere"}):
        folder.pairs.append(folder.pairs[0] | pair)
    folder.pairs.append(dict(folder.pairs[0]))
    result = measured(folder.write())
    assert (result.unjoined, result.undated) == (2, 0)


def test_pairs_without_a_year_are_counted(folder: Folder) -> None:
    folder.pairs[0]["started"] = folder.startups[0]["year"] = "unknown"
    assert measured(folder.write()).undated == 1


def test_a_repeated_pair_counts_once(folder: Folder) -> None:
    folder.pairs += [dict(pair) for pair in folder.pairs]
    assert len(read_judged(folder.write()).pairs) == len(folder.pairs) // 2


def test_pairs_none_of_which_joins_are_refused(folder: Folder) -> None:
    for pair in folder.pairs:
        pair["startup_id"] += "?"
    assert "none of its 27 rows joins" in cause_of(folder.write())


def test_pairs_none_of_which_has_a_year_are_refused(folder: Folder) -> None:
    for row in folder.startups + folder.pairs:
        row.pop("year", None)
        row.pop("started", None)
    assert "no pair has a year" in cause_of(folder.write())


@pytest.mark.parametrize("cut", [1999, 2016])
def test_a_cut_that_leaves_nothing_to_test_says_which_years_there_are(
    folder: Folder, cut: int
) -> None:
    cause = cause_of(folder.write(), train_until=cut)
    assert f"no startup after {cut}" in cause
    assert "from 2014 to 2016" in cause


# -- real pairs -------------------------------------------------------------------------------


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared pairs lie beside the project only")
def test_the_shared_pairs_give_the_known_figures_of_the_baselines() -> None:
    result = measured(SHARED, train_until=2016, resamples=10)
    assert (result.n, round(result.candidates)) == (243, 13)
    assert mrr(result, "popularity") == pytest.approx(0.33, abs=0.01)
    assert mrr(result, "tfidf_centroid") == pytest.approx(0.37, abs=0.01)
