import csv
import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import profiles
from data.catalogue import load_catalogue
from data.engines import engine_of, migrate, transaction
from data.entries import read_table
from data.exporting import export_profiles
from data.folding import nfc
from data.legacy_fonts import repaired
from data.loading import load_file
from matcher.errors import UnknownName
from matcher.profile import KINDS, FactSource, Founder, LanguageSkill, Money
from tests.builders import NOW, incubator, startup


def fresh(folder, name="caunoi"):
    engine = engine_of(f"sqlite:///{folder}/{name}.db")
    migrate(engine)
    return engine


def loaded(conn, content, kind, name="x"):
    report = load_file(conn, content, name, kind=kind, who="an", at=NOW)
    assert report.refused == ()
    assert report.ignored_headings == ()
    return report


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    engine = fresh(tmp_path_factory.mktemp("catalogue"))
    with transaction(engine) as conn:
        load_catalogue(conn)
    return engine


FULL = startup(
    legal_name="Công ty cổ phần “Ví Dụ”; chi nhánh, TP.HCM",
    tax_code="0312345678",
    parent_country="SG",
    revenue_12m=Money(1234567.89, "USD"),
    total_raised=Money(0, "VND"),
    languages=(LanguageSkill("en", "B2"), LanguageSkill("ja"), LanguageSkill("vi", "native")),
    founders=(Founder("Nguyễn Thị Ánh", "female", "CEO", True, 62.5, "VN"), Founder("Lê; Bình")),
    contact_name="-- Ánh",
    contact_phone="+84 903 123 456",
    grants_held=(),
    conflicts=("Quỹ A; Quỹ B", "@công ty"),
    will_incorporate_abroad=False,
    verified=True,
    can_travel_weeks=6.5,
    employees=1200,
    max_equity_percent=7.5,
    trl="TRL7",
    goal="first_customers",
    description_vi="Dòng một\nDòng hai; “ba”, 'bốn'",
    note="=cmd|' /C calc'!A0",
    fact_sources=(FactSource("stage", "báo; đài", date(2025, 1, 2)),),
)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_full_profile_comes_back_the_same(tmp_path, format, lang):
    content = export_profiles("startup", [FULL], format, lang=lang, personal=True)
    with transaction(fresh(tmp_path)) as conn:
        loaded(conn, content, None)
        kept = profiles.get(conn, "startup", FULL.id)
        assert profiles.put(conn, FULL, who="an", at=NOW).changed is False, kept


@pytest.mark.parametrize(("format", "lang"), [("csv", "vi"), ("xlsx", "en")])
def test_the_whole_catalogue_comes_back_the_same(catalogue, format, lang):
    for kind in KINDS:
        with transaction(catalogue) as conn:
            real = profiles.all_profiles(conn, kind)
            content = export_profiles(kind, real, format, lang=lang)
            assert len(loaded(conn, content, None).unchanged) == len(real)


def test_personal_fields_stay_at_home_unless_asked_for():
    content = export_profiles("startup", [FULL], "csv").decode("utf-8-sig")
    assert "Ánh" not in content
    assert "903" not in content
    assert "Ánh" in export_profiles("startup", [FULL], "csv", personal=True).decode()


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_no_cell_begins_like_a_formula(format):
    content = export_profiles("startup", [FULL], format, personal=True)
    if format == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert all(cell.data_type != "f" for row in sheet.rows for cell in row)
        rows = [[cell.value for cell in row] for row in sheet.rows]
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    assert not [text for text in texts if text[:1] in ("=", "+", "-", "@")]


def test_headings_are_in_the_language_asked_for():
    first = export_profiles("incubator", [incubator()], "csv", lang="en").decode("utf-8-sig")
    assert first.startswith("ID,Name,Vietnamese name,Country,City")
    second = export_profiles("incubator", [incubator()], "csv").decode("utf-8-sig")
    assert second.startswith('Mã,Tên,Tên tiếng Việt,Quốc gia,"Tỉnh, thành phố"')


def test_an_export_of_nothing_is_a_form_with_every_heading():
    content = export_profiles("startup", [], "csv", lang="en").decode("utf-8-sig")
    assert "Weeks able to travel" in content
    assert "Contact email" not in content


def test_an_unknown_format_is_refused():
    with pytest.raises(UnknownName):
        export_profiles("startup", [], "pdf")


TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "Nd", "P", "Sm", "Sc"), include_characters=" "),
    min_size=1,
    max_size=30,
).filter(lambda text: text == text.strip())


@settings(max_examples=40, deadline=None)
@given(note=TEXTS, amount=st.floats(0, 1e12), weeks=st.floats(0, 520), count=st.integers(0, 10**9))
def test_any_text_and_number_comes_back(note, amount, weeks, count):
    given_one = startup(
        note=note,
        revenue_12m=Money(round(amount, 2), "USD"),
        can_travel_weeks=round(weeks, 1),
        employees=count,
    )
    for format in ("csv", "xlsx"):
        table = read_table(export_profiles("startup", [given_one], format), kind="startup")
        assert table.refused == ()
        values = dict(table.entries[0].values)
        assert values.get("note") in (nfc(repaired(note)), None)
        assert values["revenue_12m"].amount == given_one.revenue_12m.amount
        assert (values["can_travel_weeks"], values["employees"]) == (round(weeks, 1), count)
