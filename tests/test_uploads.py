import io
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from data import profiles, uploads
from data.entries import read_table
from data.import_workbooks import heading_of, refused_workbook, template
from data.layouts import (
    Corrections,
    Layout,
    absent_fields,
    check_layout,
    guessed,
    guessed_columns,
    read_laid_out,
)
from data.near_codes import near_codes
from data.notices import notices_on
from data.sheets import Limits, sheets_of
from data.uploads import Touched
from data.workbook_parts import refuse_strangers, remarks_on
from matcher.errors import (
    BodyTooLarge,
    FileLocked,
    FileUnreadable,
    InvalidField,
    NotFound,
    UploadOver,
)
from matcher.profile import KINDS, forms
from tests.import_files import faulty, with_part, workbook

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
ROWS = (("Tên", "Giai đoạn", "Email liên hệ"), ("Một", "seed", "a@b.vn"), ("Hai", "seed", "x"))
LAYOUT = Layout(0, (("Tên",), ("Giai đoạn",)), 1, ((0, "name"), (1, "stage")))


@pytest.fixture
def number(conn):
    return uploads.keep(conn, b"x,y", "a.csv", "startup", LAYOUT, who="An", at=NOW)


# -- what is kept --------------------------------------------------------------------------------


def test_a_file_is_kept_with_how_it_is_read(conn, number):
    kept = uploads.get(conn, number)
    assert (kept.file_name, kept.who, kept.layout, kept.state) == ("a.csv", "An", LAYOUT, "waiting")
    assert uploads.content_of(conn, number) == b"x,y"
    assert uploads.listed(conn, limit=5) == ((kept,), 1)


def test_a_file_that_is_not_there_is_not_found(conn):
    with pytest.raises(NotFound):
        uploads.get(conn, 9)
    with pytest.raises(NotFound):
        uploads.content_of(conn, 9)


def test_corrections_add_up_and_are_taken_back(conn, number):
    uploads.correct(conn, number, {(3, "1"): "seed", (4, "name"): "Hai"})
    uploads.correct(conn, number, {(3, "1"): None})
    uploads.skip(conn, number, 5, skipped=True)
    assert uploads.get(conn, number).corrections == Corrections(
        {(4, "name"): "Hai"}, frozenset({5})
    )
    uploads.skip(conn, number, 5, skipped=False)
    assert not uploads.get(conn, number).corrections.skipped


def test_corrections_go_with_the_sheet_that_they_were_made_in(conn, number):
    uploads.correct(conn, number, {(3, "1"): "seed"})
    uploads.lay_out(conn, uploads.get(conn, number), "programme", LAYOUT)
    assert uploads.get(conn, number).corrections.cells
    other = Layout(1, LAYOUT.headings, 1, LAYOUT.fields)
    uploads.lay_out(conn, uploads.get(conn, number), "programme", other)
    assert not uploads.get(conn, number).corrections.cells


def test_a_load_that_is_broken_off_is_known_and_goes_back_to_the_first_version(conn, number):
    uploads.note_batch(conn, number, {"mot": Touched(2, 3)})
    assert uploads.get(conn, number).state == "begun"
    uploads.note_batch(conn, number, {"mot": Touched(3, 4), "hai": Touched(0, 1)})
    uploads.end_load(conn, number, unchanged=1, refused=2, skipped=3, at=NOW)
    kept = uploads.get(conn, number)
    assert kept.state == "loaded"
    assert kept.outcome.touched == {"mot": Touched(2, 4), "hai": Touched(0, 1)}


def test_what_was_loaded_takes_no_more_corrections_and_is_not_removed(conn, number):
    uploads.note_batch(conn, number, {"mot": Touched(0, 1)})
    uploads.end_load(conn, number, unchanged=0, refused=0, skipped=0, at=NOW)
    for change in (
        lambda: uploads.correct(conn, number, {(1, "0"): "x"}),
        lambda: uploads.skip(conn, number, 1, skipped=True),
        lambda: uploads.lay_out(conn, uploads.get(conn, number), "startup", LAYOUT),
        lambda: uploads.remove(conn, number),
    ):
        with pytest.raises(UploadOver):
            change()


def test_what_is_undone_may_be_removed(conn, number):
    uploads.note_batch(conn, number, {"mot": Touched(0, 1)})
    uploads.end_load(conn, number, unchanged=0, refused=0, skipped=0, at=NOW)
    uploads.note_undone(conn, number, {"mot": "left"})
    uploads.end_undo(conn, number, at=NOW)
    assert uploads.get(conn, number).outcome.touched["mot"].mark == "left"
    uploads.remove(conn, number)
    assert uploads.listed(conn, limit=5) == ((), 0)


