import asyncio

from bakame.learning.expect import AnswerKind, Expect
from bakame.providers.local.engine import LocalSpeech
from providers.local.speech import chunks_of, spoken


def test_the_parts_warm_up_in_the_background_and_leave_nothing_behind() -> None:
    async def live() -> tuple[int, str]:
        speech = LocalSpeech()
        await speech.start()
        await speech.start()
        await speech.ready()
        workers = len(speech.recogniser.pids)
        assert await chunks_of(speech.synthesiser, "Well done.")
        heard = await speech.recogniser.recognise(spoken("twelve"), expect=Expect(AnswerKind.INTEGER))
        await speech.stop()
        await speech.stop()
        assert speech.recogniser.pids == ()
        return workers, heard.text

    assert asyncio.run(live()) == (1, "twelve")


def test_stopping_in_the_middle_of_the_warm_up_leaves_nothing_behind() -> None:
    async def live() -> tuple[int, ...]:
        speech = LocalSpeech()
        await speech.start()
        for _ in range(1_000):
            await asyncio.sleep(0)
        await speech.stop()
        return speech.recogniser.pids

    assert asyncio.run(live()) == ()


def test_every_call_has_its_own_ear_for_noise() -> None:
    speech = LocalSpeech()
    assert speech.activity() is not speech.activity()
