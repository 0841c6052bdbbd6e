"""Cohorts from the files that officers make, and back."""

import csv
import io
import unicodedata
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from data.cohort_files import read_cohort, write_cohort
from data.cohort_headings import NEEDED, SHEETS, TABLES, field_of, forms_of, labels
from data.cohorts import body_of, cohort_of
from data.engines import engine_of, migrate, transaction
from data.named_profiles import Named, Names, profiles_named
from data.texts import LANGUAGES, Texts
from matcher.cohort import Intake, PairRule, Quota
from matcher.errors import (
    FileUnreadable,
    InvalidField,
    LimitInvalid,
    NameAmbiguous,
    NameNotFound,
    NoKnownHeadings,
    UnknownCode,
    UnknownName,
)
from matcher.profile import Money
from tests.builders import programme, startup
from tests.kept_rounds import PROGRAMMES, STARTUPS, cohort, keep_profiles
from tests.strategies import examples
from tests.test_cohorts_kept import full

MORE = (startup(id="an-pay-2", name="AN PAY."), programme(id="k-lab-2", name="K Lab",
        organisation="K Lab Busan"))  # fmt: skip


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """Startups and programmes as they are kept."""
    engine = engine_of(f"sqlite:///{tmp_path_factory.mktemp('files')}/caunoi.db")
    migrate(engine)
    with transaction(engine) as conn:
        keep_profiles(conn)
        return profiles_named(conn, "startup"), profiles_named(conn, "programme")


@pytest.fixture(scope="module")
def doubled():
    """Names of which some mean several profiles."""
    startups = [Named(one.id, one.name, one.tax_code) for one in (*STARTUPS, MORE[0])]
    programmes = [
        Named(one.id, one.name, None, (f"{one.organisation} {one.name}",))
        for one in (*PROGRAMMES, MORE[1])
    ]
    return Names("startup", startups), Names("programme", programmes)


