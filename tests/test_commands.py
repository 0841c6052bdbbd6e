"""The command ``caunoi`` as an officer and as a script use it: words, JSON, files, exit codes."""

import io
import json
import re
import shutil
import sqlite3

import openpyxl
import pytest

from data.engines import engine_of, reading
from data.keys import list_keys
from matcher.errors import CauNoiError, DatabaseUnavailable, ProfileNotFound, UnknownName
from service.commands import exit_code, language_of
from tests.command_fixtures import caunoi, process, read, shared_home, small_home
from tests.service_fixtures import INCUBATORS, PROGRAMMES, STARTUPS

HEADINGS = ["Tên doanh nghiệp", "Lĩnh vực", "Giai đoạn", "Năm thành lập"]
GOOD = ["Gạo Sạch", "Nông nghiệp công nghệ cao", "Hạt giống", 2023]
BAD = ["Xe Điện Nhanh", "xe cộ lạ lùng", "Hạt giống", 1492]


@pytest.fixture
def home(tmp_path):
    return small_home(tmp_path / "home")


def workbook(file, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return str(file)


def squeezed(text):
    """A printed table as one line: what stands in it, wherever it was broken."""
    return " ".join(text.split())


# -- matches -------------------------------------------------------------------------------------


def test_matches_as_json_have_the_promised_form():
    answer = read("match", "vi-du-pay", "--json").json
    assert set(answer) >= {"startup", "matches", "blocked"}
    match = answer["matches"][0]
    assert set(match) >= {"programme_id", "name", "score", "parts", "checks", "near_tie"}
    assert isinstance(match["near_tie"], bool)
    for part in match["parts"]:
        assert set(part) >= {"rule", "points", "max_points", "verdict", "reason"}
    assert all(isinstance(check["question"], str) for check in match["checks"])
    (blocked,) = answer["blocked"]
    assert set(blocked) >= {"programme_id", "name", "rule", "reason"}
    assert (blocked["programme_id"], blocked["rule"]) == ("closed-one", "status")


@pytest.mark.parametrize(
    ("arguments", "its_id", "everybody"),
    [
        (("match", "vi-du-pay", "--json"), "programme_id", {p.id for p in PROGRAMMES}),
        (("sourcing", "merlion-landing", "--json"), "startup_id", {s.id for s in STARTUPS}),
        (
            ("partners", "vuon-uom-vi-du", "--json"),
            "partner_id",
            {"org-merlion-agency", "org-seoul-agency", "vuon-uom-hai"},
        ),
    ],
)
def test_every_list_is_best_first_adds_up_and_leaves_nobody_out(arguments, its_id, everybody):
    answer = read(*arguments).json
    scores = [match["score"] for match in answer["matches"]]
    assert scores == sorted(scores, reverse=True)
    for match in answer["matches"]:
        assert round(sum(part["points"] for part in match["parts"]), 2) == match["score"]
    told = [one[its_id] for one in (*answer["matches"], *answer["blocked"])]
    assert sorted(told) == sorted(everybody)


def test_matches_read_well_in_both_languages():
    vietnamese = read("match", "vi-du-pay").out
    english = read("match", "vi-du-pay", "--lang", "en", "-k", "2", "--details", "1").out
    assert "Chương trình phù hợp nhất với Ví Dụ Pay" in vietnamese
    assert "Chương trình đáp ứng toàn bộ nhu cầu" in squeezed(vietnamese)
    assert "Closed One: Chương trình đã" in squeezed(vietnamese)
    assert "Best programmes for Ví Dụ Pay" in english
    assert "The programme meets every need" in squeezed(english)
    assert "Closed One: The programme has ended." in squeezed(english)
    assert "3 of 4 open" in english
    assert english.count(" of 100 points") == 1
    assert "Seoul Farm Tech" not in english
    assert max(map(len, vietnamese.splitlines())) <= 120


def test_the_numbers_are_written_as_each_language_does():
    answer = read("match", "vi-du-pay", "--json").json
    score = f"{answer['matches'][0]['score']:g}"
    assert f"{score.replace('.', ',')}/100 điểm" in read("match", "vi-du-pay").out
    assert (
        f"{score} of 100"
        in read("match", "vi-du-pay", "--lang", "en", "-k", "2", "--details", "1").out
    )


def test_a_profile_in_a_file_is_matched_and_not_kept(home, tmp_path):
    file = tmp_path / "hồ sơ.json"
    body = {"name": "Ruộng Mới", "sectors": ["agritech"], "target_markets": ["KR"]}
    file.write_text(json.dumps(body | {"description_vi": "Cảm biến cho ruộng lúa."}), "utf-8")
    limits = ("--per-country", "1", "--per-organisation", "1")
    answer = caunoi(home, "match", "--profile", str(file), *limits, "--json").json
    assert answer["startup"] == {"id": "ruong-moi", "name": "Ruộng Mới"}
    assert [match["country"] for match in answer["matches"]] == ["KR", "SG"]
    assert (
        caunoi(home, "list", "startups", "--json").json == read("list", "startups", "--json").json
    )


def test_an_explanation_shows_every_part_and_gate_and_what_would_help():
    answer = read("explain", "vi-du-pay", "merlion-landing", "--json", "--lang", "en").json
    assert answer["score"] == round(sum(part["points"] for part in answer["parts"]), 2)
    assert {gate["verdict"] for gate in answer["gates"]} == {"passed"}
    assert answer["checks"]
    assert answer["changes"]
    for change in answer["changes"]:
        assert change["gain"] > 0
        assert change["sentence"]
    words = squeezed(read("explain", "vi-du-pay", "merlion-landing").out)
    assert f"{answer['score']:g}".replace(".", ",") in words
    assert "Mỗi thay đổi" in words


def test_a_refused_pair_is_explained_by_every_rule_that_refuses():
    answer = read("explain", "lon-qua", "closed-one", "--json").json
    assert answer["score"] is None
    assert [one["rule"] for one in answer["blocked"]][:2] == ["size", "status"]
    assert answer["parts"] == []


# -- profiles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("startups", STARTUPS), ("programmes", PROGRAMMES), ("incubators", INCUBATORS)],
)
def test_lists_give_ids_and_names_and_nothing_personal(kind, kept):
    items = read("list", kind, "--json").json["items"]
    names = {profile.id: profile.name for profile in kept}
    assert [(one["id"], one["name"]) for one in items] == sorted(names.items())
    assert not {"founders", "contact_name", "contact_email"} & set().union(*items)
    for lang, total in (("vi", "Tổng cộng"), ("en", "Total")):
        out = read("list", kind, "--lang", lang).out
        assert all(name in squeezed(out) for name in names.values())
        assert f"{total}: {len(kept)}" in out


