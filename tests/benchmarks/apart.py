"""Runs a baseline in a process of its own, which is stopped when its time is over.

The child is started as ``python -m tests.benchmarks.apart MODULE FUNCTION VALUES``, the values and
the answer as JSON.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from typing import Any

LIMIT_SECONDS = 300


def apart(module: str, function: str, *values: Any, limit: float = LIMIT_SECONDS) -> Any | None:
    """What a function of a module gives for these values, None where it took too long.

    Raises subprocess.CalledProcessError where it fails; what it says goes to the terminal.
    """
    command = [sys.executable, "-m", __name__, module, function, json.dumps(values)]
    try:
        child = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=limit)  # noqa: S603  our own
    except subprocess.TimeoutExpired:
        return None
    return json.loads(child.stdout)


if __name__ == "__main__":
    module, function, values = sys.argv[1:]
    work = getattr(importlib.import_module(module), function)
    json.dump(work(*json.loads(values)), sys.stdout)
