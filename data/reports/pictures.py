"""Pictures of a run as SVG or PNG: the flow to countries, the choices met, the loads.

Drawn without pyplot, in the colours of Okabe and Ito (Color Universal Design, 2008), which people
with any colour vision tell apart. The same report gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cache
from threading import Lock
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from data.reports.flow import Alluvial, Band, alluvial
from data.reports.naming import Naming, fairness, given_places, loads
from data.reports.table import RunReport
from matcher.outcome import Load, Measures

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C6D00", "#5F4B8B")
INK, SOFT, GREY, PALE = "#222222", "#555555", "#999999", "#E3E3E3"
HERE, OPTIMUM, MARK = PALETTE[0], PALETTE[1], PALETTE[5]
MOST_PROGRAMMES = 40
LONGEST_NAME = 36
DOTS_PER_INCH = 150
FONT = "DejaVu Sans"

_STYLE: dict[Any, Any] = {
    "font.family": FONT,  # comes with matplotlib and has every Vietnamese letter
    "font.size": 10,
    "text.parse_math": False,  # a name may hold dollar signs
    "text.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "caunoi",
}
_DRAWING = Lock()  # the style is one for the whole process

PictureFormat = Literal["svg", "png"]


def write_picture(report: RunReport, lang: str, name: str, format: PictureFormat) -> bytes:
    """Return a picture of a run; ``name`` is one of :data:`DRAWINGS`.

    Letters of an SVG are drawn as shapes, so that it looks the same everywhere. Raises UnknownName
    for an unknown language.
    """
    naming = Naming(report, lang)
    metadata = {"Date": None, "Creator": None} if format == "svg" else {"Software": None}
    out = io.BytesIO()
    with _DRAWING, mpl.rc_context(_STYLE):
        DRAWINGS[name](naming).savefig(out, format=format, metadata=metadata, dpi=DOTS_PER_INCH)
    return out.getvalue()


def draw_flow(naming: Naming) -> Figure:
    """Placements from the main sectors of the startups to the countries of the programmes."""
    total = sum(1 for _ in given_places(naming.report))
    figure, axes = _sheet(naming, 6.4, "flow", (0.02, 0.03, 0.96), 0.9, count=total)
    axes.set_axis_off()
    if not total:
        return _empty(figure, axes, naming)
    layout = alluvial(naming)
    colour = {b.name: PALETTE[i % len(PALETTE)] for i, b in enumerate(layout.sectors)}
    if len(layout.sectors) > 1:
        colour[naming.texts.report("picture.other")] = GREY
    _draw_ribbons(axes, layout, colour)
    _draw_side(axes, layout.sectors, 0.0, [colour[band.name] for band in layout.sectors], naming)
    _draw_side(axes, layout.countries, 1.0, [SOFT] * len(layout.countries), naming)
    axes.set_xlim(-0.75, 1.75)
    axes.set_ylim(layout.height * 1.01, -layout.height * 0.01)
    return figure


def _draw_ribbons(axes: Axes, layout: Alluvial, colour: dict[str, str]) -> None:
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    for ribbon in layout.ribbons:
        left, right, wide = ribbon.left, ribbon.right, ribbon.count
        corners = [
            (0.02, left), (0.5, left), (0.5, right), (0.98, right), (0.98, right + wide),
            (0.5, right + wide), (0.5, left + wide), (0.02, left + wide), (0.02, left),
        ]  # fmt: skip
        shape = Path(corners, [*codes])
        axes.add_patch(PathPatch(shape, facecolor=colour[ribbon.sector], alpha=0.5, linewidth=0))


def _draw_side(
    axes: Axes, bands: Sequence[Band], x: float, colours: Sequence[str], naming: Naming
) -> None:
    """The bands of one side, with their names and placements outside."""
    side: Literal["right", "left"] = "left" if x else "right"
    for band, colour in zip(bands, colours, strict=True):
        start = x - 0.02 if x else x
        axes.add_patch(Rectangle((start, band.top), 0.02, band.count, facecolor=colour))
        name, count = _short(band.name), naming.texts.value(band.count)
        words = f"{count}  {name}" if x else f"{name}  {count}"
        middle = band.top + band.count / 2
        axes.text(x + (0.015 if x else -0.015), middle, words, ha=side, va="center", fontsize=9.5)


CHOICES = ("first", "second", "third", "later", "without", "closed")


def draw_choices(naming: Naming) -> Figure:
    """How many startups were given their 1st, 2nd, 3rd or a later choice, beside the optimum."""
    figure, axes = _sheet(naming, 5.2, "choices", (0.07, 0.13, 0.91), 1.1)
    sheet = fairness(naming.report)
    if sheet is None or not sheet.here.startups:
        return _empty(figure, axes, naming)
    pairs = (("here", HERE, sheet.here, -0.2), ("optimum", OPTIMUM, sheet.optimum, 0.2))
    for name, colour, measures, shift in pairs:
        heights = _by_choice(measures)
        label = naming.texts.report(f"picture.{name}")
        bars = axes.bar([place + shift for place in range(len(heights))], heights, 0.38,
                        color=colour, label=label)  # fmt: skip
        words = [_counted(naming, height, measures.startups) for height in heights]
        axes.bar_label(bars, words, fontsize=8.5, padding=2, linespacing=1.1)
    names = [naming.texts.report(f"picture.{key}").replace(" | ", "\n") for key in CHOICES]
    axes.set_xticks(range(len(CHOICES)), names)
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel(naming.texts.report("picture.startups"))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.yaxis.set_major_formatter(lambda value, _: naming.texts.value(round(value)))
    axes.margins(y=0.14)
    axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    return figure


def _by_choice(measures: Measures) -> tuple[int, ...]:
    """Startups by choice, then those able but without a place, then those with nothing open."""
    without = measures.able - measures.placed
    return *measures.choices, without, measures.startups - measures.able


def _counted(naming: Naming, count: int, among: int) -> str:
    return f"{naming.texts.value(count)}\n{naming.texts.value(count / among, 'percent')}"


def draw_loads(naming: Naming) -> Figure:
    """Places of each programme and how many are taken, the fullest first."""
    every = loads(naming.report)
    shown = _fullest(every)
    height = max(3.0, 1.9 + 0.27 * len(shown))
    key = "loads" if len(shown) < len(every) else "every_load"
    place = (0.36, 0.75 / height, 0.58)
    figure, axes = _sheet(naming, height, key, place, 1.2, shown=len(shown), count=len(every))
    if not shown:
        return _empty(figure, axes, naming)
    rows = range(len(shown))
    most = [load.places or 0 for load in shown]
    taken = [load.taken for load in shown]
    say = naming.texts.report
    axes.barh(rows, most, 0.72, color=PALE, label=say("picture.places"))
    axes.barh(rows, taken, 0.72, color=HERE, label=say("picture.taken"))
    least = {row: load.min_intake for row, load in zip(rows, shown, strict=True) if load.min_intake}
    line: dict[str, Any] = {
        "linestyle": "",
        "marker": "|",
        "markersize": 12,
        "markeredgewidth": 3,
        "color": MARK,
    }
    axes.plot([*least.values()], [*least], label=say("picture.min_intake"), **line)
    for row, load in zip(rows, shown, strict=True):
        places = naming.texts.value(load.places) if load.places is not None else "?"
        words = f" {naming.texts.value(load.taken)}/{places}{'*' if load.assumed else ''}"
        axes.text(max(load.places or 0, load.taken), row, words, va="center", fontsize=8.5)
    _name_programmes(axes, naming, shown)
    return figure


def _name_programmes(axes: Axes, naming: Naming, shown: Sequence[Load]) -> None:
    lines = [naming.programme(load.programme_id) for load in shown]
    names = [
        _short(line.name, otherwise=line.id) + (f" · {line.country}" if line.country else "")
        for line in lines
    ]
    axes.set_yticks(range(len(shown)), names, fontsize=8.5)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.margins(x=0.1)
    axes.set_xlabel(naming.texts.report("picture.startups"))
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, fontsize=9)


def _fullest(all_loads: Sequence[Load]) -> list[Load]:
    """The programmes with the largest taken share of their places, then with the most taken."""

    def order(load: Load) -> tuple[float, int, str]:
        return -(load.taken / load.places if load.places else 0.0), -load.taken, load.programme_id

    return sorted(all_loads, key=order)[:MOST_PROGRAMMES]


def _sheet(
    naming: Naming,
    height: float,
    key: str,
    place: tuple[float, float, float],
    head: float,
    **facts: object,
) -> tuple[Figure, Axes]:
    """A figure 10 inches wide under its title, and axes at ``place`` (left, bottom, width), below
    a ``head`` of so many inches.

    The title says what is seen; in grey below it stand the round, the run, and what to know.
    """
    figure = Figure(figsize=(10, height))
    say, report = naming.texts.report, naming.report
    run = say("title", cohort=_short(report.cohort.name, 70), run=naming.run)
    title = say(f"picture.{key}", **facts)
    note = say(f"picture.{key}_note", **facts)
    figure.text(0.02, 1 - 0.14 / height, title, fontsize=13, weight="bold", va="top")
    figure.text(0.02, 1 - 0.43 / height, f"{run}\n{note}", fontsize=9, color=SOFT, va="top")
    left, bottom, width = place
    return figure, figure.add_axes((left, bottom, width, 1 - head / height - bottom))


def _empty(figure: Figure, axes: Axes, naming: Naming) -> Figure:
    axes.set_axis_off()
    axes.text(0.5, 0.5, naming.texts.report("picture.empty"), ha="center", va="center",
              transform=axes.transAxes, color=SOFT)  # fmt: skip
    return figure


def _short(name: str, most: int = LONGEST_NAME, otherwise: str = "?") -> str:
    """A name within ``most`` letters, without those that the font lacks (Chinese, Korean ...);
    ``otherwise`` where nothing of it is left.
    """
    drawn = " ".join("".join(c for c in name if ord(c) in _letters()).split()) or otherwise
    return drawn if len(drawn) <= most else drawn[: most - 1].rstrip() + "…"


@cache
def _letters() -> frozenset[int]:
    return frozenset(get_font(findfont(FONT)).get_charmap())


DRAWINGS: dict[str, Callable[[Naming], Figure]] = {
    "flow": draw_flow,
    "choices": draw_choices,
    "loads": draw_loads,
}
"""Every picture by its name."""
