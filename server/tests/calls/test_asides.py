"""A learner's question that a model answers before the tutor goes on: sentence by sentence, and never instead."""

import asyncio
from collections.abc import AsyncIterator

from bakame.errors import Unavailable
from bakame.learning.expect import NOTHING, AnswerKind, Expect
from bakame.ports.voice import CallContext, Interrupt
from bakame.tutor.turn import Reply
from fakes.scene import Scene, Tutor, run
from fakes.speech import ScriptedEar, word_sound

BACK = Reply(
    ("Now tell me.", "What is a half of eight?"),
    "",
    Expect(AnswerKind.INTEGER),
    turn_id=1,
    aside="what is a half",
    keeps_aside=True,
)
PRAISE = Reply(("Right.",), "", NOTHING, ends=True, turn_id=2)


class Model:
    """Streams sentences, each after a while. `fails_after`: so many, and then it is gone."""

    def __init__(self, *sentences: str, each_s: float = 0.5, fails_after: int | None = None) -> None:
        self._sentences = sentences
        self._each_s = each_s
        self._fails_after = fails_after
        self.asked: list[str] = []
        self.given = 0
        self.closed = False

    async def explain(self, call: CallContext, question: str) -> AsyncIterator[str]:
        self.asked.append(question)
        try:
            for sentence in self._sentences:
                if self._fails_after == self.given:
                    raise Unavailable("the model is gone")
                await asyncio.sleep(self._each_s)
                self.given += 1
                yield sentence
        finally:
            self.closed = True


def _order(scene: Scene, *words: str) -> list[int]:
    return [scene.carrier.ear.heard.find(word_sound(word)) for word in words]


def test_each_sentence_is_heard_as_soon_as_it_is_known_and_then_the_tutors() -> None:
    async def scenario() -> None:
        model = Model("One of two equal parts.", "Like two pieces.", each_s=0.6)
        scene = Scene(Tutor(BACK, PRAISE), explain=model.explain)
        scene.presses(9.0, "4#")
        await scene.play()
        places = _order(scene, "One", "parts.", "Like", "pieces.", "Now", "eight?")
        assert places == sorted(places)
        assert places[0] // 8 < 700
        # The second sentence came while the first one was heard: nobody waited for it.
        assert places[2] == places[1] + len(word_sound("parts."))
        assert model.asked == ["what is a half"]
        assert scene.tutor.heard_of[1] == (
            "One of two equal parts. Like two pieces. Now tell me. What is a half of eight?",
            True,
        )

    run(scenario)


def test_a_model_that_cannot_be_had_is_not_missed() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(BACK, PRAISE), explain=Model("Never.", fails_after=0).explain)
        scene.presses(4.0, "4#")
        await scene.play()
        assert scene.tutor.heard_of[1] == ("Now tell me. What is a half of eight?", True)

    run(scenario)


def test_a_model_that_stalls_is_left_and_the_tutor_goes_on() -> None:
    async def scenario() -> None:
        model = Model("One of two equal parts.", "Never.", each_s=3.5)
        scene = Scene(Tutor(BACK, PRAISE), explain=model.explain)
        scene.presses(16.0, "4#")
        await scene.play()
        assert scene.tutor.heard_of[1][0].startswith("One of two equal parts. Now tell me.")
        assert model.closed

    run(scenario)


def test_without_a_model_only_the_tutor_is_heard() -> None:
    async def scenario() -> None:
        scene = Scene(Tutor(BACK, PRAISE))
        scene.presses(4.0, "4#")
        await scene.play()
        assert scene.tutor.heard_of[1] == ("Now tell me. What is a half of eight?", True)

    run(scenario)


def test_an_explanation_is_not_asked_for_more_than_sixty_words() -> None:
    async def scenario() -> None:
        model = Model(*["These are ten words that explain nothing at all today."] * 20, each_s=0.1)
        scene = Scene(Tutor(BACK, PRAISE), explain=model.explain)
        scene.presses(30.0, "4#")
        await scene.play(seconds=60)
        assert model.given == 6
        assert model.closed

    run(scenario)


def test_an_explanation_is_interrupted_like_everything_else() -> None:
    async def scenario() -> None:
        model = Model("One of two equal parts of any whole.", "Never heard.", each_s=1.0)
        scene = Scene(Tutor(BACK, PRAISE), ScriptedEar("four"), explain=model.explain)
        scene.speaks(2.2, 0.6)
        await scene.play()
        assert scene.at(Interrupt)
        assert scene.tutor.said[1].text == "four"
        assert scene.hears("Never") == scene.hears("Now") == 0
        assert model.closed

    run(scenario)


def test_a_noise_that_stops_an_explanation_lets_it_go_on_with_that_sentence() -> None:
    async def scenario() -> None:
        model = Model("One of two equal parts of any whole.", "Like two pieces.", each_s=1.0)
        scene = Scene(Tutor(BACK, PRAISE), ScriptedEar(""), explain=model.explain)
        scene.speaks(2.2, 0.6)
        scene.presses(14.0, "4#")
        await scene.play()
        assert scene.tutor.heard_of[1][0].startswith("One of two equal parts of any whole. Like two pieces. Now")
        assert scene.hears("One") == 2

    run(scenario)
