import pytest

from data.language_skills import skills_of
from matcher.errors import UnknownCode
from matcher.profile import LanguageSkill


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("English B2", [("en", "B2")]),
        ("English B2; tiếng Nhật N3 (JLPT)", [("en", "B2"), ("ja", "B1")]),
        ("TOEIC 750", [("en", "B1")]),
        ("IELTS 6.5", [("en", "B2")]),
        ("IELTS 6,5, Tiếng Hàn TOPIK 4", [("en", "B2"), ("ko", "B2")]),
        ("tiếng Anh", [("en", None)]),
        ("Anh, Trung, Nhật", [("en", None), ("zh", None), ("ja", None)]),
        ("Tiếng Anh thành thạo và tiếng Pháp A2", [("en", "C1"), ("fr", "A2")]),
        ("English (fluent)", [("en", "C1")]),
        ("Tiếng Anh: IELTS 7.0", [("en", "C1")]),
        ("tiếng Anh B1; TOEIC 800", [("en", "B2")]),  # the higher of two counts
        ("HSK 5", [("zh", "C1")]),
        ("JLPT N2", [("ja", "B2")]),
        ("vi native; en c1", [("vi", "native"), ("en", "C1")]),
    ],
)
def test_languages_are_read_with_their_levels(text, skills):
    assert skills_of("languages", text) == tuple(LanguageSkill(*skill) for skill in skills)


@pytest.mark.parametrize("text", ["Klingon B2", "tiếng lóng", "B2", "tiếng Anh bập bẹ lắm"])
def test_a_piece_that_names_no_language_is_refused(text):
    with pytest.raises(UnknownCode):
        skills_of("languages", text)
