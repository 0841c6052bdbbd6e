import pytest

from data.legacy_fonts import decoded, repaired
from matcher.errors import FileUnreadable


def test_text_of_tcvn3_fonts_is_made_readable():
    assert (
        repaired("C«ng ty cæ phÇn gi¶i ph¸p n«ng nghiÖp") == "Công ty cổ phần giải pháp nông nghiệp"
    )
    assert repaired("Hµ Néi") == "Hà Nội"


def test_text_of_vni_fonts_is_made_readable():
    text = "Coâng ty coå phaàn, Thaønh phoá Hoà Chí Minh, öôm taïo, ñoåi môùi"
    assert repaired(text) == "Công ty cổ phần, Thành phố Hồ Chí Minh, ươm tạo, đổi mới"


@pytest.mark.parametrize(
    "text",
    ["Công ty cổ phần", "Nestlé Zürich", "São Paulo Malmö", "Hoà Bình, Lê Lợi", "plain",
     "Niño café", "Café Sữa Đá", "naïve Citroën", "한국 스타트업", "", "1 000 m² – 50 %"],
)  # fmt: skip
def test_any_other_text_stays_as_it_is(text):
    assert repaired(text) == text


def test_bytes_of_windows_1258_are_vietnamese():
    assert decoded("Công ty Hồ Chí Minh".encode("cp1258", "replace"), "x").startswith("Công ty")
    assert decoded(b"C\xf4ng ty c\xf4\xd2 ph\xe2\xcc\x6e", "x") == "Công ty cổ phần"


def test_bytes_of_a_western_file_are_western():
    assert decoded("Société Générale à Zürich".encode("cp1252"), "x") == "Société Générale à Zürich"


def test_bytes_of_tcvn3_are_vietnamese():
    assert decoded("C«ng ty cæ phÇn".encode("latin-1"), "x") == "Công ty cổ phần"


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(FileUnreadable):
        decoded(bytes([0x81, 0x8D, 0x8F, 0x90, 0xD2]) * 5, "x")