def test_no_file_is_kept_longer_than_it_may_be(conn, number):
    loaded, undone, new = (
        uploads.keep(conn, b"x", "b.csv", "startup", LAYOUT, who="An", at=at)
        for at in (NOW, NOW, NOW + uploads.KEPT)
    )
    for one in (loaded, undone):
        uploads.correct(conn, one, {(2, "0"): "Trần Kín"})
        uploads.note_batch(conn, one, {"mot": Touched(0, 1)})
        uploads.end_load(conn, one, unchanged=0, refused=1, skipped=0, at=NOW)
    uploads.end_undo(conn, undone, at=NOW)
    uploads.sweep(conn, at=NOW + uploads.KEPT)
    assert uploads.listed(conn, limit=9)[1] == 4
    uploads.sweep(conn, at=NOW + uploads.KEPT + timedelta(seconds=1))
    assert [one.id for one in uploads.listed(conn, limit=9)[0]] == [new, loaded]
    assert uploads.get(conn, loaded).outcome.touched == {"mot": Touched(0, 1)}
    assert not uploads.get(conn, loaded).corrections.cells
    with pytest.raises(NotFound):
        uploads.content_of(conn, loaded)


# -- how it is read ------------------------------------------------------------------------------


def read(rows, kind="startup", corrections=Corrections(), **changes):
    sheets = sheets_of(workbook(("A", rows)), "a.xlsx")
    _, layout = guessed(sheets, [kind])
    layout = Layout(**{n: changes.get(n, getattr(layout, n)) for n in Layout.__slots__})
    return read_laid_out(sheets, kind, layout, corrections)


def test_a_corrected_cell_is_read_instead_of_the_file_s():
    _, table = read(ROWS, corrections=Corrections({(2, "1"): "Series A"}))
    assert dict(table.entries[0].values)["stage"] == "series_a"


def test_a_skipped_line_is_left_out():
    _, table = read(ROWS, corrections=Corrections({}, frozenset({2})))
    assert [entry.line for entry in table.entries] == [3]


def test_what_every_row_lacks_is_fixed_once_and_corrected_row_by_row():
    rows = (("Tên chương trình", "Đơn vị tổ chức"), ("Một", "A"), ("Hai", "B"), ("", ""))
    corrections = Corrections({(3, "country"): "Hàn Quốc"})
    _, table = read(rows, "programme", corrections, fixed=(("country", "Singapore"),))
    assert [dict(entry.values)["country"] for entry in table.entries] == ["SG", "KR"]
    assert len(table.entries) == 2


def test_a_file_without_known_headings_can_still_be_mapped():
    sheets = sheets_of(workbook(("A", (("Alpha", "Beta"), ("Một", "seed")))), "a.xlsx")
    kind, layout = guessed(sheets, list(KINDS))
    assert (kind, layout.fields, layout.first_row) == ("startup", (), 1)
    chosen = Layout(0, layout.headings, 1, ((0, "name"), (1, "stage")))
    _, table = read_laid_out(sheets, kind, chosen)
    assert table.entries[0].id == "mot"


def test_another_kind_is_guessed_anew():
    assert guessed_columns("incubator", LAYOUT).fields == ((0, "name"),)
    assert absent_fields("programme", LAYOUT) == ("organisation", "country")


@pytest.mark.parametrize(
    ("fields", "fixed"),
    [
        (((0, "name"), (1, "name")), ()),
        (((1, "stage"),), ()),
        (((0, "name"), (1, "country")), (("country", "VN"),)),
    ],
)
def test_columns_that_contradict_each_other_are_refused(fields, fixed):
    with pytest.raises(InvalidField):
        check_layout("startup", Layout(0, LAYOUT.headings, 1, fields, fixed))


