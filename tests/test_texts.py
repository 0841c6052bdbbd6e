from __future__ import annotations

from datetime import date

import pytest

from data.texts import LANGUAGES, MOST_LISTED, ErrorText, Texts, choose
from matcher.errors import InvalidField, ProfileNotFound, Unidentified, UnknownCode, UnknownName
from matcher.partner_rules import PARTNER_RULES
from matcher.profile import Alumnus, LanguageSkill, Money, Programme, Startup
from matcher.rules import RULES, needs
from matcher.rules.base import Coded, InLanguages, Reason, Sum
from tests.builders import programme, startup

VI, EN = Texts("vi"), Texts("en")

WRITTEN = [
    (
        Reason.of("age.too_old", age=8.2, limit=5.0),
        "Chương trình chỉ nhận doanh nghiệp thành lập không quá 5 năm; "
        "startup đã thành lập 8,2 năm.",
        "The programme admits firms of at most 5 years; the startup is 8.2 years old.",
    ),
    (
        Reason.of("age.ask_startup", lowest=None, highest=5.0),
        "Đề nghị quý đơn vị cho biết ngày cấp Giấy chứng nhận đăng ký doanh nghiệp lần đầu. "
        "Giới hạn tuổi doanh nghiệp của chương trình: đến 5 năm.",
        "On what date was your company first registered? "
        "The programme's limits on company age: up to 5 years.",
    ),
    (
        Reason.of("age.ask_startup", lowest=1.0, highest=5.0),
        "Đề nghị quý đơn vị cho biết ngày cấp Giấy chứng nhận đăng ký doanh nghiệp lần đầu. "
        "Giới hạn tuổi doanh nghiệp của chương trình: từ 1 năm đến 5 năm.",
        "On what date was your company first registered? "
        "The programme's limits on company age: from 1 year up to 5 years.",
    ),
    (
        Reason.of("capital.too_much", raised=Sum(2.5e9, "VND"), limit=Sum(500_000, "HKD")),
        "Chương trình chỉ nhận startup đã gọi không quá 500.000 HKD; startup đã gọi 2,5 tỷ đồng.",
        "The programme admits startups that have raised at most HKD 500,000; "
        "this one has raised VND 2.5 billion.",
    ),
    (
        Reason.of("window.passed", day=date(2026, 12, 31)),
        "Thời hạn nộp hồ sơ đã kết thúc ngày 31/12/2026.",
        "Applications closed on 31 December 2026.",
    ),
    (
        Reason.of("timing.intake", month=9, wait=1),
        "Đợt kế tiếp bắt đầu vào tháng 9, sau 1 tháng kể từ nay.",
        "The next intake that the team can join starts in September, in 1 month.",
    ),
    (
        Reason.of(
            "working_language.shared",
            languages=Coded("language", ("en", "ko", "ja")),
        ),
        "Đội ngũ sử dụng được ngôn ngữ làm việc của chương trình: "
        "tiếng Anh, tiếng Hàn và tiếng Nhật.",
        "The team speaks a working language of the programme: English, Korean and Japanese.",
    ),
    (
        Reason.of("language_level.best", language=Coded("language", ("en",)), level="native"),
        "Trình độ tiếng Anh của đội ngũ: bản ngữ.",
        "The team's level in English: mother tongue.",
    ),
    (
        Reason.of("funding.given", kind=Coded("funding_kind", ("grant",)), sum=None),
        "Chương trình cấp tiền dưới hình thức tài trợ không hoàn lại.",
        "The programme gives money: grant.",
    ),
    (
        Reason.of(
            "stage_range.outside",
            stage=Coded("stage", ("series_a",)),
            stages=Coded("stage", ("idea", "mvp")),
        ),
        "Startup đang ở giai đoạn vòng Series A (vòng A), ngoài các giai đoạn chương trình nhận: "
        "ý tưởng và sản phẩm khả thi tối thiểu (MVP).",
        "The startup is at stage Series A, outside the stages that the programme admits: "
        "idea and minimum viable product.",
    ),
    (
        Reason.of(
            "sector.near",
            own=Coded("sector", ("iot",)),
            theirs=Coded("sector", ("smart_city",)),
            priority=None,
        ),
        "Lĩnh vực Internet vạn vật (IoT) của startup gần với lĩnh vực đô thị thông minh "
        "của chương trình.",
        "The startup's sector, internet of things, is near the programme's sector, smart city.",
    ),
    (
        Reason.of("sector.same", own=Coded("sector", ("fintech",)), priority="NQ 20/2023/NQ-HĐND"),
        "Chương trình nhận đúng lĩnh vực công nghệ tài chính của startup. "
        "Lĩnh vực chính của startup thuộc diện ưu tiên của Thành phố "
        "theo Nghị quyết 20/2023/NQ-HĐND.",
        "The programme takes the startup's own sector, fintech. The startup's main sector is "
        "a priority of the City under Resolution 20/2023/NQ-HĐND.",
    ),
    (
        Reason.of("conditions.ask_startup", condition=InLanguages("Own patents", "Có sáng chế")),
        "Chương trình nêu thêm điều kiện: “Có sáng chế”. "
        "Đề nghị quý đơn vị xác nhận có đáp ứng hay không.",
        "The programme also sets this condition: “Own patents”. Do you meet it?",
    ),
    (
        Reason.of("portfolio.likeness", level="very_close", nearest="Acme"),
        "Mức gần gũi với các startup đã tham gia: rất gần. Gần nhất: Acme.",
        "Likeness to the startups that took part before: very close. Nearest: Acme.",
    ),
    (
        Reason.of("team.ask_startup", team=3, full_time=0),
        "Đề nghị quý đơn vị cho biết số người trong đội ngũ và số người làm toàn thời gian. "
        "Chương trình cần đội ngũ tối thiểu 3 người.",
        "How many people are in your team, and how many of them work full time? "
        "The programme wants a team of at least 3.",
    ),
]


