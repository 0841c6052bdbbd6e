"""Which words of a profile are embedded, and in which language each text is."""

import unicodedata
from dataclasses import replace

import pytest

from matcher.profile import Alumnus, Founder, Money
from models.text import (
    LOCAL,
    MOST_SENTENCES,
    Written,
    alumnus_texts,
    incubator_texts,
    programme_texts,
    sentences,
    startup_texts,
)
from tests.builders import incubator, programme, startup


def test_a_startup_is_its_product_and_description_once_for_each_language():
    assert startup_texts(startup()) == (
        Written(
            "startup",
            "en",
            "Payment software for small shops\n"
            "Payment software that lets small shops take cards and QR codes.",
        ),
        Written(
            "startup",
            "vi",
            "Phần mềm thanh toán cho cửa hàng nhỏ\n"
            "Phần mềm giúp cửa hàng nhỏ nhận thanh toán bằng thẻ và mã QR.",
        ),
    )


def test_a_language_that_is_not_written_gives_no_text():
    only = startup(product_en=None, description_en=None, product_vi="Bán gạo", description_vi=None)
    assert startup_texts(only) == (Written("startup", "vi", "Bán gạo"),)


def test_white_space_alone_is_no_text():
    blank = startup(product_en=" ", description_en="\n\t", product_vi=None, description_vi="")
    assert startup_texts(blank) == ()


def test_decomposed_and_composed_letters_are_the_same_text():
    composed = startup(description_vi="Cảm biến cho ruộng lúa")
    decomposed = replace(
        composed, description_vi=unicodedata.normalize("NFD", "Cảm biến cho ruộng lúa")
    )
    assert composed.description_vi != decomposed.description_vi
    assert startup_texts(composed) == startup_texts(decomposed)


def test_names_of_people_sums_and_conditions_stay_out():
    plain = startup()
    full = startup(
        founders=(Founder(name="Nguyễn Thị Bí Mật"),),
        contact_email="kin@vidu.vn",
        total_raised=Money(1_000_000, "USD"),
        note="Chỉ dành cho cán bộ",
        stage="series_a",
    )
    assert startup_texts(full) == startup_texts(plain)
    conditions = programme(
        other_conditions_en="Founders must move to Singapore.", contact_name="Ms Secret"
    )
    assert programme_texts(conditions) == programme_texts(programme())


def test_a_programme_stands_under_its_name_in_each_language_it_is_described_in():
    described = programme(description_local="결제 회사를 위한 프로그램")
    assert [(text.language, text.text.splitlines()) for text in programme_texts(described)] == [
        ("en", ["Merlion Landing", described.description_en]),
        ("vi", ["Merlion Landing", described.description_vi]),
        (LOCAL, ["Merlion Landing", "결제 회사를 위한 프로그램"]),
    ]


def test_a_programme_without_a_description_is_its_name_alone():
    bare = programme(description_en=None, description_vi=" ")
    assert programme_texts(bare) == (Written("programme", "en", "Merlion Landing"),)


def test_an_alumnus_is_what_it_does_and_never_its_name():
    assert alumnus_texts(Alumnus("Zalopay", "mobile wallet", "ví điện tử")) == (
        Written("alumnus", "en", "mobile wallet"),
        Written("alumnus", "vi", "ví điện tử"),
    )
    assert alumnus_texts(Alumnus("Zalopay")) == ()


def test_an_incubator_is_its_description():
    described = incubator()
    assert [(text.kind, text.language) for text in incubator_texts(described)] == [
        ("incubator", "en"),
        ("incubator", "vi"),
    ]
    assert incubator_texts(replace(described, description_en=None, description_vi=None)) == ()


def test_a_text_is_read_by_sentence_clause_and_line_in_any_script():
    assert sentences("Bán gạo.  Tại TP.HCM; giá 3.5 triệu\nGiao nhanh") == (
        "Bán gạo.",
        "Tại TP.HCM;",
        "giá 3.5 triệu",
        "Giao nhanh",
    )
    assert sentences("農業を支援する。海外企業も歓迎。") == ("農業を支援する。", "海外企業も歓迎。")
    assert sentences("農家が「売りたい。」と言う。") == ("農家が「売りたい。」と言う。",)
    assert sentences("창업을 지원합니다. 1.5억 원!") == ("창업을 지원합니다.", "1.5억 원!")
    assert sentences("") == ("",)
    assert len(sentences("A b. " * 1000)) == MOST_SENTENCES


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Do PGS. TS. An lập tại Q. 1, TP. Hồ Chí Minh. Bán gạo, mắm, v.v. và trà.", 2),
        ("Cùng J.P. Morgan và F.C.C. (Nhật Bản) gọi vốn vòng A. Hoạt động ở U.S. và Úc.", 2),
        (
            "Sold by Acme Inc. and Foo Co. Ltd. in the U.S., e.g. to Dr. Smith. It grew.",
            2,
        ),
        ("bán gạo tại tp. hồ chí minh. giao nhanh.", 2),
        ("Nhà có ao. Nuôi cá cơ. Thủ kho.", 3),
    ],
)
def test_a_stop_after_an_abbreviation_ends_no_sentence(text, parts):
    assert len(sentences(text)) == parts
