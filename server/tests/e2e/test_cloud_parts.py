"""The whole product on OpenAI and Deepgram: what the caller hears while they work, and when they fail.

Real sockets, stand-ins with real faults, virtual time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bakame.simulator.call import Call
from bakame.simulator.deepgram import DeepgramStandIn, Faults
from bakame.simulator.deepgram.faults import NONE as NO_FAULTS
from bakame.simulator.deepgram.stand_in import KEY as DEEPGRAM_KEY
from bakame.simulator.events import AudioCleared, StreamOpened
from bakame.simulator.openai import KEY, MODEL, ChatFaults, OpenAIStandIn, RealtimeFaults
from bakame.simulator.virtual_time import run_virtual
from e2e.town import LEARNER, TUTOR, Here, exercise_of, heard, understood
from e2e.vendors import (
    MOST_SILENCE_S,
    KnownSounds,
    first_sound_s,
    house,
    letters_s,
    longest_silence_s,
    nothing_left,
    practising,
    pressed_until_s,
    record_of,
    spoke_until_s,
    until_heard,
)
from fakes.speech import LetterVoice

FIRST_SOUND_S = 0.5
LONGER_PAUSE_S = 0.4
"""Who answers with a number may pause for 0.9 s before nothing more is waited for; others for half a second."""
NUMBERS = [f"+2507881235{number:02}" for number in range(99)]
LLAMA = ChatFaults(flavour="llama")

Journey = Callable[[Here, OpenAIStandIn, KnownSounds], Awaitable[None]]


def _on_realtime(tmp_path: Path, faults: RealtimeFaults, journey: Journey) -> None:
    """A server whose first engine is OpenAI Realtime."""

    async def scenario() -> None:
        ear = KnownSounds()
        async with (
            nothing_left(),
            OpenAIStandIn(synthesiser=LetterVoice(), understand=ear.words, realtime=faults) as vendor,
        ):
            settings: dict[str, Any] = {
                "voice_engines": ("openai",),
                "openai_api_key": SecretStr(KEY),
                "openai_realtime_model": MODEL,
                "openai_base_url": vendor.realtime.url.replace("ws:", "http:").removesuffix("/realtime"),
            }
            async with house(tmp_path, settings) as here:
                await journey(here, vendor, ear)
            assert vendor.realtime.open_now == 0

    run_virtual(scenario(), limit_s=600)


def test_openai_converses_through_the_tutors_tools_and_can_be_interrupted(tmp_path: Path) -> None:
    async def journey(here: Here, vendor: OpenAIStandIn, ear: KnownSounds) -> None:
        call = await here.calls()
        assert "What is your first name?" in heard(call)
        for words, answer in (("my name is Patrick", "I heard Patrick"), ("yes", "May I keep"), ("yes please", "?")):
            assert answer in await ear.says(here, call, words)
            assert longest_silence_s(call, from_s=spoke_until_s(call)) <= MOST_SILENCE_S
        assert understood(call) == ["my name is patrick", "yes", "yes please"]
        (session,) = vendor.realtime.sessions
        assert session.heard == understood(call)

        again = asyncio.ensure_future(ear.says(here, call, "I do not know"))
        await until_heard(call, "That is fine.")
        assert not again.done()
        before = _cleared(call)
        await ear.says(here, call, "please repeat it")
        await again
        assert _cleared(call) == before + 1
        assert "conversation.item.truncate" in [event["type"] for event in session.events]
        assert session.errors == []
        assert call.heard.gaps == ()
        await call.hang_up()
        record = await record_of(here, call)
        assert record.engines == ("openai",)
        assert record.quality is not None

    _on_realtime(tmp_path, RealtimeFaults(), journey)


BEFORE_A_WORD = {
    "refuses the upgrade": RealtimeFaults(refuse=503),
    "hangs at the upgrade": RealtimeFaults(hangs_at_connect=True),
    "hangs at the start": RealtimeFaults(starts=False),
    "makes no sound": RealtimeFaults(voice="none"),
}
AMID_A_WORD = {
    "closes": RealtimeFaults(after=14, then="close", close_code=1000),
    "drops the connection": RealtimeFaults(after=14, then="drop"),
    "says nothing more": RealtimeFaults(after=14, then="stall"),
    "talks nonsense": RealtimeFaults(after=14, then="garbage"),
}


@pytest.mark.parametrize("fault", [*BEFORE_A_WORD, *AMID_A_WORD])
def test_realtime_that_fails_is_covered_and_the_lesson_goes_on(tmp_path: Path, fault: str) -> None:
    async def journey(here: Here, vendor: OpenAIStandIn, ear: KnownSounds) -> None:
        call = await here.carrier.place_call(LEARNER, TUTOR)
        await call.until_quiet(quiet_s=4.0, patience_s=15.0)
        assert first_sound_s(call) <= FIRST_SOUND_S
        await _goes_on_embedded(here, call)

    _on_realtime(tmp_path, {**BEFORE_A_WORD, **AMID_A_WORD}[fault], journey)


def test_an_error_in_mid_word_is_covered_and_the_lesson_goes_on(tmp_path: Path) -> None:
    async def journey(here: Here, vendor: OpenAIStandIn, ear: KnownSounds) -> None:
        call = await here.carrier.place_call(LEARNER, TUTOR)
        await call.until_speaking()
        await asyncio.sleep(0.5)
        vendor.realtime.sessions[0].tell_error("session_expired")
        await call.until_quiet(quiet_s=4.0, patience_s=15.0)
        await _goes_on_embedded(here, call)

    _on_realtime(tmp_path, RealtimeFaults(), journey)


@pytest.mark.parametrize("answer", ["failed", "never"])
def test_realtime_that_does_not_answer_the_caller_is_left(tmp_path: Path, answer: Any) -> None:
    async def journey(here: Here, vendor: OpenAIStandIn, ear: KnownSounds) -> None:
        call = await here.calls()
        await ear.says(here, call, "my name is Patrick")
        await call.until_quiet(quiet_s=4.0, patience_s=15.0)
        await _goes_on_embedded(here, call, from_s=spoke_until_s(call))

    _on_realtime(tmp_path, RealtimeFaults(answer=answer, good_answers=1, reason="max_output_tokens"), journey)


async def _goes_on_embedded(here: Here, call: Call, *, from_s: float = 0.0) -> None:
    """The call has lost its engine, and the embedded one asks on and answers."""
    assert longest_silence_s(call, from_s=from_s) <= MOST_SILENCE_S
    assert not call.state.is_over
    assert "?" in heard(call)[-200:]
    assert len([event for event in call.log if isinstance(event, StreamOpened)]) == 1
    call.press("1")
    assert await call.until_speaking(patience_s=5.0)
    await call.hang_up()
    assert (await record_of(here, call)).engines[-1] == "embedded"


def _cleared(call: Call) -> int:
    return sum(isinstance(event, AudioCleared) for event in call.log)


# The cascade on Deepgram's ear and voice, OpenAI's second voice, and a LLaMA


@dataclass(frozen=True, slots=True)
class _Cloud:
    """A call's parts in other people's houses. `letters` is the voice of both vendors."""

    deepgram: DeepgramStandIn
    openai: OpenAIStandIn
    ear: KnownSounds
    letters: LetterVoice


CascadeJourney = Callable[[Here, _Cloud], Awaitable[None]]
EXPLANATION = "It is about sharing things out. Think of a market with many bags."


def _on_cascade(
    tmp_path: Path,
    journey: CascadeJourney,
    *,
    faults: Faults = NO_FAULTS,
    voices: tuple[str, ...] = ("deepgram", "openai"),
    models: tuple[str, ...] = ("llama",),
    chat: ChatFaults = LLAMA,
) -> None:
    async def scenario() -> None:
        ear, letters = KnownSounds(), LetterVoice()
        async with (
            nothing_left(),
            DeepgramStandIn(understand=ear.words, synthesiser=letters, faults=faults) as deepgram,
            OpenAIStandIn(
                understand=ear.words, synthesiser=letters, key=None, answer=lambda _: EXPLANATION, chat=chat
            ) as openai,
        ):
            settings: dict[str, Any] = {
                "voice_engines": ("cascade",),
                "recognisers": ("deepgram",),
                "voices": voices,
                "models": models,
                "deepgram_api_key": SecretStr(DEEPGRAM_KEY),
                "deepgram_base_url": deepgram.base_url,
                "openai_api_key": SecretStr(KEY),
                "openai_base_url": openai.url,
                "openai_chat_model": MODEL,
                "llama_base_url": openai.url,
            }
            async with house(tmp_path, settings) as here:
                await journey(here, _Cloud(deepgram, openai, ear, letters))
            if faults.mute_after_s is None:  # else it does not look
                assert deepgram.connections == 0

    run_virtual(scenario(), limit_s=1200)


def test_deepgram_hears_and_speaks_a_whole_conversation(tmp_path: Path) -> None:
    async def journey(here: Here, cloud: _Cloud) -> None:
        call = await here.calls()
        assert first_sound_s(call) <= FIRST_SOUND_S
        assert "What is your first name?" in heard(call)
        for words, answer in (("my name is Patrick", "I heard Patrick"), ("yes", "May I keep"), ("yes please", "?")):
            assert answer in await cloud.ear.says(here, call, words)
            assert longest_silence_s(call, from_s=spoke_until_s(call)) <= MOST_SILENCE_S
        assert understood(call) == ["my name is patrick", "yes", "yes please"]
        assert letters_s(call) > 10
        assert cloud.openai.speech.spoken == []
        assert call.heard.gaps == ()
        assert len(cloud.deepgram.live) == 1
        await call.hang_up()
        assert (await record_of(here, call)).engines == ("cascade",)

    _on_cascade(tmp_path, journey)


@pytest.mark.parametrize("comes_back", [True, False])
def test_no_utterance_is_lost_with_deepgrams_socket(tmp_path: Path, comes_back: bool) -> None:
    async def journey(here: Here, cloud: _Cloud) -> None:
        call = await here.calls()
        saying = asyncio.ensure_future(cloud.ear.says(here, call, "my name is Patrick"))
        await asyncio.sleep(0.7)
        if not comes_back:
            cloud.deepgram.faults = Faults(refuse=503)
        cloud.deepgram.drop()
        assert "Patrick" in await saying
        assert "May I keep" in await cloud.ear.says(here, call, "yes")
        assert longest_silence_s(call, from_s=spoke_until_s(call)) <= MOST_SILENCE_S
        assert understood(call) == ["my name is patrick" if comes_back else "patrick", "yes"]
        await call.hang_up()
        assert (await record_of(here, call)).engines == ("cascade",)

    _on_cascade(tmp_path, journey, voices=("openai",))


DEAF = {
    "is taken and says nothing": Faults(hangs=True),
    "falls silent": Faults(mute_after_s=1.0),
    "freezes": Faults(freezes_after_s=1.0),
    "talks nonsense": Faults(garbage=True),
    "never settles": Faults(ignores_finalize=True),
}


def test_whatever_deepgrams_ear_does_the_caller_is_understood(tmp_path: Path) -> None:
    async def journey(here: Here, cloud: _Cloud) -> None:
        for number, (fault, faults) in zip(NUMBERS, DEAF.items(), strict=False):
            cloud.deepgram.faults = faults
            call = await here.calls(number)
            assert first_sound_s(call) <= FIRST_SOUND_S, fault
            assert "Patrick" in await cloud.ear.says(here, call, "my name is Patrick"), fault
            assert longest_silence_s(call, from_s=spoke_until_s(call)) <= MOST_SILENCE_S, fault
            assert "May I keep" in await cloud.ear.says(here, call, "yes"), fault
            assert longest_silence_s(call, from_s=spoke_until_s(call)) <= MOST_SILENCE_S, fault
            await call.hang_up()
            assert (await record_of(here, call)).engines == ("cascade",), fault
        cloud.deepgram.drop()  # the frozen one looks at nothing

    _on_cascade(tmp_path, journey, voices=("openai",))


MUTE = {
    "hangs": Faults(hangs=True),
    "breaks off in mid-sentence": Faults(dies_after_s=1.0),
    "stalls in mid-sentence": Faults(mute_after_s=1.0),
}


@pytest.mark.parametrize("fault", MUTE)
def test_a_voice_that_fails_is_followed_by_the_embedded_one_at_the_word(tmp_path: Path, fault: str) -> None:
    async def journey(here: Here, cloud: _Cloud) -> None:
        call = await here.calls()
        assert first_sound_s(call) <= FIRST_SOUND_S
        assert "What is your first name?" in heard(call)
        assert longest_silence_s(call) <= MOST_SILENCE_S
        spoken_s = letters_s(call)
        assert (spoken_s >= 0.9) if "mid-sentence" in fault else (spoken_s < 0.2)
        assert "May I keep" in await here.presses(call, "1")
        assert longest_silence_s(call, from_s=pressed_until_s(call)) <= MOST_SILENCE_S
        await call.hang_up()
        assert (await record_of(here, call)).engines == ("cascade",)

    _on_cascade(tmp_path, journey, faults=MUTE[fault], voices=("deepgram",))


def test_a_second_vendors_voice_says_the_rest_of_a_sentence(tmp_path: Path) -> None:
    async def journey(here: Here, cloud: _Cloud) -> None:
        call = await here.calls()
        assert "What is your first name?" in heard(call)
        assert longest_silence_s(call) <= MOST_SILENCE_S
        rests = [body["input"] for body in cloud.openai.speech.spoken]
        # Later a voice that failed often is rested, and whole sentences come from the other one.
        assert rests[0] not in heard(call).split(". ")
        assert rests[0] in heard(call)
        await call.hang_up()

    _on_cascade(tmp_path, journey, faults=Faults(dies_after_s=1.0))


ABSENT = {
    "hangs": replace(LLAMA, hangs=True),
    "stalls in mid-sentence": replace(LLAMA, after=12, then="stall"),
    "is loading": replace(LLAMA, loading=True),
}


def test_a_question_in_mid_lesson_is_answered_by_a_model_and_then_asked_again(tmp_path: Path) -> None:
    async def journey(here: Here, cloud: _Cloud) -> None:
        call = await here.calls()
        await practising(here, call)
        question = await exercise_of(here)
        answer = await cloud.ear.says(here, call, "why is that")
        assert understood(call)[-1] == "why is that"
        assert EXPLANATION in answer
        assert question.say in answer.partition(EXPLANATION)[2]
        assert longest_silence_s(call, from_s=spoke_until_s(call)) <= MOST_SILENCE_S
        assert len(cloud.openai.chat.asked) == 1

        # Whatever the model does now, the tutor goes on.
        for fault, faults in ABSENT.items():
            cloud.openai.chat.faults = faults
            answer = await cloud.ear.says(here, call, "why is that")
            await call.until_quiet(quiet_s=3.0)
            assert question.say in heard(call)[-300:], f"{fault}: {answer}"
            silence_s = longest_silence_s(call, from_s=spoke_until_s(call))
            assert silence_s <= MOST_SILENCE_S + LONGER_PAUSE_S, fault
        assert await exercise_of(here) == question
        assert await here.answers(call)
        await call.hang_up()

    _on_cascade(tmp_path, journey)


# Many calls at once


def test_one_conversation_that_hangs_holds_up_no_other(tmp_path: Path) -> None:
    async def journey(here: Here, vendor: OpenAIStandIn, ear: KnownSounds) -> None:
        stuck = await here.carrier.place_call(LEARNER, TUTOR)
        await asyncio.sleep(0.1)
        assert vendor.realtime.opened == 1
        vendor.realtime.faults = RealtimeFaults()
        others = await asyncio.gather(*(here.carrier.place_call(number, TUTOR) for number in NUMBERS))
        await asyncio.gather(*(call.until_quiet(quiet_s=1.5) for call in (stuck, *others)))
        for call in others:
            assert first_sound_s(call) <= FIRST_SOUND_S
            assert "What is your first name?" in heard(call)
            assert call.heard.gaps == ()
        assert first_sound_s(stuck) <= FIRST_SOUND_S
        await asyncio.gather(*(call.hang_up() for call in (stuck, *others)))
        assert (await record_of(here, stuck)).engines == ("embedded",)
        assert {(await record_of(here, call)).engines for call in others} == {("openai",)}

    _on_realtime(tmp_path, RealtimeFaults(starts=False), journey)


def test_a_hundred_calls_at_once_are_answered_while_deepgram_hangs(tmp_path: Path) -> None:
    async def journey(here: Here, cloud: _Cloud) -> None:
        calls = await asyncio.gather(*(here.carrier.place_call(number, TUTOR) for number in (LEARNER, *NUMBERS)))
        await asyncio.gather(*(call.until_quiet(quiet_s=1.5) for call in calls))
        for call in calls:
            assert first_sound_s(call) <= FIRST_SOUND_S
            assert longest_silence_s(call) <= MOST_SILENCE_S
            assert "What is your first name?" in heard(call)
            assert call.heard.gaps == ()
        await asyncio.gather(*(call.hang_up() for call in calls))

    _on_cascade(tmp_path, journey, faults=Faults(hangs=True))
