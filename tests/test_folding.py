import unicodedata

import pytest

from data.folding import fold, nfc, place, slug, words


def test_text_is_composed_and_trimmed():
    decomposed = unicodedata.normalize("NFD", "Ươm tạo")
    assert nfc(f"\ufeff \u200b{decomposed}\u00a0\r\n") == "Ươm tạo"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đà Nẵng", "da nang"),
        ("ĐỔI MỚI  sáng tạo", "doi moi sang tao"),
        ("Zürich", "zurich"),
        ("스타트업 서울", "스타트업 서울"),
        ("がんばる", "がんばる"),
    ],
)
def test_folding_drops_case_and_diacritics_of_latin_letters_only(text, folded):
    assert fold(text) == folded


def test_words_keep_letters_and_digits():
    assert words("Tỉnh, thành phố (TP.HCM) / uom_tao") == "tinh thanh pho tp hcm uom tao"


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Công ty Đổi Mới", "cong-ty-doi-moi"),
        ("  MoMo (Ví điện tử) ", "momo-vi-dien-tu"),
        ("가나다", ""),
        ("x" * 90, "x" * 80),
        ("một " * 30, "-".join(["mot"] * 20)),
    ],
)
def test_an_id_is_made_of_a_name(name, id):
    assert slug(name) == id


@pytest.mark.parametrize(
    "city",
    ["TPHCM", "TP.HCM", "TP HCM", "TP Hồ Chí Minh", "Thành phố Hồ Chí Minh", "Sài Gòn", "HCMC",
     "tp. hồ chí minh", "Ho Chi Minh City", "Saigon"],
)  # fmt: skip
def test_the_city_has_one_name(city):
    assert place(city) == "Ho Chi Minh City"


def test_other_places_keep_their_names():
    assert place("Hà Nội") == "Hanoi"
    assert place(" Trà Vinh ") == "Trà Vinh"
    assert place("San Francisco") == "San Francisco"
