import io
from concurrent.futures import ThreadPoolExecutor

import openpyxl
import pytest

from data import accounts, profiles, uploads
from data.audit import read_audit
from data.engines import reading, transaction
from data.entries import read_table
from service import imports
from tests.import_files import HEADINGS, faulty, with_part, workbook
from tests.page_fixtures import account_of, send, soup, token, visitor
from tests.service_fixtures import NOW, STARTUPS, build

SEES_NOTHING = ("startup", "incubator")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return build(tmp_path_factory.mktemp("import"))


def upload(client, content, name="danh-sach.xlsx", kind=""):
    """Upload a file as a browser does; the address of its page and the answer."""
    answer = client.post(
        "/import",
        data={"csrf": token(client, "/import"), "kind": kind},
        files={"file": (name, content, "application/octet-stream")},
        follow_redirects=False,
    )
    return answer.headers.get("location", "").removesuffix("/columns"), answer


def row(client, page, line, show="all"):
    """The text of one row of the review, blanks made single."""
    found = soup(client.get(f"{page}?show={show}")).find(id=f"row-{line}")
    return " ".join(found.get_text(" ").split()) if found else None


def csv(*lines):
    return "\n".join(lines).encode()


# -- the file ------------------------------------------------------------------------------------


def test_the_front_offers_the_form_the_templates_and_what_was_before(officer):
    page = soup(officer.get("/import"))
    assert page.find("input", type="file", attrs={"required": True})
    assert len(page.select('a[href^="/import/template/"]')) == 3
    for kind in ("startup", "programme", "incubator"):
        content = officer.get(f"/import/template/{kind}").content
        assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames[1] == "Hướng dẫn (Guide)"
    assert officer.get("/import/template/city").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.7", "danh-sach.xlsx", "cannot be read"),
        (b"PK\x03\x04" + b"x" * 50, "danh-sach.xlsx", "cannot be read"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "password"),
        (with_part(faulty(), "xl/big.bin", b"\0" * 101_000_000), "a.xlsx", "limit"),
    ],
)
def test_a_file_that_may_not_be_read_is_told_why_and_kept_nowhere(officer, content, name, said):
    before = soup(officer.get("/import")).find_all("tr")
    _, answer = upload(officer, content, name)
    assert answer.status_code in (413, 422)
    assert said in soup(answer).find(class_="wrong").get_text()
    assert soup(officer.get("/import")).find_all("tr") == before


def test_a_file_larger_than_the_settings_allow_is_refused(tmp_path):
    with visitor(build(tmp_path, most_file_bytes=2000), "officer") as client:
        _, answer = upload(client, b"name\n" + b"x" * 3000, "a.csv")
        assert answer.status_code == 413


def test_a_form_without_a_file_says_that_one_is_needed(officer):
    answer = send(officer, "/import", "/import", kind="")
    assert answer.status_code == 422
    assert soup(answer).find(class_="wrong")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_csv_in_any_unicode_is_read(officer, encoding):
    content = "Tên doanh nghiệp;Giai đoạn\nRuộng Lúa;Hạt giống\n".encode(encoding)
    page, _ = upload(officer, content, "a.csv")
    assert "Ruộng Lúa" in row(officer, page, 2)


def test_a_csv_in_old_letters_is_read_and_said_to_be(officer):
    text = "Tªn doanh nghiÖp,S¶n phÈm\nC«ng ty cæ phÇn §iÖn tö,ThiÕt bÞ ®o th«ng minh\n"
    page, _ = upload(officer, text.encode("latin-1"), "a.csv")
    assert "old encoding" in officer.get(f"{page}/columns").text
    assert "Công ty cổ phần Điện tử" in row(officer, page, 2)


def test_macros_are_said_to_be_ignored(officer):
    page, _ = upload(officer, with_part(faulty(), "xl/vbaProject.bin", b"x"), "a.xlsm")
    assert "never run" in officer.get(f"{page}/columns").text


# -- columns -------------------------------------------------------------------------------------


