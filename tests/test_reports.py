"""Reports of a run: what officers read in the files, in both languages."""

import ast
import csv
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest

from data import reports
from data.headings import label_of
from data.reports import REPORTS, write_report
from data.reports.flow import alluvial
from data.reports.naming import Naming
from data.reports.pictures import draw_loads
from data.reports.rows import TABLES, tables_of
from data.reports.table import (
    Letterhead,
    LimitLine,
    ProgrammeLine,
    RunReport,
    StartupLine,
    WeightLine,
)
from data.texts import LANGUAGES, Texts
from matcher.assignment.instance import How
from matcher.cohort import Cohort, PairRule
from matcher.errors import UnknownName
from matcher.outcome import (
    FairnessSheet,
    Group,
    Load,
    Measures,
    Missed,
    Move,
    Outcome,
    Place,
    Placement,
    Relaxation,
    Shortfall,
    Waiting,
    WayOut,
)
from matcher.profile import Money, Startup, forms
from matcher.rules.base import Reason

ROLLING = (Reason.of("window.rolling", day=None),)
NOBODY = Measures(0, 0, 0, (0, 0, 0, 0), None, None, None, None, 0)
HERE = Measures(4, 3, 2, (1, 1, 0, 0), 0, 0, 6270, 7500, 15000)
OPTIMUM = Measures(4, 3, 2, (2, 0, 0, 0), 0, 0, 6000, 7750, 15500)


def placement(startup_id, state, *places, missed=()):
    return Placement(startup_id, state, places, missed, 2, ROLLING)


def sheet_of(here, optimum, groups=()):
    return FairnessSheet(here, optimum, 1, 2, 0, 3, 0.25, 0.5, 0.4, 500, groups)


def report_of(**changes):
    """Four startups and three programmes: one forced, one kept, one on reserve, one out."""
    missed = Missed("p-kr", 6100, 1, 1, 1, 6270, 0, 1, 170)
    outcome = Outcome(
        total=15000,
        bound=15500,
        proved=False,
        placements=(
            placement("s-an", "placed", Place("p-sg", 8730, 90, 80, 1, forced=True)),
            placement("s-binh", "placed", Place("p-kr", 6270, 60, 70, 2, kept=True)),
            placement("s-chi", "reserve", missed=(missed,)),
            placement("s-dung", "out"),
        ),
        loads=(
            Load("p-kr", 1, 1, 1, 6270, 6270, False, 6100, (Waiting("s-chi", 6100),)),
            Load("p-sg", 5, 1, 0, 8730, 8730, True, 0, ()),
            Load("p-xx", None, 0, 0, None, None, False, None, ()),
        ),
        sheet=sheet_of(HERE, OPTIMUM, (Group("sector", "fintech", HERE, OPTIMUM),)),
        moves=(Move("s-an", ("p-kr",), ("p-sg",), True, 120, ROLLING),),
        least_moves=1,
        notes=ROLLING,
    )
    forced = PairRule(startup_id="s-an", programme_id="p-sg", ruling="forced", why="Hội đồng chọn")
    cohort = Cohort(
        id="dot-1",
        name="Đợt 1 & thử",
        opens_on=date(2026, 3, 1),
        closes_on=date(2026, 4, 30),
        budget=Money(2_500_000_000, "VND"),
        budget_year=2026,
        pair_rules=(forced,),
    )
    parts = {
        "cohort": cohort,
        "run": 7,
        "how": How(mode="fair", seed=20260301),
        "day": date(2026, 5, 4),
        "who": "officer-1",
        "version": "0.1.0",
        "model": "some-model",
        "weights": (WeightLine("sector", 60.0), WeightLine("stage", 40.0)),
        "input_digest": "ab" * 32,
        "outcome": outcome,
        "startups": (
            StartupLine("s-an", "An Phú", "0312345678", ("fintech", "ai"), "Phường Bến Thành"),
            StartupLine("s-binh", "Bình & <Minh> $1$", None, ("agritech",)),
            StartupLine("s-chi", "Chi", "0300000001"),
        ),
        "programmes": (
            ProgrammeLine("p-kr", "Seoul Bridge", "Seoul Agency", "KR"),
            ProgrammeLine("p-sg", "Merlion Landing", None, "SG"),
            ProgrammeLine("p-xx", "Nowhere"),
        ),
        "limits": (
            LimitLine("Singapore", "country", "SG", None, 5, 1),
            LimitLine("Kinh phí", None, None, None, 2_500_000_000, 900_000_000, "VND"),
        ),
    }
    return RunReport(**(parts | changes))


