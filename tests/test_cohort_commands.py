"""Cohorts and runs from the command line, as an officer and as a script use them."""

import json
from dataclasses import replace
from itertools import count

import openpyxl
import pytest
from openpyxl import load_workbook

from data import cohorts, runs
from data.catalogue import load_catalogue
from data.cohort_workbooks import write_cohort
from data.engines import engine_of, migrate, reading, transaction
from data.named_profiles import profiles_named
from data.texts import LANGUAGES, Texts
from matcher.assignment.instance import How
from matcher.cohort import Cohort, Intake, Quota
from matcher.errors import InvalidField
from service.desk import ready
from service.example_cohort import example_cohort
from service.report_errands import form_of
from tests.builders import NOW
from tests.command_fixtures import caunoi, small_home
from tests.test_commands import squeezed

COHORT = Cohort(
    id="dot-1",
    name="Đợt 1",
    assumed_places=1,
    startups=("vi-du-pay", "nong-trai-so", "lon-qua"),
    intakes=(
        Intake(programme_id="merlion-growth"),
        Intake(programme_id="merlion-landing", places=1),
        Intake(programme_id="seoul-farm", places=1),
    ),
    quotas=(Quota(name="Hàn Quốc", attribute="country", value="KR", at_most=1),),
)
TOO_MANY = (Intake(programme_id="seoul-farm", places=3, min_intake=3),)
"""Intakes of which one wants more startups than are open to it."""

NUMBERS = count(1)
PAIR = ("vi-du-pay", "merlion-growth")


def engine_in(home):
    return engine_of(f"sqlite:///{home}/caunoi.db")


def keep(home, cohort):
    with transaction(engine_in(home)) as conn:
        cohorts.add(conn, cohort, who="test", at=NOW)


def workbook(home, file, cohort, *startups):
    """A file of a cohort as officers fill it in, with more rows on the sheet of the startups."""
    with reading(engine_in(home)) as conn:
        names = profiles_named(conn, "startup"), profiles_named(conn, "programme")
        file.write_bytes(write_cohort(cohort, *names))
    book = openpyxl.load_workbook(file)
    for name in startups:
        book.worksheets[1].append([None, None, name])
    book.save(file)
    return str(file)


