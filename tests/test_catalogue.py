import csv
import re
import time
import unicodedata
from collections import Counter
from dataclasses import replace
from importlib import resources

import pytest

from data import profiles
from data.catalogue import catalogue_tables, load_catalogue, shipped
from data.engines import engine_of, migrate, reading, transaction
from data.folding import words
from matcher.profile import KINDS, check, forms
from tests.builders import NOW

FOLDER = resources.files("data") / "catalogue"
VIETNAMESE = re.compile(
    "[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    engine = engine_of(f"sqlite:///{tmp_path_factory.mktemp('catalogue')}/caunoi.db")
    migrate(engine)
    with transaction(engine) as conn:
        load_catalogue(conn, at=NOW)
    with reading(engine) as conn:
        return {kind: profiles.all_profiles(conn, kind) for kind in KINDS}


@pytest.fixture(scope="module")
def everyone(catalogue):
    return [profile for kind in KINDS for profile in catalogue[kind]]


def rows_of(name):
    with (FOLDER / name).open("r", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_every_row_is_loaded_and_every_heading_known():
    for table in catalogue_tables():
        assert (table.refused, table.ignored_headings, table.missing) == ((), (), ())


def test_it_holds_202_programmes_90_startups_and_35_incubators(catalogue):
    assert {kind: len(found) for kind, found in catalogue.items()} == {
        "programme": 202,
        "startup": 90,
        "incubator": 35,
    }
    cities = Counter(startup.city for startup in catalogue["startup"])
    assert cities["Ho Chi Minh City"] == 60


def test_loading_it_is_quick_and_a_second_time_changes_nothing(tmp_path):
    engine = engine_of(f"sqlite:///{tmp_path}/caunoi.db")
    migrate(engine)
    start = time.process_time()
    with transaction(engine) as conn:
        first = load_catalogue(conn)
    assert time.process_time() - start < 5
    with transaction(engine) as conn:
        second = load_catalogue(conn)
    assert sum(len(report.added) for report in first) == 327
    assert sum(len(report.unchanged) for report in second) == 327


def test_it_can_be_read_without_a_database(catalogue):
    for kind in KINDS:
        assert sorted(shipped(kind), key=lambda p: p.id) == list(catalogue[kind])


def test_loading_it_again_undoes_nobodys_edit_or_deletion(tmp_path):
    engine = engine_of(f"sqlite:///{tmp_path}/caunoi.db")
    migrate(engine)
    with transaction(engine) as conn:
        load_catalogue(conn)
        alterno = profiles.get(conn, "startup", "alterno")
        profiles.put(conn, replace(alterno, stage="series_a"), who="an", at=NOW)
        profiles.delete(conn, "startup", "buymed", who="an", at=NOW)
        seen = profiles.latest_seq(conn)
        load_catalogue(conn)
        assert profiles.latest_seq(conn) == seen
        assert profiles.get(conn, "startup", "alterno").stage == "series_a"


def test_every_profile_holds_to_its_fields(everyone):
    for profile in everyone:
        check(profile)


def test_every_text_is_in_nfc_and_without_invisible_marks():
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", text), path.name
        assert not re.search("[\u200b\u200c\u200d\u2060\u00ad\ufeff\ufffd]", text), path.name


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_profile_is_described_in_40_to_120_words_in_both_languages(everyone, language):
    for profile in everyone:
        description = getattr(profile, f"description_{language}") or ""
        assert 40 <= len(description.split()) <= 120, profile.id


def test_vietnamese_texts_are_vietnamese_and_english_ones_are_not(everyone):
    for profile in everyone:
        vietnamese, english = profile.description_vi, profile.description_en
        assert len(VIETNAMESE.findall(vietnamese)) > 0.3 * len(vietnamese.split()), profile.id
        assert len(VIETNAMESE.findall(english)) < 0.1 * len(english.split()), profile.id


def test_a_text_in_one_language_has_its_twin_in_the_other(everyone):
    for profile in everyone:
        for name in forms(type(profile)):
            if name.endswith("_en"):
                twin = name.removesuffix("_en") + "_vi"
                both = (getattr(profile, name) is None, getattr(profile, twin) is None)
                assert both[0] == both[1], (profile.id, name)


def test_every_profile_has_a_source_its_kind_and_a_day(everyone):
    for profile in everyone:
        assert profile.source, profile.id
        assert profile.source_kind in ("found", "known"), profile.id
        assert profile.as_of is not None, profile.id
        assert profile.verified is not None, profile.id


def test_every_source_of_a_fact_names_a_field_that_its_profile_fills(everyone):
    for profile in everyone:
        for fact in profile.fact_sources:
            assert fact.source, profile.id
            assert fact.field in forms(type(profile)), (profile.id, fact.field)


def test_every_source_and_portfolio_row_belongs_to_a_profile(catalogue):
    ids = {kind: {profile.id for profile in found} for kind, found in catalogue.items()}
    for row in rows_of("fact_sources.csv"):
        assert row["id"] in ids[row["kind"]], row
    for row in rows_of("portfolio.csv"):
        assert row["programme_id"] in ids["programme"], row
        assert row["source"], row
        assert row["as_of"], row


def test_no_id_and_no_name_occurs_twice(catalogue):
    for kind, found in catalogue.items():
        names = Counter((words(p.name), words(getattr(p, "organisation", ""))) for p in found)
        assert [name for name, count in names.items() if count > 1] == [], kind
        lines = [row["id"] for row in rows_of(f"{kind}s.csv")]
        assert len(lines) == len(set(lines))
    companies = Counter((r["programme_id"], words(r["company"])) for r in rows_of("portfolio.csv"))
    assert max(companies.values()) == 1


def test_past_companies_are_described_in_both_languages(catalogue):
    for programme in catalogue["programme"]:
        for alumnus in programme.portfolio or ():
            assert alumnus.what_en, programme.id
            assert alumnus.what_vi, programme.id


def test_a_programme_that_runs_abroad_names_where(catalogue):
    hosts = {p.id: (p.country, p.host_country, p.city) for p in catalogue["programme"]}
    assert hosts["nus-enterprise-block71-silicon-valley"] == ("SG", "US", "San Francisco")
    assert hosts["kosme-k-startup-center-hanoi"] == ("KR", "VN", "Hanoi")
    assert hosts["techstars-tokyo"] == ("JP", None, "Tokyo")
    for programme in catalogue["programme"]:
        assert programme.host_country != programme.country, programme.id


def test_exclusive_programmes_exist_and_exclude_each_other(catalogue):
    excluded = {p.id: p.exclusive_with or () for p in catalogue["programme"]}
    for id, others in excluded.items():
        for other in others:
            assert id in excluded[other], (id, other)


def test_no_closed_programme_takes_applications(catalogue):
    for programme in catalogue["programme"]:
        if programme.status == "closed":
            assert not programme.rolling, programme.id
            assert programme.application_open is None, programme.id


def test_families_and_directions_agree(catalogue):
    for programme in catalogue["programme"]:
        assert programme.family is not None, programme.id
        if programme.family == "B":
            assert programme.direction in ("out", "both"), programme.id
        else:
            assert programme.direction != "out", programme.id
        if programme.direction == "out":
            assert programme.home_country_only is not False, programme.id


def test_a_programme_without_equity_does_not_invest_for_it(catalogue):
    for programme in catalogue["programme"]:
        if programme.equity_percent == 0:
            assert programme.funding_kind not in ("safe", "equity"), programme.id


def test_large_firms_are_there_for_the_gates_to_refuse(catalogue):
    large = {startup.id for startup in catalogue["startup"] if startup.size == "large"}
    assert len(large) >= 3


def test_nobodys_personal_data_is_shipped(everyone):
    for profile in everyone:
        for form in forms(type(profile)).values():
            assert not (form.personal and getattr(profile, form.name)), (profile.id, form.name)
