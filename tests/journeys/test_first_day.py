"""The first day with the shipped catalogue: an officer, a startup and an incubator at their work.

The officer types commands and uses the service, which runs meanwhile beside them on the same
database; the startup and the incubator come by the API with keys that the officer made.
"""

import csv
import io
import json

import openpyxl
import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.matchmaking import Wish
from service.settings import Settings
from service.wiring import wire
from tests.command_fixtures import caunoi, shipped_home
from tests.encoder_fixtures import default_model
from tests.service_fixtures import API

EVERYTHING = Wish(k=1000)
LARGE_FIRMS = ("momo", "vng", "tiki")
TITLE = ["DANH SÁCH STARTUP ĐĂNG KÝ THAM GIA CHƯƠNG TRÌNH ƯƠM TẠO QUỐC TẾ NĂM 2026"]
HEADINGS = [
    "STT",
    "Tên doanh nghiệp",
    "Lĩnh vực",
    "Giai đoạn",
    "Ngày thành lập",
    "Sản phẩm",
    "Mô tả",
    "Thị trường mục tiêu",
    "Nhu cầu",
    "Doanh thu 12 tháng (triệu đồng)",
    "Tiếng Anh",
    "Quốc gia",
]
TOM = [
    1,
    "Tôm Khỏe",
    "Thủy sản",
    "Hạt giống",
    "17/05/2023",
    "Thiết bị đo chất lượng nước ao tôm",
    "Thiết bị đo chất lượng nước và phần mềm cảnh báo sớm dịch bệnh cho ao nuôi tôm ở Đồng bằng "
    "sông Cửu Long, giúp hộ nuôi giảm tỷ lệ tôm chết và chi phí thuốc thú y thủy sản.",
    "Na Uy; Singapore",
    "Tìm kiếm thị trường; huấn luyện",
    "1.500",
    "IELTS 6.5",
    "Việt Nam",
]
HOC = [
    2,
    "Học Vui",
    "giáo dục vui vẻ",
    "Hạt giống",
    "31/02/2024",
    "Ứng dụng luyện toán cho học sinh tiểu học",
    "Ứng dụng giúp học sinh tiểu học luyện tập môn toán mỗi ngày.",
    "Nhật Bản",
    "Tìm kiếm thị trường",
    "300",
    "B1",
    "Việt Nam",
]
MENDED = [*HOC[:2], "Công nghệ giáo dục", HOC[3], "28/02/2024", *HOC[5:]]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return shipped_home(tmp_path_factory.mktemp("first-day") / "home")


@pytest.fixture(scope="module")
def parts(home):
    return wire(Settings(_env_file=None, home=home, model=str(default_model())))


@pytest.fixture(scope="module")
def service(parts):
    app = create_app(parts)
    with TestClient(app) as client:
        assert app.state.warm_up.done.wait(120)
        yield client