def test_columns_are_guessed_shown_with_their_first_values_and_ignored_ones_named(officer):
    page, _ = upload(officer, faulty())
    shown = soup(officer.get(f"{page}/columns"))
    assert shown.select_one("#kind option[selected]")["value"] == "startup"
    chosen = {s["id"]: s.find("option", selected=True) for s in shown.select("select[id^=column]")}
    assert chosen["column-4"]["value"] == "stage"
    assert chosen["column-10"] is None
    assert "Điểm nội bộ" in shown.find(class_="note").get_text()
    assert "STT" not in shown.find(class_="note").get_text()
    assert "Ví Dụ Pay" in shown.get_text()


def test_a_column_is_mapped_by_hand(officer):
    page, _ = upload(officer, csv("Alpha,Beta", "Chưa Từng Có,Hạt giống"), "a.csv", "startup")
    assert officer.get(page, follow_redirects=False).headers["location"] == f"{page}/columns"
    fields = {"column-0": "name", "column-1": "stage", "act": "on"}
    assert send(officer, f"{page}/columns", f"{page}/columns", **fields).headers["location"] == page
    assert "new profile will be added with the id chua-tung-co" in row(officer, page, 2)


def test_two_columns_for_one_field_and_none_for_the_name_are_told(officer):
    page, _ = upload(officer, faulty())
    to = f"{page}/columns"
    twice = send(officer, to, to, **{"column-10": "name", "act": "on"})
    assert twice.status_code == 422
    assert "one column for each field" in soup(twice).find(class_="wrong").get_text()
    none = send(officer, to, to, **{"column-10": "", "column-2": "", "column-1": "", "act": "on"})
    assert "column of names" in soup(none).find(class_="wrong").get_text()


def test_another_sheet_and_another_kind_are_read_anew(officer):
    first = ("Startup", (("Tên startup", "Giai đoạn"), ("Một Hai", "seed")))
    second = ("Vườn", (("Tên vườn ươm", "Quốc gia"), ("Vườn Ba", "VN")))
    page, _ = upload(officer, workbook(first, second), kind="startup")
    to = f"{page}/columns"
    send(officer, to, to, sheet="1", kind="incubator", act="again")
    send(officer, to, to, act="on")
    assert "Vườn Ba" in row(officer, page, 2)


def test_a_field_that_every_row_lacks_is_written_once(officer):
    content = csv("Tên chương trình,Đơn vị tổ chức", "Chương Trình Lạ,Cơ quan A", "Nữa,B")
    page, _ = upload(officer, content, "a.csv", "programme")
    assert "Empty, and a new profile cannot do without it" in row(officer, page, 2)
    to = f"{page}/columns"
    send(officer, to, to, **{"fixed-country": "Singapore", "act": "on"})
    assert "new profile will be added" in row(officer, page, 3)


# -- ten kinds of faults -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def review(officer):
    return officer, upload(officer, faulty())[0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (3, "A profile with this id is kept already, so the row updates it."),
        (4, "“Hat giongg” is not in the list of known values."),
        (4, "“1.500.000.000” does not say in which currency."),
        (5, "“32/13/2020” cannot be read. How to write it: day/month/year, such as 31/12/2024."),
        (5, "“anphu@@vidu” does not look like an e-mail address."),
        (6, "Empty, and a new profile cannot do without it."),
        (7, "An amount cannot be negative: “-500.000.000 VND”."),
        (9, "The same profile as in row 8 of this file."),
        (10, "539 characters long; at most 300. Shorten it to at most 300 characters."),
        (11, "Begins like a spreadsheet formula: “=HYPERLINK("),
        (12, "was read as “Công ty cổ phần Điện tử”."),
    ],
)
def test_each_kind_of_fault_stands_beside_its_row_with_what_to_do(review, line, said):
    client, page = review
    assert said in row(client, page, line)


def test_unknown_headings_are_named_above_the_rows(review):
    client, page = review
    assert "Điểm nội bộ" in soup(client.get(page)).find(class_="note").get_text()


def test_the_nearest_code_is_offered_as_a_button(review):
    client, page = review
    buttons = soup(client.get(page)).find(id="row-4").select("button[name=set]")
    assert "4|Seed" in [button["value"] for button in buttons]


def test_numbers_with_vietnamese_separators_are_read_as_meant(review):
    client, page = review
    assert "1,250" in row(client, page, 3)