def test_similar_profiles_come_nearest_first():
    items = read("similar", "startups", "vi-du-pay", "--json").json["items"]
    assert {one["id"] for one in items} == {"nong-trai-so", "lon-qua"}
    assert items[0]["likeness"] >= items[1]["likeness"]


def test_a_file_is_loaded_once_and_changes_nothing_the_second_time(home, tmp_path):
    file = workbook(tmp_path / "danh sách.xlsx", HEADINGS, GOOD)
    first = caunoi(home, "load", file, "--json").json
    assert first["kind"] == "startup"
    assert first["counts"] == {"added": 1, "changed": 0, "unchanged": 0, "refused": 0}
    assert first["added"] == ["gao-sach"]
    second = caunoi(home, "load", file, "--json").json
    assert second["counts"] == {"added": 0, "changed": 0, "unchanged": 1, "refused": 0}
    again = caunoi(home, "load", file, "--lang", "en")
    assert (again.code, "nothing has changed" in again.out) == (0, True)
    assert "gao-sach" in caunoi(home, "list", "startups", "--json").out


def test_refused_rows_are_reported_line_by_line_and_the_good_ones_kept(home, tmp_path):
    file = workbook(tmp_path / "rows.xlsx", HEADINGS, GOOD, BAD)
    told = caunoi(home, "load", file, "--json")
    assert told.code == 1
    report = json.loads(told.out)
    assert report["counts"] == {"added": 1, "changed": 0, "unchanged": 0, "refused": 1}
    (row,) = report["refused"]
    assert (row["line"], row["name"]) == (3, "Xe Điện Nhanh")
    faults = {fault["field"]: fault for fault in row["errors"]}
    assert set(faults) == {"sectors", "founded_year"}
    assert faults["sectors"]["value"] == "xe cộ lạ lùng"
    assert all(fault["message"] and fault["next"] for fault in faults.values())


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("vi", ("Dòng", "Việc cần làm", "Lĩnh vực", "xe cộ lạ lùng", "1492")),
        ("en", ("Line", "What to do", "xe cộ lạ lùng", "1492", "The good rows were loaded")),
    ],
)
def test_refused_rows_read_well_in_both_languages(home, tmp_path, lang, words):
    file = workbook(tmp_path / "rows.xlsx", HEADINGS, BAD)
    told = caunoi(home, "load", file, "--lang", lang)
    assert told.code == 1
    for word in words:
        assert word in squeezed(told.out)


