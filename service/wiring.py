"""Builds the parts and joins them: a plain list of constructions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from threadpoolctl import threadpool_limits

from data.catalogue import shipped
from data.engines import Engine
from data.vectors import DatabaseVectors
from matcher.profile import Programme, Startup
from matcher.weights import Calibration, Scale
from models.accents import AccentingEncoder
from models.encoder import Progress, SentenceEncoder
from models.reference import accents_from, calibrations_of, centring_of
from models.shortlist import Shortlist
from models.vectors import RememberingEncoder
from service.matchmaking import Matchmaker
from service.opening import today, wire_engine
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that runs, joined."""

    settings: Settings
    engine: Engine
    matchmaker: Matchmaker


def wire(
    settings: Settings,
    day: Callable[[], date] = today,
    progress: Progress | None = None,
    left_out: Collection[str] = (),
) -> Parts:
    """Build everything; the matchmaker is empty until it catches up for the first time.

    Shipped startups that are ``left_out`` teach it nothing, so that it can be measured with them.
    """
    threadpool_limits(1, "blas")  # a search is one long product: threads only wait for each other
    engine = wire_engine(settings)
    shortlist, calibrations = wire_shortlist(settings, engine, progress, left_out)
    scale = Scale(settings.points, calibrations, settings.noise)
    partner_scale = Scale(settings.partner_points, calibrations, settings.noise)
    matchmaker = Matchmaker(engine, shortlist, scale, partner_scale, day)
    return Parts(settings, engine, matchmaker)


def wire_shortlist(
    settings: Settings,
    engine: Engine,
    progress: Progress | None = None,
    left_out: Collection[str] = (),
) -> tuple[Shortlist, dict[str, Calibration]]:
    """An empty shortlist with the model of the settings, centred and calibrated on the catalogue.

    Vectors of kept profiles are remembered in the database; those of others are not.
    """
    startups = [s for s in shipped("startup") if isinstance(s, Startup) and s.id not in left_out]
    programmes = [p for p in shipped("programme") if isinstance(p, Programme)]
    accents = accents_from(startups, programmes)
    model = SentenceEncoder(settings.model_name)
    passing = AccentingEncoder(model, accents)
    encoder = AccentingEncoder(RememberingEncoder(model, DatabaseVectors(engine)), accents)
    centring = centring_of(encoder, startups, programmes, progress)
    reference = Shortlist(encoder, centring)
    reference.learn_startups(startups, progress)
    reference.learn_programmes(programmes, progress)
    calibrations = calibrations_of(
        reference.startups.matrix, reference.programmes.matrix, reference.portfolios.alumni
    )
    return Shortlist(encoder, centring, passing), calibrations


def wire_measuring(settings: Settings) -> tuple[Shortlist, Scale]:
    """What the quality of matches is measured with: the product's own, and empty."""
    shortlist, calibrations = wire_shortlist(settings, wire_engine(settings))
    return shortlist, Scale(settings.points, calibrations, settings.noise)