def test_the_rows_are_counted_and_those_with_problems_shown_first(review):
    client, page = review
    shown = soup(client.get(page))
    figures = [item.get_text(" ", strip=True) for item in shown.select(".figures li")]
    assert figures == ["3 new", "1 updates", "0 unchanged", "6 with faults", "0 skipped"]
    assert shown.select_one(".filters [aria-current]").get_text(" ", strip=True) == "to look at 8"
    assert not shown.find(id="row-8")


def test_nothing_is_saved_before_it_is_loaded(review, house):
    client, page = review
    client.get(page)
    with reading(house.parts.engine) as conn:
        assert not profiles.get_many(conn, "startup", ["du-lich-so"])


def test_what_a_row_changes_is_shown_old_and_new(review):
    client, page = review
    changes = row(client, page, 3)
    assert "Employees" in changes
    assert "After loading: 1,250" in changes


def test_a_cell_and_its_sentence_belong_together_for_those_who_do_not_see(review):
    client, page = review
    wrong = soup(client.get(page)).find("input", attrs={"aria-invalid": "true"})
    told = soup(client.get(page)).find(id=wrong["aria-describedby"])
    assert "Fault:" in told.get_text()
    assert soup(client.get(page)).find("label", attrs={"for": wrong["id"]})


def test_a_long_file_is_paged(officer):
    lines = ["Tên,Giai đoạn", *(f"Công ty số {n},seed" for n in range(45))]
    page, _ = upload(officer, csv(*lines), "a.csv", "startup")
    assert len(soup(officer.get(f"{page}?show=all")).select("tr[id^=row-]")) == 20
    assert len(soup(officer.get(f"{page}?show=all&page=3")).select("tr[id^=row-]")) == 5
    assert len(soup(officer.get(f"{page}?show=all&page=99")).select("tr[id^=row-]")) == 5


# -- correcting ----------------------------------------------------------------------------------


def test_a_cell_is_corrected_in_place(officer):
    page, _ = upload(officer, faulty())
    to = f"{page}/rows/5"
    answer = send(officer, page, to, **{"cell-5": "31/12/2020", "back": "show=problems&page=1"})
    assert answer.headers["location"] == f"{page}?show=problems&page=1#row-5"
    send(officer, page, to, act="currency-6")
    assert "new profile will be added" in row(officer, page, 5)
    assert "currency" not in row(officer, page, 4)


def test_a_suggested_code_is_taken_by_one_press(officer):
    page, _ = upload(officer, faulty())
    send(officer, page, f"{page}/rows/4", set="4|Hạt giống")
    assert "not in the list" not in row(officer, page, 4)


def test_the_same_mistake_is_corrected_everywhere_at_once(officer):
    content = csv("Tên,Giai đoạn", "Một Mới,hat giog", "Hai Mới,hat giog", "Ba Mới,hat giong")
    page, _ = upload(officer, content, "a.csv", "startup")
    assert "Replace in all 2 cells" in row(officer, page, 2)
    send(officer, page, f"{page}/rows/2", **{"cell-1": "Hạt giống", "act": "everywhere-1"})
    assert "new profile" in row(officer, page, 2)
    assert "new profile" in row(officer, page, 3)


def test_a_row_is_skipped_and_taken_in_again(officer):
    page, _ = upload(officer, faulty())
    send(officer, page, f"{page}/rows/9", act="skip")
    assert "will not be loaded" in row(officer, page, 9, "skipped")
    send(officer, page, f"{page}/rows/9", act="take")
    assert "The same profile as in row 8" in row(officer, page, 9)


def test_a_whole_row_is_corrected_on_a_page_of_its_own(officer):
    page, _ = upload(officer, faulty())
    shown = soup(officer.get(f"{page}/rows/3"))
    assert len(shown.select("input[name^=cell-]")) == len(HEADINGS) - 2
    assert "In the profile now:" in shown.get_text()
    send(officer, f"{page}/rows/3", f"{page}/rows/3", **{"cell-7": "9"})
    assert "After loading: 9" in row(officer, page, 3)


def test_a_line_that_holds_no_profile_is_not_found(officer):
    page, _ = upload(officer, faulty())
    assert officer.get(f"{page}/rows/1").status_code == 404
    assert officer.get("/import/99999").status_code == 404
    assert officer.get(f"/import/{10**30}").status_code in (404, 422)