def test_a_dry_run_reports_and_keeps_nothing(home, tmp_path):
    file = workbook(tmp_path / "rows.xlsx", HEADINGS, GOOD)
    report = caunoi(home, "load", file, "--dry-run", "--json").json
    assert (report["dry_run"], report["added"]) == (True, ["gao-sach"])
    assert "gao-sach" not in caunoi(home, "list", "startups", "--json").out


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_loads_back_the_same_without_anything_personal(home, tmp_path, form):
    file = tmp_path / f"out.{form}"
    assert caunoi(home, "export", "startups", str(file)).code == 0
    report = caunoi(home, "load", str(file), "--kind", "startups", "--json").json
    assert report["counts"] == {"added": 0, "changed": 0, "unchanged": 3, "refused": 0}
    content = file.read_bytes()
    if form == "xlsx":
        rows = openpyxl.load_workbook(io.BytesIO(content)).active.values
        content = json.dumps([list(map(str, row)) for row in rows], ensure_ascii=False).encode()
    assert "Nông Trại Số".encode() in content
    assert b"kin@" not in content


# -- keys ----------------------------------------------------------------------------------------


def test_a_key_is_shown_once_kept_hashed_listed_and_revoked(home):
    made = caunoi(home, "keys", "create", "An", "--json").json
    assert made["role"] == "officer"
    assert made["key"].startswith("cn_")
    own = caunoi(home, "keys", "create", "Ví Dụ", "--role", "startup", "--profile", "vi-du-pay")
    (secret,) = re.findall(r"cn_[\w-]{20,}", own.out)
    for file in home.iterdir():
        assert secret.encode() not in file.read_bytes()
        assert made["key"].encode() not in file.read_bytes()
    items = caunoi(home, "keys", "list", "--json").json["items"]
    assert [(one["name"], one["role"], one["profile_id"]) for one in items] == [
        ("An", "officer", None),
        ("Ví Dụ", "startup", "vi-du-pay"),
    ]
    assert all("hash" not in one and "key" not in one for one in items)
    assert caunoi(home, "keys", "revoke", str(made["id"]), "--lang", "en").code == 0
    with reading(engine_of(f"sqlite:///{home}/caunoi.db")) as conn:
        assert [key.revoked_at is not None for key in list_keys(conn)] == [True, False]
    assert "An (cn_" in squeezed(caunoi(home, "keys", "list", "--lang", "en").out)


# -- the installation ----------------------------------------------------------------------------


def test_a_healthy_installation_is_found_to_be_so(home):
    caunoi(home, "keys", "create", "An")
    findings = caunoi(home, "doctor", "--json").json["findings"]
    assert {finding["state"] for finding in findings} == {"good"}
    assert {"python", "disk", "database", "migrations", "catalogue", "keys", "model"} == {
        finding["check"] for finding in findings
    }


