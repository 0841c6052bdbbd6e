"""The commands about people who sign in, as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.audit import read_audit
from data.engines import engine_of, transaction
from data.links import owner
from service.opening import now
from service.settings import Settings
from tests.command_fixtures import caunoi


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def test_somebody_is_invited_listed_shut_out_and_let_in_again(home: Path) -> None:
    made = caunoi(
        home, "accounts", "invite", "Lan@Vidu.vn", "--name", "Chị Lan", "--role", "admin", "--json"
    ).json
    assert made["email"] == "lan@vidu.vn"
    secret = made["link"].rsplit("/", 1)[1]
    engine = engine_of(Settings(_env_file=None, home=home).database_url)
    with transaction(engine) as conn:
        assert owner(conn, secret, at=now()) == made["id"]
    told = caunoi(home, "accounts", "list", "--lang", "en").out
    assert "Chị Lan" in told
    assert "Invited, not in yet" in told
    assert caunoi(home, "accounts", "disable", "lan@vidu.vn", "--json").json["disabled_at"]
    assert caunoi(home, "accounts", "enable", "lan@vidu.vn", "--json").json["disabled_at"] is None
    with transaction(engine) as conn:
        done = [line.action for line in read_audit(conn, kind="account")]
    assert done == ["enabled", "disabled", "invited"]
    again = caunoi(home, "accounts", "link", "lan@vidu.vn", "--lang", "vi")
    assert "Liên kết mời của Chị Lan: http://127.0.0.1:8000/link/" in again.out.replace("\n", "")


def test_an_address_is_invited_once_and_must_be_one(home: Path) -> None:
    name = ("--name", "Lan", "--json")
    assert caunoi(home, "accounts", "invite", "lan@vidu.vn", *name).code == 0
    twice = caunoi(home, "accounts", "invite", "LAN@vidu.vn", *name)
    assert twice.error["type"].endswith("account-exists")
    assert caunoi(home, "accounts", "invite", "lan", *name).error["type"].endswith("invalid-field")
    bound = caunoi(home, "accounts", "invite", "x@vidu.vn", *name, "--role", "incubator")
    assert bound.error["type"].endswith("invalid-field")
    strange = ("--role", "startup", "--profile", "nobody")
    unknown = caunoi(home, "accounts", "invite", "x@vidu.vn", *name, *strange)
    assert unknown.error["type"].endswith("profile-not-found")
    assert (
        caunoi(home, "accounts", "link", "no@body.vn", "--json").error["type"].endswith("not-found")
    )


def test_without_accounts_the_list_says_so(home: Path) -> None:
    assert "Chưa có tài khoản nào." in caunoi(home, "accounts", "list", "--lang", "vi").out
