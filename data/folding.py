"""Text as it is kept and as it is compared: NFC, and folded without case or diacritics.

``đ`` is folded by hand, since no Unicode decomposition splits it.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
_MARKS = re.compile("[\u0300-\u036f]")
"""Combining diacritical marks; marks of other scripts are letters there and stay."""
_HCMC_NAMES = (
    "tphcm", "tp hcm", "tp ho chi minh", "tpho chi minh", "thanh pho ho chi minh",
    "thanh pho hcm", "ho chi minh", "ho chi minh city", "hcmc", "hcm", "hcm city", "tphcm city",
    "sai gon", "saigon", "tp sai gon",
)  # fmt: skip
_CITIES = dict.fromkeys(_HCMC_NAMES, "Ho Chi Minh City") | {
    "ha noi": "Hanoi",
    "hanoi": "Hanoi",
    "tp ha noi": "Hanoi",
    "thanh pho ha noi": "Hanoi",
    "da nang": "Da Nang",
    "danang": "Da Nang",
    "tp da nang": "Da Nang",
    "thanh pho da nang": "Da Nang",
    "can tho": "Can Tho",
    "tp can tho": "Can Tho",
    "hai phong": "Hai Phong",
    "tp hai phong": "Hai Phong",
    "hue": "Hue",
    "tp hue": "Hue",
}

_IN_VIETNAMESE = {
    "Ho Chi Minh City": "Thành phố Hồ Chí Minh",
    "Hanoi": "Hà Nội",
    "Da Nang": "Đà Nẵng",
    "Can Tho": "Cần Thơ",
    "Hai Phong": "Hải Phòng",
    "Hue": "Huế",
}


def nfc(text: str) -> str:
    """Compose to NFC, drop invisible marks, turn every kind of blank into a plain one, trim."""
    composed = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    return re.sub(r"[^\S\n]+", " ", composed.replace("\r\n", "\n").replace("\r", "\n")).strip()


def fold(text: str) -> str:
    """Fold for comparison: no diacritics, no case, ``đ`` as ``d``, single blanks.

    Letters of other scripts stay, so Korean and Japanese texts can be found too.
    """
    plain = text.translate({0x0110: "D", 0x0111: "d"})
    decomposed = unicodedata.normalize("NFD", plain)
    bare = _MARKS.sub("", decomposed)
    return " ".join(unicodedata.normalize("NFC", bare).translate(_INVISIBLE).casefold().split())


def words(text: str) -> str:
    """Fold and keep letters and digits only, single blanks between: for headings and names."""
    return " ".join(re.findall(r"\w+", fold(text).replace("_", " ")))


def slug(text: str, longest: int = 80) -> str:
    """Make an id of a name: folded ASCII words joined by hyphens, cut at a whole word.

    A name without any ASCII letter or digit gives an empty text.
    """
    parts = re.findall(r"[a-z0-9]+", fold(text))
    whole = "-".join(parts)
    if len(whole) <= longest:
        return whole
    return whole[: longest + 1].rpartition("-")[0] or whole[:longest]


def place(city: str) -> str:
    """Give a city of Vietnam its one name (``TP.HCM``, ``Sài Gòn`` -> ``Ho Chi Minh City``).

    Any other place is returned in NFC as it is.
    """
    return _CITIES.get(words(city), nfc(city))


def place_name(city: str, lang: str) -> str:
    """Write a city as it is kept in a language: the cities of Vietnam have a name of their own."""
    return _IN_VIETNAMESE.get(city, city) if lang == "vi" else city