@pytest.mark.parametrize(("reason", "vi", "en"), WRITTEN, ids=lambda v: getattr(v, "code", ""))
def test_a_reason_is_a_sentence_in_both_languages(reason, vi, en):
    assert VI.reason(reason) == vi
    assert EN.reason(reason) == en


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_verdict_on_plain_profiles_can_be_written(lang):
    day = date(2026, 3, 1)
    bare = (Startup(id="s", name="S"), Programme(id="p", name="P", organisation="O", country="SG"))
    for left in (startup(), bare[0]):
        for right in (programme(), bare[1]):
            for rule in RULES:
                verdict = rule.judge(rule.left_key(left, day), rule.right_key(right, day))
                assert Texts(lang).reason(verdict.reason)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_has_a_short_name_and_one_line_about_it(lang):
    for rule in (*RULES, *PARTNER_RULES):
        assert len(Texts(lang).rule(rule.name)) <= 40
        assert Texts(lang).rule_about(rule.name).endswith(".")


def test_names_that_hold_an_and_are_joined_by_semicolons():
    verdict = needs.judge(("training", "market_access", "lab_access"), ("training",))
    assert VI.reason(verdict.reason) == (
        "Chương trình đáp ứng: huấn luyện đào tạo. Chưa đáp ứng: "
        "tìm kiếm và thâm nhập thị trường; phòng thí nghiệm và thiết bị thử nghiệm."
    )


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (Sum(1_500_000_000, "VND"), "1,5 tỷ đồng", "VND 1.5 billion"),
        (Sum(40_000_000, "VND"), "40 triệu đồng", "VND 40 million"),
        (Sum(1_234_567_890, "VND"), "1.234.567.890 đồng", "VND 1,234,567,890"),
        (Sum(500_000, "VND"), "500.000 đồng", "VND 500,000"),
        (Sum(0, "VND"), "0 đồng", "VND 0"),
        (Sum(1_234.5, "USD"), "1.234,5 USD", "USD 1,234.5"),
        (1.5, "1,5", "1.5"),
        (20_000, "20.000", "20,000"),
        (date(2026, 3, 5), "05/03/2026", "5 March 2026"),
        (True, "có", "yes"),
        (None, "chưa rõ", "unknown"),
        (Coded("market", ("SG", "EU")), "Singapore và Liên minh châu Âu (EU)",
         "Singapore and European Union"),
        (Coded("market", ("*",)), "mọi quốc gia", "any country"),
    ],
)  # fmt: skip
def test_facts_are_written_as_the_language_does(value, vi, en):
    assert VI.value(value) == vi
    assert EN.value(value) == en


@pytest.mark.parametrize(
    ("value", "form", "vi", "en"),
    [
        (1, "weeks", "1 tuần", "1 week"),
        (1.0, "weeks", "1 tuần", "1 week"),
        (12.0, "weeks", "12 tuần", "12 weeks"),
        (1.5, "years", "1,5 năm", "1.5 years"),
        (3, "months", "3 tháng", "3 months"),
        (3, "month", "tháng 3", "March"),
        (0.834, "percent", "83%", "83%"),
        (None, "weeks", "chưa rõ", "unknown"),
    ],
)
def test_forms_give_a_fact_its_unit_or_name(value, form, vi, en):
    assert VI.value(value, form) == vi
    assert EN.value(value, form) == en


@pytest.mark.parametrize(
    ("kind", "field", "value", "vi", "en"),
    [
        (Startup, "founded_year", 2019, "2019", "2019"),
        (Startup, "needs", ("training",), "Huấn luyện đào tạo", "Training and coaching"),
        (Startup, "needs", (), "Không có", "None"),
        (Startup, "needs", None, "Chưa rõ", "Unknown"),
        (Startup, "stage", "seed", "Hạt giống", "Seed"),
        (Startup, "will_incorporate_abroad", False, "Không", "No"),
        (Startup, "max_fee", Money(2e6, "VND"), "2 triệu đồng", "VND 2 million"),
        (Startup, "name", "iPay", "iPay", "iPay"),
        (Programme, "intake_months", (3, 9), "Tháng 3 và tháng 9", "March and September"),
        (Programme, "intake_months", None, "Chưa rõ", "Unknown"),
        (Programme, "portfolio", (Alumnus("Acme"), Alumnus("eMart")), "Acme, eMart",
         "Acme, eMart"),
        (Startup, "languages", (LanguageSkill("en", "B2"), LanguageSkill("ko")),
         "Tiếng Anh (B2), tiếng Hàn", "English (B2), Korean"),
    ],
)  # fmt: skip
def test_the_content_of_a_field_names_its_codes(kind, field, value, vi, en):
    assert VI.content(kind, field, value) == vi
    assert EN.content(kind, field, value) == en


