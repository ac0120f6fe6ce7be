"""A vendor that fails often is rested and probed."""

from hypothesis import given
from hypothesis import strategies as st

from bakame.ports.circuit import FAILURES, FIRST_REST_S, LONGEST_REST_S, PROBE_S, WINDOW_S, Circuit, CircuitState


def _opened(at: float = 0.0) -> Circuit:
    circuit = Circuit()
    for _ in range(FAILURES):
        circuit.failed(at)
    return circuit


def test_a_few_failures_far_apart_rest_nobody() -> None:
    circuit = Circuit()
    for number in range(10):
        circuit.failed(number * WINDOW_S)
        assert circuit.allows(number * WINDOW_S)


def test_failures_in_a_row_open_it_and_one_call_probes_after_the_rest() -> None:
    circuit = _opened()
    assert circuit.state(1.0) is CircuitState.OPEN
    assert not circuit.allows(FIRST_REST_S - 0.1)
    assert circuit.allows(FIRST_REST_S)
    assert not circuit.allows(FIRST_REST_S)
    assert circuit.allows(FIRST_REST_S + PROBE_S)


def test_a_probe_that_works_closes_it() -> None:
    circuit = _opened()
    assert circuit.allows(FIRST_REST_S)
    circuit.succeeded()
    assert circuit.state(FIRST_REST_S) is CircuitState.CLOSED
    assert circuit.allows(FIRST_REST_S)
    assert circuit.allows(FIRST_REST_S)


def test_a_probe_that_fails_doubles_the_rest_up_to_a_bound() -> None:
    circuit, now, rest_s = _opened(), FIRST_REST_S, FIRST_REST_S
    for _ in range(10):
        assert circuit.allows(now)
        circuit.failed(now)
        rest_s = min(LONGEST_REST_S, rest_s * 2)
        assert not circuit.allows(now + rest_s - 0.1)
        now += rest_s


@given(st.lists(st.tuples(st.sampled_from(("failed", "allows", "succeeded")), st.floats(0, 100)), max_size=60))
def test_it_always_opens_again_in_the_end(steps: list[tuple[str, float]]) -> None:
    circuit, now = Circuit(), 0.0
    for step, wait_s in steps:
        now += wait_s
        if step == "succeeded":
            circuit.succeeded()
        elif step == "failed":
            circuit.failed(now)
        else:
            circuit.allows(now)
    assert circuit.allows(now + LONGEST_REST_S + PROBE_S)
