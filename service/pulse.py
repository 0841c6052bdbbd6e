"""Signs of life of a run in work: written down while it is, and the officer's word heard.

A run that is not heard of for a while is taken for lost and given to another worker, so whoever
works on one keeps its pulse from the first score to the last row kept, solving or not.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from functools import cache
from types import TracebackType
from typing import Self

from data import runs
from data.engines import Engine, transaction
from data.runs import Run
from service.problems import LOG

BEAT_SECONDS = 1.0
"""How often a sign of life is written; never more often."""

SILENT_SECONDS = 30.0
"""After so long without a sign of life, a run is taken from its worker."""

FIRST_STAGE = "scoring"
"""What a run is at before its round is solved."""

_WORKER = re.compile(r"(.+):(\d+):([0-9a-f]{8})")


class Pulse:
    """Writes down once a second how far a run is, from a thread of its own.

    ``ended`` is set when the run was cancelled, or given to another worker.
    """

    def __init__(
        self, engine: Engine, run: Run, now: Callable[[], datetime], beat: float = BEAT_SECONDS
    ) -> None:
        self.engine = engine
        self.run = run
        self.now = now
        self.beat = beat
        self.ended = threading.Event()
        self._told = (FIRST_STAGE, 0.0)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"pulse-{run.id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def report(self, stage: str, share: float) -> bool:
        """Note how far the run is; False asks the work to stop."""
        self._told = (stage, share)
        return not self.ended.is_set()

    def _keep(self) -> None:
        while not self._over.wait(self.beat) and not self.ended.is_set():
            try:
                self._write()
            except Exception:
                LOG.exception("no sign of life of run %d could be written", self.run.id)

    def _write(self) -> None:
        with transaction(self.engine) as conn:
            goes_on = runs.report(conn, self.run.id, *self._told, self.now(), self.run.attempts)
        if not goes_on:
            self.ended.set()


@cache
def worker_name() -> str:
    """Name of this process among all workers: host, process number, and a token of its own."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def is_dead(worker: str) -> bool:
    """Whether a worker is known to be gone: a process of this host that is not there any more.

    A number that was given to this very process again belonged to another one before.
    """
    found = _WORKER.fullmatch(worker)
    if found is None or worker == worker_name() or found[1] != socket.gethostname():
        return False
    number = int(found[2])
    return number == os.getpid() or not _is_running(number)


def _is_running(process: int) -> bool:
    if os.name != "posix":
        return True  # elsewhere asking would end it; its silence will tell
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
