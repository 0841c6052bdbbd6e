from datetime import date

import pytest

from data.consents import (
    SCOPES,
    consenting_startups,
    consents_of,
    give_consent,
    scopes_granted,
    withdraw_consent,
)
from matcher.errors import NotFound, UnknownCode

DAY = date(2026, 3, 1)


def granted(conn, *recipients, on=DAY):
    return scopes_granted(conn, "a", recipients, on=on)


def test_without_a_consent_nothing_is_granted(conn):
    assert granted(conn, "KR") == frozenset()


def test_a_consent_holds_for_its_recipient_and_scope_only(conn):
    give_consent(conn, "a", "founders", "KR", given_on=DAY)
    assert granted(conn, "KR", "sihub") == {"founders"}
    assert granted(conn, "JP") == frozenset()
    assert scopes_granted(conn, "b", ("KR",), on=DAY) == frozenset()


def test_a_consent_for_everyone_and_everything_grants_every_scope(conn):
    give_consent(conn, "a", "all", "*", given_on=DAY)
    assert granted(conn, "JP") == frozenset(SCOPES)
    assert consenting_startups(conn, "contact", ("JP",), on=DAY) == {"a"}


def test_a_consent_begins_on_its_day(conn):
    give_consent(conn, "a", "contact", "*", given_on=DAY)
    assert granted(conn, on=date(2026, 2, 28)) == frozenset()


def test_a_consent_ends_after_its_retention_day(conn):
    give_consent(conn, "a", "contact", "*", given_on=DAY, retain_until=date(2026, 4, 1))
    assert granted(conn, on=date(2026, 4, 1)) == {"contact"}
    assert granted(conn, on=date(2026, 4, 2)) == frozenset()


def test_a_withdrawn_consent_grants_nothing_from_that_day_and_stays_on_record(conn):
    consent = give_consent(conn, "a", "contact", "*", given_on=DAY)
    withdrawn = withdraw_consent(conn, consent.id, on=date(2026, 3, 5))
    assert granted(conn, on=date(2026, 3, 4)) == {"contact"}
    assert granted(conn, on=date(2026, 3, 5)) == frozenset()
    assert withdraw_consent(conn, consent.id, on=date(2026, 3, 9)) == withdrawn
    assert consents_of(conn, "a") == (withdrawn,)


def test_an_unknown_scope_or_consent_is_refused(conn):
    with pytest.raises(UnknownCode):
        give_consent(conn, "a", "money", "*", given_on=DAY)
    with pytest.raises(NotFound):
        withdraw_consent(conn, 9, on=DAY)
