"""States and what may follow what: the whole table, written out."""

from __future__ import annotations

import pytest

from feedback.workflow import (
    COMPLETED_STATES,
    NEGATIVE_KINDS,
    OPEN_STATES,
    REQUESTS_AND_SUGGESTIONS,
    CloseResult,
    State,
    Step,
    may,
    results_for,
)

# registered, forwarded, called back, followed up, referred, contact card posted, closed
TABLE = {
    Step.FORWARD: "x......",
    Step.REROUTE: ".x.....",
    Step.RETURN: ".x.....",
    Step.DELEGATE: "xx...x.",
    Step.CORRECT: "xxxxxxx",
    Step.SPLIT: "xx.....",
    Step.AGREE_OTHER_WAY: "xx...x.",
    Step.PRELIMINARY_ANSWER: "xx.....",
    Step.EXPLAIN_DELAY: "xx.....",
    Step.CONTACT_ATTEMPT: "xx...x.",
    Step.UNDO_ATTEMPT: "xx.....",
    Step.CONTACT_CARD: "xx.....",
    Step.POST_CONTACT_CARD: "xx.....",
    Step.CALLBACK: "xx...x.",
    Step.FOLLOW_UP: "xx.....",
    Step.REFER: "xx.....",
    Step.HAND_OVER: "xx.....",
    Step.CLOSE: "xxxxxx.",
    Step.REOPEN: "..xxxxx",
    Step.DECLINE_REOPENING: "..xxxxx",
    Step.REGISTER_ALTERNATIVE: "xxxxxxx",
    Step.MARK_SENSITIVE: "xxxxxxx",
    Step.UNMARK_SENSITIVE: "xxxxxxx",
    Step.NAME_READER: "xxxxxxx",
    Step.UNNAME_READER: "xxxxxxx",
    Step.GRADE_ACCESS: "xxxxxxx",
    Step.PUBLIC_VERSION: "xxxxxxx",
    Step.ADD: "xxxxxx.",
    Step.WITHDRAW: "xx...x.",
    Step.REACT: "..x...x",
    Step.ASK_REOPENING: "..xxx.x",
    Step.INTERVIEW: "xxxxxxx",
}


@pytest.mark.parametrize("step", Step)
def test_steps_by_state(step: Step) -> None:
    assert "".join("x" if may(step, state) else "." for state in State) == TABLE[step]


def test_completed_means_one_of() -> None:
    """«a callback held; a follow-up registered where no callback is owed; referred to a body outside; a contact card
    *posted* after at least three attempts; closed»"""
    assert {"called_back", "followed_up", "referred", "contact_card_posted", "closed"} == COMPLETED_STATES
    assert {"registered", "forwarded"} == OPEN_STATES


def test_kinds_as_the_figures_count_them() -> None:
    """«negative = complaint + criticism; requests and suggestions = request + fault report + suggestion»"""
    assert {"complaint", "criticism"} == NEGATIVE_KINDS
    assert {"request", "fault_report", "suggestion"} == REQUESTS_AND_SUGGESTIONS


R = CloseResult


@pytest.mark.parametrize(
    ("state", "owed", "results"),
    [
        pytest.param(State.REGISTERED, True, [R.WITHDRAWN, R.DUPLICATE], id="owed, nothing done"),
        pytest.param(State.FORWARDED, True, [R.WITHDRAWN, R.DUPLICATE], id="owed, with the unit"),
        pytest.param(State.REGISTERED, False, [R.NOTED, R.WITHDRAWN, R.DUPLICATE], id="not owed, nothing done"),
        pytest.param(State.FORWARDED, False, [R.NOTED, R.WITHDRAWN, R.DUPLICATE], id="not owed, with the unit"),
        pytest.param(State.CALLED_BACK, True, [R.ANSWERED], id="called back"),
        pytest.param(State.FOLLOWED_UP, False, [R.FOLLOWED_UP], id="followed up"),
        pytest.param(State.REFERRED, True, [R.REFERRED], id="referred"),
        pytest.param(
            State.CONTACT_CARD_POSTED, True, [R.NOT_REACHED, R.WITHDRAWN, R.DUPLICATE], id="contact card posted"
        ),
        pytest.param(State.CLOSED, True, [], id="closed"),
    ],
)
def test_results_with_which_a_card_may_be_closed(state: State, owed: bool, results: list[CloseResult]) -> None:
    """«closed only after the callback or a posted contact card, or as withdrawn by the submitter or as a duplicate»"""
    assert results_for(state, callback_owed=owed) == results
