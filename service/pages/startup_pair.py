"""One startup and one programme in full; decisions on the pair, its questions and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from data import decisions, profiles, questions, wishes
from data.decisions import KNOWN, Decision
from data.questions import Question
from data.texts import ErrorText
from data.wishes import Wish
from matcher.errors import CauNoiError, NotFound, ReasonNeeded, UnknownCode
from matcher.profile import Programme
from service import decisions_api, matches_api
from service.answers import ExplanationOut
from service.deciding import LONGEST_WHY
from service.matchmaking import EXCLUDING
from service.pages.arriving import local
from service.pages.doors import Form, OfficerVisit, PageVisit
from service.pages.frame import go_to, render
from service.pages.programme_facts import Story, story_of
from service.pages.startup_cards import QuestionLine, question_lines
from service.pages.startup_facts import Fact, programme_facts

TARGET = "programme"
TAKES_BACK = "withdrawn"
POSITIVE = tuple(word for word in KNOWN if word not in (*EXCLUDING, TAKES_BACK))
"""Decisions that go on with a pair: where the rules refuse it, they need a reason."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form of a decision, and what was wrong with it."""

    decision: str = ""
    why: str = ""
    error: ErrorText | None = None


@dataclass(frozen=True, slots=True)
class PairPage:
    """The page.

    Attributes
    ----------
    waiting, put
        Questions that were asked and wait for an answer, and the answers to those that the
        profiles leave open no more; of the others the last answer stands beside the question.
    stands
        The decision that counts.
    wish
        What the startup itself said of the programme.
    """

    told: ExplanationOut
    programme: Programme
    facts: tuple[Fact, ...]
    story: Story | None
    lines: tuple[QuestionLine, ...]
    waiting: tuple[QuestionLine, ...]
    put: tuple[QuestionLine, ...]
    history: tuple[Decision, ...]
    stands: Decision | None
    wish: Wish | None
    typed: Typed
    choices: tuple[str, ...]
    longest_why: int = LONGEST_WHY
    longest_answer: int = questions.LONGEST_ANSWER

    @property
    def is_open(self) -> bool:
        """Whether no rule refuses the pair."""
        return not self.told.blocked

    def of_side(self, side: str) -> tuple[QuestionLine, ...]:
        """The questions that go to a side."""
        return tuple(line for line in self.lines if line.ask == side)


def add_routes(pages: APIRouter) -> None:
    """Add the routes of a pair."""
    pair = "/startups/{id}/programmes/{programme_id}"
    pages.add_api_route(pair, pair_page, methods=["GET"])
    for form in ("decisions", "questions", "questions/{number}"):
        pages.add_api_route(f"{pair}/{form}", lead_back, methods=["GET"])
    pages.add_api_route(f"{pair}/decisions", decide, methods=["POST"])
    pages.add_api_route(f"{pair}/questions", ask, methods=["POST"])
    pages.add_api_route(f"{pair}/questions/{{number}}", answer, methods=["POST"])


def pair_page(request: Request, visit: OfficerVisit, id: str, programme_id: str) -> HTMLResponse:
    """Every part, gate, question and proved change, with what was decided and by whom."""
    return _shown(request, visit, id, programme_id, Typed())


def lead_back(request: Request, visit: OfficerVisit, id: str, programme_id: str) -> Response:
    """Where forms are sent to there is nothing to read: lead to the pair, in the language asked."""
    return go_to(f"/startups/{id}/programmes/{programme_id}?{request.url.query}".rstrip("?"))


def decide(
    request: Request, visit: OfficerVisit, id: str, programme_id: str, form: Form
) -> Response:
    """Record a decision; against the rules only with a reason. Raises as the API does."""
    typed = Typed(form.get("decision"), form.get("why"))
    try:
        _check_reason(visit, id, programme_id, typed)
        decisions_api.record(visit, id, TARGET, programme_id, typed.decision, typed.why or None)
    except (ReasonNeeded, UnknownCode) as error:
        wrong = Typed(typed.decision, typed.why, visit.texts.error(error))
        return _shown(request, visit, id, programme_id, wrong, error)
    return go_to(_back(form.get("back"), id, programme_id, "decided"))


