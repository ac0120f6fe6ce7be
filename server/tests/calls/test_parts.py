"""Parts whose vendors fail: what is heard, by whom, and how long it takes."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.audio.format import PCM16_16K, TELEPHONE, AudioFormat
from bakame.calls.parts import RecogniserChain, SynthesiserChain
from bakame.errors import Invalid, Unavailable
from bakame.learning.expect import NOTHING, YES_NO, AnswerKind, Expect
from bakame.ports.circuit import FIRST_REST_S
from bakame.ports.speech import Hypothesis, SpeechChunk, Synthesiser, Voice, WordTime
from bakame.simulator.virtual_time import run_virtual
from bakame.tutor.turn import Reply
from fakes.clock import LoopClock
from fakes.scene import Scene, Tutor, run
from fakes.speech import LETTER_MS, LetterVoice, ScriptedEar, word_sound

SENTENCE = "Seven groups of eight make fifty six."
VOICE = Voice()


class FailingVoice:
    """Says so many words and then fails, hangs, or goes on for ever. `timed`: it tells when its words begin."""

    name = "failing"

    def __init__(
        self, *, words: int, how: str = "fails", timed: bool = True, format_: AudioFormat = TELEPHONE, cut_ms: int = 0
    ) -> None:
        self.format = format_
        self._words = words
        self._how = how
        self._timed = timed
        self._cut_ms = cut_ms
        self.asked = 0

    async def speak(self, text: str, *, voice: Voice) -> AsyncIterator[SpeechChunk]:
        self.asked += 1
        at_ms = 0
        for word in text.split()[: self._words]:
            sound = word_sound(word) if self.format == TELEPHONE else bytes(self.format.bytes_for(LETTER_MS)) * 5
            yield SpeechChunk(sound, (WordTime(word, at_ms),) if self._timed else ())
            at_ms += round(self.format.ms_for(len(sound)))
        if self._cut_ms:
            word = text.split()[self._words]
            yield SpeechChunk(word_sound(word)[: self._cut_ms * 8], (WordTime(word, at_ms),))
        match self._how:
            case "hangs":
                await asyncio.Event().wait()
            case "endless":
                while True:
                    yield SpeechChunk(word_sound("more"))
            case "ends":
                return
            case _:
                raise Unavailable("the voice is gone")


async def _say(chain: Synthesiser, text: str = SENTENCE) -> tuple[bytes, list[WordTime]]:
    sound, words = b"", list[WordTime]()
    async for chunk in chain.speak(text, voice=VOICE):
        sound += chunk.audio
        words += chunk.words
    return sound, words


def _words(sound: bytes) -> bool:
    return sound == b"".join(map(word_sound, SENTENCE.split()))


@pytest.mark.parametrize("how", ["fails", "hangs"])
@pytest.mark.parametrize("said", range(7))
def test_a_voice_that_fails_in_mid_sentence_is_followed_by_the_next_at_the_word(said: int, how: str) -> None:
    async def scenario() -> None:
        second = LetterVoice()
        chain = SynthesiserChain([FailingVoice(words=said, how=how), second], clock=LoopClock())
        sound, words = await _say(chain)
        assert _words(sound)
        assert [word.word for word in words] == SENTENCE.split()
        assert [word.start_ms for word in words] == sorted(word.start_ms for word in words)
        assert [text for text, _ in second.said] == ([" ".join(SENTENCE.split()[said:])] if said < 7 else [])
        assert asyncio.get_running_loop().time() == pytest.approx(1.0 if how == "hangs" else 0.0, abs=0.01)

    run_virtual(scenario())


def test_a_word_that_was_cut_in_its_middle_is_said_again() -> None:
    async def scenario() -> None:
        second = LetterVoice()
        await _say(SynthesiserChain([FailingVoice(words=2, cut_ms=60), second], clock=LoopClock()))
        assert second.said[0][0] == "of eight make fifty six."
        third = LetterVoice()
        await _say(SynthesiserChain([FailingVoice(words=2, cut_ms=170), third], clock=LoopClock()))
        assert third.said[0][0] == "eight make fifty six."

    run_virtual(scenario())


def test_a_voice_without_times_is_followed_where_it_was_by_the_length_of_its_sound() -> None:
    async def scenario() -> None:
        second = LetterVoice()
        chain = SynthesiserChain([FailingVoice(words=4, timed=False), second], clock=LoopClock())
        await _say(chain)
        rest = second.said[0][0]
        assert SENTENCE.endswith(rest)
        assert 2 <= len(rest.split()) <= 5

    run_virtual(scenario())


@pytest.mark.parametrize("how", ["ends", "fails"])
def test_a_voice_that_gives_no_sound_has_failed(how: str) -> None:
    async def scenario() -> None:
        chain = SynthesiserChain([FailingVoice(words=0, how=how), LetterVoice()], clock=LoopClock())
        assert _words((await _say(chain))[0])

    run_virtual(scenario())


def test_a_voice_that_never_comes_to_an_end_is_stopped() -> None:
    async def scenario() -> None:
        chain = SynthesiserChain([FailingVoice(words=7, how="endless"), LetterVoice()], clock=LoopClock())
        sound, _ = await _say(chain)
        assert len(sound) / 8 < 30_000

    run_virtual(scenario())


def test_a_voice_in_another_format_is_heard_in_telephone_format() -> None:
    async def scenario() -> None:
        chain = SynthesiserChain([FailingVoice(words=7, how="ends", format_=PCM16_16K)], clock=LoopClock())
        sound, _ = await _say(chain)
        assert chain.format == TELEPHONE
        assert len(sound) / 8 == pytest.approx(7 * 5 * LETTER_MS, abs=20)

    run_virtual(scenario())


def test_when_no_voice_works_the_chain_says_so() -> None:
    async def scenario() -> None:
        chain = SynthesiserChain([FailingVoice(words=2), FailingVoice(words=1)], clock=LoopClock())
        with pytest.raises(Unavailable):
            await _say(chain)

    run_virtual(scenario())


def test_a_voice_that_failed_often_is_rested_and_then_tried_again() -> None:
    async def scenario() -> None:
        first = FailingVoice(words=0)
        chain = SynthesiserChain([first, LetterVoice()], clock=LoopClock())
        for _ in range(6):
            await _say(chain)
        assert first.asked == 3
        await asyncio.sleep(FIRST_REST_S + 1)
        await _say(chain)
        await _say(chain)
        assert first.asked == 4

    run_virtual(scenario())


def test_a_sentence_that_is_interrupted_lets_the_voice_go() -> None:
    async def scenario() -> None:
        hung = FailingVoice(words=2, how="hangs")
        spoken = SynthesiserChain([hung, LetterVoice()], clock=LoopClock()).speak(SENTENCE, voice=VOICE)
        first = await anext(spoken)
        assert first.audio == word_sound("Seven")
        await spoken.aclose()  # type: ignore[attr-defined]

    run_virtual(scenario())


@given(st.integers(0, 8), st.booleans(), st.lists(st.text("abcdef", min_size=1, max_size=9), min_size=1, max_size=8))
def test_no_word_is_lost_whenever_a_voice_fails(said: int, timed: bool, words: list[str]) -> None:
    async def scenario() -> None:
        second = LetterVoice()
        chain = SynthesiserChain([FailingVoice(words=said, timed=timed), second], clock=LoopClock())
        sound, _ = await _say(chain, " ".join(words))
        # The end of the sentence is always heard, in either voice; with times nothing is heard twice either.
        assert sound.endswith(word_sound(words[-1]))
        if timed:
            assert sound == b"".join(map(word_sound, words))

    asyncio.run(scenario())


class TimedEar(ScriptedEar):
    """Answers after so long."""

    def __init__(self, *words: str, after_s: float) -> None:
        super().__init__(*words)
        self._after_s = after_s

    async def recognise(self, audio: bytes, *, expect: Expect) -> Hypothesis:
        await asyncio.sleep(self._after_s)
        return await super().recognise(audio, expect=expect)


def test_the_first_recogniser_that_answers_in_time_is_believed() -> None:
    async def scenario() -> None:
        broken, slow, good = ScriptedEar(), TimedEar("late", after_s=60), ScriptedEar("yes", "no", "yes", "no")
        broken.broken = True
        chain = RecogniserChain([broken, slow, good], clock=LoopClock())
        assert chain.name == "script+script+script"
        assert (await chain.recognise(b"", expect=YES_NO)).text == "yes"
        assert asyncio.get_running_loop().time() == pytest.approx(2.5)
        for _ in range(3):
            await chain.recognise(b"", expect=YES_NO)
        # Both were rested after three failures: the fourth utterance costs no time.
        assert len(broken.asked) == 3
        assert asyncio.get_running_loop().time() == pytest.approx(7.5)

    run_virtual(scenario())


def test_when_no_recogniser_answers_the_chain_says_so_in_bounded_time() -> None:
    async def scenario() -> None:
        chain = RecogniserChain([TimedEar(after_s=60), TimedEar(after_s=60)], clock=LoopClock())
        with pytest.raises(Unavailable):
            await chain.recognise(b"", expect=YES_NO)
        assert asyncio.get_running_loop().time() <= 8.5

    run_virtual(scenario())


def test_a_chain_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid):
        RecogniserChain([], clock=LoopClock())
    with pytest.raises(Invalid):
        SynthesiserChain([], clock=LoopClock())
    with pytest.raises(Invalid):
        SynthesiserChain([FailingVoice(words=1, format_=AudioFormat("pcm16", 12_347))], clock=LoopClock())


def test_on_a_call_a_voice_that_dies_in_mid_sentence_is_not_missed() -> None:
    async def scenario() -> None:
        ask = Reply((SENTENCE, "Is it so?"), "", Expect(AnswerKind.YES_NO), turn_id=1)
        bye = Reply(("Bye.",), "", NOTHING, ends=True)
        voice = SynthesiserChain([FailingVoice(words=3, how="hangs"), LetterVoice()], clock=LoopClock())
        scene = Scene(Tutor(ask, bye), voice=voice)
        scene.presses(6.0, "1")
        await scene.play()
        assert [scene.hears(word) for word in SENTENCE.split()] == [1] * 7
        assert scene.tutor.heard_of[1] == (f"{SENTENCE} Is it so?", True)
        assert max((gap.length_ms for gap in scene.carrier.ear.gaps), default=0) < 700

    run(scenario)
