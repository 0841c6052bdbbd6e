"""A startup's dates as an iCalendar file (RFC 5545), for calendar programmes to read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import icalendar

from data.texts import Texts
from service.pages.own_terms import Event as Happening

ICS = "text/calendar; charset=utf-8"
PRODUCT = "-//Cau Noi//Lich startup//VI"


def calendar_file(events: Iterable[Happening], texts: Texts, at: datetime) -> bytes:
    """All-day events with ids that stay the same from one reading to the next.

    An intake of which only the month is known takes the whole month and blocks no time.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", texts.page("own.calendar.name"))
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(_event(event, texts, at))
    return bytes(calendar.to_ical())


def _event(event: Happening, texts: Texts, at: datetime) -> icalendar.Event:
    programme = event.programme
    entry = icalendar.Event()
    entry.add("uid", f"{event.kind}-{event.day.isoformat()}-{programme.id}@caunoi")
    entry.add("dtstamp", at)
    entry.add("dtstart", event.day)
    entry.add("dtend", event.until or event.day + timedelta(days=1))
    entry.add("summary", texts.page(f"own.calendar.event.{event.kind}", name=programme.name))
    entry.add("description", f"{programme.organisation}. {programme.website or ''}".strip())
    entry.add("transp", "TRANSPARENT")
    return entry
