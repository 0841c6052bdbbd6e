"""A page as it leaves: its template, its texts, and how dates, numbers and money are written."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from urllib.parse import quote, urlencode

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from data.folding import place_name
from data.taxonomies import name_of
from data.texts import CITY, LANGUAGES, Texts
from service.pages.doers import doer
from service.pages.files import address_of
from service.pages.menu import Entry, menu_of
from service.security import Visit

LOCALES = {"vi": "vi_VN", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page knows beside what it is about.

    Attributes
    ----------
    csrf
        What each of its forms sends along.
    visit
        Who is signed in, or None.
    said
        A sentence that tells what was just done, by its key, or None.
    """

    texts: Texts
    request: Request
    csrf: str
    visit: Visit | None
    said: str | None

    @property
    def lang(self) -> str:
        """Language of the page."""
        return self.texts.lang

    @property
    def path(self) -> str:
        """Path of the page."""
        return path_of(self.request)

    @property
    def form_token(self) -> str:
        """The token of a form, written differently in every answer; see :func:`masked`."""
        return masked(self.csrf)

    @property
    def menu(self) -> tuple[Entry, ...]:
        """Where the person may go from here."""
        return () if self.visit is None else menu_of(self.visit.key.role)

    def here_in(self, lang: str) -> str:
        """This page's address in another language."""
        return f"{self.path}?{urlencode([*self._query_without('lang'), ('lang', lang)])}"

    def with_query(self, **changes: object) -> str:
        """This page's address with some of its query changed; None takes one out."""
        kept = self._query_without(*changes)
        added = [(name, str(value)) for name, value in changes.items() if value is not None]
        query = urlencode([*kept, *added])
        return f"{self.path}?{query}" if query else self.path

    def _query_without(self, *names: str) -> list[tuple[str, str]]:
        items = self.request.query_params.multi_items()
        return [(name, value) for name, value in items if name not in (*names, "said")]

    # -- how facts are written -----------------------------------------------------------

    def t(self, key: str, /, **facts: object) -> str:
        """A text of the pages; raises KeyError for a key that is not written."""
        return self.texts.page(key, **facts)

    def number(self, value: float, digits: int = 0) -> str:
        """A number with so many digits after the point at most."""
        form = "#,##0." + "#" * digits if digits else "#,##0"
        return _number(value or 0, form, LOCALES[self.lang])

    def points(self, value: float) -> str:
        """Points to the hundredth, with all their digits, so that columns line up."""
        return points(float(value), self.lang)

    def percent(self, share: float, digits: int = 0) -> str:
        """A share of 0 to 1 as a percentage."""
        form = "#,##0." + "0" * digits + "%" if digits else "#,##0%"
        return _percent(share or 0, form, LOCALES[self.lang])

    def day(self, value: date | None) -> str:
        """A day as it is written in the language; a dash where it is not known."""
        if value is None:
            return "–"
        form = "dd/MM/yyyy" if self.lang == "vi" else "d MMM yyyy"
        return str(format_date(value, form, locale=LOCALES[self.lang]))

    def moment(self, value: datetime | None) -> str:
        """A moment in the city's time; a dash where there is none."""
        if value is None:
            return "–"
        form = "HH:mm dd/MM/yyyy" if self.lang == "vi" else "d MMM yyyy, HH:mm"
        local = value.astimezone(CITY)
        return str(format_datetime(local, form, locale=LOCALES[self.lang]))

    def name(self, vocabulary: str, code: str) -> str:
        """A code's name in the language."""
        return name_of(vocabulary, code, self.lang)

    def city(self, name: str) -> str:
        """A city's name in the language."""
        return place_name(name, self.lang)

    def doer(self, who: str) -> str:
        """Who did something: a person by the name alone, a program by what it is."""
        return doer(who, self.texts).split(" <")[0]

    def value(self, value: object, form: str | None = None) -> str:
        """Any fact, written as reasons write it."""
        return self.texts.value(value, form)

    def content(self, kind: type, field: str, value: object) -> str:
        """What a field of a profile holds."""
        return self.texts.content(kind, field, value)


@lru_cache(maxsize=20_002)
def points(value: float, lang: str) -> str:
    """Points as a language writes them: a page has hundreds, of 10,001 there are in all."""
    return str(format_decimal(value, "#,##0.00", locale=LOCALES[lang]))


@lru_cache(maxsize=10_000, typed=True)
def _number(value: float, form: str, locale: str) -> str:
    return str(format_decimal(value, form, locale=locale))


@lru_cache(maxsize=10_000, typed=True)
def _percent(share: float, form: str, locale: str) -> str:
    return str(format_percent(share, form, locale=locale))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("service"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["file"] = address_of
    environment.filters["points"] = points
    environment.filters["nbsp"] = lambda text: Markup("&nbsp;").join(str(text).split(" "))
    environment.filters["lower_first"] = lambda text: text[:1].lower() + text[1:]
    return environment


def render(
    request: Request,
    template: str,
    page: object,
    *,
    visit: Visit | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    """Write a page.

    ``page`` is a frozen dataclass, which the template reads as ``page``; the frame is ``here``, and
    ``t`` is its text by key. A name that neither has is an error.
    """
    here = frame_of(request, visit)
    t: Callable[..., str] = here.t
    body = _environment().get_template(template).render(page=page, here=here, t=t)
    given = {"Content-Language": here.lang} | (headers or {})
    return HTMLResponse(body, status, given)


def frame_of(request: Request, visit: Visit | None = None) -> Frame:
    """The frame of a request."""
    asked = request.query_params.get("said", "")
    texts = visit.texts if visit else Texts(page_language(request))
    said = f"said.{asked}" if f"said.{asked}" in texts.page_keys else None
    return Frame(texts, request, getattr(request.state, "csrf", ""), visit, said)


def path_of(request: Request) -> str:
    """The path of a request as it may stand in a link: one slash at its head, since two would name
    another site, and nothing that a browser would read otherwise."""
    return "/" + quote(str(request.scope["path"]).lstrip("/\\"), safe="/~!$&'()*+,;=:@")


def page_language(request: Request, own: str | None = None) -> str:
    """The language of a page: asked for, chosen before, of the account, or of the browser."""
    from service.problems import language_of

    for given in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE), own):
        if given in LANGUAGES:
            return given
    return language_of(request)


LANGUAGE_COOKIE = "__Host-caunoi-lang"


def go_to(path: str, said: str | None = None) -> Response:
    """Send the browser on after a change (303), with the key of what to say there."""
    if said is not None:
        path += ("&" if "?" in path else "?") + urlencode({"said": said})
    return RedirectResponse(path, 303)


def masked(token: str) -> str:
    """A token under a mask that changes, so that its letters cannot be guessed one by one from the
    lengths of compressed answers (BREACH)."""
    plain = token.encode()
    mask = secrets.token_bytes(len(plain))
    hidden = bytes(a ^ b for a, b in zip(plain, mask, strict=True))
    return (mask + hidden).hex()


def unmasked(text: str) -> bytes:
    """The token under its mask; of anything else, nothing."""
    try:
        both = bytes.fromhex(text)
    except ValueError:
        return b""
    half = len(both) // 2
    return bytes(a ^ b for a, b in zip(both[:half], both[half:], strict=False))
