"""What the commands for weights and chances do: show, propose, accept, undo."""

from __future__ import annotations

from data.engines import reading
from data.weights_kept import Proposal, WeightAct
from service.desk import WHO, Desk, ready
from service.learning import Learning
from service.opening import wire_engine
from service.round_names import telling
from service.round_texts import RoundTexts
from service.weighing import Standing, Weighing
from service.weights_answers import ProposalOut
from service.weights_schemas import Present, act_out, chances_out, proposal_out, weights_out
from service.weights_terminal import WeightsTerminal, lacks_of_chances, lacks_of_proposal


def show(at: Desk, number: int | None) -> None:
    """Print the weights that stand, and a proposal: the one asked for, or the latest."""
    weighing = _weighing(at)
    standing = weighing.standing()
    proposal = standing.latest if number is None else weighing.proposal(number)
    _show(at, weighing, standing, proposal)


def propose(at: Desk) -> None:
    """Learn weights, keep them as a proposal, and print it with its evidence."""
    parts = ready(at)
    learning = Learning(parts.matchmaker)
    made = learning.propose(who=WHO)
    standing = learning.standing()
    if at.as_json:
        at.show(_proposal(at, learning, standing, made).model_dump(mode="json"))
    else:
        _show(at, learning, standing, made)


def accept(at: Desk, number: int, why: str | None) -> None:
    """Let a proposal's points stand, against the weights as they stand at the start."""
    weighing = _weighing(at)
    expected = weighing.standing().number
    _show_act(at, weighing.accept(number, expected=expected, who=WHO, why=why))


def undo(at: Desk, why: str | None) -> None:
    """Let the points before stand again, against the weights as they stand at the start."""
    weighing = _weighing(at)
    expected = weighing.standing().number
    _show_act(at, weighing.undo(expected=expected, who=WHO, why=why))


def chances(at: Desk) -> None:
    """Print whether chances are shown, how they do, what they lack, and gaps by group."""
    learning = Learning(ready(at).matchmaker)
    labels, found = learning.judged(), learning.reliability()
    out = chances_out(found, RoundTexts(at.texts, {}), compares_groups=True)
    if at.as_json:
        passed = {"alumni": labels.alumni, "gone": labels.gone}
        at.show(out.model_dump(mode="json") | {"passed_over": passed})
    else:
        WeightsTerminal(at.terminal).chances(
            out, lacks_of_chances(found), labels.alumni, labels.gone
        )


def _weighing(at: Desk) -> Weighing:
    return Weighing(wire_engine(at.settings), at.settings.points)


def _show(at: Desk, weighing: Weighing, standing: Standing, proposal: Proposal | None) -> None:
    present = _present(standing)
    weights = weights_out(present, dict(standing.own), standing.acts, at.texts)
    told = None if proposal is None else _proposal(at, weighing, standing, proposal)
    if at.as_json:
        beside = None if told is None else told.model_dump(mode="json")
        at.show(weights.model_dump(mode="json") | {"proposal": beside})
    else:
        lacks = () if proposal is None else lacks_of_proposal(proposal.evidence)
        WeightsTerminal(at.terminal).weights(weights, told, lacks)


def _present(standing: Standing) -> Present:
    stands = standing.proposal
    return Present(dict(standing.points), None if stands is None else stands.id)


def _proposal(at: Desk, weighing: Weighing, standing: Standing, made: Proposal) -> ProposalOut:
    strict = [one.programme_id for one in made.evidence.strictness]
    with reading(weighing.engine) as conn:
        say = telling(conn, at.texts, strict)
    return proposal_out(made, _present(standing), say)


def _show_act(at: Desk, act: WeightAct) -> None:
    if at.as_json:
        at.show(act_out(act).model_dump(mode="json"))
    else:
        WeightsTerminal(at.terminal).acted(act)