def empty():
    """A round without anybody."""
    outcome = Outcome(0, 0, True, (), (), sheet_of(NOBODY, NOBODY), (), None, ())
    cohort = Cohort(id="dot-0", name="Đợt 0")
    return report_of(cohort=cohort, outcome=outcome, startups=(), programmes=(), limits=())


def unsolved():
    """A round that nobody can solve as it stands."""
    relaxed = (Relaxation("min_intake:p-kr", 2), Relaxation("Singapore", 1))
    return report_of(outcome=Shortfall((WayOut(relaxed, 12345),)))


def book_of(report, lang="vi"):
    return openpyxl.load_workbook(io.BytesIO(write_report("xlsx", report, lang)))


def document_of(report, lang="vi"):
    return docx.Document(io.BytesIO(write_report("docx", report, lang)))


def words_of(document):
    """All that stands in a document, paragraphs and tables in their order."""
    return "\n".join(node.text or "" for node in document.element.body.iter() if _is_text(node))


def _is_text(node):
    return str(node.tag).endswith("}t")


def row_under(sheet, first_cells):
    """The first row whose first cells are these, by heading."""
    rows = list(sheet.iter_rows(values_only=True))
    found = next(row for row in rows if row[: len(first_cells)] == first_cells)
    return dict(zip(rows[0], found, strict=True))


# ------------------------------------------------------------------ workbook


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_workbook_has_a_sheet_for_each_table_of_a_solved_run(lang):
    texts = Texts(lang)
    names = [texts.report(f"sheet.{name}") for name in TABLES if name != "ways_out"]
    assert book_of(report_of(), lang).sheetnames == names
    assert max(map(len, names)) <= 31


def test_a_placement_stands_in_the_workbook_with_its_startup_programme_and_reason():
    found = row_under(book_of(report_of())["Danh sách xếp"], (1, "An Phú"))
    assert found["Mã số thuế"] == "0312345678"
    assert found["Chương trình"] == "Merlion Landing"
    assert found["Quốc gia, vùng lãnh thổ"] == "Singapore"
    assert found["Độ phù hợp"] == 87.3
    assert found["Ghi chú"] == "Chỉ định"
    assert found["Lý do"].startswith("Chỉ định của cán bộ: Hội đồng chọn. ")
    assert found["Mã startup"] == "s-an"


def test_who_is_not_placed_stands_there_with_the_nearest_chance():
    sheet = book_of(report_of(), "en")["Not placed"]
    chi, dung = row_under(sheet, (1, "Chi")), row_under(sheet, (2, "s-dung"))
    assert (chi["Nearest chance"], chi["Mutual fit"], chi["Reserve position"]) == (
        "Seoul Bridge",
        61,
        1,
    )
    assert (chi["Result"], dung["Result"]) == ("Reserve", "Not placed")
    assert dung["Nearest chance"] is None


def test_unknown_places_are_an_empty_cell_and_assumed_places_are_marked():
    sheet = book_of(report_of(), "en")["Programmes"]
    known, unknown = row_under(sheet, (2, "Merlion Landing")), row_under(sheet, (3, "Nowhere"))
    assert (known["Places"], known["Source of places"]) == (5, "Assumed")
    assert (unknown["Places"], unknown["Share filled"], unknown["Taken"]) == (None, None, 0)


def test_limits_groups_and_moves_are_told_by_name():
    book = book_of(report_of(), "en")
    assert row_under(book["Limits"], ("Singapore",))["Of what"] == "Country: Singapore"
    assert row_under(book["Limits"], ("Kinh phí",))["Kept"] == "yes"
    assert row_under(book["Fairness by group"], ("Sector", "Fintech"))["Share placed"] == 2 / 3
    assert row_under(book["Moves"], (1, "An Phú"))["Round before"] == "Seoul Bridge"


def test_the_grounds_hold_what_is_needed_to_do_the_run_again():
    rows = dict(book_of(report_of(), "en")["Grounds"].iter_rows(values_only=True))
    assert rows["Run number"] == 7
    assert rows["Random seed"] == 20260301
    assert rows["Digest of the input (SHA-256)"] == "ab" * 32
    assert rows["Gap to the upper bound"] == 5
    assert rows["State"] == "Draft, not published"
    assert rows["Weight: Sector"] == 60


