import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from time import process_time

import pytest

from data import profiles
from data.currencies import in_usd
from data.engines import engine_of, migrate, reading, transaction
from data.listing import filters_of
from matcher.errors import (
    ProfileExists,
    ProfileNotFound,
    Stale,
    UnknownCode,
    UnknownField,
    UnknownName,
)
from matcher.profile import KINDS, Alumnus, FactSource, Founder, LanguageSkill, Money
from tests.builders import NOW, incubator, programme, startup

LATER = NOW + timedelta(hours=1)


def put(conn, profile, at=NOW, **options):
    return profiles.put(conn, profile, who="an", at=at, **options)


FULL = startup(
    revenue_12m=in_usd(Money(1.5e9, "VND")),
    languages=(LanguageSkill("en", "B2"), LanguageSkill("ja")),
    founders=(Founder("Nguyễn Thị Ánh", "female", share_percent=60.0, full_time=True),),
    fact_sources=(FactSource("stage", "báo", date(2025, 1, 2)),),
    grants_held=(),
    will_incorporate_abroad=False,
    can_travel_weeks=6.0,
    employees=0,
)


def test_a_profile_comes_back_as_it_was_put(conn):
    put(conn, FULL)
    assert profiles.get(conn, "startup", FULL.id) == FULL


def test_unknown_none_known_zero_and_no_stay_apart(conn):
    put(conn, FULL)
    kept = profiles.get(conn, "startup", FULL.id)
    assert (kept.grants_held, kept.conflicts) == ((), None)
    assert (kept.employees, kept.team_size) == (0, None)
    assert (kept.will_incorporate_abroad, kept.verified) == (False, None)


@pytest.mark.parametrize(
    "profile",
    [programme(portfolio=(Alumnus("Ví dụ", "pays", None),), intake_months=(3, 9)), incubator()],
)
def test_every_kind_is_kept(conn, profile):
    kept = put(conn, profile)
    assert kept.action == "added"
    assert profiles.all_profiles(conn, type(profile).__name__.lower()) == (kept.profile,)


def test_money_has_its_dollars_when_it_comes_back(conn):
    kept = put(conn, startup(revenue_12m=Money(1_000_000_000, "VND")))
    assert kept.profile.revenue_12m.usd == pytest.approx(38_400)


def test_the_same_content_changes_nothing_and_writes_no_history(conn):
    put(conn, FULL)
    again = put(conn, replace(FULL, can_travel_weeks=6), at=LATER)
    assert (again.changed, again.version, again.changed_at) == (False, 1, NOW)
    assert len(profiles.history(conn, "startup", FULL.id)) == 1
    assert profiles.latest_seq(conn) == 1


def test_texts_are_kept_composed_however_they_come(conn):
    decomposed = unicodedata.normalize("NFD", FULL.name)
    kept = put(conn, replace(FULL, name=decomposed))
    assert kept.profile.name == FULL.name != decomposed
    assert put(conn, FULL).changed is False


def test_a_change_raises_the_version_and_is_remembered(conn):
    put(conn, FULL)
    second = put(conn, replace(FULL, name="Tên mới"), at=LATER, expected_version=1)
    assert (second.version, second.action) == (2, "changed")
    newest, oldest = profiles.history(conn, "startup", FULL.id)
    assert (newest.profile.name, oldest.profile) == ("Tên mới", FULL)
    assert (newest.changed_at, newest.changed_by, newest.version) == (LATER, "an", 2)


def test_an_edit_of_an_old_version_is_stale(conn):
    put(conn, FULL)
    put(conn, replace(FULL, name="Tên mới"))
    with pytest.raises(Stale) as refused:
        put(conn, replace(FULL, name="Tên khác"), expected_version=1)
    assert refused.value.facts["version"] == 2


def test_an_edit_of_what_does_not_exist_is_stale(conn):
    with pytest.raises(Stale):
        put(conn, FULL, expected_version=1)


def test_an_id_in_use_cannot_be_created(conn):
    put(conn, FULL, create=True)
    with pytest.raises(ProfileExists):
        put(conn, FULL, create=True)


def test_a_field_that_does_not_hold_writes_nothing(conn):
    with pytest.raises(UnknownCode):
        profiles.put_all(conn, [FULL, startup(id="khac", stage="series_z")], who="an", at=NOW)
    assert profiles.latest_seq(conn) == 0


def test_an_unknown_id_names_the_nearest(conn):
    put(conn, FULL)
    with pytest.raises(ProfileNotFound) as refused:
        profiles.get(conn, "startup", "vi-du-pai")
    assert refused.value.facts["nearest"] == ("vi-du-pay",)


def test_an_unknown_kind_names_the_known_ones(conn):
    with pytest.raises(UnknownName):
        profiles.all_profiles(conn, "investor")


def test_a_deleted_profile_is_gone_but_its_history_stays(conn):
    put(conn, FULL)
    assert profiles.delete(conn, "startup", FULL.id, who="an", at=LATER, expected_version=1) == 2
    with pytest.raises(ProfileNotFound):
        profiles.get(conn, "startup", FULL.id)
    assert profiles.all_profiles(conn, "startup") == ()
    assert profiles.list_profiles(conn, "startup").total == 0
    assert profiles.get_many(conn, "startup", [FULL.id]) == {}
    assert [e.action for e in profiles.history(conn, "startup", FULL.id)] == ["deleted", "added"]