# -- what to look at -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "text", "codes"),
    [
        ("Sản phẩm", '=HYPERLINK("http://xau.example")', ["formula"]),
        ("Sản phẩm", "@SUM(1+1)", ["formula"]),
        ("Sản phẩm", "=cmd|' /C calc'!A0", ["formula"]),
        ("Sản phẩm", "- Ứng dụng di động", []),
        ("Sản phẩm", "-5 độ C vẫn chạy", []),
        ("Điện thoại", "+84 28 3822 1234", []),
        ("Email liên hệ", "anphu@@vidu", ["email"]),
        ("Email liên hệ", "a@b.vn; c@d.com.vn", []),
        ("Email liên hệ", "-", []),
        ("Sản phẩm", "ThiÕt bÞ ®o th«ng minh", ["old_font"]),
        ("Sản phẩm", "C«ng", ["odd_letters"]),
        ("Sản phẩm", "Thiết bị đo", []),
    ],
)
def test_a_cell_that_is_hardly_meant_is_noticed(heading, text, codes):
    head, _ = read((("Tên", heading), ("Một", text)))
    assert [notice.code for notice in notices_on(head, 2)] == codes


@pytest.mark.parametrize(
    ("vocabulary", "text", "code"),
    [
        ("stage", "Hat giongg", "seed"),
        ("sector", "Fintec", "fintech"),
        ("country", "Singapor", "SG"),
        ("stage", "Giai đoạn mở rộng", "growth"),
    ],
)
def test_an_unknown_code_has_its_nearest_suggested(vocabulary, text, code):
    assert code in near_codes(vocabulary, text)


def test_nothing_is_suggested_for_what_is_like_nothing():
    assert near_codes("stage", "15/03/2020") == ()


# -- what is in a file ---------------------------------------------------------------------------


def test_a_zip_bomb_is_refused_by_its_index_before_it_is_unpacked():
    bomb = with_part(faulty(), "xl/media/big.bin", b"\0" * 120_000_000)
    assert len(bomb) < 1_000_000
    with pytest.raises(BodyTooLarge):
        sheets_of(bomb, "bomb.xlsx")


def test_a_file_of_too_many_parts_is_refused():
    with pytest.raises(FileUnreadable):
        sheets_of(faulty(), "a.xlsx", Limits(parts=3))


def test_a_locked_workbook_says_that_it_is_locked():
    locked = b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(FileLocked):
        sheets_of(locked, "khoa.xlsx")


@pytest.mark.parametrize("content", [b"%PDF-1.7 abc", b"\x89PNG\r\n", b"a,b\x01\x02\n", b"  ", b""])
def test_what_is_no_table_is_refused_whatever_its_name(content):
    with pytest.raises(FileUnreadable):
        refuse_strangers(content, "a.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1258"])
def test_text_in_any_letters_is_let_in(encoding):
    refuse_strangers("Tên,Mô tả\nMột,Ruộng lúa\n".encode(encoding, "replace"), "a.csv")


def test_macros_links_and_unworked_formulas_are_remarked_on():
    plain = faulty()
    assert remarks_on(plain) == ()
    assert remarks_on(with_part(plain, "xl/vbaProject.bin", b"x")) == ("macros",)
    assert remarks_on(with_part(plain, "xl/externalLinks/externalLink1.xml", b"x")) == ("links",)
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    out = io.BytesIO()
    book.save(out)
    assert remarks_on(out.getvalue()) == ("formulas",)
    assert remarks_on("Tên\nC«ng".encode("cp1252", "replace")) == ("old_letters",)
    assert remarks_on("Tên\nMột".encode("utf-16")) == ()


# -- workbooks that go out -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_read_back_with_every_field(kind):
    made = template(kind, defaultdict(lambda: ("cách ghi", "how")))
    found, layout = guessed(sheets_of(made, "mau.xlsx"), list(KINDS))
    assert found == kind
    assert {name for _, name in layout.fields} == set(forms(KINDS[kind]))
    assert layout.sheet == 0


def test_a_filled_template_loads(conn):
    book = openpyxl.load_workbook(io.BytesIO(template("startup", defaultdict(lambda: ("", "")))))
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, places[heading_of("startup", "name")], "Mới")
    sheet.cell(2, places[heading_of("startup", "stage")], "Hạt giống")
    out = io.BytesIO()
    book.save(out)
    (entry,) = read_table(out.getvalue(), "mau.xlsx").entries
    assert dict(entry.values) == {"name": "Mới", "stage": "seed"}
    assert profiles.count(conn, "startup") == 0


def test_no_cell_of_a_workbook_of_refused_rows_is_a_formula():
    made = refused_workbook(["=Tên"], [["=1+1"], [5.0], [None]], ["Lỗi", "=A1", "", ""])
    cells = [c for row in openpyxl.load_workbook(io.BytesIO(made)).active.rows for c in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert [cell.value for cell in cells[:4]] == ["'=Tên", "Lỗi", "'=1+1", "'=A1"]