def test_doctor_says_what_is_wrong_and_how_to_mend_it_in_both_languages(home, tmp_path):
    nowhere = str(tmp_path / "nowhere")
    broken = {"CAUNOI_DATABASE": f"sqlite:///{nowhere}/x.db", "CAUNOI_MODEL": nowhere}
    told = caunoi(home, "doctor", "--json", "--lang", "en", **broken)
    assert told.code == 1
    bad = {f["check"]: f for f in json.loads(told.out)["findings"] if f["state"] == "bad"}
    assert set(bad) == {"database", "model"}
    assert bad["model"]["remedy"].startswith("Run make setup to build the model")
    assert "database address" in bad["database"]["remedy"]
    words = caunoi(home, "doctor", **broken)
    assert words.code == 1
    assert "Có 2 mục cần khắc phục." in words.out
    assert "make setup" in words.out


def test_doctor_finds_a_database_that_is_not_up_to_date_and_one_that_is_no_database(home, tmp_path):
    no_model = {"CAUNOI_MODEL": str(tmp_path / "nowhere")}
    with sqlite3.connect(home / "caunoi.db") as conn:
        conn.execute("delete from alembic_version")
    conn.close()
    findings = json.loads(caunoi(home, "doctor", "--json", **no_model).out)["findings"]
    assert {f["check"] for f in findings if f["state"] == "bad"} == {"migrations", "model"}
    (home / "caunoi.db").write_bytes(b"not a database at all" * 100)
    findings = json.loads(caunoi(home, "doctor", "--json", **no_model).out)["findings"]
    assert {f["check"] for f in findings if f["state"] == "bad"} == {"database", "model"}


def test_doctor_warns_where_nothing_is_loaded_and_no_officer_has_a_key(home, tmp_path):
    with sqlite3.connect(home / "caunoi.db") as conn:
        conn.execute("delete from incubators")
    conn.close()
    told = caunoi(home, "doctor", "--json", CAUNOI_MODEL=str(tmp_path / "nowhere"))
    states = {f["check"]: f["state"] for f in json.loads(told.out)["findings"]}
    assert (states["catalogue"], states["keys"]) == ("warning", "warning")


# -- errors and exit codes -----------------------------------------------------------------------


def test_an_error_is_a_sentence_and_what_to_do_in_the_language_that_was_asked():
    vietnamese = read("list", "things")
    assert (vietnamese.code, vietnamese.out) == (2, "")
    assert "→ Chọn một trong: startups, programmes, incubators." in vietnamese.err
    for english in (("--lang", "en"), ("--lang=en",)):
        assert "→ Choose one of: startups" in read("list", "things", *english).err


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (("match",), 2, "invalid-field"),
        (("match", "vi-du-pay", "--profile", "x.json"), 2, "invalid-field"),
        (("match", "--profile", "missing.json"), 2, "file-unreadable"),
        (("list", "things"), 2, "unknown-name"),
        (("list", "startups", "--lang", "fr"), 2, "unknown-name"),
        (("load", "missing.xlsx"), 2, "file-unreadable"),
        (("load", "."), 2, "file-unreadable"),
        (("keys", "create", "An", "--role", "boss"), 2, "unknown-code"),
        (("keys", "create", "An", "--role", "startup"), 2, "invalid-field"),
        (
            ("keys", "create", "An", "--role", "startup", "--profile", "nobody"),
            3,
            "profile-not-found",
        ),
    ],
)
def test_with_json_an_error_is_one_json_document(arguments, code, kind):
    told = read(*arguments, "--json")
    assert told.code == code
    assert told.error["type"] == kind
    assert told.error["title"]
    assert told.error["detail"]
    assert told.error["next"]


@pytest.mark.parametrize(
    ("changes", "code", "kind"),
    [
        ({"CAUNOI_DATABASE": "sqlite:////nowhere/at/all.db"}, 4, "database-unavailable"),
        ({"CAUNOI_MODEL": "/nowhere/at/all"}, 4, "encoder-unavailable"),
        ({"CAUNOI_DATABASE": "oracle://there"}, 2, "unknown-name"),
        ({"CAUNOI_PORT": "abc"}, 2, "invalid-field"),
        ({"CAUNOI_LANG": "fr"}, 2, "unknown-code"),
        ({"CAUNOI_POINTS": "many"}, 2, "invalid-field"),
    ],
)
def test_an_installation_that_is_not_ready_says_so(changes, code, kind):
    told = caunoi(shared_home(), "match", "vi-du-pay", "--json", **changes)
    assert (told.code, told.error["type"]) == (code, kind)