@pytest.fixture(scope="module", autouse=True)
def wired_once():
    """A home is wired once for all commands of this file, as in a process that goes on."""
    wired = {}

    def ready_once(at):
        if at.settings.home not in wired:
            wired[at.settings.home] = ready(at)
        return wired[at.settings.home]

    with pytest.MonkeyPatch.context() as patch:
        for errands in ("cohort_errands", "run_errands"):
            patch.setattr(f"service.{errands}.ready", ready_once)
        yield


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A home with a run of each mode and one that cannot be solved."""
    home = small_home(tmp_path_factory.mktemp("done") / "home")
    keep(home, COHORT)
    keep(home, replace(COHORT, id="dot-hong", name="Đợt hỏng", intakes=TOO_MANY, quotas=()))
    modes = (("best",), ("fair", "--reserves", "1"), ("stable", "--proposing", "programmes"))
    for mode in modes:
        assert caunoi(home, "rematch", "dot-1", "--mode", *mode).code == 0
    assert caunoi(home, "rematch", "dot-hong").code == 1
    return home


@pytest.fixture
def cohort(done):
    """Id of a cohort of its own for one test that writes."""
    id = f"dot-rieng-{next(NUMBERS)}"
    keep(done, replace(COHORT, id=id))
    return id


# -- files ---------------------------------------------------------------------------------------


def test_a_cohort_is_loaded_once_and_changes_nothing_the_second_time(tmp_path):
    home = small_home(tmp_path / "home")
    file = workbook(home, tmp_path / "đợt.xlsx", COHORT)
    tried = caunoi(home, "cohort", "load", file, "--dry-run", "--json").json
    assert (tried["dry_run"], tried["version"], tried["action"]) == (True, None, "added")
    assert caunoi(home, "cohort", "list", "--json").json == {"items": []}
    first = caunoi(home, "cohort", "load", file, "--json").json
    assert (first["id"], first["version"], first["action"]) == ("dot-1", 1, "added")
    assert (first["startups"], first["programmes"], first["refused"]) == (3, 3, [])
    again = caunoi(home, "cohort", "load", file)
    assert (again.code, "không làm thay đổi đợt dot-1" in again.out) == (0, True)
    with reading(engine_in(home)) as conn:
        assert cohorts.get(conn, "dot-1").cohort == COHORT


def test_refused_rows_are_reported_and_the_good_ones_kept(tmp_path):
    home = small_home(tmp_path / "home")
    file = workbook(home, tmp_path / "đợt.xlsx", COHORT, "Công ty Không Ai Biết")
    told = caunoi(home, "cohort", "load", file, "--json")
    assert told.code == 1
    (row,) = json.loads(told.out)["refused"]
    assert row["line"] == 5
    assert row["errors"][0]["next"]
    words = caunoi(home, "cohort", "load", file, "--lang", "en")
    assert words.code == 1
    assert "Công ty Không Ai Biết" in squeezed(words.out)
    assert "Refused rows to correct: 1" in words.out
    assert caunoi(home, "cohort", "show", "dot-1", "--json").json["startups"] == 3


def test_a_list_of_startups_makes_a_cohort_that_the_command_names(tmp_path):
    home = small_home(tmp_path / "home")
    file = tmp_path / "ds.csv"
    file.write_text("Tên startup\nVí Dụ Pay\nNông Trại Số\n", "utf-8")
    unnamed = caunoi(home, "cohort", "load", str(file), "--json")
    assert (unnamed.code, unnamed.error["type"]) == (2, "invalid-field")
    named = ("--cohort", "dot-2", "--name", "Đợt 2")
    made = caunoi(home, "cohort", "load", str(file), *named, "--json").json
    assert (made["id"], made["name"], made["startups"]) == ("dot-2", "Đợt 2", 2)


def test_an_export_and_a_form_load_back(done, cohort, tmp_path):
    file = tmp_path / "ra.xlsx"
    assert "ra.xlsx" in caunoi(done, "cohort", "export", cohort, str(file)).out
    loaded = caunoi(done, "cohort", "load", str(file), "--json").json
    assert (loaded["id"], loaded["action"]) == (cohort, "unchanged")
    empty = tmp_path / "mau.xlsx"
    assert "mau.xlsx" in caunoi(done, "cohort", "form", str(empty), "--lang", "en").out
    assert len(openpyxl.load_workbook(empty).sheetnames) == 5
    for wrong in (tmp_path / "mau.pdf", tmp_path / "no" / "mau.xlsx"):
        assert caunoi(done, "cohort", "form", str(wrong)).code == 2


def test_the_example_is_a_cohort_of_the_shipped_catalogue_that_can_be_kept(tmp_path):
    engine = engine_of(f"sqlite:///{tmp_path}/caunoi.db")
    migrate(engine)
    with transaction(engine) as conn:
        load_catalogue(conn, at=NOW)
        for lang in LANGUAGES:
            cohort = example_cohort(Texts(lang))
            assert cohorts.hold(conn, cohort) == cohort
            places = [one.places for one in cohort.intakes]
            assert None in places
            assert any(places)
            assert len(cohort.startups) > len(cohort.intakes) > 10
    assert example_cohort(Texts("vi")).name == "Đợt ví dụ"


# -- looking and ruling --------------------------------------------------------------------------


def test_cohorts_are_listed_and_shown_in_both_languages(done):
    items = caunoi(done, "cohort", "list", "--json").json["items"]
    assert [one["id"] for one in items][:2] == ["dot-1", "dot-hong"]
    assert f"Tổng cộng: {len(items)}" in caunoi(done, "cohort", "list").out
    shown = caunoi(done, "cohort", "show", "dot-1", "--json").json
    assert shown["cohort"]["assumed_places"] == 1
    assert [run["id"] for run in shown["runs"]] == [3, 2, 1]
    assert shown["published"] is None
    vietnamese = squeezed(caunoi(done, "cohort", "show", "dot-1").out)
    assert "3 startup, 3 chương trình" in vietnamese
    assert "≈ 1" in vietnamese
    assert "Chưa công bố lượt ghép nào." in vietnamese
    english = squeezed(caunoi(done, "cohort", "show", "dot-1", "--lang", "en").out)
    assert "Hàn Quốc Country: South Korea 1" in english
    assert "Nothing is published yet." in english


def test_a_house_without_cohorts_says_how_to_begin(tmp_path):
    out = caunoi(small_home(tmp_path / "home"), "cohort", "list").out
    assert "caunoi cohort form" in squeezed(out)


def test_rulings_are_made_changed_and_dropped(done, cohort):
    pair = (cohort, *PAIR)
    forbidden = caunoi(done, "cohort", "forbid", *pair, "--why", "Đã rút")
    assert "Loại trừ: Ví Dụ Pay – Merlion Growth" in squeezed(forbidden.out)
    noted = caunoi(done, "cohort", "forbid", *pair, "--conflict", "--json").json
    assert (noted["version"], noted["pair_rules"]) == (3, 1)
    pinned = caunoi(done, "cohort", "pin", *pair, "--why", "Đã ký", "--lang", "en")
    assert "version 4" in pinned.out
    words = squeezed(caunoi(done, "cohort", "show", cohort).out)
    assert "Ví Dụ Pay Merlion Growth Chỉ định Đã ký" in words
    assert "Đã bỏ chỉ định: Ví Dụ Pay" in caunoi(done, "cohort", "release", *pair).out
    again = caunoi(done, "cohort", "release", *pair)
    assert (again.code, "không có chỉ định" in again.out) == (1, True)
    same = caunoi(done, "cohort", "release", *pair, "--json")
    assert (same.code, json.loads(same.out)["version"]) == (1, 5)


@pytest.mark.parametrize(
    ("arguments", "code", "type_"),
    [
        (("pin", "dot-1", *PAIR), 2, "limit-invalid"),
        (("pin", "dot-1", "vi-du-pay", "closed-one", "--why", "x"), 2, "limit-invalid"),
        (("forbid", "dot-9", *PAIR), 3, "cohort-not-found"),
        (("show", "dot-9"), 3, "cohort-not-found"),
        (("load", "/nowhere/at/all.xlsx"), 2, "file-unreadable"),
    ],
)
def test_a_cohort_that_cannot_be_ruled_on_or_found_is_told(done, arguments, code, type_):
    told = caunoi(done, "cohort", *arguments, "--json")
    assert (told.code, told.error["type"]) == (code, type_)


def test_capped_lists_are_shown_with_their_effect(done):
    answer = caunoi(done, "cohort", "lists", "dot-1", "-k", "2", "--slack", "1", "--json").json
    assert (answer["k"], answer["slack"], answer["total"]) == (2, 1.0, 3)
    lists = {one["startup"]["id"]: one["programmes"] for one in answer["items"]}
    assert len(lists["vi-du-pay"]) == 2
    assert {"plain", "capped", "caps"} <= set(answer)
    words = squeezed(caunoi(done, "cohort", "lists", "dot-1").out)
    assert "Độ phù hợp trung bình" in words
    assert "Ví Dụ Pay" in words


# -- runs ----------------------------------------------------------------------------------------


def test_a_dry_run_says_everything_and_keeps_nothing(done, cohort):
    answer = caunoi(done, "rematch", cohort, "--dry-run", "--json").json
    assert answer["run"] is None
    assert answer["outcome"]["state"] == "done"
    assert [one["startup"]["id"] for one in answer["placements"]] == sorted(COHORT.startups)
    assert caunoi(done, "runs", cohort, "--json").json == {"items": []}
    words = caunoi(done, "rematch", cohort, "--dry-run", "--lang", "en").out
    assert "nothing is kept" in words
    assert "caunoi publish" not in words


def test_a_dry_run_is_written_as_a_report_that_says_so(done, cohort, tmp_path):
    file = tmp_path / "thu.xlsx"
    assert caunoi(done, "rematch", cohort, "--dry-run", "--out", str(file)).code == 0
    cells = [c for sheet in load_workbook(file) for row in sheet.values for c in row]
    assert "(chạy thử, chưa lưu)" in cells
    assert caunoi(done, "runs", cohort, "--json").json == {"items": []}


def test_runs_are_listed_newest_first_and_shown_in_both_languages(done):
    items = caunoi(done, "runs", "dot-1", "--json").json["items"]
    assert [(one["id"], one["how"]["mode"]) for one in items] == [
        (3, "stable"),
        (2, "fair"),
        (1, "best"),
    ]
    assert caunoi(done, "runs", "dot-1", "-k", "1", "--json").json["items"] == items[:1]
    words = squeezed(caunoi(done, "runs", "dot-1").out)
    assert all(mode in words for mode in ("Tối ưu", "Công bằng", "Ổn định"))
    vietnamese = squeezed(caunoi(done, "run", "1").out)
    assert "Đợt 1 – lượt ghép 1, cách ghép tối ưu" in vietnamese
    assert "Đã xếp 2 trên 3 suất" in vietnamese or "Đã xếp 3 trên 3 suất" in vietnamese
    proved = "Đã chứng minh: không có cách xếp nào tốt hơn theo mục tiêu của cách ghép này."
    assert proved in vietnamese
    assert "caunoi publish 1" in vietnamese
    english = squeezed(caunoi(done, "run", "1", "--lang", "en").out)
    assert "The aim of the mode is proved to be reached." in english
    assert "The startup has a place at" in english


def test_a_run_as_json_has_the_whole_of_it_and_every_placement(done):
    answer = caunoi(done, "run", "1", "--json").json
    assert answer["run"]["grounds"]["input_digest"]
    assert answer["outcome"]["total"] == answer["run"]["total"]
    given = [place["points"] for one in answer["placements"] for place in one["places"]]
    assert round(sum(given), 2) == answer["outcome"]["total"]
    assert answer["outcome"]["limits"][0]["kept"] is True


def test_a_round_that_cannot_be_solved_shows_its_ways_out_by_name(done):
    told = caunoi(done, "rematch", "dot-hong", "--dry-run", "--lang", "en")
    assert told.code == 1
    assert "Least intake: Seoul Farm Tech" in squeezed(told.out)
    again = caunoi(done, "run", "4", "--json").json["outcome"]
    assert again["state"] == "infeasible"
    assert again["ways_out"][0]["relaxed"][0]["limit"] == "min_intake:seoul-farm"


def test_one_startup_is_explained_with_what_would_change_its_place(done):
    answer = caunoi(done, "run", "1", "--startup", "nong-trai-so", "--json").json
    assert answer["placement"]["startup"]["name"] == "Nông Trại Số"
    assert answer["placement"]["reasons"]
    refused = squeezed(caunoi(done, "run", "1", "--startup", "lon-qua", "--lang", "en").out)
    assert "Lớn Quá in run 1 of Đợt 1" in refused
    nobody = caunoi(done, "run", "1", "--startup", "nobody", "--json")
    assert (nobody.code, nobody.error["type"]) == (3, "profile-not-found")


def test_two_runs_are_compared(done):
    assert caunoi(done, "compare", "1", "1", "--json").json["moves"] == []
    assert "Hai lượt ghép xếp giống hệt nhau." in caunoi(done, "compare", "1", "1").out


def test_a_run_repeats_bit_for_bit_and_both_digests_are_printed(done):
    told = caunoi(done, "replay", "3", "--json").json
    assert told["same"]
    assert told["result_digest"] == told["again_digest"]
    assert caunoi(done, "replay", "1").out.count(
        caunoi(done, "run", "1", "--json").json["run"]["result_digest"]
    ) == 2  # fmt: skip


def test_a_run_is_published_whole_or_in_part_compared_kept_and_undone(done, cohort):
    first = caunoi(done, "rematch", cohort, "--json").json
    number = str(first["run"]["id"])
    placed = {p["startup"]["id"] for p in first["placements"] if p["state"] == "placed"}
    part = caunoi(done, "publish", number, "--startup", min(placed), "--why", "Gấp", "--json").json
    assert (part["placed"], part["why"], part["run_id"]) == (1, "Gấp", int(number))
    whole = caunoi(done, "publish", number).out
    assert f"danh sách nay có {len(placed)} suất" in whole
    kept = caunoi(done, "rematch", cohort, "--keep", "5", "--max-moves", "0", "--lang", "en")
    assert "Nobody moves against the published list." in kept.out
    assert "Published" in squeezed(caunoi(done, "runs", cohort, "--lang", "en").out)
    assert "Lượt này đang được công bố." in caunoi(done, "run", number).out
    assert "Đang công bố: 2 suất" in caunoi(done, "cohort", "show", cohort).out
    assert caunoi(done, "undo", cohort, "--json").json["placed"] == 1
    assert "0 suất" in caunoi(done, "undo", cohort).out
    spent = caunoi(done, "undo", cohort, "--json")
    assert (spent.code, spent.error["type"]) == (2, "nothing-to-undo")
    assert "hoàn tác" in squeezed(caunoi(done, "cohort", "show", cohort).out)
    caunoi(done, "cohort", "forbid", cohort, *PAIR)
    outdated = caunoi(done, "publish", number, "--json")
    assert (outdated.code, outdated.error["type"]) == (2, "run-outdated")


def test_ctrl_c_cancels_a_run_and_keeps_no_result(done, cohort, monkeypatch):
    def pressed(round_, how, report):
        raise KeyboardInterrupt

    monkeypatch.setattr("service.run_errands.solve_near", pressed)
    told = caunoi(done, "rematch", cohort, "--lang", "en")
    assert (told.code, "Cancelled" in told.out) == (1, True)
    with reading(engine_in(done)) as conn:
        (run,) = runs.runs_of(conn, cohort)
    assert (run.state, run.error) == ("cancelled", None)
    assert "đã hủy" in caunoi(done, "run", str(run.id)).out
    assert caunoi(done, "run", str(run.id), "--json").json["outcome"] is None


def test_a_run_that_failed_or_waits_says_so(done, cohort):
    order = runs.Order(cohort, 1, How(), None, "an", NOW)
    with transaction(engine_in(done)) as conn:
        waiting, failed = runs.queue(conn, order), runs.queue(conn, order)
        runs.claim(conn, "an", NOW, failed)
        runs.fail(conn, failed, "out-of-time", {"seconds": 60.0}, NOW)
    assert f"Lượt ghép {waiting} đang chờ." in caunoi(done, "run", str(waiting)).out
    told = caunoi(done, "run", str(failed), "--lang", "en").out
    assert f"Run {failed} failed: Within 60 seconds" in squeezed(told)


@pytest.mark.parametrize("option", ["--mode", "--proposing"])
def test_a_mode_or_side_that_is_not_known_is_told(done, option):
    told = caunoi(done, "rematch", "dot-1", option, "nonsense", "--json")
    assert (told.code, told.error["type"]) == (2, "unknown-name")


# -- reports -------------------------------------------------------------------------------------


def test_a_report_is_written_by_the_end_of_its_name(done, cohort, tmp_path):
    file = tmp_path / "danh-sach.csv"
    assert "danh-sach.csv" in caunoi(done, "report", "1", "--out", str(file)).out
    assert "Ví Dụ Pay" in file.read_text("utf-8-sig")
    other = tmp_path / "ket-qua.xlsx"
    answer = caunoi(done, "rematch", cohort, "--out", str(other), "--json").json
    assert answer["run"]["state"] == "done"
    assert len(openpyxl.load_workbook(other).sheetnames) > 3
    unknown = caunoi(done, "report", "999", "--out", str(file))
    assert unknown.code == 3


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.XLSX", "xlsx"),
        ("tờ trình.docx", "docx"),
        ("a.csv", "csv"),
        ("a.svg", "flow.svg"),
        ("loads.png", "loads.png"),
        ("choices.svg", "choices.svg"),
    ],
)
def test_the_name_of_a_file_chooses_the_report(tmp_path, name, form):
    assert form_of(tmp_path / name) == form


@pytest.mark.parametrize("name", ["a.pdf", "a", "flow", ".csv.gz"])
def test_a_file_that_no_report_has_is_refused(tmp_path, name):
    with pytest.raises(InvalidField):
        form_of(tmp_path / name)
