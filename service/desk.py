"""What every command works with: settings, language, where it prints, and how work is shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from data.texts import Texts, choose
from matcher.errors import FileUnreadable, InvalidField
from service.settings import Settings, read_settings
from service.terminal import Terminal

if TYPE_CHECKING:
    from service.wiring import Parts

ATTENTION = 1
"""Exit code: done, but something wants attention."""

WHO = "command line"
"""Whom histories name for what a command has changed."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Lang = Annotated[str | None, typer.Option("--lang", help="Language: vi or en.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with: settings, language, and where it prints."""

    settings: Settings
    texts: Texts
    console: Console
    as_json: bool

    @property
    def terminal(self) -> Terminal:
        """The printer for people."""
        return Terminal(self.console, self.texts)

    def show(self, value: Any) -> None:
        """Print JSON for programs: UTF-8, one document."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def desk(as_json: bool = False, lang: str | None = None) -> Desk:
    """Read the settings once and choose the language."""
    settings = read_settings()
    texts = Texts(choose(None, lang or settings.lang))
    return Desk(settings, texts, Console(highlight=False), as_json)


def ready(at: Desk) -> Parts:
    """Wire everything and catch up, with a progress bar on long work.

    The matcher and the model are imported here: a command that needs neither does not wait.
    """
    from service.wiring import wire

    def work(report: Callable[[int, int], None]) -> Parts:
        parts = wire(at.settings, progress=report)
        parts.matchmaker.catch_up(report)
        return parts

    made: Parts = with_progress(at, work)
    return made


def watched(at: Desk, work: Callable[[Callable[[str, float], bool]], Any]) -> Any:
    """Run work that tells its stage and the share done; the bar goes where that of others does."""
    with _bar(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()) as bar:
        task = bar.add_task("", total=1.0, visible=False)

        def report(stage: str, share: float) -> bool:
            said = at.texts.screen("rematch.stage", stage=stage)
            bar.update(task, description=said, completed=share, visible=True)
            return True

        return work(report)


def _bar(*columns: ProgressColumn) -> Progress:
    """A progress bar on standard error, in a terminal only."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def with_progress(at: Desk, work: Callable[[Callable[[int, int], None]], Any]) -> Any:
    """Run work that reports (done, total); the bar goes to standard error, only in a terminal."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with _bar(TextColumn("{task.description}"), *columns) as bar:
        task = bar.add_task(at.texts.screen("load.encoding"), total=None, visible=False)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=True)

        return work(report)


def read_bytes(file: Path) -> bytes:
    """The whole content of a file; raises FileUnreadable."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileUnreadable(file=str(file), cause=error.strerror or "") from error


def write_bytes(file: Path, content: bytes) -> None:
    """Write a whole file; raises InvalidField where the folder does not take it."""
    try:
        file.write_bytes(content)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise InvalidField(field="file", value=str(file), expected=f"({cause})") from error
