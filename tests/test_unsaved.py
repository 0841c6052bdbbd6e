"""A startup in a file that is matched without being kept: read as the API and the loader read."""

import json
from pathlib import Path

import pytest

from data.bodies import body_of
from matcher.errors import (
    CauNoiError,
    FileUnreadable,
    InvalidField,
    NoKnownHeadings,
    UnknownCode,
    UnknownField,
)
from service.unsaved import unsaved
from tests.builders import startup


def read(body, name="profile.json"):
    content = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return unsaved(content.encode(), Path(name))


def test_a_whole_profile_comes_back_as_it_was():
    assert read(body_of(startup())) == startup()


def test_an_id_is_made_of_the_name_where_none_is_given():
    assert read({"name": "Nông Trại Số"}).id == "nong-trai-so"
    assert read({"name": "Nông Trại Số", "id": "mine"}).id == "mine"


def test_the_first_row_of_a_table_counts():
    table = "Tên doanh nghiệp;Lĩnh vực;Giai đoạn\nVí Dụ;Công nghệ tài chính;Hạt giống\nHai;;\n"
    read_ = read(table, "profile.csv")
    assert (read_.id, read_.sectors, read_.stage) == ("vi-du", ("fintech",), "seed")


@pytest.mark.parametrize(
    ("body", "error", "field"),
    [
        ({"name": "X", "founded_on": "17/05/2023"}, InvalidField, "founded_on"),
        ({"name": "X", "sectors": "fintech"}, InvalidField, "sectors"),
        ({"name": "X", "sectors": ["fintek"]}, UnknownCode, "sectors.0"),
        ({"name": "X", "stage": 5}, InvalidField, "stage"),
        ({"name": "X", "revenue_12m": 5}, InvalidField, "revenue_12m"),
        ({"name": "X", "founders": ["An"]}, InvalidField, "founders.0"),
        ({"name": "X", "nome": 1}, UnknownField, "nome"),
        ({"name": "!!!"}, InvalidField, "id"),
        ({"name": 5}, InvalidField, "name"),
        ({}, InvalidField, "name"),
        ("[]", InvalidField, "name"),
    ],
)
def test_the_first_field_that_does_not_hold_is_named(body, error, field):
    with pytest.raises(CauNoiError) as told:
        read(body)
    assert type(told.value) is error
    assert told.value.facts["field"] == field


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        ('{"name": "X"', "profile.json", FileUnreadable),
        ('{"name": NaN}', "profile.json", FileUnreadable),
        ("[" * 5000, "profile.json", FileUnreadable),
        ("Tên doanh nghiệp;Lĩnh vực;Giai đoạn\n", "profile.csv", FileUnreadable),
        ("nothing\nknown\n", "profile.csv", NoKnownHeadings),
        ("Tên;Giai đoạn;Lĩnh vực\nVí Dụ;chưa biết đâu;fintech\n", "profile.csv", UnknownCode),
    ],
)
def test_a_file_that_holds_no_profile_is_refused(content, name, error):
    with pytest.raises(error):
        read(content, name)
