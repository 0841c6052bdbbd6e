"""The default model for tests, loaded once; each text of a test is encoded once in a run."""

from functools import cache

from models.encoder import Encoder
from tests import service_fixtures
from tests.encoder_fixtures import default_model


@cache
def real_encoder() -> Encoder:
    """Return the default model, built first if it is not there yet."""
    assert default_model() == service_fixtures.MODEL
    return service_fixtures.encoder()
