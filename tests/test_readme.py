"""What the README tells a newcomer to type works as it stands there."""

import re
import shlex
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.command_fixtures import Ran, process, shipped_home

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
AT_ONCE = 2


def blocks():
    """What a reader is to type, console block by console block, without the prompts."""
    found = re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return [
        [
            line.removeprefix("$ ").split("  #")[0].rstrip()
            for line in block.splitlines()
            if line.startswith("$ ")
        ]
        for block in found
    ]


def to_run():
    """The ``caunoi`` lines of each block, those left out that run until they are stopped."""
    ours = [[line for line in block if line.startswith("caunoi ")] for block in blocks()]
    return [[line for line in block if not line.startswith("caunoi serve")] for block in ours]


def commands():
    """Every ``caunoi`` line that is run."""
    return [line for block in to_run() for line in block]


def output_of(line):
    """What the README shows below a command, without what it left out."""
    block = README.split(f"$ {line}\n", 1)[1].split("```", 1)[0]
    return [shown for shown in f"\n{block}".split("\n$ ")[0].splitlines() if shown.strip()]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Every command of the README, run in one home: those of a block one after the other."""
    home = shipped_home(tmp_path_factory.mktemp("readme") / "home")

    def run(block) -> dict[str, Ran]:
        return {line: process(home, *shlex.split(line)[1:]) for line in block}

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {line: ran for block in pool.map(run, to_run()) for line, ran in block.items()}


def test_there_is_an_example_of_each_asker():
    told = " ".join(commands())
    assert all(f"caunoi {asker} " in told for asker in ("match", "sourcing", "partners"))


@pytest.mark.parametrize("line", commands())
def test_every_command_of_the_readme_runs(outcomes, line):
    ran = outcomes[line]
    assert ran.code == 0, ran.err
    assert ran.out


@pytest.mark.parametrize("line", commands())
def test_the_best_that_the_readme_shows_is_the_best_that_is_printed(outcomes, line):
    """The first row alone: near ties below it may turn with a fact of the catalogue."""
    row = re.compile(r"^ +(\d+) {3}(\S.*?) {2,}")
    shown = [found.groups() for text in output_of(line) if (found := row.match(text))]
    lines = outcomes[line].out.splitlines()
    printed = [found.groups() for text in lines if (found := row.match(text))]
    assert len(shown) == len(printed)
    assert shown[:1] == printed[:1]


@pytest.mark.parametrize("line", commands())
def test_the_sentences_that_the_readme_shows_are_printed(outcomes, line):
    printed = " ".join(outcomes[line].out.split())
    shown = [text for text in output_of(line) if re.fullmatch(r"[A-Z]\w+.*[^…\]]\.", text)]
    assert [text for text in shown if " ".join(text.split()) not in printed] == []


TARGETS = sorted(set(re.findall(r"(?:`|^\$ )make ([a-z]+)\b", README, re.MULTILINE)))


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_that_the_readme_names_is_in_the_makefile(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_every_file_that_the_readme_names_is_there():
    named = re.findall(r"`((?:matcher|models|data|service|tests)/[\w./-]*[\w/])`", README)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