def test_a_published_run_says_since_when():
    book = book_of(report_of(published_on=date(2026, 5, 9)))
    rows = dict(book["Cơ sở của kết quả"].iter_rows(values_only=True))
    assert (rows["Trạng thái"], rows["Ngày công bố"]) == ("Đã công bố", "09/05/2026")


def test_every_sheet_is_set_up_to_be_filtered_and_printed():
    for sheet in book_of(report_of()):
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0


def test_the_same_report_gives_the_same_bytes():
    for name in ("docx", "xlsx", "csv", "flow.svg", "choices.png", "loads.svg"):
        assert write_report(name, report_of()) == write_report(name, report_of()), name


HOSTILE = ("=1+1", "+84", "-cmd", "@SUM(A1)", "'=1", '=HYPERLINK("x")')


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_a_formula(name):
    report = report_of(startups=(StartupLine("s-an", name, name, (), name),))
    cell = book_of(report)["Danh sách xếp"]["B2"]
    assert (cell.value, cell.data_type) == ("'" + name, "s")
    rows = list(csv.reader(io.StringIO(write_report("csv", report).decode("utf-8-sig"))))
    assert rows[1][1:3] == ["'" + name] * 2
    assert not any(re.match(r"[=+\-@\t\r]", text) for row in rows for text in row)


def test_a_link_stays_a_text():
    report = report_of(startups=(StartupLine("s-an", "https://example.org"),))
    cell = book_of(report)["Danh sách xếp"]["B2"]
    assert (cell.value, cell.hyperlink) == ("https://example.org", None)


def test_reasons_tell_programmes_and_limits_by_their_names():
    reason = Reason.of("placing.limit", programme="p-sg", points=61.0, limit="min_intake:p-kr")
    said = Naming(report_of(), "en").sentence(reason)
    assert "Merlion Landing" in said
    assert "Least intake: Seoul Bridge" in said


def test_the_budget_and_the_groups_by_founders_have_their_names():
    naming = Naming(report_of(), "vi")
    assert naming.limit("budget") == "Kinh phí (VND)"
    assert naming.limit("places:gone") == "Số suất: gone"
    assert naming.attribute("founder_sex") == "Nhà sáng lập"
    assert naming.value("founder_sex", "female") == Texts("vi").screen("founder_sex.female")


def test_an_unsolved_round_tells_its_ways_out_by_the_names_of_the_limits():
    book = book_of(unsolved(), "en")
    assert book.sheetnames == ["Limits", "Ways out", "Grounds"]
    rows = list(book["Ways out"].iter_rows(values_only=True))[1:]
    assert rows == [(1, "Least intake: Seoul Bridge", 2, 123.45), (1, "Singapore", 1, 123.45)]


def test_a_budget_that_gives_way_is_told_in_money():
    short = Shortfall((WayOut((Relaxation("budget", 3),), 500),))
    book = book_of(report_of(outcome=short, money_unit=1_000_000), "en")
    rows = list(book["Ways out"].iter_rows(values_only=True))
    assert rows[1] == (1, "Budget (VND)", 3_000_000, 5)


# ------------------------------------------------------------------ document


def test_the_document_is_laid_out_as_the_decree_asks():
    document = document_of(report_of())
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert (round(section.left_margin.mm), round(section.right_margin.mm)) == (30, 15)
    assert (round(section.top_margin.mm), round(section.bottom_margin.mm)) == (20, 20)
    assert document.styles["Normal"].font.name == "Times New Roman"
    assert section.different_first_page_header_footer
    assert 'w:instr="PAGE"' in section.header._element.xml


def test_the_head_has_the_national_name_at_the_right_and_blanks_at_the_left():
    left, right = (cell.text for cell in document_of(report_of()).tables[0].rows[0].cells)
    assert right.startswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc")
    assert "Thành phố Hồ Chí Minh, ngày … tháng … năm …" in right
    assert not re.sub(r"[…\s]|Số: |/TTr-", "", left)


def test_the_office_fills_in_its_letterhead():
    head = Letterhead(
        parent="Ủy ban", issuer="Sở", symbol="SKHCN", addressee="Ban", signer="Giám đốc"
    )
    words = words_of(document_of(report_of(letterhead=head)))
    for part in ("ỦY BAN", "SỞ", "/TTr-SKHCN", "Kính gửi: Ban", "GIÁM ĐỐC", "Sở kính trình Ban"):
        assert part in words


