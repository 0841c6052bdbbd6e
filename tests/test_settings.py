"""Every setting is documented and does what it says; every command stands in the README."""

import re
from pathlib import Path

import pytest
import typer.main

from matcher.errors import BadInput, InvalidField, UnknownCode
from service.commands import app
from service.settings import PREFIX, Settings, read_settings

README = (Path(__file__).resolve().parent.parent / "README.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch, tmp_path):
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def section(title):
    """The text below a heading of the README, up to the next heading of its rank."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no section “{title}”"
    return found[1]


def commands():
    """Every command by its whole name, those of groups too."""
    names = []
    for name, command in typer.main.get_command(app).commands.items():
        inner = getattr(command, "commands", {})
        names += [f"{name} {within}" for within in inner] or [name]
    return names


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described_and_stands_in_the_readme(name):
    assert len(Settings.model_fields[name].description or "") > 20
    assert f"`{PREFIX}{name.upper()}`" in section("Settings")


def test_the_readme_names_no_setting_that_does_not_exist():
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", README))
    assert named <= {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", commands())
def test_every_command_stands_in_the_readme(name):
    first, _, second = name.partition(" ")
    told = section("Commands")
    assert re.search(rf"`caunoi {first}\b", told)
    assert not second or re.search(rf"`[^`]*\b{second}\b[^`]*`", told)


def test_the_readme_names_no_command_that_does_not_exist():
    named = set(re.findall(r"`caunoi ([a-z]+)", README))
    assert named <= {name.split()[0] for name in commands()}


@pytest.mark.parametrize("name", commands())
def test_every_command_says_what_it_does(name):
    command = typer.main.get_command(app)
    for part in name.split():
        command = command.commands[part]
    assert len(command.help or "") > 15
    for option in command.params:
        assert getattr(option, "help", None), f"{name}: {option.name}"


def test_defaults_are_a_home_in_this_folder_and_its_own_database_and_model():
    settings = read_settings()
    assert settings.home == Path("var")
    assert settings.database_url == "sqlite:///var/caunoi.db"
    assert settings.model_name == str(Path("var/models/multilingual-e5-small"))
    assert sum(settings.points.values()) == pytest.approx(100)
    assert sum(settings.partner_points.values()) == pytest.approx(100)
    assert settings.lang == "vi"


def test_the_home_moves_the_database_and_the_model(monkeypatch, tmp_path):
    monkeypatch.setenv("CAUNOI_HOME", str(tmp_path / "home"))
    settings = read_settings()
    assert settings.database_url == f"sqlite:///{tmp_path}/home/caunoi.db"
    assert settings.model_folder == tmp_path / "home" / "models" / "multilingual-e5-small"


def test_a_database_and_a_model_that_are_named_win_over_the_home(monkeypatch):
    monkeypatch.setenv("CAUNOI_DATABASE", "sqlite:////srv/other.db")
    monkeypatch.setenv("CAUNOI_MODEL", "intfloat/multilingual-e5-base")
    settings = read_settings()
    assert settings.database_url == "sqlite:////srv/other.db"
    assert settings.model_name == "intfloat/multilingual-e5-base"


def test_a_file_of_settings_is_read_and_the_environment_wins(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text(
        'CAUNOI_LANG=en\nCAUNOI_PORT=9000\nCAUNOI_POINTS={"needs": 100}\n'
    )
    monkeypatch.setenv("CAUNOI_PORT", "9001")
    settings = read_settings()
    assert (settings.lang, settings.port, settings.points) == ("en", 9001, {"needs": 100})


def test_a_variable_that_is_no_setting_is_passed_over(monkeypatch):
    monkeypatch.setenv("CAUNOI_NONSENSE", "1")
    assert read_settings() == Settings()


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("PORT", "abc", InvalidField),
        ("PORT", "0", InvalidField),
        ("NOISE", "-1", InvalidField),
        ("THREADS", "", InvalidField),
        ("LANG", "fr", UnknownCode),
        ("POINTS", "not json", InvalidField),
        ("POINTS", '{"needs": "many"}', InvalidField),
        ("MOST_PER_PAGE", "1001", InvalidField),
    ],
)
def test_a_setting_that_does_not_hold_is_named(monkeypatch, name, value, error):
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(BadInput) as told:
        read_settings()
    assert type(told.value) is error
    assert str(told.value.facts["field"]).startswith(PREFIX + name)
