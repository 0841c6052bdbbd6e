import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from time import process_time

import openpyxl
import pytest

from data import profiles
from data.entries import read_table
from data.loading import Limits, load_file
from matcher.errors import (
    BodyTooLarge,
    FileUnreadable,
    InvalidField,
    NoKnownHeadings,
    TextTooLong,
    UnknownCode,
)
from matcher.profile import Alumnus, Founder, LanguageSkill, Money
from tests.builders import NOW, startup


def xlsx(rows, merged=(), formats=(), title="Sheet1"):
    """Build a real workbook of rows; ``formats`` gives number formats by cell address."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    for address, form in dict(formats).items():
        sheet[address].number_format = form
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def only(content, kind="startup", name="file"):
    """Read a file of one good row and return its values."""
    table = read_table(content, name, kind)
    assert table.refused == ()
    (entry,) = table.entries
    return {"id": entry.id, **dict(entry.values)}


def load(conn, content, kind="startup", **options):
    return load_file(conn, content, "file", kind=kind, who="an", at=NOW, **options)


PLAIN = "Tên doanh nghiệp,Lĩnh vực,Giai đoạn\nVí Dụ,Công nghệ tài chính,Hạt giống\n"


# -- headings ------------------------------------------------------------------------------------


def test_vietnamese_headings_of_a_usual_form_are_known():
    values = only(
        "STT;Tên doanh nghiệp;Mã số thuế;Lĩnh vực;Giai đoạn;Nhu cầu;Thị trường mục tiêu;Ngoại ngữ;"
        "Doanh thu 12 tháng (triệu đồng);Tổng vốn đã gọi;Tỷ lệ sở hữu;Số tuần có thể đi;Tỉnh/thành;"
        "Sẵn sàng lập pháp nhân ở nước ngoài;Ngày thành lập\n"
        "1;Công ty Đổi Mới;0312345678;Nông nghiệp công nghệ cao, AI;Hạt giống;"
        "huấn luyện / tìm kiếm thị trường;Hàn Quốc, Nhật Bản và Đông Nam Á;Tiếng Anh IELTS 6.5;"
        "1.500;USD 1.5m;62,5%;6 tuần;TP.HCM;có;17/05/2023\n".encode()
    )
    assert values == {
        "id": "cong-ty-doi-moi",
        "name": "Công ty Đổi Mới",
        "tax_code": "0312345678",
        "sectors": ("agritech", "ai"),
        "stage": "seed",
        "needs": ("training", "market_access"),
        "target_markets": ("KR", "JP", "ASEAN"),
        "languages": (LanguageSkill("en", "B2"),),
        "revenue_12m": Money(1.5e9, "VND", 57600.0),
        "total_raised": Money(1.5e6, "USD", 1.5e6),
        "founder_share_percent": 62.5,
        "can_travel_weeks": 6.0,
        "city": "Ho Chi Minh City",
        "will_incorporate_abroad": True,
        "founded_on": date(2023, 5, 17),
    }


@pytest.mark.parametrize(
    "headings",
    ["TÊN DOANH NGHIỆP,LĨNH VỰC,GIAI ĐOẠN", "Ten doanh nghiep,Linh vuc,Giai doan",
     "Company name,Sectors,Stage", "name,sectors,stage", " Tên  startup ,Ngành nghề*,Vòng"],
)  # fmt: skip
def test_headings_are_known_in_both_languages_in_any_case_with_or_without_diacritics(headings):
    values = only(f"{headings}\nVí Dụ,fintech,seed\n".encode())
    assert values["name"] == "Ví Dụ"
    assert values["sectors"] == ("fintech",)


def test_unknown_headings_are_reported_and_running_numbers_are_not():
    table = read_table("STT,Tên,Ngành,Màu yêu thích\n1,A,ai,xanh\n".encode())
    assert table.ignored_headings == ("Màu yêu thích",)


def test_of_two_columns_for_one_field_the_first_counts_and_the_other_is_reported():
    table = read_table("Tên,Tên công ty,Lĩnh vực\nA,B,ai\n".encode(), kind="startup")
    assert dict(table.entries[0].values)["name"] == "A"
    assert table.ignored_headings == ("Tên công ty",)


def test_a_title_above_the_table_and_a_row_of_column_numbers_are_passed_over():
    content = xlsx(
        [
            ["DANH SÁCH DOANH NGHIỆP KHỞI NGHIỆP SÁNG TẠO NĂM 2026", None, None],
            ["(Kèm theo Công văn số 12/SKHCN)", None, None],
            [],
            ["STT", "Tên doanh nghiệp", "Lĩnh vực"],
            ["(1)", "(2)", "(3)"],
            [1, "Ví Dụ", "fintech"],
            [None, None, None],
            ["Tổng cộng", 1, None],
        ],
        merged=["A1:C1", "A2:C2"],
    )
    table = read_table(content, "f.xlsx")
    assert (table.kind, [e.line for e in table.entries], table.refused) == ("startup", [6], ())


def test_a_title_is_no_part_of_the_headings_under_it():
    content = "Danh sách startup đợt 1;;\nTên doanh nghiệp;Lĩnh vực;Giai đoạn\nA;fintech;seed\n"
    table = read_table(content.encode(), "danh-sach.csv")
    assert table.kind == "startup"
    assert [column.heading for column in table.columns] == [
        "Tên doanh nghiệp",
        "Lĩnh vực",
        "Giai đoạn",
    ]


def test_merged_headings_of_two_levels_are_joined():
    content = xlsx(
        [
            ["Tên doanh nghiệp", "Đội ngũ", None, "Liên hệ", None, "Ngoại ngữ", None, "Lĩnh vực"],
            [None, "Số người", "Toàn thời gian", "Họ tên", "Email", "Tiếng Anh", "Nhật", None],
            ["Ví Dụ", 12, 8, "Nguyễn Ánh", "anh@vidu.vn", "TOEIC 800", "N3", "edtech"],
        ],
        merged=["A1:A2", "B1:C1", "D1:E1", "F1:G1", "H1:H2"],
    )
    values = only(content)
    assert values["team_size"] == 12
    assert values["full_time_people"] == 8
    assert (values["contact_name"], values["contact_email"]) == ("Nguyễn Ánh", "anh@vidu.vn")
    assert values["languages"] == (LanguageSkill("en", "B2"), LanguageSkill("ja", "B1"))
    assert values["sectors"] == ("edtech",)


def test_headings_of_two_levels_saved_as_csv_are_joined_too():
    values = only("Tên,Đội ngũ,,Lĩnh vực\n,Số người,Toàn thời gian,\nVí Dụ,12,8,ai\n".encode())
    assert (values["team_size"], values["full_time_people"]) == (12, 8)


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        ("Tên doanh nghiệp,Lĩnh vực,Giai đoạn,Nhu cầu", "startup"),
        ("Programme,Organisation,Country,Family,Stages", "programme"),
        ("Tên vườn ươm,Quốc gia,Dịch vụ,Diện tích", "incubator"),
        ("Tên vườn ươm,Quốc gia,Lĩnh vực", "incubator"),
        ("Tên chương trình,Quốc gia,Lĩnh vực", "programme"),
    ],
)
def test_the_kind_is_told_by_the_headings(headings, kind):
    assert read_table(f"{headings}\nA,VN,ai,training,\n".encode()).kind == kind


def test_the_sheet_with_the_most_known_headings_is_read():
    book = openpyxl.load_workbook(io.BytesIO(xlsx([["Hướng dẫn"], ["Điền vào bảng bên"]])))
    sheet = book.create_sheet("Dữ liệu")
    sheet.append(["Tên", "Lĩnh vực"])
    sheet.append(["Ví Dụ", "ai"])
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue(), kind="startup")
    assert (table.sheet, len(table.entries)) == ("Dữ liệu", 1)


def test_a_table_without_known_headings_is_refused_with_those_it_has():
    with pytest.raises(NoKnownHeadings) as refused:
        read_table("màu,cỡ\nxanh,to\n".encode(), "quần áo.csv", "startup")
    assert refused.value.facts["found"][:2] == ("màu", "cỡ")


# -- encodings and formats -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        ("sep=,\n" + PLAIN).encode(),
        # Windows-1258: a vowel, then its tone
        b"T\xean doanh nghi\xea\xf2p,Li\xdenh v\xfd\xf2c,Giai \xf0oa\xf2n\n"
        b"Vi\xec Du\xf2,C\xf4ng ngh\xea\xf2 ta\xcci chi\xecnh,Ha\xf2t gi\xf4\xecng\n",
    ],
)
def test_every_usual_encoding_and_delimiter_is_read(content):
    values = only(content)
    assert (values["name"], values["sectors"], values["stage"]) == ("Ví Dụ", ("fintech",), "seed")


def test_an_old_excel_file_is_read():
    """The file was written by xlwt: a title, merged headings of two levels, one row."""
    values = only(Path(__file__).parent.joinpath("files", "old.xls").read_bytes())
    assert values == {
        "id": "cong-ty-doi-moi",
        "name": "Công ty Đổi Mới",
        "team_size": 12,
        "full_time_people": 8,
        "founded_on": date(2023, 5, 17),
        "revenue_12m": Money(1_500_500_000, "VND", 57619.2),
        "sectors": ("agritech",),
    }


def test_excel_values_of_every_type_are_read():
    content = xlsx(
        [
            ["Tên", "Ngày thành lập", "Số nhân viên", "Doanh thu (USD)", "Tỷ lệ sở hữu (%)",
             "Mã số thuế", "Điện thoại", "Có thể đi từ ngày", "Lập công ty ở nước ngoài"],
            ["Ví Dụ", datetime(2023, 5, 17), 12, 1250000.5, 0.625,
             312345678, 903123456, 46023, True],
        ],
        formats={"E2": "0.0%"},
    )  # fmt: skip
    values = only(content)
    assert values["founded_on"] == date(2023, 5, 17)
    assert values["employees"] == 12
    assert values["revenue_12m"] == Money(1250000.5, "USD", 1250000.5)
    assert values["founder_share_percent"] == 62.5
    assert values["tax_code"] == "0312345678"
    assert values["contact_phone"] == "0903123456"
    assert values["available_from"] == date(2026, 1, 1)
    assert values["will_incorporate_abroad"] is True


def test_a_formula_that_was_never_computed_says_nothing():
    assert "employees" not in only(xlsx([["Tên", "Số nhân viên"], ["Ví Dụ", "=1+1"]]))


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 damaged", b"\xd0\xcf\x11\xe0 damaged", b"\xff\xfe\x00", b'a,b\n"open quote,c\n'],
)
def test_a_damaged_file_is_refused(content):
    with pytest.raises((FileUnreadable, NoKnownHeadings)):
        read_table(content, "f", "startup")


def test_an_old_excel_file_that_is_cut_short_is_refused():
    whole = Path(__file__).parent.joinpath("files", "old.xls").read_bytes()
    for length in (600, 2000, 3782, 4500):
        with pytest.raises(FileUnreadable):
            read_table(whole[:length], "f.xls", "startup")


def test_a_zip_file_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("readme.txt", "hello")
    with pytest.raises(FileUnreadable):
        read_table(out.getvalue(), "f.xlsx", "startup")


def test_files_above_the_limits_are_refused():
    with pytest.raises(BodyTooLarge):
        read_table(PLAIN.encode(), "f", "startup", Limits(file_bytes=10))
    with pytest.raises(FileUnreadable):
        read_table(PLAIN.encode(), "f", "startup", Limits(rows=1))
    with pytest.raises(FileUnreadable):
        read_table(xlsx([["Tên", "Lĩnh vực"]] * 9), "f", "startup", Limits(rows=5))


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    out = io.BytesIO(xlsx([["Tên", "Lĩnh vực"]]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/media/zeros.bin", bytes(5_000_000))
    assert len(out.getvalue()) < 50_000
    with pytest.raises(BodyTooLarge):
        read_table(out.getvalue(), "f", "startup", Limits(unpacked_bytes=1_000_000))


# -- refused rows --------------------------------------------------------------------------------


def test_a_row_with_bad_cells_is_refused_whole_and_names_them_all(conn):
    content = (
        "Tên,Giai đoạn,Ngày thành lập,Số nhân viên,Tổng vốn đã gọi\n"
        "Tốt,Hạt giống,17/05/2023,12,1 tỷ\n"
        "Xấu,Series Z,31/02/2023,nhiều,50-100 triệu\n"
        "Cũng tốt,MVP,2021,1.200,\n"
    ).encode()
    report = load(conn, content)
    assert report.added == ("tot", "cung-tot")
    (row,) = report.refused
    assert (row.line, row.name) == (3, "Xấu")
    assert [(c.heading, c.field, c.value, type(c.error)) for c in row.cells] == [
        ("Giai đoạn", "stage", "Series Z", UnknownCode),
        ("Ngày thành lập", "founded_on", "31/02/2023", InvalidField),
        ("Số nhân viên", "employees", "nhiều", InvalidField),
        ("Tổng vốn đã gọi", "total_raised", "50-100 triệu", InvalidField),
    ]
    kept = profiles.get(conn, "startup", "cung-tot")
    assert (kept.founded_on, kept.founded_year, kept.employees) == (None, 2021, 1200)


def test_lines_are_counted_as_a_spreadsheet_counts_them():
    content = 'Tên,Mô tả,Giai đoạn\nA,"một\nhai\nba",seed\n\nB,x,sai\n'.encode()
    table = read_table(content, kind="startup")
    assert [row.line for row in table.refused] == [4]


def test_values_out_of_bounds_or_too_long_are_refused():
    content = f"Tên,Tỷ lệ sở hữu,Tên pháp lý\nA,120%,{'x' * 301}\n".encode()
    (row,) = read_table(content, kind="startup").refused
    assert [type(cell.error) for cell in row.cells] == [InvalidField, TextTooLong]


def test_a_second_row_of_the_same_id_is_refused(conn):
    report = load(conn, "Tên,Giai đoạn\nVí Dụ,seed\nví dụ,mvp\n".encode())
    assert report.added == ("vi-du",)
    assert (report.refused[0].line, report.refused[0].cells[0].field) == (3, "id")


def test_a_row_without_a_name_is_refused(conn):
    (row,) = load(conn, "Tên,Giai đoạn\n,seed\n".encode()).refused
    assert (row.cells[0].field, row.cells[0].error.facts["expected"]) == ("name", "a value")


def test_a_new_profile_needs_its_required_fields(conn):
    report = load(conn, "Tên vườn ươm,Dịch vụ\nVườn A,training\n".encode(), "incubator")
    assert report.missing == ("country",)
    assert [cell.field for cell in report.refused[0].cells] == ["country"]


# -- what stays, what changes --------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing(conn):
    first, second = load(conn, PLAIN.encode()), load(conn, PLAIN.encode())
    assert (first.added, second.added, second.unchanged) == (("vi-du",), (), ("vi-du",))
    assert len(profiles.history(conn, "startup", "vi-du")) == 1


def test_absent_columns_and_empty_cells_leave_what_is_stored(conn):
    profiles.put(conn, startup(), who="an", at=NOW)
    content = "Mã,Tên,Giai đoạn,Lĩnh vực\nvi-du-pay,,Series A,-\n".encode()
    report = load(conn, content)
    assert report.changed == ("vi-du-pay",)
    kept = profiles.get(conn, "startup", "vi-du-pay")
    assert (kept.name, kept.stage, kept.sectors) == ("Ví Dụ Pay", "series_a", ("fintech",))
    assert kept.needs == startup().needs


def test_a_field_is_cleared_by_a_word_and_emptied_by_another(conn):
    profiles.put(conn, startup(grants_held=("a",)), who="an", at=NOW)
    load(conn, "id,name,stage,needs,grants_held\nvi-du-pay,,xóa,clear,không có\n".encode())
    kept = profiles.get(conn, "startup", "vi-du-pay")
    assert (kept.stage, kept.needs, kept.grants_held) == (None, None, ())


def test_a_dry_run_says_what_would_become_of_a_file_and_writes_nothing(conn):
    report = load(conn, PLAIN.encode(), dry_run=True)
    assert (report.added, report.dry_run) == (("vi-du",), True)
    assert profiles.count(conn, "startup") == 0
    assert profiles.latest_seq(conn) == 0


def test_a_programme_without_an_id_takes_one_of_its_organisation_and_name():
    content = "Programme,Organisation,Country\nLanding,Merlion,SG\nMerlion X,Merlion,SG\n"
    table = read_table(content.encode(), kind="programme")
    assert [e.id for e in table.entries] == ["merlion-landing", "merlion-x"]


def test_a_name_without_latin_letters_still_makes_a_stable_id():
    content = "name,organisation,country\n창업 센터,서울,KR\n".encode()
    first, second = (read_table(content, kind="programme").entries[0].id for _ in range(2))
    assert first == second
    assert first.startswith("programme-")


# -- cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "cell", "field", "value"),
    [
        ("Lĩnh vực", "Robot và tự động hóa, CNSH", "sectors", ("robotics", "biotech")),
        ("Lĩnh vực", "- Fintech\n- AI", "sectors", ("fintech", "ai")),
        ("Lĩnh vực", "1. Fintech\n2. fintech", "sectors", ("fintech",)),
        ("Lĩnh vực", "ICT / software", "sectors", ("ict",)),
        ("Lĩnh vực", "fintech/ai & edtech", "sectors", ("fintech", "ai", "edtech")),
        ("Thị trường", "EU; *", "markets", ("EU", "*")),
        ("Lập công ty ở nước ngoài", "x", "will_incorporate_abroad", True),
        ("Lập công ty ở nước ngoài", "Chưa", "will_incorporate_abroad", False),
        ("Số tuần có thể đi", "3 tháng", "can_travel_weeks", 13.0),
        ("Số nhân viên", "12 người", "employees", 12),
        ("Tỷ lệ sở hữu", "7,5 %", "founder_share_percent", 7.5),
        ("Năm thành lập", "17/05/2021", "founded_year", 2021),
        ("Doanh thu", "chưa có", "revenue_12m", Money(0, "VND", 0.0)),
        ("Ghi chú", "'=SUM(A1)", "note", "=SUM(A1)"),
        ("Xung đột lợi ích", "Quỹ A, Quỹ B; Quỹ C", "conflicts", ("Quỹ A, Quỹ B", "Quỹ C")),
        ("Tài trợ đang nhận", "a, b; c", "grants_held", ("a", "b", "c")),
        ("Nhà sáng lập", "Ánh; Bình", "founders", (Founder("Ánh"), Founder("Bình"))),
        ("Nhà sáng lập", "Ánh | nữ | CEO | có | 60% | Việt Nam", "founders",
         (Founder("Ánh", "female", "CEO", True, 60.0, "VN"),)),
        ("Giai đoạn", "chưa rõ", "stage", None),
        ("Số nhân viên", "n/a", "employees", None),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_people_fill_it(heading, cell, field, value):
    assert only(xlsx([["Tên", heading], ["Ví Dụ", cell]])).get(field) == value


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Lĩnh vực", "fintech, bói toán"),
        ("Số nhân viên", "5 triệu"),
        ("Số nhân viên", "12,5"),
        ("Số nhân viên", True),
        ("Lập công ty ở nước ngoài", "có lẽ"),
        ("Doanh thu", 1500000),
        ("Số tuần có thể đi", "vài tuần"),
        ("Ngày thành lập", True),
        ("Nhà sáng lập", "a|b|c|d|e|f|g"),
    ],
)
def test_a_cell_that_its_field_cannot_hold_is_refused(heading, cell):
    table = read_table(xlsx([["Tên", heading], ["Ví Dụ", cell]]), "f", "startup")
    assert [c.value for c in table.refused[0].cells] == [str(cell)]


@pytest.mark.parametrize("cell", ["a, " * 10_000, "1." * 15_000, "tiếng " * 5_000, "x" * 40_000])
@pytest.mark.parametrize("heading", ["Lĩnh vực", "Doanh thu", "Ngoại ngữ", "Ngày thành lập"])
def test_a_hostile_cell_is_refused_quickly(heading, cell):
    start = process_time()
    table = read_table(f'Tên,{heading}\nVí Dụ,"{cell}"\n'.encode(), "f", "startup")
    assert len(table.refused[0].cells[0].value) <= 200
    assert process_time() - start < 1


def test_programmes_hold_months_and_past_companies():
    content = (
        "Programme,Organisation,Country,Tháng nhận,Portfolio,Status\n"
        'P,O,SG,"tháng 3, tháng 9","A | pays\nB","unknown"\n'
    ).encode()
    values = only(content, "programme")
    assert values["intake_months"] == (3, 9)
    assert values["portfolio"] == (Alumnus("A", "pays"), Alumnus("B"))
    assert values["status"] == "unknown"


def test_numbers_that_could_be_read_in_two_ways_follow_their_column():
    content = b"name,stage,max_equity_percent\nA,seed,1.125\nB,seed,7.5\n"
    values = [dict(e.values)["max_equity_percent"] for e in read_table(content).entries]
    assert values == [1.125, 7.5]


def test_a_thousand_rows_are_loaded_in_a_few_seconds(conn):
    rows = "".join(f"Công ty {n},fintech; ai,seed,{n}.500.000 VND\n" for n in range(1, 1000))
    report = load(conn, ("Tên,Lĩnh vực,Giai đoạn,Doanh thu\n" + rows).encode())
    assert len(report.added) == 999
