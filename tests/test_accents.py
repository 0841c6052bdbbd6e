"""Vietnamese without marks gets them back; what is not Vietnamese, or has its marks, stays."""

import pytest

from data.catalogue import shipped
from matcher.profile import Programme, Startup
from models.accents import Accents, bare
from models.reference import accents_from


@pytest.fixture(scope="module")
def accents() -> Accents:
    startups = [s for s in shipped("startup") if isinstance(s, Startup)]
    programmes = [p for p in shipped("programme") if isinstance(p, Programme)]
    return accents_from(startups, programmes)


def test_a_bare_text_has_no_mark_and_keeps_its_letters_and_case() -> None:
    assert bare("Đường sắt đô thị, 2026") == "Duong sat do thi, 2026"


def test_marks_come_back_in_the_words_of_the_field(accents: Accents) -> None:
    text = "Nền tảng thanh toán cho doanh nghiệp nhỏ và vừa"
    assert accents.restored(bare(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "A platform of payments for small and medium enterprises in the region",
        "Nền tảng thanh toán cho doanh nghiệp nhỏ và vừa",
        "Momo",
        "",
    ],
)
def test_other_texts_stay_as_they_are(accents: Accents, text: str) -> None:
    assert accents.restored(text) == text


def test_only_marks_are_added(accents: Accents) -> None:
    text = bare("Cảm biến cho ao nuôi tôm; giá rẻ (chỉ 5 USD), dễ dùng!")
    assert bare(accents.restored(text)) == text