def test_an_error_names_the_field_for_people_and_for_programs():
    error = InvalidField(field="languages.level", value="B9", expected="a value")
    assert VI.error(error) == ErrorText(
        "Giá trị không hợp lệ",
        "Trường Ngôn ngữ – Trình độ (languages.level) chưa hợp lệ: “B9”. "
        "Cần: một giá trị (không để trống).",
        "Sửa giá trị của trường này rồi gửi lại; nếu chưa biết một trường không bắt buộc, "
        "hãy để trống.",
    )
    empty = InvalidField(field="name", value="", expected="a value")
    assert EN.error(empty).detail == (
        "The field Name (name) is not valid. Expected: a value (not empty)."
    )


def test_an_error_without_facts_still_says_what_to_do_next():
    assert "quản trị viên" in VI.error(Unidentified()).next


def test_an_unknown_profile_is_told_of_ids_that_are_spelt_alike_where_there_are_any():
    near = ProfileNotFound(kind="startup", id="ab", nearest=("aba", "abc"))
    assert EN.error(near).next == (
        "Check the id; similar ids: aba, abc, or see the list with the command caunoi list."
    )
    none = ProfileNotFound(kind="startup", id="ab", nearest=())
    assert EN.error(none).next == "Check the id, or see the list with the command caunoi list."
    assert VI.error(none).detail == "Không có hồ sơ startup nào mang mã “ab”."


def test_a_long_list_of_known_names_is_cut_with_the_number_left_out():
    known = tuple(f"C{n}" for n in range(MOST_LISTED + 12))
    said = EN.error(UnknownCode(field="country", value="xx", known=known)).next
    assert said.endswith("C29, … (+12).")


def test_text_of_a_person_is_never_read_as_notation():
    said = EN.error(InvalidField(field="{field}", value="[[x]] {value}", expected="{"))
    assert said.detail == "The field {field} is not valid: “[[x]] {value}”. Expected: {."


def test_a_fact_that_is_not_given_raises_and_is_never_shown_as_a_placeholder():
    with pytest.raises(KeyError, match="limit"):
        EN.reason(Reason.of("age.too_old", age=8.2))
    with pytest.raises(KeyError, match="name"):
        EN.screen("match.top_programmes")


def test_a_key_that_is_not_written_raises():
    for read in (EN.rule, EN.field, EN.screen, EN.rule_about):
        with pytest.raises(KeyError, match="nothing"):
            read("nothing")
    with pytest.raises(KeyError, match=r"reason\.no\.such"):
        VI.reason(Reason.of("no.such"))
    with pytest.raises(KeyError, match=r"unit\.parsecs"):
        VI.value(3, "parsecs")


def test_screen_texts_and_names_of_fields_are_in_the_language():
    assert VI.screen("match.top_programmes", name="Ví Dụ Pay") == (
        "Chương trình phù hợp nhất với Ví Dụ Pay"
    )
    assert EN.screen("match.near_tie") == "Near tie"
    assert VI.field("application_close") == "Thời hạn nộp hồ sơ"
    assert VI.rule("needs") == "Nhu cầu"
    assert "screen.match.near_tie" in EN.keys


@pytest.mark.parametrize("lang", ["fr", "", "../en", "vi.toml"])
def test_an_unknown_language_is_refused_with_the_known_ones(lang):
    with pytest.raises(UnknownName) as refused:
        Texts(lang)
    assert refused.value.facts["known"] == LANGUAGES


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, "vi"),
        ("", "vi"),
        ("en", "en"),
        ("en-GB,en;q=0.9,vi;q=0.8", "en"),
        ("EN-us", "en"),
        ("vi-VN, en;q=0.5", "vi"),
        ("en;q=0.3, vi;q=0.4", "vi"),
        ("fr-FR, en ; q=0.2", "en"),
        ("fr", "vi"),
        ("fr, *;q=0.1", "vi"),
        ("*;q=0.5, vi;q=0.1", "en"),
        ("vi;q=0, *", "en"),
        ("vi;q=0", "en"),
        ("vi;q=0, en;q=0", "vi"),
        ("en;q=much", "vi"),
        (";;,,=", "vi"),
    ],
)
def test_the_language_follows_the_header_and_is_vietnamese_by_default(header, chosen):
    assert choose(header) == chosen


def test_a_language_named_outright_wins_over_the_header():
    assert choose("en", "vi") == "vi"
    assert choose("vi", "EN") == "en"
    with pytest.raises(UnknownName):
        choose("en", "fr")
