"""Files as officers bring them: one with ten kinds of faults, and hostile ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl

HEADINGS = ("STT", "Mã", "Tên doanh nghiệp", "Lĩnh vực", "Giai đoạn", "Ngày thành lập",
            "Doanh thu 12 tháng", "Số nhân viên", "Sản phẩm", "Email liên hệ",
            "Điểm nội bộ")  # fmt: skip

FAULTY = (
    (1, "vi-du-pay", "Ví Dụ Pay", "Công nghệ tài chính", "Hạt giống", "17/05/2023", "12 tỷ đồng",
     "1.250", "Ví điện tử", "hello@vidu.vn", "A"),
    (2, None, "Nông Trại Mới", "Nông nghiệp công nghệ cao", "Hat giongg", "12/03/2021",
     "1.500.000.000", "24", "Cảm biến", "lienhe@nongtrai.vn", "B"),
    (3, None, "An Phú", "Công nghệ tài chính", "Hạt giống", "32/13/2020", "850.000.000", "18",
     "Ví", "anphu@@vidu", "B"),
    (4, None, None, "Y tế và chăm sóc sức khỏe", "Hạt giống", "05/06/2022", "300 triệu", "7",
     "Hồ sơ sức khỏe", "info@ysoft.vn", "C"),
    (5, None, "Giáo Dục Mở", "Công nghệ giáo dục", "Hạt giống", "2020", "-500.000.000 VND", "31",
     "Lớp học", "hi@giaoducmo.vn", "A"),
    (6, None, "Du Lịch Số", "Công nghệ du lịch", "Hạt giống", "10/10/2022", "1,2 tỷ đồng", "12",
     "Tour", "tour@cangio.vn", "A"),
    (7, None, "Du lịch số", "Công nghệ du lịch", "Hạt giống", "10/10/2022", "1,2 tỷ đồng", "12",
     "Tour", "tour@cangio.vn", "A"),
    (8, None, "Quá Dài", "Năng lượng mới", "Hạt giống", "20/10/2019", "45 tỷ đồng", "60",
     "Rất dài. " * 60, "lienhe@xanh.vn", "A"),
    (9, None, '=HYPERLINK("http://xau.example";"Bấm")', "Trí tuệ nhân tạo và dữ liệu lớn",
     "Hạt giống", "11/11/2021", "200 triệu", "5", "Trợ lý ảo", "ai@vidu.vn", "C"),
    (10, None, "C«ng ty cæ phÇn §iÖn tö", "Phần cứng và điện tử", "Hạt giống", "14/02/2018",
     "2 tỷ đồng", "44", "ThiÕt bÞ ®o th«ng minh", "dientu@vidu.vn", "B"),
)  # fmt: skip
"""Rows 3 to 12 of the sheet, below a title and the headings."""


def workbook(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> bytes:
    """A real workbook of named sheets; a text that begins like a formula stays a text."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def faulty() -> bytes:
    """The workbook with ten kinds of faults."""
    return workbook(("Danh sách", (("DANH SÁCH STARTUP",), HEADINGS, *FAULTY)))


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """A workbook with one part more."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, part)
    return out.getvalue()
