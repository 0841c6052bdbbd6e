"""Stages, sectors, services, markets and languages: their codes, and how near two of them are.

The codes are literals, since rules are written against them; their names and aliases in each
language stand in ``data/taxonomy/*.csv``, and a test holds the two together.

Nearness is a share from 0 (unrelated) to 1 (the same). The values between are our judgement of
how much of one code's work serves the other; they are set once here, are symmetric, and are
argued in the decision records of the README.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Marks a field that holds codes of the vocabulary of this name."""

    name: str


STAGE_RANK: dict[str, int] = {
    "idea": 0,
    "prototype": 1,
    "mvp": 2,
    "pre_seed": 3,
    "seed": 4,
    "series_a": 5,
    "series_b": 6,
    "series_c": 7,
    "growth": 7,
    "acquired": 9,
}
"""Order of the stages; series C and growth stand level, ``acquired`` is terminal."""

SECTOR_PARENT: dict[str, str | None] = {
    "ict": None,
    "ai": "ict",
    "enterprise_software": "ict",
    "cybersecurity": "ict",
    "iot": "ict",
    "blockchain": "fintech",
    "fintech": None,
    "ecommerce": None,
    "martech": "ecommerce",
    "consumer": None,
    "logistics": None,
    "mobility": None,
    "edtech": None,
    "hrtech": "enterprise_software",
    "healthtech": None,
    "biotech": None,
    "agritech": None,
    "aquaculture": "agritech",
    "foodtech": None,
    "cleantech": None,
    "energy": "cleantech",
    "materials": None,
    "hardware": None,
    "semiconductor": "hardware",
    "robotics": "hardware",
    "manufacturing": None,
    "smart_city": None,
    "proptech": None,
    "travel": None,
    "media": None,
    "gaming": "media",
    "space": None,
    "deeptech": None,
    "all": None,
}

DEEPTECH = frozenset(
    "ai biotech semiconductor robotics materials space energy hardware manufacturing".split()
)
"""Sectors that the cross-cutting tag ``deeptech`` covers."""

PRIORITY_FIELDS: dict[str, str] = {
    "ecommerce": "NQ 20/2023/NQ-HĐND",
    "fintech": "NQ 20/2023/NQ-HĐND",
    "logistics": "NQ 20/2023/NQ-HĐND",
    "edtech": "NQ 20/2023/NQ-HĐND",
    "healthtech": "NQ 20/2023/NQ-HĐND",
    "agritech": "NQ 20/2023/NQ-HĐND",
    "cleantech": "NQ 20/2023/NQ-HĐND",
    "enterprise_software": "NQ 20/2023/NQ-HĐND",
    "cybersecurity": "NQ 20/2023/NQ-HĐND",
    "semiconductor": "Quỹ đầu tư mạo hiểm TP.HCM 2026",
    "ai": "Quỹ đầu tư mạo hiểm TP.HCM 2026",
    "biotech": "Quỹ đầu tư mạo hiểm TP.HCM 2026",
    "blockchain": "Quỹ đầu tư mạo hiểm TP.HCM 2026",
    "robotics": "Quỹ đầu tư mạo hiểm TP.HCM 2026",
    "energy": "Quỹ đầu tư mạo hiểm TP.HCM 2026",
}
"""Priority fields of Ho Chi Minh City and the text that names each: the nine fields of Resolution
20/2023/NQ-HĐND (digital transformation read as enterprise software, sustainable development as
cleantech), and the fields of the city's venture fund as reported on 2026-03-08 (cafef.vn)."""

PARENT_NEARNESS = 0.7
SIBLING_NEARNESS = 0.4
DEEPTECH_NEARNESS = 0.8

SECTOR_NEARNESS: dict[frozenset[str], float] = {
    frozenset(pair.split("/")): share
    for pair, share in {
        "healthtech/biotech": 0.6,
        "agritech/foodtech": 0.6,
        "aquaculture/foodtech": 0.5,
        "agritech/biotech": 0.4,
        "agritech/cleantech": 0.3,
        "foodtech/biotech": 0.4,
        "foodtech/consumer": 0.5,
        "ecommerce/logistics": 0.5,
        "ecommerce/consumer": 0.5,
        "ecommerce/fintech": 0.3,
        "ecommerce/enterprise_software": 0.3,
        "logistics/mobility": 0.5,
        "logistics/enterprise_software": 0.3,
        "mobility/energy": 0.4,
        "mobility/cleantech": 0.5,
        "mobility/smart_city": 0.6,
        "mobility/manufacturing": 0.3,
        "smart_city/proptech": 0.5,
        "smart_city/iot": 0.6,
        "smart_city/cleantech": 0.4,
        "proptech/cleantech": 0.2,
        "cleantech/materials": 0.5,
        "energy/materials": 0.4,
        "energy/manufacturing": 0.2,
        "manufacturing/robotics": 0.7,
        "manufacturing/hardware": 0.6,
        "manufacturing/materials": 0.5,
        "manufacturing/iot": 0.5,
        "hardware/iot": 0.7,
        "robotics/ai": 0.5,
        "semiconductor/iot": 0.4,
        "agritech/iot": 0.3,
        "agritech/robotics": 0.3,
        "healthtech/ai": 0.3,
        "healthtech/iot": 0.2,
        "biotech/materials": 0.3,
        "edtech/hrtech": 0.4,
        "edtech/media": 0.3,
        "media/martech": 0.5,
        "gaming/blockchain": 0.4,
        "gaming/edtech": 0.2,
        "fintech/cybersecurity": 0.4,
        "fintech/proptech": 0.3,
        "fintech/enterprise_software": 0.3,
        "travel/media": 0.2,
        "travel/ecommerce": 0.4,
        "travel/smart_city": 0.2,
        "space/robotics": 0.3,
        "space/hardware": 0.4,
        "martech/enterprise_software": 0.5,
        "martech/consumer": 0.3,
    }.items()
}

