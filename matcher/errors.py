"""Every error that Cầu Nối raises, drawn as one tree.

CauNoiError
├── BadInput (422)
│   ├── InvalidField          a value that a field cannot hold
│   ├── UnknownCode           a code that its vocabulary does not list
│   ├── UnknownField          a field that this kind of profile does not have
│   ├── UnknownName           a name that a registry does not list
│   ├── TextTooLong           a text above the limit of its field
│   ├── FileUnreadable        a file that is neither CSV nor Excel, or is damaged
│   ├── FileLocked            a file that only a password opens
│   ├── NoKnownHeadings       a table in which no column is recognised
│   ├── MovesTooFew           a cap on moves below what the changes of a round force
│   ├── MalformedBody (400)   a body that is no JSON, or JSON that nobody should send
│   ├── MethodNotAllowed (405) an address that knows other methods
│   ├── UnsupportedMedia (415) a body of another media type
│   ├── LimitInvalid          a limit of a cohort that cannot hold, told by its name
│   ├── CohortMemberUnknown   an id in a cohort of which no profile is kept
│   ├── NameNotFound          a name in a file by which no profile is kept
│   ├── NameAmbiguous         a name in a file by which several profiles are kept
│   ├── ReasonNeeded          a decision against the rules that gives no reason
│   ├── WeakPassword          a password that is short, long or easily guessed
│   ├── WeightsInvalid        weights that are negative, unknown or do not sum to 100
│   └── JudgedPairsInvalid    a folder of judged pairs that cannot be evaluated
├── BodyTooLarge (413)
├── Unidentified (401)        no key, or a key that is not known or was revoked
│   ├── SignInNeeded          a page for those who are signed in
│   ├── SignInFailed          an address and a password that do not belong together
│   └── CodeWrong             a code of a second factor that is wrong, or was used
├── Forbidden (403)
│   ├── RoleForbids           the role of this key may not do this
│   ├── FactorNeeded          an account that must set up its second factor first
│   └── FormForeign           a form that was not sent from our own page
├── LinkSpent (410)           a one-time link that was used, has ended, or never was
├── TooManyTries (429)        more tries than anybody needs
├── NotFound (404)
│   ├── ProfileNotFound
│   ├── CohortNotFound
│   ├── RunNotFound
│   └── ProposalNotFound      no proposal of weights has this number
├── Conflict (409)
│   ├── AccountExists         another account has this address
│   ├── ProfileExists
│   ├── CohortExists
│   ├── CohortPublished       a cohort whose published list stands cannot be deleted
│   ├── UploadOver            a file that was loaded or undone already
│   ├── NoOutcome             a run that has no such result, or none yet
│   ├── Overtaken             somebody else published meanwhile
│   ├── NotStable             a round whose stable assignments all break a limit
│   ├── RunOutdated           a run of a cohort that was changed since
│   ├── PublicationBreaks     a part of a run that breaks a limit beside what is published
│   ├── RunCancelled          a run that somebody stopped
│   ├── ProposalUnproved      proposed weights that were not shown to be better
│   ├── ProposalOvertaken     proposed weights that were compared with others than the present
│   ├── WeightsOvertaken      somebody else accepted or undid weights meanwhile
│   ├── NoWeightsToUndo       no accepted weights stand
│   └── NothingToUndo
├── Stale (412)               the profile was changed by somebody else meanwhile
│   └── CohortStale           the cohort was
├── PreconditionMissing (428) an edit without If-Match
└── Unready (503)
    ├── EncoderUnavailable    no language model to encode with
    ├── ModelRecipeError      the default model could not be assembled
    ├── RunLost               a run that was interrupted more than once
    ├── SolverStopped         a solver that ended without an answer
    ├── OutOfTime             a round for which no solution was found in time
    └── DatabaseUnavailable

An error is a class and its facts. Its title, its sentence and what to do next stand in
``data/languages/*.toml`` under ``error.<code>``, once per language, with the facts filled in.
"""

from __future__ import annotations

import re
from typing import ClassVar


class CauNoiError(Exception):
    """Base of every error of the project.

    Parameters
    ----------
    **facts
        The values that the sentence of this error names; plain text, numbers or tuples of text.
    """

    status: ClassVar[int] = 500

    def __init__(self, **facts: object) -> None:
        super().__init__(facts)
        self.facts = facts

    @property
    def code(self) -> str:
        """Name of the error in texts and URLs: the class name in kebab-case."""
        return code_of(type(self))

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}: {facts}" if facts else self.code


