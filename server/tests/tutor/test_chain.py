"""Several models as one: who answers, how long it takes, and who is rested."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from typing import Any

import pytest

from bakame.errors import Unavailable
from bakame.ports.chat import ChatModel, Message
from bakame.simulator.virtual_time import run_virtual
from bakame.tutor.chain import ModelChain
from fakes.chat import ScriptedModel
from fakes.clock import LoopClock

ASK = (Message("user", "why?"),)
GONE = Unavailable("the model is gone")


def now() -> float:
    return asyncio.get_running_loop().time()


async def heard(chain: ChatModel) -> list[str]:
    return [piece async for piece in chain.reply(ASK)]


def chain_of(*models: ChatModel) -> ModelChain:
    return ModelChain(models, clock=LoopClock())


def test_the_first_model_answers_and_no_other_is_asked() -> None:
    first, second = ScriptedModel("Because ", "it is."), ScriptedModel("No.")
    assert run_virtual(heard(chain_of(first, second))) == ["Because ", "it is."]
    assert first.asked == [ASK]
    assert not second.asked


@pytest.mark.parametrize("steps", [(GONE,), (), ("", "  ", "\n"), (0.5, GONE), (" ", GONE)])
def test_a_model_that_says_nothing_is_replaced(steps: tuple[str | float | Exception, ...]) -> None:
    first, second = ScriptedModel(*steps), ScriptedModel("Because.")
    assert run_virtual(heard(chain_of(first, second))) == ["Because."]
    assert first.open == 0


def test_a_model_that_hangs_is_replaced_after_two_seconds_and_its_request_ended() -> None:
    first, second = ScriptedModel(60.0, "Late."), ScriptedModel(0.5, "Because.")

    async def scenario() -> float:
        assert await heard(chain_of(first, second)) == ["Because."]
        return now()

    assert run_virtual(scenario()) == pytest.approx(2.5)
    assert first.open == 0


def test_white_space_is_not_yet_an_answer() -> None:
    first, second = ScriptedModel("\n", 5.0, "Late."), ScriptedModel("\n", 0.1, "Because.")
    assert run_virtual(heard(chain_of(first, second))) == ["\nBecause."]


@pytest.mark.parametrize("steps", [(GONE,), (60.0, "late")])
def test_after_its_first_words_a_failing_model_is_not_replaced(steps: tuple[str | float | Exception, ...]) -> None:
    first, second = ScriptedModel("Half of ", *steps), ScriptedModel("Because.")
    pieces: list[str] = []

    async def listen() -> None:
        async for piece in chain_of(first, second).reply(ASK):
            pieces.append(piece)  # noqa: PERF401  # what came before the failure counts

    with pytest.raises(Unavailable, match="in the middle"):
        run_virtual(listen())
    assert pieces == ["Half of "]
    assert not second.asked
    assert first.open == 0


def test_an_answer_that_never_ends_is_ended() -> None:
    endless = ScriptedModel(*[step for _ in range(100) for step in ("more ", 1.0)])

    async def scenario() -> float:
        with pytest.raises(Unavailable):
            await heard(chain_of(endless))
        return now()

    assert run_virtual(scenario()) == pytest.approx(20.0)


def test_when_nobody_answers_it_is_known_within_four_seconds() -> None:
    models = [ScriptedModel(60.0, "late") for _ in range(5)]

    async def scenario() -> float:
        with pytest.raises(Unavailable, match="no model answers"):
            await heard(chain_of(*models))
        return now()

    assert run_virtual(scenario()) == pytest.approx(4.0)
    assert [len(model.asked) for model in models] == [1, 1, 0, 0, 0]


def test_without_models_there_is_no_answer() -> None:
    async def scenario() -> None:
        with pytest.raises(Unavailable):
            await heard(chain_of())

    run_virtual(scenario())


def test_a_model_that_fails_often_is_rested_and_tried_again_later() -> None:
    first, second = ScriptedModel(GONE), ScriptedModel("Because.")
    chain = chain_of(first, second)

    async def scenario() -> None:
        for _ in range(5):
            assert await heard(chain) == ["Because."]
        assert len(first.asked) == 3
        await asyncio.sleep(20)
        first.steps = ("I am back.",)
        assert await heard(chain) == ["I am back."]
        assert await heard(chain) == ["I am back."]

    run_virtual(scenario())


def test_who_stops_listening_ends_the_request_and_the_model_counts_as_good() -> None:
    first = ScriptedModel("One. ", "Two. ", "Three.")
    chain = chain_of(first)

    async def scenario() -> None:
        for _ in range(5):
            answer = chain.reply(ASK)
            assert await anext(answer) == "One. "
            assert isinstance(answer, AsyncGenerator)
            await answer.aclose()
            assert first.open == 0

    run_virtual(scenario())
    assert len(first.asked) == 5


def test_a_caller_who_hangs_up_ends_the_request() -> None:
    first = ScriptedModel(1.0, "One.")

    async def scenario() -> None:
        waiting: Coroutine[Any, Any, list[str]] = heard(chain_of(first))
        task = asyncio.create_task(waiting)
        await asyncio.sleep(0.5)
        assert first.open == 1
        task.cancel()
        await asyncio.wait([task])
        assert first.open == 0

    run_virtual(scenario())
