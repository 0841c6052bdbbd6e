"""The parts of a file, looked at before any of them is parsed: is it safe, and what else is in it.

Macros are never run and links to other files never followed: only values are read.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from matcher.errors import BodyTooLarge, FileLocked, FileUnreadable

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
REMARKS = ("macros", "links", "formulas", "old_letters")
"""What :func:`remarks_on` may tell."""

_LOCKED_PARTS = tuple(name.encode("utf-16-le") for name in ("EncryptedPackage", "EncryptionInfo"))
_ENCRYPTED = 0x1
"""The flag of a part of a zip file that a password locks."""
_SIGNATURES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"{\\rtf", b"Rar!")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UNWORKED = re.compile(rb"<f(?:\s[^<>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>|</c>)")
"""A formula without the value that it had when the file was saved."""
_LOOKED_AT = 4000
"""Bytes of a file in which its letters are told."""


def check_parts(content: bytes, filename: str, most_bytes: int, most_parts: int) -> None:
    """Refuse a zip file that is no workbook, or that is larger than it looks.

    The sizes are those of its index; no more than these are ever unpacked.

    Raises
    ------
    BodyTooLarge
        If its parts come to more than ``most_bytes`` unpacked.
    FileLocked
        If a password locks it.
    FileUnreadable
        If it has more than ``most_parts`` parts or is no workbook.
    zipfile.BadZipFile
        If it is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = file.infolist()
    if len(parts) > most_parts:
        raise FileUnreadable(file=filename, cause=f"more than {most_parts} parts")
    if sum(part.file_size for part in parts) > most_bytes:
        raise BodyTooLarge(limit=most_bytes)
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise FileLocked(file=filename)
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise FileUnreadable(file=filename, cause="a zip file that is no Excel workbook")


def is_locked(content: bytes) -> bool:
    """Whether a file is a workbook that Excel has put into an envelope with a password."""
    return content.startswith(OLE) and any(name in content for name in _LOCKED_PARTS)


def refuse_strangers(content: bytes, filename: str) -> None:
    """Refuse what is neither a workbook nor text, whatever its name says; raises FileUnreadable."""
    if content.startswith((ZIP, OLE)):
        return
    start = content[:_LOOKED_AT]
    is_wide = start.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_wide(start)
    if not content.strip() or content.startswith(_SIGNATURES):
        raise FileUnreadable(file=filename, cause="")
    if not is_wide and _CONTROLS.search(start):
        raise FileUnreadable(file=filename, cause="")


def remarks_on(content: bytes) -> tuple[str, ...]:
    """What an officer should know of a file: some of :data:`REMARKS`."""
    if content.startswith(ZIP):
        return tuple(dict.fromkeys(_of_parts(content)))
    if content.startswith(OLE):
        return ("macros",) if "_VBA_PROJECT".encode("utf-16-le") in content else ()
    return ("old_letters",) if _is_old(content) else ()


def _of_parts(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        for part in file.infolist():
            name = part.filename.casefold()
            if name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/"):
                yield "macros"
            elif name.startswith("xl/externallinks/") or name == "xl/connections.xml":
                yield "links"
            elif name.startswith("xl/worksheets/") and _UNWORKED.search(file.read(part)):
                yield "formulas"


def _is_old(content: bytes) -> bool:
    """Whether a text is in letters from before Unicode."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_wide(content[:_LOOKED_AT]):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _is_wide(start: bytes) -> bool:
    """Whether a text looks like UTF-16 without its mark: most of every second byte is zero."""
    zeros = max(start[0::2].count(0), start[1::2].count(0))
    return zeros > 0.3 * max(len(start) // 2, 1)
