import pytest

from data.numbers import Unit, decimal_mark, money_of, number_of, unit_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234.567,89", 1234567.89),  # Vietnamese
        ("1,234,567.89", 1234567.89),  # English
        ("1 234 567,5", 1234567.5),  # French
        ("1'234'567.5", 1234567.5),  # Swiss
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("1.234", 1234),  # tells nothing: thousands
        ("1,234", 1234),
        ("0.125", 0.125),  # no group of thousands begins with 0
        ("0,125", 0.125),
        ("1234.567", 1234.567),  # four digits are no group
        ("1.234.567", 1234567),
        ("1,234,567", 1234567),
        ("1.5E+09", 1.5e9),  # what Excel writes into a CSV
        ("-3", -3),
        ("+3", 3),
        ("007", 7),
    ],
)
def test_numbers_of_both_styles_are_read(text, value):
    assert number_of(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["1.23.456", "1,2,3", "12 34", "5-10", "abc", "", "1.234,5.6"])
def test_what_is_no_number_is_none(text):
    assert number_of(text) is None


def test_the_column_decides_where_a_number_could_be_read_in_two_ways():
    assert number_of("1.234", decimal=".") == 1.234
    assert number_of("1,234", decimal=".") == 1234
    assert number_of("1.234,5", decimal=".") == 1234.5  # its own proof wins


@pytest.mark.parametrize(
    ("column", "mark"),
    [
        (["1.234", "1.5"], "."),
        (["1.234", "1.234.567"], ","),
        (["1,234", "2,5 tỷ"], ","),
        (["1.234", "2.345"], None),
        (["1.5", "2,5"], None),  # they disagree
        ([], None),
    ],
)
def test_a_column_proves_its_decimal_mark(column, mark):
    assert decimal_mark(column) == mark


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1,5 tỷ đồng", 1.5e9, "VND"),
        ("1.5 tỉ", 1.5e9, "VND"),
        ("500 triệu", 500e6, "VND"),
        ("70tr", 70e6, "VND"),
        ("1 tỷ 200 triệu", 1.2e9, "VND"),
        ("2 nghìn tỷ đồng", 2e12, "VND"),
        ("khoảng 2 tỷ VNĐ", 2e9, "VND"),
        ("1.234.567,89 VND", 1234567.89, "VND"),
        ("1.200.000đ", 1.2e6, "VND"),
        ("₫ 1.200.000", 1.2e6, "VND"),
        ("USD 1.5m", 1.5e6, "USD"),
        ("50k USD", 50e3, "USD"),
        ("$50,000", 50e3, "USD"),
        ("US$1.5 million", 1.5e6, "USD"),
        ("100 nghìn đô la Mỹ", 1e5, "USD"),
        ("S$ 30,000", 30e3, "SGD"),
        ("HK$500.000", 500e3, "HKD"),
        ("EUR 12.5", 12.5, "EUR"),
        ("€ 1.5bn", 1.5e9, "EUR"),
        ("30 triệu won", 30e6, "KRW"),
        ("USD 0", 0, "USD"),
    ],
)
def test_sums_of_money_are_read_with_their_currency(text, amount, currency):
    money = money_of(text)
    assert (money.amount, money.currency) == (pytest.approx(amount), currency)


@pytest.mark.parametrize(
    "text",
    [
        "50-100 triệu",
        "1-2 tỷ",
        "1500000",
        "¥ 100",
        "-5 triệu",
        "USD",
        "nhiều",
        "5 táo",
        "3musd",
    ],
)
def test_a_range_a_sign_of_two_currencies_or_none_is_no_sum(text):
    assert money_of(text) is None


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("Doanh thu 12 tháng (triệu đồng)", Unit(1e6, "VND")),
        ("Doanh thu (tỷ VND)", Unit(1e9, "VND")),
        ("Doanh thu (triệu)", Unit(1e6, "VND")),
        ("Vốn đã gọi (USD)", Unit(1, "USD")),
        ("Revenue (k USD)", Unit(1e3, "USD")),
        ("Doanh thu, triệu đồng", Unit(1e6, "VND")),
        ("Revenue, 12 months", Unit()),
        ("Phí (nếu có)", Unit()),
    ],
)
def test_a_heading_gives_the_unit_of_its_column(heading, unit):
    assert unit_of(heading) == unit


def test_the_unit_of_the_heading_counts_where_the_cell_names_none():
    millions = Unit(1e6, "VND")
    assert money_of("1.500", millions).amount == 1.5e9
    assert money_of("2 tỷ", millions).amount == 2e9
    assert money_of("500 USD", millions).amount == 500


@pytest.mark.parametrize("text", ["-500.000.000 VND", "- 5 tỷ", "VND -5", "\u2212500 triệu đồng"])
def test_a_negative_sum_is_no_sum_and_never_loses_its_sign(text):
    assert money_of(text) is None
