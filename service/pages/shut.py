"""Everybody whom one rule refuses first, page by page: alike for the lists of all three kinds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matcher.errors import UnknownCode
from service.pages.paging import paged
from service.pages.posted import number_of
from service.pages.sides import SHUT_PER_PAGE, Shut, ShutGroup


@dataclass(frozen=True, slots=True)
class ShutPage:
    """One page of a group; ``name`` is whose list it is of, ``back`` leads there."""

    name: str
    back: str
    group: ShutGroup
    profiles: tuple[Shut, ...]
    number: int
    pages: int


def shut_page_of(
    groups: Iterable[ShutGroup], rule: str, page: str, *, name: str, back: str
) -> ShutPage:
    """The page of a rule's group that an address asks for, the first where it asks for none.

    Raises UnknownCode for a rule that refuses nobody.
    """
    by_rule = {group.rule: group for group in groups}
    if rule not in by_rule:
        raise UnknownCode(field="rule", value=rule[:80], known=tuple(by_rule))
    group = by_rule[rule]
    shown = paged(group.profiles, number_of(page) or 1, SHUT_PER_PAGE)
    return ShutPage(name, back, group, shown.items, shown.number, shown.pages)
