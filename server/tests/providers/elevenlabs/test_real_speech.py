"""A call with an agent in real speech: espeak-ng's voices both ways, the embedded recogniser as its ear."""

import asyncio

import httpx

from bakame.learning.expect import AnswerKind, Expect
from bakame.ports.voice import Interrupt, ToolCall
from bakame.providers.elevenlabs.engine import ElevenLabsEngine
from bakame.providers.local.recogniser import GrammarRecogniser
from bakame.providers.local.synthesiser import EspeakSynthesiser
from bakame.simulator.convai.settings import AgentSettings
from bakame.simulator.convai.stand_in import ConvaiStandIn
from bakame.simulator.virtual_time import run_virtual
from fakes.clock import LoopClock
from providers.elevenlabs.room import FIRST, KEY, FakeTeacher, Room
from providers.local.speech import spoken


def test_an_answer_spoken_over_the_question_is_heard_and_taken() -> None:
    async def scenario() -> None:
        ear, voice = GrammarRecogniser(), EspeakSynthesiser()

        async def understand(audio: bytes) -> str:
            return (await ear.recognise(audio, expect=Expect(AnswerKind.INTEGER))).text

        stand_in = ConvaiStandIn(
            synthesiser=voice, understand=understand, api_key=KEY, settings=AgentSettings(speaks="pcm_16000")
        )
        async with stand_in, httpx.AsyncClient() as http:
            teacher = FakeTeacher()
            engine = ElevenLabsEngine(
                api_key=KEY,
                agent_id=stand_in.settings.agent_id,
                http=http,
                teacher=lambda _: teacher,
                clock=LoopClock(),
                base_url=stand_in.base_url,
            )
            async with Room(stand_in, engine, teacher).call() as call:
                await asyncio.sleep(0.8)
                call.line.speak(spoken("seven"))
                await call.until(Interrupt)
                await call.told(2)
                text, heard, complete = teacher.told[0]
                assert FIRST.startswith(heard)
                assert heard
                assert len(text) < len(FIRST)
                assert not complete
                assert teacher.used == [ToolCall("submit_answer", {"answer": "seven"})]
                assert teacher.told[1] == ("Right. Two plus two?", "Right. Two plus two?", True)
        await voice.close()
        await ear.close()

    run_virtual(scenario())
