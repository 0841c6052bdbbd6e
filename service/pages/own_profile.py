"""A startup's own profile: registered by the fewest questions, then made fuller one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from data import drafts
from data.bodies import body_of
from data.drafts import Draft
from data.engines import reading, transaction
from data.texts import ErrorText
from matcher.errors import InvalidField, NotFound, Stale
from matcher.profile import Programme, Startup
from matcher.rules.base import Change
from matcher.taxonomy import VOCABULARIES
from service.effects import Effect, Standing, open_with, standing
from service.pages.arriving import local
from service.pages.doors import Form, PageRoute, PageVisit, StartupVisit
from service.pages.frame import frame_of, go_to, render
from service.pages.own_asks import ASKS, FIRST, GROUPS, NEEDED, Group
from service.pages.own_controls import Around, Control, OpenAt, controls, filled
from service.pages.own_saving import Faulty, Own, amend, own_of, patch_of, register, trial_of
from service.pages.posted import Posted

PATH = "/me/profile"
NEXT, START = "next", "start"
ASKED_AT_ONCE = 3
"""Questions that are put at a time once there are matches."""

ASKED_ELSEWHERE = frozenset({"employees", "parent_country"})
"""Fields that are not asked for on their own, since another field of the same rule is."""

TRIED: dict[str, tuple[tuple[str, object], ...]] = {
    field: tuple((code, code) for code in VOCABULARIES[field])
    for field in ("stage", "size", "legal_status")
} | {"will_incorporate_abroad": (("yes", True), ("no", False))}
"""Fields whose every answer is tried on the engine, each as a form writes it and as it is kept."""

NO_ANSWER = frozenset({"csrf", "fields", "version", "part", "back"})
"""Fields of the form that are no answers."""


@dataclass(frozen=True, slots=True)
class Filled:
    """How much of a group of questions is answered."""

    name: str
    known: int
    total: int


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """The form that is open, and where else one may go.

    ``part`` is the group, the single field, or :data:`NEXT`; ``drafted`` is a draft that fills the
    form and was not sent; ``left`` how many open questions some programme still waits for.
    """

    name: str | None
    part: str
    fields: str
    back: str
    version: int
    controls: tuple[Control, ...]
    error: ErrorText | None
    drafted: Draft | None
    groups: tuple[Filled, ...]
    standing: Standing
    left: int


@dataclass(frozen=True, slots=True)
class _Part:
    """Which questions are put, and under which name their draft is kept."""

    name: str
    fields: tuple[str, ...]
    back: str = ""


def router() -> APIRouter:
    """The routes."""
    pages = APIRouter(route_class=PageRoute, include_in_schema=False)
    pages.add_api_route(PATH, profile_page, methods=["GET"])
    pages.add_api_route(PATH, save_profile, methods=["POST"])
    pages.add_api_route(f"{PATH}/draft", keep_draft, methods=["POST"])
    pages.add_api_route(f"{PATH}/discard", discard_draft, methods=["POST"])
    return pages


def profile_page(
    request: Request, visit: StartupVisit, part: str = "", field: str = "", back: str = ""
) -> HTMLResponse:
    """The questions that matter most now, or those of a group, or a single one."""
    own = own_of(visit)
    with reading(visit.parts.engine) as conn:
        first = drafts.get(conn, visit.account.id, START) if own.profile is None else None
    lang = visit.texts.lang
    begun = Posted(first.fields) if first else _untyped(own, _Part(START, FIRST[lang]), lang)
    seen = own.profile or trial_of(patch_of(begun, FIRST[lang], lang))
    now = standing(visit.parts.matchmaker, seen)
    asked = _asked(own, now, part or field, local(back), visit.texts.lang)
    with reading(visit.parts.engine) as conn:
        draft = first or drafts.get(conn, visit.account.id, asked.name)
    form = Posted(draft.fields) if draft else _untyped(own, asked, visit.texts.lang)
    return _show(request, visit, own, now, asked, form, draft=draft)


def save_profile(request: Request, visit: StartupVisit, form: Form) -> Response:
    """Keep the answers; those that do not hold are shown again beside what is wrong."""
    asked = _posted_part(form)
    own = own_of(visit)
    patch = patch_of(form, asked.fields, visit.texts.lang)
    faults: dict[str, ErrorText] = {}
    try:
        if own.profile is None:
            register(visit, patch, asked.name)
            return go_to("/me", "registered")
        amend(visit, patch, _whole(form.get("version")), asked.name)
    except Faulty as faulty:
        faults, error = faulty.said(visit.texts), None
    except Stale as stale:
        own, error = own_of(visit), visit.texts.error(stale)
    else:
        return go_to(asked.back or f"{PATH}?part={asked.name}", "answers_saved")
    _keep(visit, asked.name, form)
    now = standing(visit.parts.matchmaker, own.profile or trial_of(patch))
    status = 412 if error else 422
    return _show(request, visit, own, now, asked, form, faults=faults, error=error, status=status)


def keep_draft(request: Request, visit: StartupVisit, form: Form) -> JSONResponse:
    """Keep what was typed so far, and say what is open with it."""
    asked = _posted_part(form)
    _keep(visit, asked.name, form)
    here = frame_of(request, visit)
    said = here.t("registering.draft_kept", at=f"{here.moment(visit.at)}")
    if visit.account.profile_id is None:
        trial = trial_of(patch_of(form, asked.fields, visit.texts.lang))
        now = standing(visit.parts.matchmaker, trial)
        said += " " + here.t("registering.open_so_far", n=now.open)
    return JSONResponse({"said": said})


def discard_draft(visit: StartupVisit, form: Form) -> Response:
    """Forget what was typed and not sent."""
    asked = _posted_part(form)
    with visit.writing() as conn:
        drafts.drop(conn, visit.account.id, asked.name)
    query = "" if asked.name in (NEXT, START) else f"?part={asked.name}"
    return go_to(PATH + query, "draft_discarded")


def next_questions(profile: Startup, now: Standing, lang: str) -> tuple[Effect, ...]:
    """What is unknown and some programme waits for, most awaited first."""
    other = "en" if lang == "vi" else "vi"
    open_ = [
        effect
        for effect in now.effects
        if effect.waiting
        and effect.field in ASKS
        and effect.field not in ASKED_ELSEWHERE
        and not effect.field.endswith(f"_{other}")
        and getattr(profile, effect.field) in (None, ())
    ]
    return tuple(sorted(open_, key=lambda one: (-one.waiting, -one.points)))


def _asked(own: Own, now: Standing, part: str, back: str, lang: str) -> _Part:
    """The questions of a part; raises NotFound for a part that there is not."""
    if own.profile is None:
        return _Part(START, FIRST[lang])
    if part in ("", NEXT):
        waited = next_questions(own.profile, now, lang)
        return _Part(NEXT, tuple(effect.field for effect in waited[:ASKED_AT_ONCE]))
    if part in ASKS:
        return _Part(part, (part,), back)
    fields = next((group.fields for group in GROUPS if group.name == part), None)
    if fields is None:
        raise NotFound(path=PATH)
    return _Part(part, fields)


def _posted_part(form: Posted) -> _Part:
    """The questions that a form says it has put; raises InvalidField for others than ours."""
    fields = tuple(filter(None, form.get("fields").split(",")))
    name = form.get("part")
    known = name in ASKS or name in (NEXT, *(group.name for group in GROUPS))
    if not known or not fields or not set(fields) <= set(ASKS):
        raise InvalidField(field="fields", value=",".join(fields)[:80], expected="text")
    return _Part(name, fields, local(form.get("back")))


def _show(
    request: Request,
    visit: PageVisit,
    own: Own,
    now: Standing,
    asked: _Part,
    form: Posted,
    *,
    draft: Draft | None = None,
    faults: Mapping[str, ErrorText] | None = None,
    error: ErrorText | None = None,
    status: int = 200,
) -> HTMLResponse:
    lang = visit.texts.lang
    seen = own.profile or trial_of(patch_of(form, asked.fields, lang))
    needed = (*NEEDED, f"product_{lang}") if own.profile is None else ("name",)
    around = Around(visit.texts, now, _programmes(visit), _open_at(visit, seen, asked.fields))
    page = ProfilePage(
        name=own.profile.name if own.profile else None,
        part=asked.name,
        fields=",".join(asked.fields),
        back=asked.back,
        version=own.version,
        controls=controls(asked.fields, form, around, faults or {}, needed),
        error=error,
        drafted=draft,
        groups=() if own.profile is None else _groups(own.profile),
        standing=now,
        left=0 if own.profile is None else len(next_questions(own.profile, now, lang)),
    )
    return render(request, "me_profile.html", page, visit=visit, status=status)


def _programmes(visit: PageVisit) -> tuple[Programme, ...]:
    return tuple(visit.parts.matchmaker.programmes.roster.profiles)


def _open_at(visit: PageVisit, profile: Startup, fields: Sequence[str]) -> OpenAt:
    """How many programmes would be open with each answer, where the answers are few."""
    tried = [field for field in fields if field in TRIED]
    pairs = [(field, text, value) for field in tried for text, value in TRIED[field]]
    changes = [Change(field, value) for field, _, value in pairs]
    counts = open_with(visit.parts.matchmaker, profile, changes) if changes else []
    found: dict[str, dict[str, int]] = {field: {} for field in tried}
    for (field, text, _), count in zip(pairs, counts, strict=True):
        found[field][text] = count
    return found


def _untyped(own: Own, asked: _Part, lang: str) -> Posted:
    """The form before anything is typed."""
    if own.profile is not None:
        return filled(own.profile, asked.fields, lang)
    city = "TP. Hồ Chí Minh" if lang == "vi" else "Ho Chi Minh City"
    return Posted((("country", "VN"), ("city", city)))


def _groups(profile: Startup) -> tuple[Filled, ...]:
    body = body_of(profile)
    return tuple(_filled(group, body) for group in GROUPS)


def _filled(group: Group, body: Mapping[str, object]) -> Filled:
    known = sum(body[field] is not None for field in group.fields)
    return Filled(group.name, known, len(group.fields))


def _keep(visit: PageVisit, name: str, form: Posted) -> None:
    typed = [(n, value) for n, value in form.kept() if n not in NO_ANSWER]
    with transaction(visit.parts.engine) as conn:
        drafts.keep(conn, visit.account.id, name, typed, at=visit.at)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
