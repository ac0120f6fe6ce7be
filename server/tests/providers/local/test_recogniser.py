import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import numpy as np
import pytest

from bakame.audio import g711
from bakame.audio.format import SILENCE_FRAME
from bakame.errors import Unavailable
from bakame.learning.expect import NOTHING, YES_NO, AnswerKind, Expect
from bakame.ports.speech import Hypothesis
from bakame.providers.local.certainty import ACCEPT, CONFIRM
from bakame.providers.local.grammar import jsgf
from bakame.providers.local.recogniser import GrammarRecogniser, Opinion
from bakame.simulator.degrade import NoiseKind, noise_frames
from bakame.text.commands import read_yes_no
from providers.local.speech import spoken

INTEGER = Expect(AnswerKind.INTEGER, digits=3, signed=True)
NAME = Expect(AnswerKind.NAME, options=("Aline", "Keza", "Mugisha", "Uwimana"))
Result = TypeVar("Result")
MUTE = (sys.executable, "-c", "import json, sys; print(json.dumps({'id': 0}), flush=True); sys.stdin.read()")
CRASHING = (sys.executable, "-c", "import json, sys; print(json.dumps({'id': 0}), flush=True); sys.stdin.readline()")


def with_recogniser(
    work: Callable[[GrammarRecogniser], Awaitable[Result]], recogniser: GrammarRecogniser | None = None
) -> Result:
    async def run() -> Result:
        used = recogniser or GrammarRecogniser()
        try:
            return await work(used)
        finally:
            await used.close()
            assert used.pids == ()

    return asyncio.run(run())


def heard_all(*asked: tuple[bytes, Expect]) -> list[Hypothesis]:
    async def work(recogniser: GrammarRecogniser) -> list[Hypothesis]:
        return [await recogniser.recognise(audio, expect=expect) for audio, expect in asked]

    return with_recogniser(work)


def test_what_is_said_on_the_telephone_is_understood_and_noise_is_not() -> None:
    rng = np.random.default_rng(3)
    noise = g711.encode(rng.normal(0, 180, 16_000).astype(np.int16))
    cases = [
        (spoken("twelve"), INTEGER, "twelve"),
        (spoken("minus four"), INTEGER, "minus four"),
        (spoken("say it again"), INTEGER, "say it again"),
        (spoken("three quarters"), Expect(AnswerKind.FRACTION), "three quarters"),
        (spoken("goodbye"), NOTHING, "goodbye"),
        (spoken("Aline"), NAME, "aline"),
        (spoken("Mugisha", language="sw"), NAME, "mugisha"),
        (noise, INTEGER, ""),
        (SILENCE_FRAME * 50, INTEGER, ""),
        (b"", INTEGER, ""),
    ]
    answers = heard_all(*((audio, expect) for audio, expect, _ in cases))
    assert [answer.text for answer in answers] == [text for _, _, text in cases]
    assert all(answer.confidence < CONFIRM for answer in answers if not answer.text)


def test_the_voices_of_a_room_are_not_the_caller() -> None:
    babble = [noise_frames(NoiseKind.BABBLE, level_db=-41, seconds=2, seed=seed) for seed in range(3)]
    answers = heard_all(*((sound, expect) for sound in babble for expect in (INTEGER, YES_NO, NAME)))
    assert [answer.text for answer in answers] == [""] * 9


def test_yes_and_no_are_told_apart() -> None:
    said = ("yes", "yes please", "no", "no thank you")
    answers = heard_all(*((spoken(text), YES_NO) for text in said))
    assert [read_yes_no(answer.text) for answer in answers] == [True, True, False, False]


def test_confidence_tells_an_answer_from_other_talk() -> None:
    answer, talk = heard_all((spoken("minus four"), INTEGER), (spoken("My mother went to the market"), INTEGER))
    assert answer.confidence >= ACCEPT
    assert talk.confidence < CONFIRM
    assert talk.text == "", "what fits too badly is not put into a learner's mouth"