# -- loading and undoing -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    house = build(tmp_path_factory.mktemp("busy"))
    with visitor(house, "officer") as client:
        yield house, client


@pytest.fixture
def fresh(busy):
    """A house as it was built, with the faulty file uploaded."""
    house, client = busy
    page, _ = upload(client, faulty())
    yield house, client, page
    with transaction(house.parts.engine) as conn:
        built = {one.id for one in STARTUPS}
        for one in profiles.all_profiles(conn, "startup"):
            if one.id not in built:
                profiles.delete(conn, "startup", one.id, who="test", at=NOW)
        profiles.put_all(conn, STARTUPS, who="test", at=NOW)


def kept(house, *ids):
    with reading(house.parts.engine) as conn:
        return profiles.get_many(conn, "startup", ids)


def test_the_good_rows_are_loaded_and_the_faulty_ones_reported(fresh):
    house, client, page = fresh
    before = kept(house, "vi-du-pay")["vi-du-pay"]
    assert send(client, page, f"{page}/load").headers["location"] == f"{page}?said=loaded"
    shown = soup(client.get(page))
    figures = [item.get_text(" ", strip=True) for item in shown.select(".figures li")]
    assert figures == ["3 new", "1 updates", "0 unchanged", "6 with faults", "0 skipped"]
    assert shown.find("a", href="/startups/du-lich-so")
    after = kept(house, "vi-du-pay", "du-lich-so")
    assert after["vi-du-pay"].employees == 1250 != before.employees
    with reading(house.parts.engine) as conn:
        lines = [line for line in read_audit(conn) if line.action == "import"]
    assert lines[0].who.startswith("Officer")
    assert "employees" in lines[0].fields


def test_a_load_is_undone_but_for_what_somebody_changed_since(fresh):
    house, client, page = fresh
    before = kept(house, "vi-du-pay")["vi-du-pay"]
    send(client, page, f"{page}/load")
    with transaction(house.parts.engine) as conn:
        one = profiles.get(conn, "startup", "du-lich-so")
        changed = type(one)(id=one.id, name="Tên khác")
        profiles.put(conn, changed, who="another", at=NOW)
    send(client, page, f"{page}/undo")
    shown = soup(client.get(page))
    assert "Tên khác" in shown.find("section", attrs={"aria-labelledby": "left"}).get_text()
    found = kept(house, "vi-du-pay", "du-lich-so", "cong-ty-co-phan-dien-tu")
    assert found == {"vi-du-pay": before, "du-lich-so": changed}
    figures = [item.get_text(" ", strip=True) for item in shown.select(".figures li")]
    assert figures == ["1 left as they are", "2 taken out", "1 put back"]
    assert "undone" in soup(client.get("/import")).find("table").get_text()


def test_what_somebody_else_put_back_already_counts_as_undone(fresh):
    house, client, page = fresh
    send(client, page, f"{page}/load")
    with transaction(house.parts.engine) as conn:
        profiles.delete(conn, "startup", "du-lich-so", who="another", at=NOW)
    send(client, page, f"{page}/undo")
    assert not soup(client.get(page)).find("section", attrs={"aria-labelledby": "left"})


def test_nothing_is_loaded_or_undone_twice(fresh):
    _, client, page = fresh
    send(client, page, f"{page}/load")
    assert send(client, page, f"{page}/load").status_code == 409
    assert send(client, page, f"{page}/rows/4", act="skip").status_code == 409
    send(client, page, f"{page}/undo")
    assert send(client, page, f"{page}/undo").status_code == 409
    assert send(client, page, f"{page}/remove").headers["location"].startswith("/import?")
    assert client.get(page).status_code == 404


def test_two_loads_at_once_load_each_row_once(fresh):
    house, client, page = fresh
    data = {"csrf": token(client, page)}

    def load(_):
        return client.post(f"{page}/load", data=data, follow_redirects=False).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(load, range(2)))
    assert answers in ([303, 303], [303, 409])
    with reading(house.parts.engine) as conn:
        number = int(page.rpartition("/")[2])
        touched = uploads.get(conn, number).outcome.touched
        assert profiles.versions(conn, "startup", list(touched)) == {
            id: one.after for id, one in touched.items()
        }
    assert len(touched) == 4


