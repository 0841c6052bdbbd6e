"""Text of the fonts before Unicode (TCVN3 ``.VnTime``, VNI) made readable.

Files of such fonts hold each Vietnamese letter as a Western sign or two: ``C«ng ty cæ phÇn`` is
``Công ty cổ phần``. A text is converted only where that turns nonsense into Vietnamese syllables.
TCVN3's table is that of TCVN 5712:1993; its capitals are a font of their own, so toned capitals
come out small. VNI writes a letter and then its marks.
"""

from __future__ import annotations

import re
import unicodedata

from matcher.errors import FileUnreadable

_TCVN3_LETTERS = (
    "ĂÂÊÔƠƯĐăâêôơưđẶ\u0300\u0300\u0309\u0303\u0301àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉ"
    "ỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵ"
)
_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_TONES = frozenset((_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT))

_VNI_MARKS = {
    "ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _CIRCUMFLEX, "à": _CIRCUMFLEX + _GRAVE, "á": _CIRCUMFLEX + _ACUTE,
    "å": _CIRCUMFLEX + _HOOK, "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE, "è": _BREVE + _GRAVE, "é": _BREVE + _ACUTE, "ú": _BREVE + _HOOK,
    "ü": _BREVE + _TILDE, "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = dict(zip("ôöñìíæóòî", "ơưđìíỉĩịỵ", strict=True))
_VNI_SIGNS = "".join(_VNI_MARKS)
_VNI_PAIR = re.compile(rf"([aeouyôöAEOUYÔÖ])([{_VNI_SIGNS}{_VNI_SIGNS.upper()}])")

_ONSET = "b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|qu|r|s|th|tr|t|v|x|p"
_NUCLEUS = """oai oay oao oeo uay uây uya uyê uyu iêu yêu uôi ươi ươu uêu ia iê ya yê ua uô ưa ươ ai
    ay ây ao au âu eo êu iu oi ôi ơi ui ưi oa oă oe uê uy uâ uơ ưu oo a ă â e ê i o ô ơ u ư y"""
_SYLLABLE = re.compile(rf"(?:{_ONSET})?(?:{'|'.join(_NUCLEUS.split())})(?:ch|c|m|ng|nh|n|p|t)?")
_LATIN = re.compile(r"[\u0000-\u00ff\u2010-\u203a]*")
CONVINCING = 0.7
"""Share of syllables that a converted text must reach, and the text as it stands must not."""
ENOUGH_WORDS = 2
"""Fewer words than this prove nothing: ``Malmö`` is no Vietnamese."""


def repaired(text: str) -> str:
    """Convert a text of TCVN3 or VNI signs; any other text is returned as it is."""
    if text.isascii() or not _LATIN.fullmatch(text):
        return text
    best = max((_from_tcvn3(text), _from_vni(text)), key=_evidence)
    return best if _evidence(best) >= CONVINCING > _evidence(text) else text


def decoded(content: bytes, filename: str) -> str:
    """Decode bytes that are not Unicode: Windows-1258, or TCVN3 or VNI in Western bytes.

    Raises FileUnreadable if no reading of them is possible.
    """
    readings = [_strict(content, "cp1258"), _strict(content, "cp1252")]
    western = content.decode("latin-1")
    texts = [unicodedata.normalize("NFC", text) for text in readings if text is not None]
    converted = [c for c in (_from_tcvn3(western), _from_vni(western)) if _evidence(c) > 0]
    if not texts + converted:
        raise FileUnreadable(file=filename, cause="neither Unicode nor a Vietnamese encoding")
    return max(texts + converted, key=_evidence)


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _from_tcvn3(text: str) -> str:
    table = {0xA1 + place: letter for place, letter in enumerate(_TCVN3_LETTERS)}
    return unicodedata.normalize("NFC", text.translate(table))


def _from_vni(text: str) -> str:
    marked = _VNI_PAIR.sub(lambda pair: _vni_letter(pair[1]) + _VNI_MARKS[pair[2].lower()], text)
    return unicodedata.normalize("NFC", "".join(map(_vni_single, marked)))


def _vni_letter(sign: str) -> str:
    return {"ô": "ơ", "ö": "ư", "Ô": "Ơ", "Ö": "Ư"}.get(sign, sign)


def _vni_single(sign: str) -> str:
    small = _VNI_LETTERS.get(sign.lower(), sign.lower())
    return small.upper() if sign.isupper() else small if sign.lower() in _VNI_LETTERS else sign


def _evidence(text: str) -> float:
    """Share of the words with non-ASCII signs that are Vietnamese syllables; 0 for too few."""
    marked = [w for w in re.split(r"[\s!-/:-@\[-`{-~]+", text) if not w.isascii()]
    if len(marked) < ENOUGH_WORDS:
        return 0.0
    return sum(map(_is_syllable, marked)) / len(marked)


def _is_syllable(word: str) -> bool:
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [part for part in parts if part in _TONES]
    bare = unicodedata.normalize("NFC", "".join(p for p in parts if p not in _TONES))
    return len(tones) <= 1 and _SYLLABLE.fullmatch(bare) is not None
