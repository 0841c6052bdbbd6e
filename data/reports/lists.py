"""CSV of a run: one line for each startup, for whoever works on with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from data.exporting import guarded
from data.reports.naming import Naming, placements
from data.reports.table import RunReport
from matcher.outcome import Placement

HEADINGS = (
    "startup_id", "startup", "tax_code", "sectors", "district", "state", "programme_id",
    "programme", "country", "fit", "choice", "mark", "reserve", "why",
)  # fmt: skip


def write_list(report: RunReport, lang: str) -> bytes:
    """Return a CSV (UTF-8 with its mark, commas), one line for each startup, by id.

    A startup that holds several places has them parted by semicolons, in the same order in every
    column. Numbers have a decimal point in both languages. Raises UnknownName for an unknown
    language.
    """
    naming = Naming(report, lang)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([naming.texts.report(f"column.{key}") for key in HEADINGS])
    for one in placements(report):
        writer.writerow([guarded(cell) for cell in _line(naming, one)])
    return out.getvalue().encode("utf-8-sig")


def _line(naming: Naming, one: Placement) -> Iterator[str]:
    line = naming.startup(one.startup_id)
    yield from (line.id, line.name, line.tax_code or "", naming.sectors(line) or "")
    yield from (line.district or "", naming.texts.report(f"state.{one.state}"))
    places = one.places
    yield "; ".join(place.programme_id for place in places)
    yield naming.programmes(place.programme_id for place in places) or ""
    yield "; ".join(naming.country(place.programme_id) or naming.unknown for place in places)
    yield "; ".join(f"{place.fit / 100:.2f}" for place in places)
    yield "; ".join(str(place.choice) for place in places)
    marks = ["forced" if p.forced else "kept" if p.kept else "none" for p in places]
    yield "; ".join(naming.texts.report(f"mark.{mark}") for mark in marks)
    yield _reserve(naming, one)
    yield naming.why(one.reasons) or ""


def _reserve(naming: Naming, one: Placement) -> str:
    """The reserve lists among its nearest chances, each with the position on it."""
    return "; ".join(
        f"{naming.programme(missed.programme_id).name} ({missed.reserve})"
        for missed in one.missed
        if missed.reserve is not None
    )
