"""One startup in two languages, measured: ``caunoi evaluate --languages`` and what it rests on."""

import io
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from rich.console import Console

from data import profiles
from data.catalogue import shipped
from data.engines import engine_of, transaction
from data.texts import Texts
from models.twins import DIRECTIONS, WRITINGS, Agreement, in_english, rank_correlation
from models.vectors import text_digest
from service.languages import as_json
from service.opening import wire_engine
from service.terminal import Terminal
from service.wiring import wire_shortlist
from tests.builders import NOW, startup
from tests.command_fixtures import _settings, caunoi, empty_home

OF_THE_CATALOGUE = next(s for s in shipped("startup") if s.description_en and s.description_vi)
OWN = startup()
IN_ENGLISH_ALONE = in_english(startup(id="english-alone"))
PROGRAMMES = tuple(p for p in shipped("programme") if p.status == "open")[:30]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with two startups in two languages, of which the engine has learnt from one."""
    folder = empty_home(tmp_path_factory.mktemp("languages") / "home")
    engine = engine_of(f"sqlite:///{folder}/caunoi.db")
    kept = (OF_THE_CATALOGUE, OWN, IN_ENGLISH_ALONE, *PROGRAMMES)
    with transaction(engine) as conn:
        profiles.put_all(conn, kept, who="test", at=NOW)
    engine.dispose()
    return folder


@pytest.fixture(scope="module")
def told(home):
    """What the command says of every direction, as a script reads it."""
    ran = caunoi(home, "evaluate", "--languages", "--json")
    return {(one["source"], one["target"]): one for one in ran.json["directions"]}


def ranks_by_engine(home, askers, left_out=()):
    """How far the ranks of Vietnamese texts agree with their English twins', by one engine."""
    settings = _settings(home)
    engine = wire_engine(settings)
    shortlist, _ = wire_shortlist(settings, engine, left_out=left_out)
    shortlist.learn_programmes(PROGRAMMES)
    engine.dispose()
    vectors = [[shortlist.startup_vector(WRITINGS[w](s)) for s in askers] for w in ("vi", "en")]
    return rank_correlation(*(np.stack(rows) @ shortlist.programmes.matrix.T for rows in vectors))


def test_every_direction_is_told_over_the_startups_in_two_languages(told):
    assert tuple(told) == DIRECTIONS
    assert {one["n"] for one in told.values()} == {2}
    for one in told.values():
        assert set(one) == {"source", "target", "n", "found_first", "text", "portfolio", "top10"}
        assert 0 <= one["found_first"] <= 1
        assert one["top10"] is None or 0 <= one["top10"] <= 1
        assert -1 <= one["text"] <= 1


def test_two_startups_of_different_trades_are_told_apart_in_either_language(told):
    assert told["vi", "en"]["found_first"] == told["en", "vi"]["found_first"] == 1


def test_there_and_back_the_ranks_agree_alike(told):
    assert told["vi", "en"]["text"] == pytest.approx(told["en", "vi"]["text"])
    assert told["vi", "en"]["portfolio"] == pytest.approx(told["en", "vi"]["portfolio"])


def test_a_startup_is_measured_by_an_engine_that_has_not_learnt_from_it(home, told):
    (honest,) = ranks_by_engine(home, [OF_THE_CATALOGUE], {OF_THE_CATALOGUE.id})
    leaked, own = ranks_by_engine(home, [OF_THE_CATALOGUE, OWN])
    assert abs(honest - leaked) > 1e-4
    assert told["vi", "en"]["text"] == pytest.approx((honest + own) / 2, abs=1e-6)


def test_only_texts_of_kept_startups_are_remembered(home, told):
    """Not those that are written anew to be measured."""
    with closing(sqlite3.connect(home / "caunoi.db")) as database:
        kept = {digest for (digest,) in database.execute("select digest from vectors")}
    anew = WRITINGS["mixed"](OWN)
    assert anew.description_vi != OWN.description_vi
    assert text_digest(OWN.description_vi, "query") in kept
    assert text_digest(anew.description_vi, "query") not in kept


# -- nothing to measure, and a command that asks for two things ---------------------------------


def test_without_startups_in_two_languages_no_direction_is_told(tmp_path):
    home = empty_home(tmp_path / "home")
    assert caunoi(home, "evaluate", "--languages", "--json").json == {"directions": []}
    assert "0 startups" in caunoi(home, "evaluate", "--languages", "--lang", "en").out


@pytest.mark.parametrize("arguments", [(), (".", "--languages")])
def test_either_a_folder_or_the_languages_are_measured(home, arguments):
    ran = caunoi(home, "evaluate", *arguments, "--json")
    assert (ran.code, ran.error["type"]) == (2, "invalid-field")


# -- how it is told -----------------------------------------------------------------------------

UNKNOWN = float("nan")
FOUND = [Agreement(*ends, 7, 1.0, 0.8765, UNKNOWN, 0.9) for ends in DIRECTIONS]


def printed(language):
    console = Console(file=io.StringIO(), width=200)
    Terminal(console, Texts(language)).languages(FOUND)
    return console.file.getvalue()


def test_what_is_not_known_is_null_and_told_by_a_dash():
    assert {one["portfolio"] for one in as_json(FOUND)["directions"]} == {None}
    rows = [line.split() for line in printed("en").splitlines() if "0.900" in line]
    assert [row[-4:] for row in rows] == [["1.000", "0.876", "–", "0.900"]] * len(DIRECTIONS)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_way_of_writing_is_told_in_words(language):
    out, say = printed(language), Texts(language).screen
    assert say("evaluate.languages_title", startups=7) in out
    for source, target in DIRECTIONS:
        names = [say(f"evaluate.writing_{end}") for end in (source, target)]
        assert any(all(name.lower() in line.lower() for name in names) for line in out.splitlines())