def test_the_document_lists_what_is_to_be_approved_and_the_reserves():
    document = document_of(report_of())
    _head, figures, listed, reserves, _signature = document.tables
    rows = [[cell.text for cell in row.cells] for row in listed.rows]
    assert rows[1] == [
        "1", "An Phú", "0312345678", "Merlion Landing", "Singapore", "87,30",
        "Chỉ định của cán bộ: Hội đồng chọn.",
    ]  # fmt: skip
    assert rows[2][1:6] == ["Bình & <Minh> $1$", "", "Seoul Bridge", "Hàn Quốc", "62,70"]
    assert rows[2][6].startswith("Giữ suất của đợt trước. Lựa chọn thứ 2 của startup, trong 2 ")
    assert len(rows) == 3
    assert [cell.text for cell in reserves.rows[1].cells] == ["Seoul Bridge", "1", "1. Chi"]
    assert [cell.text for cell in figures.rows[5].cells] == ["Tổng độ phù hợp", "150,00", "155,00"]
    assert "tblHeader" in listed.rows[0]._tr.xml


def test_the_document_says_that_an_optimum_is_not_proved_and_by_how_much():
    assert "chưa được chứng minh" in words_of(document_of(report_of()))
    assert "5,00 điểm" in words_of(document_of(report_of()))
    solved = report_of()
    proved = replace(solved, outcome=replace(solved.outcome, proved=True))
    assert "đã được chứng minh là đạt" in words_of(document_of(proved))


