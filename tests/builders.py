"""Builders of whole values for tests: every field has a plain default, changes are named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from matcher.profile import Incubator, Money, Programme, Startup

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def startup(**changes: Any) -> Startup:
    """A seed-stage fintech company of Ho Chi Minh City that looks for customers in Singapore."""
    values: dict[str, Any] = {
        "id": "vi-du-pay",
        "name": "Ví Dụ Pay",
        "country": "VN",
        "city": "Ho Chi Minh City",
        "legal_status": "company",
        "founded_on": date(2023, 5, 17),
        "sectors": ("fintech",),
        "stage": "seed",
        "product_en": "Payment software for small shops",
        "product_vi": "Phần mềm thanh toán cho cửa hàng nhỏ",
        "description_en": "Payment software that lets small shops take cards and QR codes.",
        "description_vi": "Phần mềm giúp cửa hàng nhỏ nhận thanh toán bằng thẻ và mã QR.",
        "markets": ("VN",),
        "target_markets": ("SG",),
        "needs": ("market_access", "expansion"),
        "source": "test",
        "as_of": date(2026, 1, 31),
    }
    return Startup(**(values | changes))


def programme(**changes: Any) -> Programme:
    """An open inbound programme of Singapore for fintech startups of any country."""
    values: dict[str, Any] = {
        "id": "merlion-landing",
        "name": "Merlion Landing",
        "organisation": "Merlion Agency",
        "country": "SG",
        "city": "Singapore",
        "org_type": "soft_landing",
        "family": "A",
        "direction": "in",
        "home_country_only": False,
        "allowed_countries": ("*",),
        "sectors": ("fintech",),
        "stages": ("mvp", "seed", "series_a"),
        "markets": ("SG", "ASEAN"),
        "services": ("market_access", "mentoring", "workspace"),
        "languages": ("en",),
        "funding": Money(50_000, "SGD"),
        "funding_kind": "grant",
        "duration_weeks": 12,
        "status": "open",
        "description_en": "A soft landing for payment firms that want customers in Singapore.",
        "description_vi": "Chương trình hạ cánh mềm cho doanh nghiệp thanh toán vào Singapore.",
        "source": "test",
        "as_of": date(2026, 1, 31),
    }
    return Programme(**(values | changes))


def incubator(**changes: Any) -> Incubator:
    """A university incubator of Ho Chi Minh City that seeks market access for its startups."""
    values: dict[str, Any] = {
        "id": "vuon-uom-vi-du",
        "name": "Example Incubator",
        "name_vi": "Vườn ươm Ví Dụ",
        "country": "VN",
        "city": "Ho Chi Minh City",
        "org_type": "university_incubator",
        "sectors": ("agritech", "healthtech"),
        "services": ("training", "lab_access"),
        "wants": ("market_access",),
        "languages": ("vi", "en"),
        "linked_countries": ("KR",),
        "status": "open",
        "description_en": "A university incubator with a food laboratory.",
        "description_vi": "Vườn ươm trong trường đại học, có phòng thí nghiệm thực phẩm.",
        "source": "test",
        "as_of": date(2026, 1, 31),
    }
    return Incubator(**(values | changes))