def test_a_deleted_profile_comes_back_when_it_is_put_again(conn):
    put(conn, FULL)
    profiles.delete(conn, "startup", FULL.id, who="an", at=NOW)
    back = put(conn, FULL, create=True)
    assert (back.action, back.version) == ("restored", 3)
    assert profiles.get(conn, "startup", FULL.id) == FULL


def test_changes_can_be_followed_from_a_number(conn):
    put(conn, FULL)
    seen = profiles.latest_seq(conn)
    put(conn, programme())
    profiles.delete(conn, "startup", FULL.id, who="an", at=LATER)
    followed = [(c.kind, c.id) for c in profiles.changes_since(conn, seen)]
    assert followed == [("programme", "merlion-landing"), ("startup", FULL.id)]


def test_many_are_written_and_read_in_the_order_of_ids(conn):
    many = [startup(id=f"s{number:04}", name=f"S {number}") for number in reversed(range(1200))]
    outcomes = profiles.put_all(conn, many, who="an", at=NOW)
    assert [o.profile.id for o in outcomes] == [p.id for p in many]
    assert profiles.all_profiles(conn, "startup") == tuple(reversed(many))
    assert len(profiles.get_many(conn, "startup", [p.id for p in many])) == 1200


def test_a_list_comes_in_pages(conn):
    profiles.put_all(conn, [startup(id=f"s{n}") for n in range(5)], who="an", at=NOW)
    page = profiles.list_profiles(conn, "startup", limit=2, offset=2)
    assert ([p.id for p in page.items], page.total) == (["s2", "s3"], 5)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"sector": "fintech"}, ["a", "b"]),
        ({"sector": ("agritech", "ai")}, ["b", "c"]),
        ({"stage": "mvp"}, ["c"]),
        ({"city": "TP.HCM"}, ["a", "b"]),
        ({"need": "training"}, ["b"]),
        ({"country": "SG"}, []),
        ({"sector": "fintech", "need": "training"}, ["b"]),
        ({"language": "ja"}, ["b"]),
    ],
)
def test_a_list_is_filtered(conn, filters, found):
    put(conn, startup(id="a"))
    put(
        conn,
        startup(
            id="b",
            sectors=("ai", "fintech"),
            needs=("training",),
            languages=(LanguageSkill("ja", "B1"),),
        ),
    )
    put(conn, startup(id="c", sectors=("agritech",), stage="mvp", city="Hanoi"))
    page = profiles.list_profiles(conn, "startup", filters=filters)
    assert [p.id for p in page.items] == found


def test_programmes_are_filtered_by_family_service_and_where_they_run(conn):
    put(conn, programme(id="a", host_country="JP"))
    put(conn, programme(id="b", family="C", services=("funding",)))
    for filters, found in (
        ({"family": "C"}, ["b"]),
        ({"country": "JP"}, ["a"]),
        ({"country": "SG"}, ["a", "b"]),
        ({"service": "mentoring", "stage": "mvp", "status": "open"}, ["a"]),
    ):
        page = profiles.list_profiles(conn, "programme", filters=filters)
        assert [p.id for p in page.items] == found


def test_an_unknown_filter_names_the_known_ones(conn):
    with pytest.raises(UnknownField) as refused:
        profiles.list_profiles(conn, "startup", filters={"family": "A"})
    assert "sector" in refused.value.facts["known"]


@pytest.mark.parametrize(
    "text",
    ["cua hang", "CỬA HÀNG nhỏ", "small shops", "vi du", "công nghệ tài chính", "viet nam"],
)
def test_a_text_is_found_in_both_languages_with_or_without_diacritics(conn, text):
    put(conn, startup())
    assert profiles.list_profiles(conn, "startup", text=text).total == 1


@pytest.mark.parametrize("text", ["100%", "nong trai", "vi_du", "Nguyễn Thị"])
def test_a_text_that_is_not_there_or_personal_is_not_found(conn, text):
    put(conn, replace(FULL, contact_name="Nguyễn Thị Ánh"))
    assert profiles.list_profiles(conn, "startup", text=text).total == 0


def test_every_filter_of_every_kind_runs(conn):
    for kind, value in product(KINDS, ("VN", '"', "%")):
        for name in filters_of(kind):
            assert profiles.list_profiles(conn, kind, filters={name: value}).total == 0


def test_three_thousand_programmes_are_read_in_less_than_three_seconds(tmp_path):
    engine = engine_of(f"sqlite:///{tmp_path}/many.db")
    migrate(engine)
    with transaction(engine) as conn:
        profiles.put_all(conn, [programme(id=f"p{n:05}") for n in range(3000)], who="an", at=NOW)
    start = process_time()
    with reading(engine) as conn:
        assert len(profiles.all_profiles(conn, "programme")) == 3000
    assert process_time() - start < 3
