"""What a startup says: of a programme, and in answer to what an officer asks."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from data import questions, wishes
from matcher.errors import NotFound
from service.admin_api import Number
from service.pages.arriving import local
from service.pages.doors import Form, PageRoute, StartupVisit
from service.pages.frame import go_to


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route("/me/wishes", say_wish, methods=["POST"])
    pages.add_api_route("/me/questions/{number}", answer_question, methods=["POST"])
    return pages


def say_wish(visit: StartupVisit, form: Form) -> Response:
    """Keep what the startup says of a programme; it changes nothing of what the engine finds.

    Raises ProfileNotFound and UnknownCode.
    """
    programme_id, wish = form.get("programme"), form.get("wish")
    visit.parts.matchmaker.kept("programme", programme_id)
    with visit.writing() as conn:
        wishes.say(
            conn,
            visit.profile_id,
            programme_id,
            wish,
            who=visit.who,
            at=visit.at,
            why=form.get("why") or None,
        )
        visit.note(f"said {wish}", "programme", programme_id)
    return _back(local(form.get("back")) or "/me", wish)


def answer_question(visit: StartupVisit, number: Number, form: Form) -> Response:
    """Answer a question that an officer put; raises NotFound for one that was put to others."""
    with visit.writing() as conn:
        question = questions.get(conn, number)
        if (question.startup_id, question.ask) != (visit.profile_id, "startup"):
            raise NotFound(path=f"questions/{number}")
        questions.answer(conn, number, form.get("answer"), who=visit.who, at=visit.at)
        visit.note("answered", "startup", visit.profile_id, (question.rule,))
    return go_to("/me", "saved")


def _back(path: str, wish: str) -> Response:
    """To where it was said, and to its place there, unless it is folded away now."""
    page, mark, place = path.partition("#")
    query = urlencode({"said": f"wish_{wish}"})
    there = f"{page}{'&' if '?' in page else '?'}{query}"
    return go_to(there if wish == "not_for_me" else f"{there}{mark}{place}")
