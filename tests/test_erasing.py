"""Personal fields are erased from a profile's row and from all of its history, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import history, profiles
from data.engines import Engine, engine_of, migrate, reading, transaction
from data.erasing import erase_personal
from matcher.profile import Founder
from tests import builders
from tests.builders import NOW

SECRETS = {
    "founders": (Founder(name="Nguyễn Thị Bí Mật"),),
    "contact_name": "Trần Kín",
    "contact_email": "kin@vidu.vn",
    "contact_phone": "+84 900 000 000",
}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = engine_of(f"sqlite:///{tmp_path / 'caunoi.db'}")
    migrate(made)
    return made


def test_every_version_loses_its_persons_and_keeps_its_company(engine: Engine) -> None:
    with transaction(engine) as conn:
        profiles.put(conn, builders.startup(**SECRETS), who="test", at=NOW)
        profiles.put(conn, builders.startup(**SECRETS, stage="mvp"), who="test", at=NOW)
        profiles.put(conn, builders.startup(stage="idea"), who="test", at=NOW)
        assert erase_personal(conn, "startup", "vi-du-pay") == 2
        assert erase_personal(conn, "startup", "vi-du-pay") == 0
    with reading(engine) as conn:
        seen = [one.profile for one in history.history(conn, "startup", "vi-du-pay")]
        kept = profiles.get(conn, "startup", "vi-du-pay")
    assert [one.stage for one in seen] == ["idea", "mvp", "seed"]
    for profile in (*seen, kept):
        assert all(getattr(profile, name) is None for name in SECRETS)
    assert kept == builders.startup(stage="idea")


def test_the_same_content_is_still_told_as_unchanged_afterwards(engine: Engine) -> None:
    with transaction(engine) as conn:
        profiles.put(conn, builders.startup(**SECRETS), who="test", at=NOW)
        erase_personal(conn, "startup", "vi-du-pay")
        again = profiles.put(conn, builders.startup(), who="test", at=NOW)
    assert again.action == "unchanged"


def test_others_keep_theirs(engine: Engine) -> None:
    with transaction(engine) as conn:
        profiles.put(conn, builders.startup(id="other", **SECRETS), who="test", at=NOW)
        assert erase_personal(conn, "startup", "nobody") == 0
        assert profiles.get(conn, "startup", "other").contact_email == "kin@vidu.vn"
