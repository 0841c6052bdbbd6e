"""ETags of profiles: the version, and whether fields were withheld, since that is another text."""

from __future__ import annotations

import re

_TAG = re.compile(r'"(\d{1,18})(-withheld)?"')


def etag_of(version: int, withheld: bool) -> str:
    """The ETag of a version as it was shown."""
    return f'"{version}-withheld"' if withheld else f'"{version}"'


def versions_in(if_match: str) -> frozenset[int] | None:
    """The versions that an If-Match names, None for ``*``; weak tags never match (RFC 9110)."""
    if if_match.strip() == "*":
        return None
    found = (_TAG.fullmatch(part.strip()) for part in if_match.split(","))
    return frozenset(int(tag[1]) for tag in found if tag)


def is_fresh(if_none_match: str | None, etag: str) -> bool:
    """Whether an If-None-Match names this ETag, strong or weak, or any."""
    if if_none_match is None:
        return False
    tags = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return etag in tags or "*" in tags