def test_the_guess_and_its_rivals_are_there_for_who_asks() -> None:
    async def work(recogniser: GrammarRecogniser) -> Opinion:
        return await recogniser.listen(spoken("fifty six"), grammar=jsgf(INTEGER))

    opinion = with_recogniser(work)
    assert opinion.text == "fifty six"
    assert opinion.alternatives
    assert all(0 <= sure < opinion.confidence for _, sure in opinion.alternatives)


def test_a_grammar_that_is_none_is_said_to_have_failed() -> None:
    async def work(recogniser: GrammarRecogniser) -> None:
        await recogniser.listen(spoken("twelve"), grammar="nonsense")

    with pytest.raises(Unavailable, match="failed"):
        with_recogniser(work)


def test_a_worker_that_is_killed_between_two_answers_costs_the_caller_nothing() -> None:
    async def work(recogniser: GrammarRecogniser) -> tuple[str, str]:
        before = await recogniser.recognise(spoken("twelve"), expect=INTEGER)
        os.kill(recogniser.pids[0], signal.SIGKILL)
        return before.text, (await recogniser.recognise(spoken("twelve"), expect=INTEGER)).text

    assert with_recogniser(work) == ("twelve", "twelve")


def test_a_worker_that_is_killed_in_the_middle_of_an_answer_costs_the_caller_nothing() -> None:
    async def work(recogniser: GrammarRecogniser) -> tuple[str, bool]:
        await recogniser.warm_up()
        (first,) = recogniser.pids
        asked = asyncio.create_task(recogniser.recognise(spoken("twelve"), expect=INTEGER))
        await asyncio.sleep(0)
        os.kill(first, signal.SIGKILL)
        return (await asked).text, first in recogniser.pids

    assert with_recogniser(work) == ("twelve", False)


def test_a_worker_that_always_crashes_is_said_to_be_unavailable() -> None:
    async def work(recogniser: GrammarRecogniser) -> None:
        await recogniser.recognise(spoken("twelve"), expect=INTEGER)

    with pytest.raises(Unavailable, match="crashing"):
        with_recogniser(work, GrammarRecogniser(command=CRASHING))


def test_a_worker_that_does_not_answer_in_time_is_replaced() -> None:
    async def work(recogniser: GrammarRecogniser) -> tuple[int, ...]:
        with pytest.raises(Unavailable, match="in time"):
            await recogniser.recognise(spoken("twelve"), expect=INTEGER)
        return recogniser.pids

    assert with_recogniser(work, GrammarRecogniser(command=MUTE, timeout_s=0.2)) == ()


def test_a_worker_that_cannot_be_started_is_said_to_be_unavailable() -> None:
    with pytest.raises(Unavailable, match="start"):
        with_recogniser(GrammarRecogniser.warm_up, GrammarRecogniser(command=("no-such-program",)))


def test_more_callers_than_may_wait_are_told_at_once() -> None:
    async def work(recogniser: GrammarRecogniser) -> list[object]:
        answers = (recogniser.recognise(spoken("twelve"), expect=INTEGER) for _ in range(4))
        return [
            answer.text if isinstance(answer, Hypothesis) else type(answer)
            for answer in await asyncio.gather(*answers, return_exceptions=True)
        ]

    assert with_recogniser(work, GrammarRecogniser(waiting=2)) == ["twelve", "twelve", "twelve", Unavailable]


def test_a_caller_who_hangs_up_does_not_leave_their_answer_to_the_next() -> None:
    async def work(recogniser: GrammarRecogniser) -> str:
        await recogniser.warm_up()
        gone = asyncio.create_task(recogniser.recognise(spoken("minus four"), expect=INTEGER))
        await asyncio.sleep(0)
        gone.cancel()
        return (await recogniser.recognise(spoken("twelve"), expect=INTEGER)).text

    assert with_recogniser(work) == "twelve"


def test_the_loop_turns_while_a_worker_listens() -> None:
    async def work(recogniser: GrammarRecogniser) -> int:
        await recogniser.warm_up()
        turns = 0
        asked = asyncio.create_task(recogniser.recognise(spoken("say it again") * 5, expect=INTEGER))
        while not asked.done():
            turns += 1
            await asyncio.sleep(0)
        return turns

    assert with_recogniser(work) > 100