def ask(visit: OfficerVisit, id: str, programme_id: str, form: Form) -> Response:
    """Put one question that is open, or all to one side that were never put.

    Raises UnknownCode for a rule that has no open question.
    """
    told = matches_api.explain_pair(visit, id, programme_id)
    rule, side = form.get("rule"), form.get("side")
    chosen = [one for one in told.checks if one.rule == rule or (not rule and one.ask == side)]
    if not chosen:
        raise UnknownCode(field="rule", value=rule[:80], known=tuple(c.rule for c in told.checks))
    with visit.writing() as conn:
        before = {one.rule for one in questions.of_pair(conn, id, programme_id)}
        new = [one for one in chosen if rule or one.rule not in before]
        visit.note("asked", "startup", id, tuple(one.rule for one in new))
        for one in new:
            questions.ask(conn, id, programme_id, one.rule, one.ask, who=visit.who, at=visit.at)
    return go_to(_back(form.get("back"), id, programme_id, "asked"))


def answer(visit: OfficerVisit, id: str, programme_id: str, number: int, form: Form) -> Response:
    """Keep the answer to a question of this pair; raises NotFound for one of another."""
    with visit.writing() as conn:
        kept = questions.answer(conn, number, form.get("answer"), who=visit.who, at=visit.at)
        if (kept.startup_id, kept.programme_id) != (id, programme_id):
            raise NotFound(path=f"questions/{number}")
        visit.note("answered", "startup", id, (kept.rule,))
    return go_to(_back(form.get("back"), id, programme_id, "answered"))


def _check_reason(visit: PageVisit, id: str, programme_id: str, typed: Typed) -> None:
    """Refuse a decision that goes on with a refused pair and does not say why.

    Raises ReasonNeeded.
    """
    if typed.decision not in POSITIVE or typed.why:
        return
    told = matches_api.explain_pair(visit, id, programme_id)
    if told.blocked:
        raise ReasonNeeded(programme=told.programme.name)


def _shown(
    request: Request,
    visit: PageVisit,
    id: str,
    programme_id: str,
    typed: Typed,
    error: CauNoiError | None = None,
) -> HTMLResponse:
    told = matches_api.explain_pair(visit, id, programme_id)
    with visit.reading() as conn:
        programme = profiles.get(conn, "programme", programme_id)
        history = decisions.decisions_about(conn, id, TARGET, programme_id)
        put = questions.of_pair(conn, id, programme_id)
        wished = [w for w in wishes.latest(conn, id) if w.programme_id == programme_id]
    assert isinstance(programme, Programme)  # noqa: S101 - narrows a type
    page = _page(visit, told, programme, history, put, wished[0] if wished else None, typed)
    status = 200 if error is None else error.status
    return render(request, "startup_pair.html", page, visit=visit, status=status)


def _page(
    visit: PageVisit,
    told: ExplanationOut,
    programme: Programme,
    history: tuple[Decision, ...],
    put: tuple[Question, ...],
    wish: Wish | None,
    typed: Typed,
) -> PairPage:
    texts = visit.texts
    open_ = question_lines(told.checks, put, texts)
    shown = {line.put.id for line in open_ if line.put is not None}
    others = tuple(
        QuestionLine(one.rule, texts.rule(one.rule), one.ask, "", one)
        for one in put
        if one.id not in shown
    )
    last = history[-1] if history else None
    return PairPage(
        told,
        programme,
        programme_facts(programme, texts),
        story_of(programme, texts.lang),
        open_,
        tuple(line for line in (*open_, *others) if line.put is not None and line.put.is_open),
        tuple(line for line in others if line.put is not None and not line.put.is_open),
        history[::-1],
        None if last is None or last.decision == TAKES_BACK else last,
        wish,
        typed,
        (*POSITIVE, *EXCLUDING),
    )


def _back(given: str, id: str, programme_id: str, said: str) -> str:
    """Where a form leads back to: a list of either side at this pair, or the page of the pair."""
    lists = {f"/startups/{id}": f"p-{programme_id}", f"/programmes/{programme_id}": f"s-{id}"}
    path = local(given)
    place = lists.get(urlsplit(path).path)
    if place is None:
        return f"/startups/{id}/programmes/{programme_id}?said={said}"
    glue = "&" if "?" in path else "?"
    return f"{path}{glue}said={said}#{place}"
