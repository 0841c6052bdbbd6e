"""The tree of errors: what its drawing says, and what an error says."""

import inspect
import re

import pytest

from matcher import errors
from matcher.errors import CauNoiError, ProfileNotFound, Unidentified, code_of

ALL = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, CauNoiError)
]


def drawn() -> dict[str, tuple[str | None, int | None]]:
    """Each name of the drawing with the name above it and the status beside it."""
    tree: dict[str, tuple[str | None, int | None]] = {}
    above: list[str] = []
    for line in inspect.getdoc(errors).splitlines():
        found = re.match(r"([│├└─ ]*)([A-Z]\w+)(?: \((\d+)\))?(?:\s|$)", line)
        if not found or not (found[1] or line == "CauNoiError"):
            continue
        depth = len(found[1]) // 4
        del above[depth:]
        tree[found[2]] = (above[-1] if above else None, int(found[3]) if found[3] else None)
        above.append(found[2])
    return tree


def test_the_drawing_names_every_error_and_no_other():
    assert sorted(drawn()) == sorted(kind.__name__ for kind in ALL)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_the_drawing_shows_the_real_parent_and_status(kind):
    above, status = drawn()[kind.__name__]
    assert above == (None if kind is CauNoiError else kind.__base__.__name__)
    if status is not None:
        assert kind.status == status
    elif kind is not CauNoiError:
        assert kind.status == kind.__base__.status


def test_every_error_below_the_root_answers_with_a_status_of_http():
    assert all(400 <= kind.status < 600 for kind in ALL)


def test_codes_are_kebab_case_and_unique():
    codes = [code_of(kind) for kind in ALL]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)
    assert code_of(ProfileNotFound) == "profile-not-found"


def test_an_error_shows_its_code_and_its_facts():
    error = ProfileNotFound(kind="startup", id="vi-du", nearest=("vi-du-pay",))
    assert error.code == "profile-not-found"
    assert error.facts == {"kind": "startup", "id": "vi-du", "nearest": ("vi-du-pay",)}
    assert str(error) == "profile-not-found: kind=startup, id=vi-du, nearest=('vi-du-pay',)"


def test_an_error_without_facts_shows_its_code_alone():
    assert str(Unidentified()) == "unidentified"
