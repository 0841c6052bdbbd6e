"""A long list page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

PER_PAGE = 25

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Paged(Generic[Item]):
    """One page of a list."""

    items: tuple[Item, ...]
    number: int
    pages: int
    total: int


def paged(items: Sequence[Item], number: int, size: int = PER_PAGE) -> Paged[Item]:
    """The page of a list with a number, the first below 1 and the last where it has fewer."""
    pages = pages_of(len(items), size)
    number = min(max(number, 1), pages)
    return Paged(tuple(items[(number - 1) * size : number * size]), number, pages, len(items))


def pages_of(total: int, size: int = PER_PAGE) -> int:
    """How many pages a list has, at least one."""
    return max(-(-total // size), 1)
