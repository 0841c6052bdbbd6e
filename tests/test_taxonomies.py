import csv
import itertools
import unicodedata
from importlib import resources

import pytest

from data.currencies import in_usd, rates
from data.headings import field_of, label_of, labels
from data.taxonomies import code_of, name_of, terms
from matcher.errors import UnknownCode, UnknownField, UnknownName
from matcher.profile import KINDS, Money, forms
from matcher.taxonomy import VOCABULARIES


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_codes_here_and_in_the_matcher_are_the_same(vocabulary):
    assert set(terms(vocabulary)) == set(VOCABULARIES[vocabulary])


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_code_has_a_name_in_both_languages_that_leads_back_to_it(vocabulary):
    for code, lang in itertools.product(VOCABULARIES[vocabulary], ("vi", "en")):
        name = name_of(vocabulary, code, lang)
        assert name
        assert unicodedata.is_normalized("NFC", name)
        assert ";" not in name
        assert code_of(vocabulary, name) == code, name


@pytest.mark.parametrize("vocabulary", sorted(set(VOCABULARIES) - {"country", "market"}))
def test_no_two_codes_of_a_vocabulary_share_a_way_of_writing(vocabulary):
    owners: dict[str, str] = {}
    for term in terms(vocabulary).values():
        for text in (term.vi, term.en, *term.aliases):
            assert owners.setdefault(text.casefold(), term.code) == term.code, text


@pytest.mark.parametrize(
    ("vocabulary", "text", "code"),
    [
        ("sector", "Công nghệ tài chính", "fintech"),
        ("sector", "cong nghe tai chinh", "fintech"),
        ("sector", "FinTech", "fintech"),
        ("sector", "ví điện tử", "fintech"),
        ("sector", "vi điện tử", "semiconductor"),
        ("sector", "Chuyển đổi số", "enterprise_software"),
        ("stage", "Giai đoạn hạt giống", "seed"),
        ("stage", "Series A", "series_a"),
        ("stage", "pre-seed", "pre_seed"),
        ("service", "Tìm kiếm thị trường", "market_access"),
        ("service", "huấn luyện", "training"),
        ("phase", "Ươm tạo", "uom_tao"),
        ("trl", "trl 7", None),
        ("trl", "TRL7", "TRL7"),
        ("country", "Hàn Quốc", "KR"),
        ("country", "Mỹ", "US"),
        ("country", "MY", "MY"),
        ("country", "my", None),  # Malaysia or the United States
        ("country", "sg", "SG"),
        ("country", "Đài Loan", "TW"),
        ("country", "Bỉ", "BE"),
        ("country", "South Korea", "KR"),
        ("market", "Đông Nam Á", "ASEAN"),
        ("market", "asean", "ASEAN"),
        ("market", "*", "*"),
        ("market", "toàn cầu", "*"),
        ("language", "tiếng Nhật", "ja"),
        ("language", "Nhật", "ja"),
        ("level", "thành thạo", "C1"),
        ("currency", "usd", "USD"),
        ("sector", "gì đó", None),
        ("sector", "", None),
    ],
)
def test_a_text_is_understood_as_people_write_it(vocabulary, text, code):
    assert code_of(vocabulary, text) == code


def test_names_of_state_documents_are_kept():
    assert name_of("country", "TW", "vi") == "Đài Loan (Trung Quốc)"
    assert name_of("country", "HK", "vi") == "Hồng Kông (Trung Quốc)"


def test_unknown_vocabularies_codes_and_languages_are_refused():
    with pytest.raises(UnknownName):
        terms("colour")
    with pytest.raises(UnknownCode):
        name_of("sector", "alchemy", "vi")
    with pytest.raises(UnknownName):
        name_of("sector", "ai", "fr")


def test_every_currency_has_a_dated_rate_with_its_source():
    for rate in rates().values():
        assert rate.usd_per_unit is None or rate.usd_per_unit > 0
        assert rate.as_of is not None
        assert rate.source


def test_money_is_turned_into_dollars_at_the_rate_of_the_table():
    assert in_usd(Money(780, "HKD")).usd == pytest.approx(100, rel=1e-4)
    assert in_usd(Money(5, "USD", usd=7)).usd == 5
    assert in_usd(Money(5, "XAU")).usd is None


def test_every_field_of_every_kind_has_a_label_in_both_languages():
    fields = {name for kind in KINDS.values() for name in forms(kind)}
    assert set(labels()) == fields
    for field in fields:
        assert label_of(field, "vi")
        assert label_of(field, "en")
    with pytest.raises(UnknownField):
        label_of("colour", "vi")


@pytest.mark.parametrize("kind", KINDS)
def test_every_label_and_code_name_leads_back_to_its_field(kind):
    for field in forms(KINDS[kind]):
        for text in (field, label_of(field, "vi"), label_of(field, "en")):
            assert field_of(kind, text) == field, text


def test_the_files_are_in_nfc():
    for path in (resources.files("data") / "taxonomy").iterdir():
        text = path.read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", text)
        assert len({len(row) for row in csv.reader(text.splitlines())}) == 1, path.name
