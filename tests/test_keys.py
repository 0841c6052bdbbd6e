from datetime import timedelta

import pytest
from sqlalchemy import select

from data import keys
from data.tables import KEYS
from matcher.errors import InvalidField, NotFound, Unidentified, UnknownCode
from tests.builders import NOW


def test_a_key_is_found_by_its_secret(conn):
    key, secret = keys.create_key(conn, "Sở KH&CN", "officer", at=NOW)
    assert keys.identify(conn, secret, at=NOW) == key


def test_the_secret_is_long_marked_and_not_kept(conn):
    key, secret = keys.create_key(conn, "Sở KH&CN", "officer", at=NOW)
    assert secret.startswith("cn_")
    assert len(secret) >= 46
    assert secret.startswith(key.prefix)
    assert all(secret not in str(row) for row in conn.execute(select(KEYS)))


def test_two_keys_never_share_a_secret(conn):
    secrets = {keys.create_key(conn, "x", "admin", at=NOW)[1] for _ in range(20)}
    assert len(secrets) == 20


@pytest.mark.parametrize("change", [lambda s: s + "x", lambda s: s[:-1], lambda s: "", str.upper])
def test_another_secret_identifies_nobody(conn, change):
    _, secret = keys.create_key(conn, "Sở KH&CN", "officer", at=NOW)
    with pytest.raises(Unidentified):
        keys.identify(conn, change(secret), at=NOW)


def test_a_revoked_key_identifies_nobody_and_keeps_its_first_date(conn):
    key, secret = keys.create_key(conn, "Ví Dụ", "startup", at=NOW, profile_id="vi-du-pay")
    keys.revoke_key(conn, key.id, at=NOW)
    assert keys.revoke_key(conn, key.id, at=NOW + timedelta(days=1)).revoked_at == NOW
    with pytest.raises(Unidentified):
        keys.identify(conn, secret, at=NOW)


def test_an_unknown_key_cannot_be_revoked(conn):
    with pytest.raises(NotFound):
        keys.revoke_key(conn, 7, at=NOW)


def test_the_time_of_use_is_noted_at_most_once_a_minute(conn):
    key, secret = keys.create_key(conn, "x", "admin", at=NOW)
    keys.note_use(conn, key, at=NOW)
    soon = keys.identify(conn, secret, at=NOW + timedelta(seconds=30))
    keys.note_use(conn, soon, at=NOW + timedelta(seconds=30))
    assert keys.list_keys(conn)[0].last_used_at == NOW
    keys.note_use(conn, soon, at=NOW + timedelta(seconds=60))
    assert keys.list_keys(conn)[0].last_used_at == NOW + timedelta(seconds=60)


@pytest.mark.parametrize(("role", "profile_id"), [("startup", None), ("officer", "vi-du-pay")])
def test_only_keys_of_startups_and_incubators_stand_for_a_profile(conn, role, profile_id):
    with pytest.raises(InvalidField):
        keys.create_key(conn, "x", role, at=NOW, profile_id=profile_id)


def test_an_unknown_role_is_refused(conn):
    with pytest.raises(UnknownCode):
        keys.create_key(conn, "x", "king", at=NOW)
