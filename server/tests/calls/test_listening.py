"""What a caller hears who speaks over the tutor, whose handset echoes, and whom somebody understands word by word."""

import asyncio

import pytest

from bakame.audio.level import level_of_mulaw
from bakame.learning.expect import NOTHING, AnswerKind, Expect
from bakame.ports.voice import CallContext, Hold, Interrupt, Resume
from bakame.simulator.degrade import Echo
from bakame.tutor.turn import Act, Reply, Said
from fakes.live import LiveEar, LiveWords
from fakes.scene import Scene, Tutor, run
from fakes.speech import ScriptedEar

STORY = "Every market day Aline sells nine baskets of fine yellow bananas near Kimironko and then counts her money."
TOLD = Reply((STORY, "How many baskets are left?"), "", Expect(AnswerKind.INTEGER), turn_id=1)
ASK = Reply(("How many baskets are left?",), "", Expect(AnswerKind.INTEGER), turn_id=1)
PRAISE = Reply(("Yes.",), "", NOTHING, ends=True, turn_id=2)
STORY_S = (len(STORY) + 1) * 0.06


def test_words_over_the_tutor_stop_it_before_there_is_much_sound_of_them() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(TOLD, PRAISE), live=LiveEar(LiveWords("nine baskets left")))
        scene.speaks(3.0, 0.9)
        await scene.play()
        assert 3.1 <= scene.at(Hold)[0] <= 3.16
        assert 3.22 <= scene.at(Interrupt)[0] <= 3.3
        assert scene.tutor.said[1].text == "nine baskets left"
        assert scene.hears("money.") == 0

    run(scenario)


@pytest.mark.parametrize("words", ["yeah ok mm", "mm hmm mm", "oui oui oui"])
def test_a_long_backchannel_that_is_understood_as_one_leaves_the_tutor_its_place(words: str) -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(TOLD, PRAISE), live=LiveEar(LiveWords(words, "twelve")))
        scene.speaks(3.0, 0.8)
        scene.speaks(STORY_S + 5.0, 0.5)
        await scene.play()
        assert len(scene.at(Hold)) == len(scene.at(Resume)) == 1
        assert scene.at(Interrupt) == []
        assert scene.tutor.heard_of[1] == (" ".join(TOLD.sentences), True)
        assert [said.text for said in scene.tutor.said[1:]] == ["twelve"]

    run(scenario)


def test_a_complete_answer_ends_the_turn_sooner_than_one_that_goes_on() -> None:
    async def scenario(words: str) -> float:
        scene = Scene(Tutor(ASK, PRAISE), live=LiveEar(LiveWords(words)))
        scene.speaks(3.0, 0.6)
        await scene.play()
        assert scene.tutor.said[1].text == words
        return scene.tutor.said_at[1] - 3.6

    waits: dict[str, float] = {}
    for words in ("forty two", "one fifty"):

        async def one(words: str = words) -> None:
            waits[words] = await scenario(words)

        run(one)
    assert waits["forty two"] < 0.7
    assert waits["one fifty"] > 1.2


def test_a_live_recogniser_that_dies_in_mid_call_is_replaced_by_the_other_one() -> None:
    async def scenario() -> None:
        words = LiveWords("twelve")
        scene = Scene(Tutor(ASK, ASK, ASK, ASK, PRAISE), ScriptedEar("seven", "eight", "nine"), live=LiveEar(words))
        scene.speaks(3.0, 0.5)
        asyncio.get_running_loop().call_later(4.5, setattr, words, "dead", True)
        for at in (7.5, 11.5, 15.5):
            scene.speaks(at, 0.5)
        await scene.play()
        assert [said.text for said in scene.tutor.said[1:]] == ["twelve", "seven", "eight", "nine"]
        # It is asked twice more, and then left alone.
        assert words.finished == 3
        assert words.closed

    run(scenario)


def test_a_live_recogniser_that_hangs_costs_a_moment_and_no_answer() -> None:
    async def scenario() -> None:
        words = LiveWords()
        words.hung = True
        scene = Scene(Tutor(ASK, PRAISE), ScriptedEar("seven"), live=LiveEar(words))
        scene.speaks(3.0, 0.5)
        await scene.play()
        assert scene.tutor.said[1].text == "seven"
        assert scene.tutor.said_at[1] < 3.5 + 0.8 + 1.6

    run(scenario)


@pytest.mark.parametrize("loss_db", [10, 20, 30, 40])
@pytest.mark.parametrize("delay_ms", [40, 160, 400])
def test_the_tutors_own_voice_from_the_handset_never_stops_it(delay_ms: float, loss_db: float) -> None:
    async def scenario() -> None:
        words = LiveWords("the tutors own words which it must not hear")
        scene = Scene(Tutor(TOLD, PRAISE), live=LiveEar(words), echo=Echo(delay_ms, loss_db))
        scene.presses(STORY_S + 4.0, "12#")
        await scene.play()
        assert scene.at(Hold) == []
        assert [said.by for said in scene.tutor.said[1:]] == ["keys"]
        assert scene.tutor.heard_of[1] == (" ".join(TOLD.sentences), True)
        # Nor does anybody who listens for words hear it.
        assert max(level_of_mulaw(frame).rms_db for frame in words.frames) < -60

    run(scenario)


@pytest.mark.parametrize("loss_db", [15, 25])
@pytest.mark.parametrize("delay_ms", [40, 160, 400])
def test_a_caller_who_speaks_over_the_tutor_is_heard_through_the_echo(delay_ms: float, loss_db: float) -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(TOLD, PRAISE), ScriptedEar("nine"), echo=Echo(delay_ms, loss_db))
        scene.speaks(4.0, 1.0)
        await scene.play()
        assert 4.1 <= scene.at(Hold)[0] <= 4.3
        assert scene.at(Interrupt)[0] <= 4.7
        assert (scene.tutor.said[1].act, scene.tutor.said[1].text) == (Act.ANSWER, "nine")

    run(scenario)


@pytest.mark.parametrize("at_s", [0.1, 0.3, 0.6])
def test_a_caller_who_speaks_as_soon_as_the_tutor_does_is_heard_too(at_s: float) -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(TOLD, PRAISE), ScriptedEar("nine"))
        scene.speaks(at_s, 1.2)
        await scene.play()
        assert scene.at(Interrupt)[0] <= at_s + 0.8
        assert scene.tutor.said[1].text == "nine"

    run(scenario)


def test_an_echo_after_the_last_word_is_no_answer() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(ASK, PRAISE), ScriptedEar(""), echo=Echo(400, 12))
        await scene.play()
        assert scene.ear.asked == []
        assert scene.tutor.said[1].act is Act.SILENCE

    run(scenario)


def test_a_caller_who_speaks_when_the_tutor_begins_is_not_talked_over() -> None:
    class Slow(Tutor):
        async def turn(self, call: CallContext, said: Said) -> Reply:
            await asyncio.sleep(0.3)
            return await super().turn(call, said)

    async def scenario() -> None:
        scene = Scene(Slow(ASK, TOLD, PRAISE), ScriptedEar("seven", "nine"))
        scene.speaks(3.3, 0.5)
        scene.speaks(4.8, 1.5)
        await scene.play()
        assert [said.text for said in scene.tutor.said] == ["", "seven", "nine"]
        assert scene.hears("market") == 0

    run(scenario)
