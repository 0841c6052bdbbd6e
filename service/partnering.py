"""Which home incubators suit an organisation abroad: the partners' list from its other end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from matcher.errors import ProfileNotFound
from matcher.partners import partner_ids
from matcher.profile import Incubator, Programme
from matcher.ranking import Asker, Match, Ranking, Refusal, judge_pair
from matcher.weights import TEXT
from service.matchmaking import Answer, Matchmaker
from service.opening import HOME


def homes_of(matchmaker: Matchmaker) -> tuple[Incubator, ...]:
    """The incubators of the city's own country, by id."""
    kept = matchmaker.incubators
    return tuple(kept[id] for id in sorted(kept) if kept[id].country == HOME)


def partner_of(matchmaker: Matchmaker, partner_id: str) -> Incubator:
    """A partner abroad by its id; raises ProfileNotFound."""
    matchmaker.catch_up()
    roster = matchmaker.partners.roster
    if partner_id not in roster:
        raise ProfileNotFound(kind="incubator", id=partner_id, nearest=())
    partner: Incubator = roster.profiles[roster.place(partner_id)]
    return partner


def programmes_of(matchmaker: Matchmaker, partner_id: str) -> tuple[Programme, ...]:
    """The programmes that a partner runs, by name."""
    every = matchmaker.programmes.roster.profiles
    ids = partner_ids(every)
    mine = (programme for programme in every if ids[programme.id] == partner_id)
    return tuple(sorted(mine, key=lambda programme: (programme.name, programme.id)))


def pairs_of_partner(
    matchmaker: Matchmaker, partner: Incubator, homes: Iterable[Incubator]
) -> tuple[Answer, ...]:
    """The pair of each home incubator with a partner, best first, those refused last.

    Each is the answer that the incubator itself gets, with this partner alone in it; neighbours
    that the noise of the scale does not tell apart name each other.
    """
    with matchmaker.still():
        panel, pool = matchmaker.partner_panel, matchmaker.partners
        judged = []
        for home in homes:
            vector = matchmaker.shortlist.incubators.vector(home.id)
            asker = Asker(home, pool.likenesses({TEXT: vector}))
            judged.append((home, judge_pair(panel, pool.roster, asker, partner.id)))
        noise = panel.scale.noise
    judged.sort(key=lambda pair: (-_score(pair[1]), pair[0].id))
    return tuple(
        _answer(partner, home, _tied(judged, place, noise))
        for place, (home, _) in enumerate(judged)
    )


def _score(verdict: Match | Refusal) -> float:
    return verdict.score if isinstance(verdict, Match) else -1.0


def _tied(
    judged: list[tuple[Incubator, Match | Refusal]], place: int, noise: float
) -> Match | Refusal:
    """The verdict at a place with the neighbours that it is not told apart from."""
    verdict = judged[place][1]
    if isinstance(verdict, Refusal):
        return verdict
    beside = [judged[at] for at in (place - 1, place + 1) if 0 <= at < len(judged)]
    close = (
        home.id
        for home, other in beside
        if isinstance(other, Match) and abs(other.score - verdict.score) < noise
    )
    return replace(verdict, near_ties=tuple(close))


def _answer(partner: Incubator, home: Incubator, verdict: Match | Refusal) -> Answer:
    if isinstance(verdict, Match):
        ranking = Ranking((verdict,), (), 1, 0)
    else:
        ranking = Ranking((), (verdict,), 0, 1)
    return Answer(home, ranking, {}, {partner.id: partner})
