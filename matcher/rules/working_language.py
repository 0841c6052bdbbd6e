"""Gate: a language that the team and the programme share, at the level asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.profile import LanguageSkill, Programme, Startup
from matcher.rules.base import Change, Coded, Kind, Rule, Verdict, blocked, passed, unknown
from matcher.taxonomy import level_rank

Skills = tuple[tuple[str, str | None], ...]


def startup_key(startup: Startup, _on: date) -> Skills | None:
    """Languages of the team with their levels, in alphabetical order."""
    return skills(startup)


def skills(startup: Startup) -> Skills | None:
    """Languages with the best level given for each, in alphabetical order."""
    if startup.languages is None:
        return None
    best: dict[str, str | None] = {}
    for skill in startup.languages:
        known = best.get(skill.language)
        higher = skill.level and (known is None or level_rank(skill.level) > level_rank(known))
        best[skill.language] = skill.level if higher else known
    return tuple(sorted(best.items()))


def programme_key(programme: Programme, _on: date) -> tuple[tuple[str, ...] | None, str | None]:
    """Working languages, and the least level asked."""
    return programme.languages, programme.min_language_level


def judge(spoken: Skills | None, asked: tuple[tuple[str, ...] | None, str | None]) -> Verdict:
    """No shared language, or only at too low a level, is refused."""
    languages, least = asked
    if not languages:
        return unknown("working_language.ask_programme")
    named = Coded("language", languages)
    if spoken is None:
        return unknown("working_language.ask_startup", languages=named)
    shared = [(code, level) for code, level in spoken if code in languages]
    if not shared:
        return blocked("working_language.none_shared", languages=named)
    common = Coded("language", tuple(code for code, _ in shared))
    if least is None or any(lvl and level_rank(lvl) >= level_rank(least) for _, lvl in shared):
        return passed("working_language.shared", languages=common)
    if any(level is None for _, level in shared):
        return unknown("working_language.level.ask_startup", languages=common, level=least)
    return blocked("working_language.too_low", languages=common, level=least)


def remedies(startup: Startup, programme: Programme, _on: date) -> Iterable[Change]:
    """Bring one of the programme's languages to the level asked, or to B2."""
    level = programme.min_language_level or "B2"
    for language in (programme.languages or ())[:2]:
        known = dict(skills(startup) or ()).get(language)
        if known is None or level_rank(known) < level_rank(level):
            others = tuple(s for s in startup.languages or () if s.language != language)
            yield Change("languages", (*others, LanguageSkill(language, level)))


RULE = Rule("working_language", Kind.GATE, startup_key, programme_key, judge, remedies)
