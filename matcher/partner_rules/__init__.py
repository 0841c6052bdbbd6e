"""Every rule over a home incubator and an organisation abroad, gates first, then fits.

A rule here is the same thing as in ``matcher/rules``; its left side is the incubator that asks,
its right side the partner. In questions, ``ask_startup`` is put to the incubator that asks and
``ask_programme`` to the partner.
"""

from __future__ import annotations

from matcher.partner_rules import (
    abroad,
    activity,
    complement,
    links,
    offers,
    operator_kind,
    reciprocity,
    shared_interest,
    shared_language,
    shared_sectors,
    wants,
)
from matcher.rules.base import Rule

PARTNER_RULES: tuple[Rule, ...] = (
    abroad.RULE,
    operator_kind.RULE,
    activity.RULE,
    shared_interest.RULE,
    shared_sectors.RULE,
    offers.RULE,
    wants.RULE,
    complement.RULE,
    reciprocity.RULE,
    links.RULE,
    shared_language.RULE,
)