SERVICES: tuple[str, ...] = (
    "training",
    "product_dev",
    "market_access",
    "expansion",
    "mentoring",
    "lab_access",
    "pilot_customers",
    "investor_access",
    "funding",
    "grant",
    "cloud_credits",
    "workspace",
    "accommodation",
    "travel_support",
    "visa_support",
    "legal_setup",
    "ip_support",
    "regulatory",
    "translation",
    "talent",
)
CALL_NEEDS: tuple[str, ...] = SERVICES[:4]
"""The four needs of the city's call: training, product and technology completion, market seeking,
expansion abroad."""

SERVICE_NEARNESS: dict[frozenset[str], float] = {
    frozenset(pair.split("/")): share
    for pair, share in {
        "training/mentoring": 0.6,
        "product_dev/lab_access": 0.6,
        "product_dev/mentoring": 0.3,
        "product_dev/pilot_customers": 0.3,
        "market_access/expansion": 0.7,
        "market_access/pilot_customers": 0.6,
        "market_access/mentoring": 0.2,
        "expansion/legal_setup": 0.5,
        "expansion/pilot_customers": 0.4,
        "expansion/visa_support": 0.3,
        "expansion/investor_access": 0.2,
        "expansion/workspace": 0.2,
        "investor_access/funding": 0.6,
        "investor_access/mentoring": 0.2,
        "funding/grant": 0.4,
        "grant/cloud_credits": 0.2,
        "grant/travel_support": 0.3,
        "workspace/lab_access": 0.2,
        "accommodation/travel_support": 0.4,
        "visa_support/legal_setup": 0.4,
        "legal_setup/regulatory": 0.4,
        "ip_support/legal_setup": 0.3,
        "ip_support/product_dev": 0.2,
        "regulatory/product_dev": 0.2,
        "translation/market_access": 0.2,
        "talent/mentoring": 0.1,
    }.items()
}

BLOCS: dict[str, frozenset[str]] = {
    "ASEAN": frozenset("BN KH ID LA MY MM PH SG TH TL VN".split()),
    "EU": frozenset(
        "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()
    ),
    "APEC": frozenset("AU BN CA CL CN HK ID JP KR MY MX NZ PG PE PH RU SG TW TH US VN".split()),
    "CPTPP": frozenset("AU BN CA CL GB JP MX MY NZ PE SG VN".split()),
    "RCEP": frozenset("BN KH ID LA MY MM PH SG TH VN AU CN JP KR NZ".split()),
    "GCC": frozenset("AE BH KW OM QA SA".split()),
}
"""Members of each bloc (ISO 3166-1 alpha-2); ASEAN with Timor-Leste, a member since October 2025,
which RCEP's ASEAN members do not include."""

ANY_MARKET = "*"
"""Stands for every country, where it is known that any country is meant."""

COUNTRIES = frozenset(
    """AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG
    EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT
    HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR
    LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF
    NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
    SD SE SG SH SI SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ
    UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW""".split()
)

LANGUAGES = frozenset(
    """af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu he hi hr hu hy id
    is it ja ka kk km kn ko ky lb lo lt lv mk ml mn mr ms mt my ne nl no pa pl pt ro ru si sk sl sq
    sr sv sw ta te th tr uk ur uz vi zh""".split()
)

LEVELS: tuple[str, ...] = ("A1", "A2", "B1", "B2", "C1", "C2", "native")
"""Levels of the Common European Framework, and mother tongue, in rising order."""