def workbook(file, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("A1:L1")
    book.save(file)
    return str(file)


def key_of(home, name, role, profile=None):
    bound = ("--profile", profile) if profile else ()
    made = caunoi(home, "keys", "create", name, "--role", role, *bound, "--json").json
    return {"Authorization": f"Bearer {made['key']}"}


def ids(answer, its_id="programme_id"):
    return [match[its_id] for match in answer["matches"]]


def test_an_officer_loads_a_file_mends_a_row_matches_declines_explains_and_exports(
    home, service, tmp_path
):
    # a refused row says what to do, and the good one is kept
    file = workbook(tmp_path / "đợt 1.xlsx", TITLE, HEADINGS, TOM, HOC)
    told = caunoi(home, "load", file, "--json")
    assert told.code == 1
    report = json.loads(told.out)
    assert (report["added"], report["counts"]["refused"]) == (["tom-khoe"], 1)
    (refused,) = report["refused"]
    assert (refused["line"], refused["name"]) == (4, "Học Vui")
    assert {fault["field"] for fault in refused["errors"]} == {"sectors", "founded_on"}

    # mended, and loaded again as it is
    file = workbook(tmp_path / "đợt 1 sửa.xlsx", TITLE, HEADINGS, TOM, MENDED)
    report = caunoi(home, "load", file, "--json").json
    assert (report["added"], report["counts"]["unchanged"]) == (["hoc-vui"], 1)

    # matched: a Vietnamese profile finds the aquaculture programmes, with reasons that add up
    answer = caunoi(home, "match", "tom-khoe", "--json", "--details", "0").json
    best = answer["matches"][0]
    assert "aquaculture" in best["programme_id"]
    assert round(sum(part["points"] for part in best["parts"]), 2) == best["score"]

    # declined in the service, seen by the command at once
    officer = key_of(home, "Lan", "officer")
    pair = {"startup_id": "tom-khoe", "target_kind": "programme", "decision": "declined"}
    declined = pair | {"target_id": best["programme_id"], "why": "Trùng lịch thu hoạch"}
    assert service.post(f"{API}/decisions", json=declined, headers=officer).status_code == 201
    after = caunoi(home, "match", "tom-khoe", "--json").json
    assert best["programme_id"] not in ids(after)
    assert ids(after)[0] == answer["matches"][1]["programme_id"]

    # explained in both languages, to the same score
    second = after["matches"][0]
    explained = [
        caunoi(home, "explain", "tom-khoe", second["programme_id"], "--lang", lang, "--json").json
        for lang in ("vi", "en")
    ]
    assert [one["score"] for one in explained] == [second["score"]] * 2
    assert explained[0]["parts"][0]["reason"] != explained[1]["parts"][0]["reason"]

    # exported, and the file loads back to what it was
    out = tmp_path / "startup.csv"
    assert caunoi(home, "export", "startups", str(out)).code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert {"tom-khoe", "hoc-vui", "alterno"} <= {row["Mã"] for row in rows}
    counts = caunoi(home, "load", str(out), "--kind", "startups", "--json").json["counts"]
    assert counts == {"added": 0, "changed": 0, "unchanged": len(rows), "refused": 0}


def test_a_startup_with_a_vietnamese_profile_sees_its_programmes_and_nobody_elses(home, service):
    own = key_of(home, "Tép Bạc", "startup", "tepbac")
    answer = service.get(f"{API}/startups/tepbac/matches", headers=own)
    assert answer.status_code == 200
    assert answer.headers["content-language"] == "vi"
    matches = answer.json()["matches"]
    assert any("aquaculture" in match["programme_id"] for match in matches[:3])
    assert all(not part["reason"].isascii() for part in matches[0]["parts"])
    assert service.get(f"{API}/startups/alterno/matches", headers=own).status_code in (403, 404)
    assert service.get(f"{API}/startups/tepbac/matches").status_code == 401

    # the profile gains what the explanation says it would
    target = matches[0]["programme_id"]
    explained = service.get(f"{API}/startups/tepbac/programmes/{target}", headers=own).json()
    change = explained["changes"][0]
    etag = service.get(f"{API}/startups/tepbac", headers=own).headers["ETag"]
    patched = service.patch(
        f"{API}/startups/tepbac",
        json={change["field"]: change["value"]},
        headers=own | {"If-Match": etag},
    )
    assert patched.status_code == 200
    better = service.get(f"{API}/startups/tepbac/matches?k=1000", headers=own).json()
    scores = {match["programme_id"]: match["score"] for match in better["matches"]}
    assert scores[target] == change["score"] > matches[0]["score"]


def test_an_incubator_sees_its_partners_abroad(home, service):
    own = key_of(home, "SIHUB", "incubator", "sihub")
    answer = service.get(f"{API}/incubators/sihub/partners?k=1000", headers=own).json()
    partners = {match["partner_id"]: match for match in answer["matches"]}
    assert "org-austrade" in partners
    assert not {"VN"} & {match["country"] for match in answer["matches"]}
    assert {"home", "partner"} >= {c["ask"] for m in answer["matches"] for c in m["checks"]}
    limited = service.get(f"{API}/incubators/sihub/partners?per_country=1&k=5", headers=own).json()
    countries = [match["country"] for match in limited["matches"]]
    assert len(set(countries)) == len(countries) == 5
    other = service.get(f"{API}/incubators/shtp-ic/partners", headers=own)
    assert other.status_code in (403, 404)


# -- what must be refused, whoever asks ------------------------------------------------------------


@pytest.mark.parametrize("startup", LARGE_FIRMS)
def test_a_large_firm_is_refused_by_every_programme(parts, startup):
    ranking = parts.matchmaker.top_matches(startup, EVERYTHING).ranking
    assert (ranking.matches, ranking.eligible) == ((), 0)
    assert len(ranking.refusals) == ranking.refused == len(parts.matchmaker.programmes.roster)
    assert all("size" in {rule for rule, _ in refusal.others} for refusal in ranking.refusals)


def test_closed_programmes_pads_networks_and_visa_schemes_are_open_to_nobody(parts):
    parts.matchmaker.catch_up()
    kept = parts.matchmaker.programmes.roster.profiles
    barred = [p for p in kept if p.status == "closed" or p.family in ("B", "F")]
    assert {p.id for p in barred} >= {"austrade-landing-pads", "ircc-start-up-visa-program"}
    for programme in barred:
        ranking = parts.matchmaker.top_startups(programme.id, EVERYTHING).ranking
        assert ranking.matches == (), programme.id
        assert ranking.refused == len(parts.matchmaker.startups.roster)


def test_a_visa_scheme_is_no_partner_and_the_landing_pads_are_one(parts):
    ranking = parts.matchmaker.top_partners("sihub", EVERYTHING).ranking
    refused = {refusal.id: refusal.rule for refusal in ranking.refusals}
    assert "org-austrade" in {match.id for match in ranking.matches}
    assert "operator_kind" in refused.values()
    assert {rule for i, rule in refused.items() if not i.startswith("org-")} == {"abroad"}


def test_nobody_is_matched_with_a_programme_in_the_own_country(parts):
    parts.matchmaker.catch_up()
    for startup in parts.matchmaker.startups.roster.profiles[:20]:
        answer = parts.matchmaker.top_matches(startup.id, EVERYTHING)
        assert all(answer.profiles[m.id].host != startup.country for m in answer.ranking.matches)