def test_an_id_that_nobody_has_is_told_with_those_spelt_alike():
    told = read("match", "vi-du-pai", "--json", "--lang", "en")
    assert told.code == 3
    assert told.error["type"] == "profile-not-found"
    assert "vi-du-pay" in told.error["next"]
    revoked = read("keys", "revoke", "99")
    assert revoked.code == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("match", "vi-du-pay", "--nonsense"),
        ("match", "vi-du-pay", "-k", "0"),
        ("match", "vi-du-pay", "-k", "many"),
        ("explain", "vi-du-pay"),
        ("nonsense",),
        (),
    ],
)
def test_a_wrong_option_or_command_ends_with_2_and_how_it_is_used(arguments):
    told = read(*arguments)
    assert told.code == 2
    assert "Usage: caunoi" in told.out + told.err


def test_an_export_to_where_nothing_can_be_written_is_told(tmp_path):
    for file in (tmp_path / "no" / "x.csv", tmp_path / "x.pdf", tmp_path):
        told = caunoi(shared_home(), "export", "startups", str(file))
        assert (told.code, told.out) == (2, "")


def test_errors_become_exit_codes_by_their_place_in_the_tree():
    assert exit_code(ProfileNotFound(kind="startup", id="x", nearest=())) == 3
    assert exit_code(DatabaseUnavailable(url="", cause="")) == 4
    assert exit_code(UnknownName(what="kind", value="x", known=())) == 2
    assert exit_code(CauNoiError()) == 2


@pytest.mark.parametrize(
    ("arguments", "lang"),
    [
        (["match", "x", "--lang", "en"], "en"),
        (["match", "x", "--lang=en"], "en"),
        (["match", "x", "--lang"], "vi"),
        (["match", "x", "--lang", "fr"], "vi"),
        (["match", "lang=en"], "vi"),
    ],
)
def test_the_language_of_an_error_is_read_from_the_arguments(arguments, lang, monkeypatch):
    monkeypatch.delenv("CAUNOI_LANG", raising=False)
    assert language_of(arguments) == lang


# -- as a shell runs it --------------------------------------------------------------------------


def test_a_process_ends_with_the_promised_codes_and_prints_nothing_else(home, tmp_path):
    listed = process(home, "list", "startups", "--json")
    assert (listed.code, listed.err) == (0, "")
    assert listed.json == read("list", "startups", "--json").json
    matched = process(home, "match", "vi-du-pay", "--json")
    assert (matched.code, matched.err) == (0, "")
    assert matched.json == read("match", "vi-du-pay", "--json").json
    assert process(home, "list", "things").code == 2
    assert process(home, "doctor", CAUNOI_MODEL="/nowhere/at/all").code == 1
    unready = process(home, "list", "startups", "--json", CAUNOI_DATABASE="sqlite:////no/x.db")
    assert (unready.code, unready.error["type"]) == (4, "database-unavailable")
    missing = process(home, "keys", "create", "An", "--role", "startup", "--profile", "nobody")
    assert missing.code == 3
    assert "Traceback" not in missing.err


def test_a_command_that_only_lists_waits_for_no_model_no_matcher_and_no_web(home):
    heavy = ("torch", "numba", "numpy", "faiss", "sklearn", "openpyxl", "fastapi", "uvicorn")
    script = (
        "import sys; from service.commands import main; sys.argv[1:] = ['list', 'startups']\n"
        "try: main()\n"
        f"finally: sys.stderr.write(','.join(m for m in {heavy} if m in sys.modules))"
    )
    ran = process(home, script=script)
    assert (ran.code, ran.err) == (0, "")
    assert "Nông Trại Số" in ran.out


def test_a_home_that_does_not_exist_yet_is_made(tmp_path):
    new = tmp_path / "a" / "b"
    (tmp_path / "a").mkdir()
    listed = caunoi(new, "list", "programmes", "--json")
    assert listed.json == {"items": []}
    assert (new / "caunoi.db").exists()
    shutil.rmtree(new)
