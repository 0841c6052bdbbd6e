"""A DOCX in the layout of Vietnamese administrative documents: page, heads, paragraphs, tables.

Sizes, margins and places follow Annex I of Decree 30/2020/NĐ-CP: A4, Times New Roman, the page
number centred at the top from page 2. Tables are written as XML at once, since python-docx takes
minutes for thousands of rows.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal
from xml.sax.saxutils import escape

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

FONT = "Times New Roman"
LEFT, RIGHT, TOP, BOTTOM = 30, 15, 20, 20
"""Margins in mm: 30-35, 15-20, 20-25, 20-25 are allowed."""
WIDTH = 210 - LEFT - RIGHT
"""Of the text, in mm."""
BODY, SMALL = 13.0, 11.0
"""Sizes of the text and of tables, in points."""
INDENT = 10
_MM = 56.6929
"""Twentieths of a point in a millimetre."""
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_EPOCH = (1980, 1, 1, 0, 0, 0)

Align = Literal["left", "center", "right", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A paragraph: its text and how it looks; sizes and spaces in points, ``rule`` in mm, the
    space of a line (``high``) in lines.

    ``rule`` draws a line of that length below it; ``level`` makes it a heading for the outline.
    """

    text: str
    size: float = BODY
    bold: bool = False
    italic: bool = False
    marked: bool = False
    align: Align = "both"
    indent: int = 0
    before: float = 0
    after: float = 6
    high: float = 1.15
    rule: float = 0
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """A column of a pair of columns without borders: its width in mm and its lines."""

    width: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table: heading, width in mm, where its texts stand."""

    heading: str
    width: float
    align: Align = "left"


class Paper:
    """A document that is written from the top down."""

    def __init__(self, title: str, lang: str, day: date) -> None:
        self._document = Document()
        self._section = self._document.sections[0]
        self._body = self._document.element.body
        self._describe(title, lang, day)
        self._set_page()
        self._set_font(lang)

    def add(self, *lines: Line) -> None:
        """Write paragraphs."""
        for line in lines:
            for element in re.split(r"(?<=</w:p>)(?=<w:p>)", _paragraph(line)):
                self._append(element)

    def add_sides(self, left: Side, right: Side) -> None:
        """Write two columns beside each other, as the heads and the signature stand."""
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{_twips(side.width)}" w:type="dxa"/></w:tcPr>'
            f"{''.join(_paragraph(line, side.width) for line in side.lines)}</w:tc>"
            for side in (left, right)
        )
        grid, whole = _grid((left.width, right.width)), "<w:trPr><w:cantSplit/></w:trPr>"
        self._append(f"<w:tbl>{_shape('', margin=0)}{grid}<w:tr>{whole}{cells}</w:tr></w:tbl>")

    def add_table(self, columns: Sequence[TableColumn], rows: Sequence[Sequence[str]]) -> None:
        """Write a table with borders; the headings stand again at the top of every page."""
        head = _row([c.heading for c in columns], columns, heading=True)
        body = "".join(_row(row, columns) for row in rows)
        grid = _grid([column.width for column in columns])
        self._append(f"<w:tbl>{_shape(_BORDERS, margin=60)}{grid}{head}{body}</w:tbl>")
        self.add(Line(text="", size=4, after=2))

    def content(self) -> bytes:
        """Return the DOCX: the same bytes for the same content."""
        out, fixed = io.BytesIO(), io.BytesIO()
        self._document.save(out)
        with zipfile.ZipFile(out) as parts, zipfile.ZipFile(fixed, "w") as kept:
            for part in parts.infolist():
                info = zipfile.ZipInfo(part.filename, _EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                kept.writestr(info, parts.read(part))
        return fixed.getvalue()

    def _append(self, xml: str) -> None:
        """Put an element at the end, before what describes the page."""
        opened = re.sub(r"^<(w:\w+)", rf"<\1 {nsdecls('w')}", xml)
        self._body.sectPr.addprevious(parse_xml(opened))

    def _describe(self, title: str, lang: str, day: date) -> None:
        about = self._document.core_properties
        about.title, about.author, about.comments, about.language = title, "", "", lang
        about.created = about.modified = datetime.combine(day, time())

    def _set_page(self) -> None:
        section = self._section
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
        section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
        section.header_distance = section.footer_distance = Mm(10)
        section.different_first_page_header_footer = True
        number = section.header.paragraphs[0]
        number.alignment = 1
        field = '<w:fldSimple {} w:instr="PAGE"><w:r><w:t>2</w:t></w:r></w:fldSimple>'
        number._p.append(parse_xml(field.format(nsdecls("w"))))

    def _set_font(self, lang: str) -> None:
        for name in ("Normal", "Header"):
            style = self._document.styles[name]
            style.font.name, style.font.size = FONT, Pt(BODY)
            style.paragraph_format.space_after = Pt(0)
            fonts = style.element.rPr.rFonts
            for script in ("w:eastAsia", "w:cs", "w:ascii", "w:hAnsi"):
                fonts.set(qn(script), FONT)
        tongue = "vi-VN" if lang == "vi" else "en-GB"
        language = f'<w:lang {nsdecls("w")} w:val="{tongue}" w:eastAsia="{tongue}"/>'
        self._document.styles["Normal"].element.rPr.append(parse_xml(language))


_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def _twips(mm: float) -> int:
    return round(mm * _MM)


def _grid(widths: Sequence[float]) -> str:
    columns = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    return f"<w:tblGrid>{columns}</w:tblGrid>"


def _shape(borders: str, margin: int) -> str:
    sides = "".join(f'<w:{side} w:w="{margin}" w:type="dxa"/>' for side in ("left", "right"))
    return (
        f'<w:tblPr><w:tblW w:w="{_twips(WIDTH)}" w:type="dxa"/><w:tblBorders>{borders}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{sides}</w:tblCellMar>'
        "</w:tblPr>"
    )


def _row(texts: Sequence[str], columns: Sequence[TableColumn], *, heading: bool = False) -> str:
    """A row that no page break parts; headings stand in the middle and in bold."""
    kind = "<w:cantSplit/>" + ("<w:tblHeader/>" if heading else "")
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{_twips(column.width)}" w:type="dxa"/>'
        f'<w:vAlign w:val="{"center" if heading else "top"}"/></w:tcPr>'
        f"{_paragraph(_cell_line(text, column, heading))}</w:tc>"
        for text, column in zip(texts, columns, strict=True)
    )
    return f"<w:tr><w:trPr>{kind}</w:trPr>{cells}</w:tr>"


def _cell_line(text: str, column: TableColumn, heading: bool) -> Line:
    align: Align = "center" if heading else column.align
    return Line(text=text, size=SMALL, bold=heading, align=align, before=1, after=1, high=1)


def _paragraph(line: Line, width: float = WIDTH) -> str:
    text = escape(_UNWRITABLE.sub("", line.text))
    run = f'<w:r>{_letters(line)}<w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f"<w:p>{_placing(line)}{run}</w:p>{_rule(line, width)}"


def _placing(line: Line) -> str:
    keep = "<w:keepNext/>" if line.level is not None else ""
    after = 0 if line.rule else line.after
    space = (
        f'<w:spacing w:before="{round(line.before * 20)}" w:after="{round(after * 20)}" '
        f'w:line="{round(line.high * 240)}" w:lineRule="auto"/>'
    )
    first = f'<w:ind w:firstLine="{_twips(line.indent)}"/>' if line.indent else ""
    level = f'<w:outlineLvl w:val="{line.level}"/>' if line.level is not None else ""
    high = f"<w:rPr>{_size(line.size)}</w:rPr>"  # of an empty paragraph
    return f'<w:pPr>{keep}{space}{first}<w:jc w:val="{line.align}"/>{level}{high}</w:pPr>'


def _letters(line: Line) -> str:
    marks = "<w:b/>" * line.bold + "<w:i/>" * line.italic
    light = '<w:highlight w:val="yellow"/>' * line.marked
    return f"<w:rPr>{marks}{_size(line.size)}{light}</w:rPr>"


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _rule(line: Line, width: float) -> str:
    """The line below a text: the upper border of an empty paragraph, drawn in from both sides."""
    if not line.rule:
        return ""
    inset = _twips((width - line.rule) / 2)
    return (
        '<w:p><w:pPr><w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>'
        f'<w:spacing w:before="30" w:after="{round(line.after * 20)}" w:line="60" '
        f'w:lineRule="exact"/><w:ind w:left="{inset}" w:right="{inset}"/></w:pPr></w:p>'
    )