def code_of(error: type[CauNoiError]) -> str:
    """Return the kebab-case name of an error class, e.g. ``profile-not-found``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", error.__name__).lower()


class BadInput(CauNoiError):
    """Input that must be corrected by whoever sent it."""

    status = 422


class InvalidField(BadInput):
    """Facts: field, value, expected."""


class UnknownCode(BadInput):
    """Facts: field, value, known (what the vocabulary lists)."""


class UnknownField(BadInput):
    """Facts: field, known."""


class UnknownName(BadInput):
    """Facts: what (the registry), value, known."""


class TextTooLong(BadInput):
    """Facts: field, length, limit (characters)."""


class FileUnreadable(BadInput):
    """Facts: file, cause."""


class FileLocked(BadInput):
    """Facts: file."""


class NoKnownHeadings(BadInput):
    """Facts: file, found (headings read), known (headings expected)."""


class LimitInvalid(BadInput):
    """Facts: limit (its name), cause, about (id, pair or value), asked, found (what there is)."""


class CohortMemberUnknown(BadInput):
    """Facts: kind, id, nearest (ids that are spelt alike)."""


class NameNotFound(BadInput):
    """Facts: kind, value, nearest (ids of profiles with names that are spelt alike)."""


class NameAmbiguous(BadInput):
    """Facts: kind, value, found (ids of the profiles that it may mean)."""


class ReasonNeeded(BadInput):
    """Facts: programme (its name)."""


class WeakPassword(BadInput):
    """Facts: fewest, most (characters)."""


class WeightsInvalid(BadInput):
    """Facts: cause."""


class JudgedPairsInvalid(BadInput):
    """Facts: folder, cause."""


class MovesTooFew(BadInput):
    """Facts: asked, least (the moves that the changes since the round before force)."""


class MalformedBody(BadInput):
    """Facts: cause."""

    status = 400


class MethodNotAllowed(BadInput):
    """Facts: path, known (methods)."""

    status = 405


class UnsupportedMedia(BadInput):
    """Facts: value, known (media types)."""

    status = 415


class BodyTooLarge(CauNoiError):
    """Facts: limit (bytes)."""

    status = 413


class Unidentified(CauNoiError):
    """No facts: a refused key is told nothing."""

    status = 401


class SignInNeeded(Unidentified):
    """No facts."""


class SignInFailed(Unidentified):
    """No facts: nobody learns whether an address has an account."""


class CodeWrong(Unidentified):
    """No facts."""


class Forbidden(CauNoiError):
    """Base of what a known caller may not do."""

    status = 403


class RoleForbids(Forbidden):
    """Facts: role, needed."""


class FactorNeeded(Forbidden):
    """No facts."""


class FormForeign(Forbidden):
    """No facts."""


class LinkSpent(CauNoiError):
    """No facts: a link tells nothing of whose it was."""

    status = 410


class TooManyTries(CauNoiError):
    """Facts: minutes (until the next try)."""

    status = 429


class NotFound(CauNoiError):
    """Facts: path."""

    status = 404


class ProfileNotFound(NotFound):
    """Facts: kind, id, nearest (ids that are spelt alike)."""


class CohortNotFound(NotFound):
    """Facts: id, nearest (ids that are spelt alike)."""


class RunNotFound(NotFound):
    """Facts: id."""


class ProposalNotFound(NotFound):
    """Facts: id."""


class Conflict(CauNoiError):
    """Base of what contradicts the present state."""

    status = 409


class AccountExists(Conflict):
    """Facts: email."""


class ProfileExists(Conflict):
    """Facts: kind, id."""


class CohortExists(Conflict):
    """Facts: id."""


class CohortPublished(Conflict):
    """Facts: id."""


class UploadOver(Conflict):
    """Facts: file."""


class NoOutcome(Conflict):
    """Facts: run, state."""


class Overtaken(Conflict):
    """Facts: cohort, by (who published), at (when)."""


class NotStable(Conflict):
    """Facts: limits (names of those that every stable assignment breaks)."""


class RunOutdated(Conflict):
    """Facts: run, version (of the cohort in the run), present (its version now)."""


class PublicationBreaks(Conflict):
    """Facts: limits."""


class RunCancelled(Conflict):
    """No facts: whoever stopped it knows which."""


class NothingToUndo(Conflict):
    """Facts: cohort."""


class ProposalUnproved(Conflict):
    """Facts: id."""


class ProposalOvertaken(Conflict):
    """Facts: id."""


class WeightsOvertaken(Conflict):
    """Facts: by (who accepted or undid), at (when)."""


class NoWeightsToUndo(Conflict):
    """No facts: there is one scale."""


class Stale(CauNoiError):
    """Facts: id, version (the present one)."""

    status = 412


class CohortStale(Stale):
    """Facts: id, version (the present one)."""


class PreconditionMissing(CauNoiError):
    """Facts: id."""

    status = 428


class Unready(CauNoiError):
    """The installation lacks something; an operator must act."""

    status = 503


class EncoderUnavailable(Unready):
    """Facts: model, cause."""


class ModelRecipeError(Unready):
    """Facts: package, cause."""


class RunLost(Unready):
    """Facts: run, attempts."""


class SolverStopped(Unready):
    """No facts: a process that was killed tells nothing."""


class OutOfTime(Unready):
    """Facts: seconds."""


class DatabaseUnavailable(Unready):
    """Facts: url (without its password), cause."""