@pytest.mark.parametrize("mode", ["best", "fair", "stable"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_document_explains_each_mode(lang, mode):
    report = report_of(how=How(mode=mode))
    assert Texts(lang).report(f"document.mode_{mode}") in words_of(document_of(report, lang))


def test_the_document_asks_the_officer_to_compare_the_legal_grounds():
    marked = [
        r for p in document_of(report_of()).paragraphs for r in p.runs if r.font.highlight_color
    ]
    assert len(marked) == 1
    assert "Cán bộ đối chiếu" in marked[0].text


def test_the_english_document_has_the_same_parts():
    words = words_of(document_of(report_of(), "en"))
    for part in ("SOCIALIST REPUBLIC OF VIET NAM", "PROPOSAL", "IV. LIST TO BE APPROVED", "87.30"):
        assert part in words
    assert len(document_of(report_of(), "en").tables) == len(document_of(report_of()).tables)


def test_the_document_of_an_unsolved_round_proposes_to_change_its_limits():
    document = document_of(unsolved())
    assert "điều chỉnh giới hạn" in words_of(document)
    rows = [[cell.text for cell in row.cells] for row in document.tables[1].rows]
    assert rows[1] == ["1", "Số tối thiểu để mở: Seoul Bridge", "2", "123,45"]


def test_a_long_list_is_written_row_by_row():
    one = report_of().outcome.placements[1]
    many = tuple(replace(one, startup_id=f"s-{n:04}") for n in range(1600))
    report = report_of()
    long = replace(report, outcome=replace(report.outcome, placements=many))
    assert len(document_of(long).tables[2]._tbl.tr_lst) == 1601


# ------------------------------------------------------------------ lists and pictures


def test_the_list_has_one_line_for_each_startup():
    content = write_report("csv", report_of())
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [line["Mã startup"] for line in lines] == ["s-an", "s-binh", "s-chi", "s-dung"]
    assert [line["Kết quả"] for line in lines] == ["Được xếp", "Được xếp", "Dự bị", "Chưa được xếp"]
    assert lines[0]["Độ phù hợp"] == "87.30"
    assert lines[2]["Thứ tự dự bị"] == "Seoul Bridge (1)"


def test_several_places_of_a_startup_stand_in_one_line():
    two = placement("s-an", "placed", Place("p-sg", 8730, 9, 8, 1), Place("p-xx", 5000, 5, 5, 2))
    report = report_of()
    report = replace(report, outcome=replace(report.outcome, placements=(two,)))
    lines = list(csv.DictReader(io.StringIO(write_report("csv", report, "en").decode("utf-8-sig"))))
    assert len(lines) == 1
    assert lines[0]["Programme id"] == "p-sg; p-xx"
    assert lines[0]["Country or territory"] == "Singapore; unknown"
    assert lines[0]["Mutual fit"] == "87.30; 50.00"


@pytest.mark.parametrize("made", [report_of, empty, unsolved])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_pictures_are_well_formed(made, lang):
    for name in (name for name in REPORTS if name.endswith(".svg")):
        assert ET.fromstring(write_report(name, made(), lang)).tag.endswith("svg")  # noqa: S314  our own file


def test_pictures_come_as_png_too():
    for name in (name for name in REPORTS if name.endswith(".png")):
        assert write_report(name, report_of()).startswith(b"\x89PNG")


def test_a_crowded_round_is_drawn_with_its_fullest_programmes_alone():
    loads = tuple(Load(f"p-{n:03}", 5, n % 6, 2, None, None, False, None, ()) for n in range(200))
    report = report_of()
    report = replace(report, outcome=replace(report.outcome, loads=loads))
    drawn = draw_loads(Naming(report, "vi"))
    assert len(drawn.axes[0].get_yticks()) == 40
    assert "40 chương trình đầy nhất trong 200" in drawn.texts[0].get_text()


def test_letters_that_the_font_lacks_are_left_out_of_a_picture():
    names = ("清华 x-lab $a^b$", "清华", "Wanted {x}")
    lines = zip(("p-kr", "p-sg", "p-xx"), names, strict=True)
    report = report_of(
        programmes=tuple(ProgrammeLine(id_, name, None, "KR") for id_, name in lines)
    )
    assert write_report("loads.png", report)
    drawn = draw_loads(Naming(report, "vi")).axes[0]
    said = sorted(label.get_text() for label in drawn.get_yticklabels())
    assert said == ["Wanted {x} · KR", "p-sg · KR", "x-lab $a^b$ · KR"]


def test_beyond_ten_sectors_and_countries_are_drawn_together():
    countries = "SG KR JP TW US DE FR AT LU CL AU GB".split()
    programmes = tuple(ProgrammeLine(f"p-{c}", c, None, c) for c in countries)
    places = tuple(placement(f"s-{c}", "placed", Place(f"p-{c}", 1, 1, 1, 1)) for c in countries)
    report = report_of(programmes=programmes)
    report = replace(report, outcome=replace(report.outcome, placements=places))
    layout = alluvial(Naming(report, "en"))
    assert [band.count for band in layout.countries] == [1] * 10 + [2]
    assert layout.countries[-1].name == "Other"
    assert [(band.name, band.count) for band in layout.sectors] == [("Unknown", 12)]


# ------------------------------------------------------------------ all forms


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_form_can_be_written_for_an_empty_round(name, lang):
    assert write_report(name, empty(), lang)


def test_an_unknown_form_is_refused_with_the_known_ones():
    with pytest.raises(UnknownName) as refused:
        write_report("pdf", report_of())
    assert refused.value.facts["known"] == tuple(REPORTS)
    assert "pdf" in Texts("vi").error(refused.value).detail


@pytest.mark.parametrize("name", REPORTS)
def test_an_unknown_language_is_refused(name):
    with pytest.raises(UnknownName):
        write_report(name, report_of(), "fr")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_personal_field_of_a_startup_can_be_told(lang):
    personal = {form.name for form in forms(Startup).values() if form.personal}
    assert personal
    assert not personal & {field.name for field in fields(StartupLine)}
    headings = {
        Texts(lang).report(f"column.{column.key}")
        for table in tables_of(Naming(report_of(), lang))
        for column in table.columns
    }
    assert not headings & {label_of(name, lang) for name in personal}


def _said() -> set[str]:
    """Every text of the source, and the pieces of those that are put together."""
    root = Path(reports.__file__).parents[2]
    paths = [*(root / "data" / "reports").glob("*.py"), *(root / "service").glob("*.py")]
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_no_text_of_the_reports_is_left_over():
    said = _said() | {"best", "fair", "stable", "startup", "programme", "out", "reserve", "placed"}
    pieces = tuple(
        piece for piece in said if re.fullmatch(r"[a-z_]*_|_[a-z]+|document\.[a-z]+_", piece)
    )
    for key in Texts("vi").keys:
        table, _, leaf = key.removeprefix("report.").rpartition(".")
        if key.startswith("report.") and leaf not in said and f"{table}.{leaf}" not in said:
            assert leaf.startswith(pieces) or leaf.endswith(pieces), key
