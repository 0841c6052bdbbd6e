"""What a model's vectors look like on a fixed set of profiles: their centres, topics and spread.

All vectors of a text encoder share a large common part, which says what language and what kind of
text it is rather than what the text is about. The mean over the reference profiles, one for each
kind and language, is that part; taking it away leaves the topic (as in Mu and Viswanath, "All but
the top", 2018, with the mean alone), and with it what the wording and the language add. Profiles
written in two languages tell the two apart: what twins share is topic, in what they differ is not.
The spread of the likeness between the reference startups and programmes then says which cosines
are low and which are high.

The reference is fixed, the shipped catalogue, not whatever the database holds: a new profile must
not move the scores of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.nearness import gallery_of, likeness_to, of_portfolio
from matcher.profile import Programme, Startup
from matcher.weights import PORTFOLIO, TEXT, Calibration
from models.accents import Accents, accents_of
from models.encoder import Encoder, Progress, Role
from models.text import (
    LOCAL,
    Kind,
    Written,
    alumnus_texts,
    programme_texts,
    sentences,
    startup_texts,
)

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


LEAST_TWINS = 100
"""Profiles in two languages below which topics are not told apart, and centres alone are used."""

STRICTNESS = 4.0
"""How much of an average direction's difference between twins is added to every direction."""


@dataclass(frozen=True, slots=True)
class Centring:
    """What is taken away from a text's vector so that its topic is left, for one model.

    Attributes
    ----------
    centres
        The mean vector of each kind of text in each language.
    topics
        The linear map (dimension, dimension) that a centred vector is multiplied by, or None; see
        :func:`topics_of`.
    """

    model_id: str
    centres: Mapping[tuple[Kind, str], Vector]
    topics: NDArray[np.float32] | None = None

    def away(self, written: Written, vector: Vector) -> Vector:
        """A text's vector without what all texts of its kind and language share, and with what
        depends on the wording made small."""
        kind = STANDS_FOR.get(written.kind, written.kind)
        centre = self.centres.get((kind, written.language))
        centred: Vector = vector if centre is None else vector - centre
        return centred if self.topics is None else np.asarray(centred @ self.topics, np.float32)


def centring_of(
    encoder: Encoder,
    startups: Iterable[Startup],
    programmes: Sequence[Programme],
    progress: Progress | None = None,
) -> Centring:
    """Measure the centres and the topics on reference profiles, alumni among them.

    A language without reference texts takes the mean over the others of its kind.
    """
    profiles = [startup_texts(startup) for startup in startups]
    profiles += [programme_texts(programme) for programme in programmes]
    profiles += [alumnus_texts(a) for programme in programmes for a in programme.portfolio or ()]
    texts = [text for profile in profiles for text in profile]
    vectors = encode_texts(encoder, texts, progress)
    groups: dict[tuple[Kind, str], list[Vector]] = {}
    for written, vector in zip(texts, vectors, strict=True):
        groups.setdefault((written.kind, written.language), []).append(vector)
        groups.setdefault((written.kind, LOCAL), []).append(vector)
    centres = {key: np.mean(group, axis=0).astype(np.float32) for key, group in groups.items()}
    rows = iter(vectors)
    centred = [{w.language: next(rows) - centres[w.kind, w.language] for w in p} for p in profiles]
    twins = [(found["en"], found["vi"]) for found in centred if {"en", "vi"} <= found.keys()]
    lasting = {key: centre for key, centre in centres.items() if key[0] not in STANDS_FOR}
    return Centring(encoder.model_id, lasting, topics_of(twins))


def topics_of(twins: Sequence[tuple[Vector, Vector]]) -> NDArray[np.float32] | None:
    """The map that leaves of a centred vector what its twin in the other language has too.

    It is the best linear guess of the topic from a text in one language (Wiener's filter): with the
    covariance S of what twins share and N of what each has for itself, S (S + N)^-1, where N is
    made rounder by :data:`STRICTNESS` times its mean variance. None for fewer than
    :data:`LEAST_TWINS` twins.
    """
    if len(twins) < LEAST_TWINS:
        return None
    one, other = np.asarray(twins, np.float64).transpose(1, 0, 2)
    half = (one - other) / 2
    own = half.T @ half / len(half)
    mean = (one + other) / 2
    shared = mean.T @ mean / len(mean) - own
    sizes, directions = np.linalg.eigh(shared)
    shared = (directions * np.maximum(sizes, 0.0)) @ directions.T
    rounder = STRICTNESS * np.trace(own) / len(own) * np.eye(len(own))
    return np.asarray(np.linalg.solve(shared + 2 * own + rounder, shared), np.float32)


def accents_from(startups: Iterable[Startup], programmes: Sequence[Programme]) -> Accents:
    """Learn from reference profiles how Vietnamese is written; their English says what is not."""
    texts = [text for startup in startups for text in startup_texts(startup)]
    texts += [text for programme in programmes for text in programme_texts(programme)]
    texts += [text for p in programmes for a in p.portfolio or () for text in alumnus_texts(a)]
    by_language = [[w.text for w in texts if w.language == lang] for lang in ("vi", "en")]
    return accents_of(*by_language)


def encode_texts(
    encoder: Encoder, texts: Sequence[Written], progress: Progress | None = None
) -> NDArray[np.float32]:
    """Vectors of texts, (texts, dimension), each on the side that its kind takes.

    A text's vector is the mean over its sentences, and so a little shorter than one.
    """
    vectors = np.empty((len(texts), encoder.dimension), np.float32)
    for role in dict.fromkeys(ROLES.values()):
        places = [place for place, written in enumerate(texts) if ROLES[written.kind] == role]
        if places:
            parts = [sentences(texts[place].text) for place in places]
            asked = [sentence for part in parts for sentence in part]
            found = encoder.encode(asked, role, progress=progress)
            counts = np.array([len(part) for part in parts])
            starts = np.cumsum(counts) - counts
            vectors[places] = np.add.reduceat(found, starts) / counts[:, None]
    return vectors


def calibrations_of(
    startups: NDArray[np.float32],
    programmes: NDArray[np.float32],
    alumni: NDArray[np.float32],
) -> dict[str, Calibration]:
    """The ends of each likeness, measured on reference vectors of unit length, (n, dimension).

    A text's ``neutral`` is the mean share over all reference pairs: what a pair of unknown likeness
    is expected to have. A portfolio's lowest end is that of single alumni, its highest what a large
    portfolio can reach, all alumni together, and its neutral what one without alumni would earn: so
    nothing jumps when the first becomes known.
    """
    near = (startups @ alumni.T).ravel()
    lowest = _quantile(near, LOW_QUANTILE)
    reached = likeness_to(of_portfolio(alumni), gallery_of(startups), np.arange(len(startups)))
    highest = _quantile(reached, HIGH_QUANTILE)
    neutral = (0.0 - lowest) / (highest - lowest)
    return {
        TEXT: _calibration((startups @ programmes.T).ravel()),
        PORTFOLIO: Calibration(lowest, highest, neutral),
    }


def _calibration(cosines: NDArray[np.float32]) -> Calibration:
    lowest, highest = (_quantile(cosines, q) for q in (LOW_QUANTILE, HIGH_QUANTILE))
    shares = np.clip((cosines - lowest) / (highest - lowest), 0.0, 1.0)
    return Calibration(lowest, highest, round(float(shares.mean()), 4))


def _quantile(cosines: NDArray[np.float32], share: float) -> float:
    return round(float(np.quantile(cosines, share)), 4)