def test_a_load_that_is_broken_off_is_reported_gone_on_with_and_undone(fresh, monkeypatch):
    house, client, page = fresh
    monkeypatch.setattr(imports, "BATCH", 1)
    whole = imports.load_table
    seen = []

    def breaks(*args, **options):
        seen.append(1)
        if len(seen) == 3:
            raise RuntimeError("the power went")
        return whole(*args, **options)

    monkeypatch.setattr(imports, "load_table", breaks)
    assert send(client, page, f"{page}/load").status_code == 500
    assert "stopped after 2 profiles" in soup(client.get(page)).get_text()
    assert "broken off" in soup(client.get("/import")).find("table").get_text()
    send(client, page, f"{page}/load")
    figures = [
        item.get_text(" ", strip=True) for item in soup(client.get(page)).select(".figures li")
    ]
    assert figures == ["3 new", "1 updates", "0 unchanged", "6 with faults", "0 skipped"]
    send(client, page, f"{page}/undo")
    assert list(kept(house, "vi-du-pay", "du-lich-so")) == ["vi-du-pay"]


def test_the_refused_rows_are_a_workbook_that_says_what_is_wrong(fresh):
    _, client, page = fresh
    send(client, page, f"{page}/load")
    content = client.get(f"{page}/refused").content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 7
    assert rows[0][-1] == "What is wrong"
    assert "Giai đoạn: “Hat giongg” is not in the list" in rows[1][-1]
    assert not [cell for row in sheet.rows for cell in row if cell.data_type == "f"]
    assert len(read_table(content, "refused.xlsx", "startup").refused) >= 5


# -- who may see what ----------------------------------------------------------------------------


@pytest.mark.parametrize("who", SEES_NOTHING)
def test_other_roles_see_no_import(house, review, who):
    _, page = review
    with visitor(house, who) as client:
        for path in ("/import", page, f"{page}/columns", f"{page}/rows/4", f"{page}/refused"):
            assert client.get(path).status_code == 403


def test_guests_are_led_to_sign_in(house):
    with visitor(house) as client:
        answer = client.get("/import", follow_redirects=False)
        assert answer.headers["location"].startswith("/sign-in")


def test_personal_data_of_a_file_is_shown_to_nobody_but_who_uploaded_it(house, review):
    _, page = review
    account_of(house, "admin")
    with visitor(house, "admin") as admin:
        for path in (f"{page}/columns", f"{page}?show=all", f"{page}/rows/5"):
            assert "anphu@@vidu" not in admin.get(path).text
        content = admin.get(f"{page}/refused").content
        cells = [
            str(c.value) for r in openpyxl.load_workbook(io.BytesIO(content)).active for c in r
        ]
        assert not [text for text in cells if "@" in text]
        send(admin, page, f"{page}/rows/5", **{"cell-9": "mine@vidu.vn"})
    with reading(house.parts.engine) as conn:
        number = int(page.rpartition("/")[2])
        assert not uploads.get(conn, number).corrections.cells


def test_a_file_stays_one_s_own_when_one_s_name_changes(house, officer):
    page, _ = upload(officer, faulty())
    account = account_of(house, "officer")
    for name in ("Officer Renamed", account.name):
        with transaction(house.parts.engine) as conn:
            accounts.change(conn, account.id, name=name)
        assert "anphu@@vidu" in officer.get(f"{page}/rows/5").text


def test_kept_personal_data_is_not_shown_without_a_consent(house, review):
    client, page = review
    text = client.get(f"{page}/rows/3").text
    assert "kin@vidu.vn" not in text
    assert "kin@vidu.vn" not in client.get(f"{page}?show=all").text
    house.consent("vi-du-pay", "contact", "VN")
    assert "kin@vidu.vn" in client.get(f"{page}?show=all").text


def test_both_languages_are_complete(house):
    with visitor(house, "officer", "vi") as client:
        page, _ = upload(client, faulty())
        for path in ("/import?lang=vi", f"{page}/columns?lang=vi", f"{page}?lang=vi"):
            assert soup(client.get(path)).html["lang"] == "vi"
        assert "Không đọc được “32/13/2020”" in row(client, page, 5)
        assert "Trùng với hồ sơ ở dòng 8" in row(client, page, 9)
