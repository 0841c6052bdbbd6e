"""The frame of an administrative document: heads, title, addressee, closing and signature.

Vietnamese in the layout of Annex I of Decree 30/2020/NĐ-CP; in English the same parts. What only
the office can know stays a dotted blank.
"""

from __future__ import annotations

from collections.abc import Sequence

from data.reports.naming import Naming
from data.reports.paper import BODY, INDENT, SMALL, Align, Line, Paper, Side, TableColumn

BLANK = "…………………………"
SHORT_BLANK = "………"

Columns = tuple[tuple[str, float, Align], ...]
"""Headings by their keys, widths in mm, and where the texts stand."""


class Letter:
    """A document in its frame, written from the top down."""

    def __init__(self, naming: Naming) -> None:
        self.naming, self.report = naming, naming.report
        head = self.report.letterhead
        title = naming.texts.report("title", cohort=self.report.cohort.name, run=naming.run)
        self._paper = Paper(title, naming.texts.lang, self.report.day)
        self._parties = {"issuer": head.issuer or BLANK, "addressee": head.addressee or BLANK}

    def say(self, key: str, **facts: object) -> str:
        """A text of the document."""
        return self.naming.texts.report(f"document.{key}", **facts)

    def write(self, *texts: str, italic: bool = False) -> None:
        """Paragraphs of the text."""
        self._paper.add(*(Line(text=text, italic=italic, indent=INDENT) for text in texts))

    def mark(self, text: str) -> None:
        """A note to the officer, marked so that it is not overlooked."""
        self._paper.add(Line(text=text, marked=True, indent=INDENT, size=SMALL))

    def begin(self, key: str) -> None:
        """The heading of a section."""
        text = self.say(key).upper()
        self._paper.add(Line(text=text, bold=True, indent=INDENT, before=6, level=0))

    def write_table(self, columns: Columns, rows: Sequence[Sequence[str]]) -> None:
        """A table whose headings are those of the report's tables, or the document's own."""
        own = ("reason", "reserve_first")
        made = [
            TableColumn(self.say(key) if key in own else self.naming.texts.report(f"column.{key}"),
                        width, align)
            for key, width, align in columns
        ]  # fmt: skip
        self._paper.add_table(made, rows)

    def write_head(self, subject: str) -> None:
        """Both heads, number and date, kind of document with its subject, addressee."""
        head, number = self.report.letterhead, self.say("number", blank=SHORT_BLANK)
        if head.symbol:
            number = number.removesuffix(SHORT_BLANK) + head.symbol
        left = (
            _centred((head.parent or BLANK).upper(), 12),
            _centred((head.issuer or BLANK).upper(), 12, bold=True, rule=24, after=6),
            _centred(number, BODY),
        )
        dated = self.say("dated", place=head.place or self.say("place"))
        right = (
            _centred(self.say("nation").upper(), 12, bold=True),
            _centred(self.say("motto"), BODY, bold=True, rule=62, after=6),
            _centred(dated, BODY, italic=True),
        )
        self._paper.add_sides(Side(62, left), Side(103, right))
        self._paper.add(
            _centred("", 12),
            _centred(self.say("kind").upper(), 14, bold=True),
            _centred(subject, BODY, bold=True, rule=50, after=12),
            _centred(self.say("addressee", addressee=self._parties["addressee"]), BODY, after=12),
        )

    def open(self) -> None:
        """The sentence that leads to the sections."""
        self.write(self.say("opening", **self._parties))

    def close(self) -> bytes:
        """Write the closing sentence, who gets the document and who signs; return the DOCX."""
        self.write(self.say("closing", **self._parties))
        left = (
            Line(text=self.say("receivers"), size=12, bold=True, italic=True, align="left",
                 after=0),
            _small(self.say("receiver_above")),
            _small(self.say("receiver_file", blank=SHORT_BLANK)),
        )  # fmt: skip
        right = (
            _centred(
                (self.report.letterhead.signer or self.say("signer")).upper(), BODY, bold=True
            ),
            _centred(self.say("sign_here"), BODY, italic=True, after=60),
            _centred(BLANK, BODY),
        )
        self._paper.add_sides(Side(82.5, left), Side(82.5, right))
        self._paper.add(Line(text="", size=2, after=0))
        return self._paper.content()


def _small(text: str) -> Line:
    return Line(text=text, size=SMALL, align="left", after=0)


def _centred(
    text: str, size: float, *, bold: bool = False, italic: bool = False, rule: float = 0,
    after: float = 0,
) -> Line:  # fmt: skip
    return Line(
        text=text, size=size, bold=bold, italic=italic, align="center", rule=rule, after=after
    )