TEST_SCORES_TO_LEVEL: dict[str, tuple[tuple[float, str], ...]] = {
    "IELTS": ((8.5, "C2"), (7.0, "C1"), (5.5, "B2"), (4.0, "B1")),
    "TOEIC": ((945, "C1"), (785, "B2"), (550, "B1"), (225, "A2"), (120, "A1")),
    "TOPIK": ((6, "C2"), (5, "C1"), (4, "B2"), (3, "B1"), (2, "A2"), (1, "A1")),
    "HSK": ((6, "C2"), (5, "C1"), (4, "B2"), (3, "B1"), (2, "A2"), (1, "A1")),
    "CLB": ((11, "C2"), (9, "C1"), (7, "B2"), (5, "B1"), (3, "A2"), (1, "A1")),
}
"""Lowest score of a test that stands for a level, highest first. IELTS: ielts.org's own CEFR
table; TOEIC: ETS's mapping of total scores; TOPIK, HSK and CLB: the usual rough equivalence, to be
confirmed by the programme."""

VOCABULARIES: Mapping[str, frozenset[str] | tuple[str, ...]] = {
    "stage": tuple(STAGE_RANK),
    "sector": tuple(SECTOR_PARENT),
    "service": SERVICES,
    "phase": ("tien_uom_tao", "uom_tao", "tang_toc"),
    "trl": tuple(f"TRL{n}" for n in range(1, 10)),
    "org_type": (
        "incubator",
        "accelerator",
        "landing_pad",
        "soft_landing",
        "university_incubator",
        "corporate_accelerator",
        "government_programme",
        "venture_builder",
        "visa_programme",
        "network",
        "innovation_hub",
        "science_park",
        "pre_accelerator",
        "open_innovation",
        "competition",
    ),
    "family": tuple("ABCDEF"),
    "direction": ("in", "out", "both"),
    "on_site": ("full", "part", "remote"),
    "funding_kind": ("grant", "safe", "equity", "credit", "prize"),
    "capacity_basis": ("cohort", "year", "site"),
    "status": ("open", "closed", "unknown"),
    "size": ("sme", "large"),
    "legal_status": ("team", "company", "foreign_parent"),
    "goal": ("learn", "finish_product", "first_customers", "raise_capital", "move_abroad"),
    "sex": ("female", "male", "other"),
    "source_kind": ("found", "known", "own"),
    "ruling": ("forced", "forbidden", "conflict"),
    "attribute": ("country", "organisation", "sector", "stage", "phase", "district"),
    "level": LEVELS,
    "bloc": tuple(BLOCS),
    "country": COUNTRIES,
    "language": LANGUAGES,
    "market": COUNTRIES | frozenset(BLOCS) | {ANY_MARKET},
    "currency": frozenset(
        """AED AUD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD IDR ILS INR JPY KRW MXN MYR NOK
        NZD PHP PLN QAR SAR SEK SGD THB TRY TWD USD VND""".split()
    ),
}


def knows(vocabulary: str, code: object) -> bool:
    """Say whether a vocabulary lists a code; raises KeyError for an unknown vocabulary."""
    return code in VOCABULARIES[vocabulary]


@cache
def sector_nearness(one: str, other: str) -> float:
    """How near two sectors are: same 1, parent and child 0.7, siblings 0.4, else as listed.

    ``all`` is no sector and is near to none; a rule treats it on its own.
    """
    if "all" in (one, other):
        return 0.0
    if one == other:
        return 1.0
    listed = SECTOR_NEARNESS.get(frozenset((one, other)), 0.0)
    return max(listed, _tree_nearness(one, other), _deeptech_nearness(one, other))


def _tree_nearness(one: str, other: str) -> float:
    parent, other_parent = SECTOR_PARENT[one], SECTOR_PARENT[other]
    if parent == other or other_parent == one:
        return PARENT_NEARNESS
    return SIBLING_NEARNESS if parent is not None and parent == other_parent else 0.0


def _deeptech_nearness(one: str, other: str) -> float:
    covered = {one, other} & DEEPTECH
    return DEEPTECH_NEARNESS if "deeptech" in (one, other) and covered else 0.0


@cache
def service_nearness(one: str, other: str) -> float:
    """How far one service stands in for another: the same 1, else as listed, else 0."""
    if one == other:
        return 1.0
    return SERVICE_NEARNESS.get(frozenset((one, other)), 0.0)


@cache
def expand(markets: tuple[str, ...]) -> frozenset[str]:
    """Replace every bloc by its member countries; ``*`` becomes all countries."""
    countries: set[str] = set()
    for market in markets:
        if market == ANY_MARKET:
            return COUNTRIES
        countries |= BLOCS.get(market, {market})
    return frozenset(countries)


def share_bloc(one: str, other: str) -> tuple[str, ...]:
    """Blocs of which both countries are members, in the order of :data:`BLOCS`."""
    return tuple(name for name, members in BLOCS.items() if one in members and other in members)


def level_rank(level: str) -> int:
    """Position of a language level, 0 for A1 to 6 for mother tongue."""
    return LEVELS.index(level)


def level_of_score(test: str, score: float) -> str | None:
    """CEFR level that a score of a named test stands for, or None below the lowest."""
    for lowest, level in TEST_SCORES_TO_LEVEL[test]:
        if score >= lowest:
            return level
    return None
