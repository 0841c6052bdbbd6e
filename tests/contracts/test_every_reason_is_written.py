"""Every reason, error, rule and field that the source knows has its sentence in every language.

The codes are read from the source itself: every call of ``passed``, ``fit``, ``blocked``,
``unknown``, ``Reason`` and ``Reason.of``. Codes that are put together when they run are told in
:data:`PUT_TOGETHER`, since no reading of the source can list them.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from data.texts import LANGUAGES, Texts
from matcher import errors, profile
from matcher.partner_rules import PARTNER_RULES, reciprocity
from matcher.ranking import LIKENESS_LEVELS
from matcher.rules import RULES
from matcher.rules.base import Coded, InLanguages, Reason, Sum
from matcher.taxonomy import LEVELS, PRIORITY_FIELDS
from matcher.weights import LIKENESSES

ROOT = Path(__file__).parents[2]
SOURCES = [
    *sorted((ROOT / "matcher" / "rules").glob("*.py")),
    *sorted((ROOT / "matcher" / "partner_rules").glob("*.py")),
    ROOT / "matcher" / "ranking.py",
    ROOT / "matcher" / "explaining.py",
    ROOT / "matcher" / "assignment" / "building.py",
    ROOT / "matcher" / "telling" / "why_placed.py",
    ROOT / "matcher" / "telling" / "moving.py",
    ROOT / "matcher" / "telling" / "what_if.py",
]
OF_ROUNDS = ("round", "placing", "moving", "what_if")
"""Tables of reasons that no rule gives, in reading order: those of a cohort's runs."""

VERDICTS = {"passed": 0, "fit": 1, "blocked": 0, "unknown": 0}
"""Functions that make a verdict, and the place of the code among their arguments."""

NEEDS = ("all", "some", "none", "ask_startup", "ask_programme")

PUT_TOGETHER = {
    ("window", "window.*"): ("window.open", "window.opens", "window.rolling"),
    ("reciprocity", "reciprocity.*"): tuple(f"reciprocity.{way}" for way in reciprocity.SHARES),
    ("ranking", "*.likeness"): tuple(f"{name}.likeness" for name in LIKENESSES),
    ("ranking", "*.ask_*"): tuple(
        f"{name}.ask_{silent}" for name in LIKENESSES for silent in ("startup", "programme")
    ),
    ("offers", "*"): (
        *(f"offers.{answer}" for answer in NEEDS),
        *(f"wants.{answer}" for answer in NEEDS[:3]),
    ),
}
"""Codes made by an expression, by the module and the pattern that the source shows of them."""

BORROWED = {"offers": "needs", "wants": "needs"}
"""Rules whose reasons carry on the facts of another rule's reasons."""

UNSAID = {
    "needs.all": {"unmet"},
    "needs.none": {"met"},
    "offers.all": {"unmet"},
    "offers.none": {"met"},
    "wants.all": {"unmet"},
    "wants.none": {"met"},
    "sector.same": {"theirs"},
    "sector.far": {"theirs"},
    "window.rolling": {"day"},
    "goal.unserved": {"service"},
    "stage.named": {"stages"},
    "market.opened": {"host"},
    "text.likeness": {"nearest"},
    "shared_sectors.few": {"shared"},
    "shared_sectors.shared": {"theirs"},
    "complement.nothing_new": {"services"},
    "placing.tie": {"free", "behind"},
    "placing.impossible": {"behind"},
}
"""Facts that a sentence leaves out, because in its case they are empty or say the same again."""


@dataclasses.dataclass(frozen=True)
class Spoken:
    """A code that the source gives, and the names of the facts that go with it."""

    code: str
    facts: frozenset[str]


def spoken() -> list[Spoken]:
    """Every code of the source, once for each call that gives it."""
    found = [s for path in SOURCES if path.name != "base.py" for s in _spoken_in(path)]
    facts = {s.code: s.facts for s in found}
    return [_with_borrowed_facts(s, facts) for s in found]


def _with_borrowed_facts(one: Spoken, facts: dict[str, frozenset[str]]) -> Spoken:
    rule, _, answer = one.code.partition(".")
    lender = f"{BORROWED.get(rule)}.{answer}"
    return Spoken(one.code, facts[lender]) if lender in facts else one


def _spoken_in(path: Path) -> Iterator[Spoken]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    for function in functions:
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and (code := _code_argument(call)) is not None:
                facts = frozenset(_facts(call, function))
                for text in _codes(code, function, tree, path.stem):
                    if text:  # an empty code stands for "no reason" and is never shown
                        yield Spoken(text, facts)


def _code_argument(call: ast.Call) -> ast.expr | None:
    """The argument of a call that is the code, or None where the call makes no reason."""
    match call.func:
        case ast.Name(id=name) if name in VERDICTS:
            return call.args[VERDICTS[name]]
        case ast.Name(id="Reason") | ast.Attribute(value=ast.Name(id="Reason"), attr="of"):
            return call.args[0]
    return None


