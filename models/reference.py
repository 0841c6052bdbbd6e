"""What a model's vectors look like on a fixed set of profiles: their centres and their spread.

All vectors of a text encoder share a large common part, which says what language and what kind of
text it is rather than what the text is about. The mean over the reference profiles, one for each
kind and language, is that part; taking it away leaves the topic (as in Mu and Viswanath, "All but
the top", 2018, with the mean alone). The spread of the likeness between the reference startups and
programmes then says which cosines are low and which are high.

The reference is fixed, the shipped catalogue, not whatever the database holds: a new profile must
not move the scores of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.profile import Programme, Startup
from matcher.weights import PORTFOLIO, TEXT, Calibration
from models.encoder import Encoder, Progress, Role
from models.text import Kind, Written, programme_texts, startup_texts

Vector = NDArray[np.float32]

ROLES: dict[Kind, Role] = {
    "startup": "query",
    "programme": "passage",
    "alumnus": "query",
    "incubator": "passage",
}
"""The side that each kind of text takes in the encoder; an alumnus is a startup like the asker, and
the makers of E5 advise the query's side for both where the two sides are alike."""

STANDS_FOR: dict[Kind, Kind] = {"incubator": "programme", "alumnus": "startup"}
"""Whose centre a kind takes: an incubator's text is written like a programme's, and an alumnus is
compared with startups, so what both share with all startups is taken away alike."""

LOW_QUANTILE, HIGH_QUANTILE = 0.25, 0.999
"""Quantiles of the likeness of unrelated and of the nearest pairs; most pairs are unrelated."""


@dataclass(frozen=True, slots=True)
class Centring:
    """The mean vector of each kind of text in each language, for one model."""

    model_id: str
    centres: Mapping[tuple[Kind, str], Vector]

    def away(self, written: Written, vector: Vector) -> Vector:
        """A text's vector without the part that all texts of its kind and language share."""
        kind = STANDS_FOR.get(written.kind, written.kind)
        centre = self.centres.get((kind, written.language))
        return vector if centre is None else vector - centre


def centring_of(
    encoder: Encoder,
    startups: Iterable[Startup],
    programmes: Sequence[Programme],
    progress: Progress | None = None,
) -> Centring:
    """Measure the centres on reference profiles.

    A language without reference texts takes the mean over the others of its kind.
    """
    texts = [text for startup in startups for text in startup_texts(startup)]
    texts += [text for programme in programmes for text in programme_texts(programme)]
    vectors = encode_texts(encoder, texts, progress)
    groups: dict[tuple[Kind, str], list[Vector]] = {}
    for written, vector in zip(texts, vectors, strict=True):
        groups.setdefault((written.kind, written.language), []).append(vector)
        groups.setdefault((written.kind, "local"), []).append(vector)
    centres = {key: np.mean(group, axis=0).astype(np.float32) for key, group in groups.items()}
    return Centring(encoder.model_id, centres)


def encode_texts(
    encoder: Encoder, texts: Sequence[Written], progress: Progress | None = None
) -> NDArray[np.float32]:
    """Vectors of texts, (texts, dimension), each on the side that its kind takes."""
    vectors = np.empty((len(texts), encoder.dimension), np.float32)
    for role in dict.fromkeys(ROLES.values()):
        places = [place for place, written in enumerate(texts) if ROLES[written.kind] == role]
        if places:
            asked = [texts[place].text for place in places]
            vectors[places] = encoder.encode(asked, role, progress=progress)
    return vectors


def calibrations_of(
    startups: NDArray[np.float32],
    programmes: NDArray[np.float32],
    portfolios: NDArray[np.float32],
) -> dict[str, Calibration]:
    """The ends of each likeness, measured on reference vectors of unit length, (n, dimension).

    ``neutral`` is the mean share over all reference pairs: what a pair of unknown likeness is
    expected to have.
    """
    sides = {TEXT: programmes, PORTFOLIO: portfolios}
    return {name: _calibration((startups @ side.T).ravel()) for name, side in sides.items()}


def _calibration(cosines: NDArray[np.float32]) -> Calibration:
    lowest, highest = (float(q) for q in np.quantile(cosines, (LOW_QUANTILE, HIGH_QUANTILE)))
    shares = np.clip((cosines - lowest) / (highest - lowest), 0.0, 1.0)
    return Calibration(round(lowest, 4), round(highest, 4), round(float(shares.mean()), 4))
