import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.calls.state import MOVES, CallMachine, CallState, IllegalMove

_S = CallState


def _machine() -> tuple[CallMachine, list[CallState], list[tuple[CallState, CallState]]]:
    moved: list[CallState] = []
    illegal: list[tuple[CallState, CallState]] = []
    machine = CallMachine(
        on_move=lambda _, after: moved.append(after), on_illegal=lambda before, after: illegal.append((before, after))
    )
    return machine, moved, illegal


def test_a_call_that_goes_well_comes_back_to_idle() -> None:
    machine, moved, illegal = _machine()
    life = [_S.CONNECTING, _S.CONNECTED, _S.STREAM_READY, _S.PROCESSING, _S.STOPPING, _S.CLEANUP, _S.IDLE]
    for state in life:
        machine.move(state)
    assert moved == life
    assert illegal == []


def test_an_illegal_move_raises_is_counted_and_changes_nothing() -> None:
    machine, moved, illegal = _machine()
    with pytest.raises(IllegalMove, match="from idle to processing"):
        machine.move(_S.PROCESSING)
    assert machine.state is _S.IDLE
    assert moved == []
    assert illegal == [(_S.IDLE, _S.PROCESSING)]


@given(st.lists(st.sampled_from(CallState)))
def test_every_state_leads_back_to_idle(path: list[CallState]) -> None:
    machine, _, illegal = _machine()
    for state in path:
        if state in MOVES[machine.state]:
            machine.move(state)
    for _ in range(len(CallState)):
        if machine.state is _S.IDLE:
            break
        ways = MOVES[machine.state]
        machine.move(next(state for state in (_S.IDLE, _S.CLEANUP, _S.STOPPING, _S.FAILED) if state in ways))
    assert machine.state is _S.IDLE
    assert illegal == []