def _codes(node: ast.expr, function: ast.FunctionDef, tree: ast.Module, module: str) -> list[str]:
    """Every text that an expression can be."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return [c for n in (one, other) for c in _codes(n, function, tree, module)]
        case ast.Name(id=name):
            values = _assigned(name, function)
            assert values, f"{module}: where does {name} come from?"
            return [c for n in values for c in _codes(n, function, tree, module)]
        case ast.Subscript(value=ast.Name(id=name)):
            tables = [v for v in _assigned(name, tree) if isinstance(v, ast.Dict)]
            return [c for t in tables for n in t.values for c in _codes(n, function, tree, module)]
    pattern = _pattern(node)
    assert (module, pattern) in PUT_TOGETHER, f"list the codes of {(module, pattern)!r}"
    return list(PUT_TOGETHER[module, pattern])


def _pattern(node: ast.expr) -> str:
    """The fixed pieces of a text that is put together, ``*`` for the others."""
    if not isinstance(node, ast.JoinedStr):
        return "*"
    return "".join(n.value if isinstance(n, ast.Constant) else "*" for n in node.values)


def _assigned(name: str, scope: ast.AST) -> list[ast.expr]:
    """What is assigned to a name anywhere in a function or module."""
    found = []
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Name) and t.id == name for t in targets):
                found.append(node.value)
    return found


def _facts(call: ast.Call, function: ast.FunctionDef) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg
            continue
        assert isinstance(keyword.value, ast.Name), "facts are spread from a named dict"
        for value in _assigned(keyword.value.id, function):
            assert isinstance(value, ast.Dict), "facts are spread from a literal dict"
            yield from (k.value for k in value.keys if isinstance(k, ast.Constant))


def placeholders(text: str) -> set[str]:
    """Names of the facts in a sentence."""
    return set(re.findall(r"\{(\w+)", text))


def texts_of(lang: str) -> dict[str, str]:
    """Every text of a language by dotted key."""
    texts = Texts(lang)
    return dict(texts._language.texts)


def error_classes() -> list[type[errors.CauNoiError]]:
    return [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.CauNoiError)
    ]


def profile_fields() -> set[str]:
    kinds = [k for _, k in inspect.getmembers(profile, dataclasses.is_dataclass)]
    markers = (profile.Longest, profile.Personal, profile.FieldForm)
    ours = [k for k in kinds if k.__module__ == profile.__name__ and k not in markers]
    return {field.name for kind in ours for field in dataclasses.fields(kind)}


SPOKEN = spoken()
CODES = sorted({s.code for s in SPOKEN})
RULE_NAMES = [*(rule.name for rule in (*RULES, *PARTNER_RULES)), *LIKENESSES]


def test_the_source_gives_reasons_at_all():
    assert len(CODES) > 100


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("one", SPOKEN, ids=lambda s: s.code)
def test_every_reason_has_a_sentence_with_the_facts_that_it_is_given(one, lang):
    texts = texts_of(lang)
    assert f"reason.{one.code}" in texts
    said = placeholders(texts[f"reason.{one.code}"])
    assert said == one.facts - UNSAID.get(one.code, set())


def test_facts_left_unsaid_are_given_by_the_source():
    given = {(s.code, fact) for s in SPOKEN for fact in s.facts}
    assert {(code, fact) for code, facts in UNSAID.items() for fact in facts} <= given


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_stands_for_a_reason_that_nobody_gives(lang):
    written = {k.removeprefix("reason.") for k in texts_of(lang) if k.startswith("reason.")}
    assert written == set(CODES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_name_stands_for_a_rule_that_does_not_exist(lang):
    for table in ("rule.", "rule_about."):
        written = {k.removeprefix(table) for k in texts_of(lang) if k.startswith(table)}
        assert written == set(RULE_NAMES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_question_to_the_startup_or_the_organiser_is_a_whole_request(lang):
    for code in CODES:
        if code.rpartition(".")[2] in ("ask_startup", "ask_programme"):
            assert texts_of(lang)[f"reason.{code}"].rstrip("]")[-1] in "?."


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", error_classes(), ids=lambda k: k.__name__)
def test_every_error_says_what_is_wrong_and_what_to_do_next(kind, lang):
    texts = texts_of(lang)
    named = set(re.findall(r"\w+", (kind.__doc__ or "").partition("Facts:")[2]))
    for part in ("title", "detail", "next"):
        text = texts[f"error.{errors.code_of(kind)}.{part}"]
        assert placeholders(text) <= named


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_stands_for_an_error_that_does_not_exist(lang):
    written = {k.split(".")[1] for k in texts_of(lang) if k.startswith("error.")}
    assert written == {errors.code_of(kind) for kind in error_classes()}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_error_shows_where_things_lie_inside_the_installation(lang):
    for kind in (errors.DatabaseUnavailable, errors.EncoderUnavailable):
        for part in ("title", "detail", "next"):
            assert not placeholders(texts_of(lang)[f"error.{errors.code_of(kind)}.{part}"])


def raised() -> Iterator[tuple[str, ast.Call]]:
    """Every place of the source that makes one of our errors, as ``file:line``, and the call."""
    names = {kind.__name__ for kind in error_classes()}
    for room in ("matcher", "models", "data", "service"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in names
                ):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_every_error_is_raised_with_the_facts_that_its_text_names():
    texts = texts_of("en")
    lacking = {}
    for place, call in raised():
        code = errors.code_of(getattr(errors, call.func.id))
        parts = (texts[f"error.{code}.{part}"] for part in ("title", "detail", "next"))
        given = {keyword.arg for keyword in call.keywords}
        missing = set().union(*map(placeholders, parts)) - given
        if (missing and None not in given) or call.args:
            lacking[place] = sorted(missing) or "facts are given by name"
    assert lacking == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_field_of_every_profile_has_a_name(lang):
    written = {k.removeprefix("field.") for k in texts_of(lang) if k.startswith("field.")}
    assert written == profile_fields()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_that_a_fact_can_be_is_written(lang):
    texts = texts_of(lang)
    levels = [*LEVELS, *(word for _, word in LIKENESS_LEVELS)]
    assert {f"words.level.{word}" for word in levels} <= set(texts)
    assert {f"words.priority.{source}" for source in PRIORITY_FIELDS.values()} <= set(texts)
    assert {f"words.kind.{kind}" for kind in profile.KINDS} <= set(texts)


def comparable(lang: str) -> dict[str, set[str]]:
    """Placeholders of every text by key, without the plural forms that only some languages have."""
    return {
        key: placeholders(text)
        for key, text in texts_of(lang).items()
        if not key.startswith("unit.") or key.endswith(".other")
    }


@pytest.mark.parametrize("lang", LANGUAGES[1:])
def test_all_languages_have_the_same_keys_and_placeholders(lang):
    first = comparable(LANGUAGES[0])
    other = comparable(lang)
    assert set(first) ^ set(other) == set()
    assert {key for key in first if first[key] != other[key]} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_language_files_are_nfc_and_their_sentences_are_trimmed(lang):
    source = (ROOT / "data" / "languages" / f"{lang}.toml").read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", source)
    for key, text in texts_of(lang).items():
        assert text == " ".join(text.split()), key
        assert text.count("[[") == text.count("]]"), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_language_files_have_their_tables_in_the_order_of_the_first_language(lang):
    source = ROOT / "data" / "languages"
    first, this = (
        list(tomllib.loads((source / f"{name}.toml").read_text(encoding="utf-8"))["reason"])
        for name in (LANGUAGES[0], lang)
    )
    assert this == first == [name for name in _reading_order() if name in first]


def _reading_order() -> list[str]:
    rules = [*(r.name for r in RULES), *LIKENESSES, *(r.name for r in PARTNER_RULES)]
    return [*rules, *OF_ROUNDS]


def sample(fact: str, form: str) -> object:
    """A value of the kind that a fact of this name has."""
    if form:
        return 3
    return {
        "day": date(2026, 3, 31),
        "condition": InLanguages("Own patents", "Có bằng sáng chế"),
        "limit": Sum(2e9, "VND"),
        "level": "B2",
        "homes": Coded("country", ("VN", "SG")),
    }.get(fact, 3)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_a_reason_reads_well_with_all_of_its_facts_and_with_none(code, lang):
    texts = Texts(lang)
    forms = dict(re.findall(r"\{(\w+):?(\w*)\}", texts_of(lang)[f"reason.{code}"]))
    full = {fact: sample(fact, form) for fact, form in forms.items()}
    for facts in (full, *({**full, absent: None} for absent in full)):
        sentence = texts.reason(Reason.of(code, **facts))
        assert not re.search(r"[{}]|\[\[|\]\]|  | [.,;?]", sentence), sentence
        assert sentence[0].isupper()
        assert sentence[-1] in ".?"


def screen_keys() -> Iterator[tuple[str, str, set[str]]]:
    """Every plain screen key that the service asks for: its place, the key, the facts given."""
    for path in sorted((ROOT / "service").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            asked = {"say": node.args[:1], "screen": node.args[:1], "table": node.args}
            facts = {k.arg if k.arg is not None else "*" for k in node.keywords}
            for key in asked.get(node.func.attr, ()):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield f"{path.name}:{node.lineno}", key.value, facts


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_screen_text_that_the_service_asks_for_is_written_with_its_facts(lang):
    texts = texts_of(lang)
    for place, key, facts in screen_keys():
        assert f"screen.{key}" in texts, place
        assert "*" in facts or placeholders(texts[f"screen.{key}"]) <= facts, place


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_that_the_doctor_finds_has_its_remedy(lang):
    source = (ROOT / "service" / "doctor.py").read_text(encoding="utf-8")
    remedies = set(re.findall(r'"(\w+_remedy)"', source))
    assert {f"screen.doctor.{remedy}" for remedy in remedies} <= set(texts_of(lang))