def book(**sheets):
    """A workbook of these sheets, each a list of rows; ``_`` in a name stands for a blank."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    return saved(made)


def saved(made):
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(content, names, present=None, filename="dot.xlsx"):
    startups, programmes = names
    return read_cohort(content, filename, startups=startups, programmes=programmes, present=present)


def errors(report):
    """Line and error of every refused cell."""
    return [
        (line.line, cell.field, type(cell.error)) for line in report.refused for cell in line.cells
    ]


ROUND = [["Tên đợt", "Đợt 1 năm 2026"], ["Mã đợt", "dot-1-2026"]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_written_cohort_loads_back_to_the_same(names, lang):
    kept = cohort_of(body_of(full()))
    report = read(write_cohort(kept, *names, lang), names)
    assert report.refused == ()
    assert report.ignored_headings == ()
    assert report.cohort == kept


texts = (
    st.text("aáĐ 'x=+-;|", min_size=1, max_size=9)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text.strip("=+-;|'") and text.casefold() not in ("x",))
)
amounts = st.sampled_from((0, 1, 7, 1_000))
money = st.one_of(
    st.none(), st.builds(Money, st.sampled_from((0.5, 9e3, 2e9)), st.sampled_from(("VND", "USD")))
)


@st.composite
def cohorts(draw):
    """Cohorts of the kept profiles, much of them unknown."""
    chosen = draw(st.lists(st.sampled_from([one.id for one in STARTUPS]), unique=True))
    offered = draw(st.lists(st.sampled_from([one.id for one in PROGRAMMES]), unique=True))

    def maybe(one):
        return draw(st.one_of(st.none(), one))

    intakes = tuple(
        Intake(programme_id=id, places=maybe(amounts), min_intake=draw(amounts),
               cost_per_place=draw(money))
        for id in offered
    )  # fmt: skip
    rulings = st.sampled_from(("forced", "forbidden", "conflict"))
    rules = tuple(
        PairRule(startup_id=s, programme_id=p, ruling=draw(rulings), why=draw(texts))
        for s in chosen for p in offered if draw(st.booleans())
    )  # fmt: skip
    values = st.sampled_from((("country", "KR"), ("sector", "ai"), ("stage", "seed"),
                              ("phase", "uom_tao"), ("district", "Bến Nghé")))  # fmt: skip
    quotas = tuple(
        Quota(
            name=" ".join(f"{place} {draw(texts)}".split()),
            attribute=kind,
            value=value,
            at_most=draw(amounts),
        )
        for place, (kind, value) in enumerate(draw(st.lists(values, max_size=3)))
    )
    made = cohort(
        name=draw(texts), budget=draw(money), offers=draw(st.integers(1, 20)),
        opens_on=maybe(st.dates(date(2020, 1, 1), date(2030, 1, 1))), note=maybe(texts),
        assumed_places=maybe(amounts), least_points=maybe(st.sampled_from((0.0, 12.5, 100.0))),
        startup_side=maybe(st.sampled_from((0.0, 60.0, 33.3))), budget_year=maybe(st.just(2026)),
        startups=tuple(chosen), intakes=intakes, pair_rules=rules, quotas=quotas,
    )  # fmt: skip
    return cohort_of(body_of(made))


@examples(40)
@given(one=cohorts(), lang=st.sampled_from(LANGUAGES))
def test_any_cohort_loads_back_to_the_same(one, lang, names):
    report = read(write_cohort(one, *names, lang), names)
    assert report.refused == ()
    assert report.cohort == one


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_form_has_every_heading_and_says_nothing(names, lang):
    content = write_cohort(None, *names, lang)
    report = read(content, names)
    assert (report.cohort, report.given, report.refused) == (None, (), ())
    assert read(content, names, present=full()).cohort == full()
    titles = [sheet.title for sheet in load_workbook(io.BytesIO(content)).worksheets]
    assert titles == [names_[LANGUAGES.index(lang)] for names_ in SHEETS.values()]


def test_a_form_is_written_in_a_language_of_the_product(names):
    with pytest.raises(UnknownName):
        write_cohort(None, *names, "fr")


def test_an_officers_workbook_is_read_whole(names):
    made = Workbook()
    sheet = made.active
    sheet.title = "Thông tin chung"
    for row in (
        ["SỞ KHOA HỌC VÀ CÔNG NGHỆ"],
        [],
        ["Tên đợt:", unicodedata.normalize("NFD", "Đợt 1 năm 2026")],
        ["Mã đợt: dot-1-2026"],
        ["Từ ngày", datetime(2026, 3, 1), "Đến ngày", "30/4/2026"],
        ["Năm ngân sách", 2026.0],
        ["Kinh phí (triệu đồng)", "2.500"],
        ["Số suất mỗi startup", "2 suất"],
        ["Số suất giả định", 3],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet = made.create_sheet("DS chương trình")
    for row in (
        ["CHƯƠNG TRÌNH THAM GIA"],
        ["STT", "Chương trình", "Số lượng", "Số lượng", "Đơn giá", "Người phụ trách"],
        ["STT", "Chương trình", "Số suất", "Tối thiểu", "(triệu đồng)", "Người phụ trách"],
        [1, "k lab", 2, 1, "450,5", "Lan"],
        [2, "Merlion Agency Merlion Landing", None, None, "20.000 USD", "Minh"],
        ["Tổng cộng", None, 2, 1],
    ):
        sheet.append(row)
    for area in ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "F2:F3"):
        sheet.merge_cells(area)
    sheet = made.create_sheet("Sheet3")
    for row in (
        ["TT", "Tên doanh nghiệp", "MST"],
        [1, "bình agri", None],
        [2, None, 312345678.0],
        [3, "An Pay", None],
    ):
        sheet.append(row)
    sheet = made.create_sheet("Cặp")
    for row in (
        ["Startup", "Chương trình", "Chỉ định/loại trừ", "Lý do"],
        ["An Pay", "K Lab", "Chỉ định", "Biên bản 5/2026"],
        ["Chi Med", "merlion", "xung đột lợi ích", None],
    ):
        sheet.append(row)
    sheet = made.create_sheet("Giới hạn")
    for row in (
        ["Tên giới hạn", "Thuộc tính", "Giá trị", "Tối thiểu", "Tối đa"],
        ["Không quá 2 suất Hàn Quốc", "Quốc gia", "Hàn Quốc", None, 2],
        ["Fintech", "lĩnh vực", "Fintech", "1", "-"],
        ["Phường Bến Nghé", "phường", "Bến Nghé", 0, 3],
    ):
        sheet.append(row)
    made.create_sheet("Ghi chú").append(["Bản thảo"])
    report = read(saved(made), names)
    assert errors(report) == []
    one = report.cohort
    assert (one.id, one.name) == ("dot-1-2026", "Đợt 1 năm 2026")
    assert (one.opens_on, one.closes_on) == (date(2026, 3, 1), date(2026, 4, 30))
    assert (one.budget_year, one.offers, one.assumed_places) == (2026, 2, 3)
    assert (one.budget.amount, one.budget.currency) == (2.5e9, "VND")
    assert one.startups == ("binh-agri", "chi-med", "an-pay")
    k_lab, merlion = one.intakes
    assert (k_lab.programme_id, k_lab.places, k_lab.min_intake) == ("k-lab", 2, 1)
    assert (k_lab.cost_per_place.amount, k_lab.cost_per_place.currency) == (450.5e6, "VND")
    assert (merlion.programme_id, merlion.places, merlion.min_intake) == ("merlion", None, 0)
    assert (merlion.cost_per_place.amount, merlion.cost_per_place.currency) == (20_000, "USD")
    assert one.pair_rules == (
        PairRule(startup_id="an-pay", programme_id="k-lab", ruling="forced", why="Biên bản 5/2026"),
        PairRule(startup_id="chi-med", programme_id="merlion", ruling="conflict"),
    )
    assert [(q.attribute, q.value, q.at_least, q.at_most) for q in one.quotas] == [
        ("country", "KR", None, 2), ("sector", "fintech", 1, None), ("district", "Bến Nghé", 0, 3)
    ]  # fmt: skip
    assert report.ignored_headings == ("DS chương trình: Người phụ trách",)
    assert report.ignored_sheets == ("Ghi chú",)


def test_half_a_bad_file_does_not_stop_the_good_half(names):
    content = book(
        Đợt=[*ROUND, ["Từ ngày", "31/2/2026"], ["Đến ngày", "30/4/2026"], ["Kinh phí", "nhiều"]],
        Startup=[["Mã startup", "Tên startup"], ["an-pay", None], [None, "An Pai"],
                 [None, "Chi Med"], ["an-pay", "An Pay"], ["an-pay", "Chi Med"],
                 [None, None], ["binh-agri", None]],
        Chương_trình=[["Chương trình", "Số suất", "Chi phí mỗi suất"], ["K Lab", "hai", 5],
                      ["merlion", 2, "5.000 USD"], ["merlion", 3, None], ["Merlion", None, None]],
        Chỉ_định=[["Startup", "Chương trình", "Loại", "Lý do"],
                  ["an-pay", "merlion", "chỉ định", "x"],
                  ["an-pay", "k-lab", "loại trừ", None], ["chi-med", "merlion", "chỉ định", None],
                  ["chi-med", "merlion", "cho qua", None], ["chi-med", "merlion", None, None]],
        Giới_hạn=[["Tên giới hạn", "Thuộc tính", "Giá trị", "Tối thiểu", "Tối đa"],
                  ["A", "quốc gia", "Hàn Quốc", None, 1], ["B", "quốc gia", "Xứ Hàn", None, 1],
                  ["C", "quốc gia", "Hàn Quốc", None, None], ["D", "sector", "AI", 2, 1],
                  ["a", "stage", "Hạt giống", None, 1], ["E", "màu", "đỏ", None, 1],
                  [None, "stage", "Hạt giống", None, 1], ["F", "stage", "Hạt giống", -1, 1]],
    )  # fmt: skip
    report = read(content, names)
    one = report.cohort
    assert (one.id, one.opens_on, one.closes_on, one.budget) == (
        "dot-1-2026", None, date(2026, 4, 30), None
    )  # fmt: skip
    assert one.startups == ("an-pay", "chi-med", "binh-agri")
    assert [(i.programme_id, i.places) for i in one.intakes] == [("merlion", 2)]
    assert [(r.startup_id, r.programme_id) for r in one.pair_rules] == [("an-pay", "merlion")]
    assert [quota.name for quota in one.quotas] == ["A"]
    assert errors(report) == [
        (3, "opens_on", InvalidField), (5, "budget", InvalidField),
        (3, "name", NameNotFound), (5, "name", InvalidField), (6, "name", InvalidField),
        (2, "places", InvalidField), (2, "cost_per_place", InvalidField),
        (4, "name", InvalidField), (5, "name", NameNotFound),
        (3, "programme_name", LimitInvalid), (4, "why", LimitInvalid), (5, "ruling", UnknownCode),
        (6, "ruling", InvalidField),
        (3, "value", UnknownCode), (4, "at_least", LimitInvalid), (5, "at_least", LimitInvalid),
        (6, "name", InvalidField), (7, "attribute", UnknownCode), (8, "name", InvalidField),
        (9, "at_least", InvalidField),
    ]  # fmt: skip
    for lang in LANGUAGES:
        for line in report.refused:
            for cell in line.cells:
                assert Texts(lang).error(cell.error).detail
    unknown = report.refused[2]
    assert (unknown.sheet, unknown.name) == ("Startup", "An Pai")
    assert (unknown.cells[0].heading, unknown.cells[0].value) == ("Tên startup", "An Pai")
    assert unknown.cells[0].error.facts["nearest"][0] == "an-pay"


def test_a_name_of_several_profiles_is_refused_with_their_ids(doubled):
    content = book(S=[["Tên startup"], ["An Pay"], ["Chi Med"]], P=[
        ["Chương trình", "Đơn vị tổ chức", "Số suất"], ["K Lab", None, 1],
        ["K Lab", "K Lab Busan", 2], ["K Lab", "Một đơn vị khác", 1]])  # fmt: skip
    report = read(content, doubled, present=cohort())
    assert report.cohort.startups == ("chi-med",)
    assert [intake.programme_id for intake in report.cohort.intakes] == ["k-lab-2"]
    first, second, third = (line.cells[0].error for line in report.refused)
    assert type(first) is type(second) is type(third) is NameAmbiguous
    assert first.facts["found"] == ("an-pay", "an-pay-2")
    assert second.facts["found"] == ("k-lab", "k-lab-2")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_of_startups_alone_is_a_list_for_a_cohort(names, delimiter):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(
        [["STT", "Tên startup", "Mã số thuế"], ["1", "Chi Med", "0312345678"], ["2", "An Pay", ""]]
    )
    report = read(out.getvalue().encode("utf-8-sig"), names, cohort(), "ds.csv")
    assert report.refused == ()
    assert report.given == ("startups",)
    assert report.cohort == cohort(startups=("chi-med", "an-pay"))


def test_one_column_of_names_is_enough(names):
    report = read("Tên startup\nChi Med\nBình Agri\n".encode(), names, cohort(), "ds.csv")
    assert report.cohort.startups == ("chi-med", "binh-agri")


def test_what_a_file_does_not_say_stays_as_the_cohort_has_it(names):
    content = book(P=[["Mã chương trình", "Số suất"], ["k-lab", 5], ["merlion", None]])
    report = read(content, names, present=full())
    first, second = report.cohort.intakes
    assert (first.places, first.min_intake) == (5, 1)
    assert first.cost_per_place == full().intakes[0].cost_per_place
    assert second == full().intakes[1]
    assert report.cohort.startups == full().startups
    assert report.given == ("intakes",)


def test_a_list_is_emptied_and_a_field_cleared_by_the_word_for_it_only(names):
    empty = book(Giới_hạn=[["Tên giới hạn", "Thuộc tính", "Giá trị", "Tối đa"]], Đợt=ROUND)
    assert read(empty, names, full()).cohort.quotas == full().quotas
    cleared = book(
        Giới_hạn=[["Tên giới hạn", "Thuộc tính", "Giá trị", "Tối đa"], ["xóa"]],
        Đợt=[*ROUND, ["Kinh phí", "xóa"], ["Số suất mỗi startup", "xóa"], ["Tên đợt", "xóa"]],
        P=[["Mã chương trình", "Số suất", "Tối thiểu"], ["k-lab", "xóa", "xóa"]],
    )
    one = read(cleared, names, full()).cohort
    assert (one.quotas, one.budget, one.offers, one.name) == ((), None, 1, "Đợt 1 năm 2026")
    assert (one.intakes[0].places, one.intakes[0].min_intake) == (None, 0)


def test_round_data_may_stand_above_a_list_or_side_by_side(names):
    above = book(Sheet1=[
        ["Tên đợt", "Đợt hè"], ["Từ ngày: 01/06/2026", None, "Đến ngày: 30/06/2026"],
        ["Từ", "Sở KH&CN"], [], ["STT", "Startup"], [1, "An Pay"]])  # fmt: skip
    report = read(above, names)
    assert report.refused == ()
    assert (report.cohort.id, report.cohort.name) == ("dot-he", "Đợt hè")
    assert (report.cohort.opens_on, report.cohort.closes_on) == (
        date(2026, 6, 1),
        date(2026, 6, 30),
    )
    assert report.cohort.startups == ("an-pay",)
    beside = book(Sheet1=[["Tên đợt", "Từ ngày", "Số suất mỗi startup"], ["Hè", "1.6.2026", 2]])
    one = read(beside, names).cohort
    assert (one.id, one.opens_on, one.offers) == ("he", date(2026, 6, 1), 2)


def test_labels_that_are_not_known_are_told(names):
    sheet = [["BẢN THẢO"], ["1", "Tên đợt", None, "Hè"], ["2", "Thời gian mở", None, "1/6/2026"],
             ["3", "Kinh phí (tỷ đồng)", None, 1.5]]  # fmt: skip
    report = read(book(Sheet1=sheet), names)
    assert report.ignored_headings == ("Sheet1: Thời gian mở",)
    assert (report.cohort.name, report.cohort.budget.amount) == ("Hè", 1.5e9)


def test_a_row_tells_all_its_bad_cells(names):
    rows = [["Chương trình", "Số suất", "Tối thiểu"], ["K Lap", 2.5, 1], ["k-lab", "hai", -1]]
    report = read(book(P=rows), names, cohort())
    assert errors(report) == [
        (2, "places", InvalidField), (2, "name", NameNotFound),
        (3, "places", InvalidField), (3, "min_intake", InvalidField),
    ]  # fmt: skip


def test_a_file_keeps_the_id_of_the_cohort_that_it_is_laid_over(names):
    content = book(Đợt=[["Mã đợt", "khac"], ["Tên đợt", "Tên mới"]])
    one = read(content, names, cohort()).cohort
    assert (one.id, one.name) == ("dot-1-2026", "Tên mới")


def test_a_file_that_is_no_cohort_is_refused(names):
    with pytest.raises(NoKnownHeadings) as refused:
        read(book(A=[["Ngày", "Nhiệt độ"], ["1/1", 30]]), names)
    assert "Tên startup" in refused.value.facts["known"]
    with pytest.raises(FileUnreadable):
        read(b"PK\x03\x04nothing", names)


def test_a_profile_is_found_by_id_tax_code_or_name(names, doubled):
    startups, programmes = names
    for text in ("chi-med", "Chi Med", "CHI MED", "0312345678", "312345678", "0312 345 678"):
        assert startups.find(text) == "chi-med"
    assert startups.find("binh agri") == "binh-agri"
    assert programmes.find("K Lab Seoul K Lab") == "k-lab"
    assert "k-lab" in programmes
    assert "chi-med" not in programmes
    with pytest.raises(NameAmbiguous):
        doubled[0].find("an pay")
    for text in ("", "???", "0399999999", "Không ai cả"):
        with pytest.raises(NameNotFound) as refused:
            startups.find(text)
        assert refused.value.facts["nearest"] == ()


def test_a_deleted_profile_is_not_found_by_its_name(tmp_path):
    from data import profiles
    from tests.builders import NOW

    engine = engine_of(f"sqlite:///{tmp_path}/caunoi.db")
    migrate(engine)
    with transaction(engine) as conn:
        keep_profiles(conn)
        profiles.delete(conn, "startup", "chi-med", who="an", at=NOW)
        assert "chi-med" not in profiles_named(conn, "startup")
        with pytest.raises(UnknownName):
            profiles_named(conn, "company")


def test_a_file_of_strangers_is_read_in_a_while(names):
    rows = [[f"Công ty cổ phần số {n}"] for n in range(3_000)]
    report = read(book(S=[["Tên startup"], *rows]), names, cohort())
    assert len(report.refused) == 3_000


@pytest.mark.parametrize("table", SHEETS)
def test_every_heading_leads_back_to_its_field(table):
    for field, label in labels(table).items():
        assert field in forms_of(table)
        for text in (label.vi, label.en, label.vi.upper()):
            assert field_of(table, text) == field, text


def test_what_a_table_needs_is_among_its_fields():
    for table in TABLES:
        assert set().union(*NEEDED[table]) <= set(labels(table))
    with pytest.raises(UnknownName):
        labels("colours")
