from datetime import date, datetime

import pytest

from data.dates import day_of

FIFTH = date(2024, 3, 5)
FIRST = date(2024, 3, 1)


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("05/03/2024", FIFTH),  # the day comes first
        ("5-3-24", FIFTH),
        ("5.3.2024", FIFTH),
        ("05 / 03 / 2024", FIFTH),
        ("2024-03-05", FIFTH),
        ("2024/3/5", FIFTH),
        ("2024-03-05T10:20:30", FIFTH),
        ("05/03/2024 00:00:00", FIFTH),
        ("ngày 5 tháng 3 năm 2024", FIFTH),
        ("March 5, 2024", FIFTH),
        ("5 Mar 2024", FIFTH),
        ("45356", FIFTH),  # Excel's serial number, as text
        (45356.0, FIFTH),
        (45356.75, FIFTH),
        (datetime(2024, 3, 5, 10, 20), FIFTH),
        (FIFTH, FIFTH),
        ("tháng 3/2024", FIRST),
        ("tháng 3 năm 2024", FIRST),
        ("T3/2024", FIRST),
        ("3/2024", FIRST),
        ("2024-03", FIRST),
        ("Mar 2024", FIRST),
        ("01/02/69", date(2069, 2, 1)),
        ("01/02/70", date(1970, 2, 1)),
        ("2021", 2021),
        (2021.0, 2021),
        ("năm 2021", 2021),
    ],
)
def test_days_are_read_in_every_usual_form(raw, day):
    assert day_of(raw) == day


@pytest.mark.parametrize(
    "raw", ["03/25/2024", "31/02/2024", "hôm qua", "May", "12", 12.0, "1/2/3", "", "32/2024", 1e9]
)
def test_what_is_no_day_is_none(raw):
    assert day_of(raw) is None
