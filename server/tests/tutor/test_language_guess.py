"""A new learner who speaks another language is asked for it, in that language, before anything else."""

import random
from dataclasses import replace

from bakame.learning.lesson import Lesson, Phase
from bakame.tutor.conversation import Conversation
from bakame.tutor.module import Step, View
from bakame.tutor.rendering import text
from bakame.tutor.turn import Act, Channel, Said
from classroom import english
from tutor.callers import MORNING, every_module


class Newcomer:
    """Somebody of whom nothing is known yet; each act is one turn, kept as the engine keeps it."""

    def __init__(self, channel: Channel = Channel.SMS, languages: tuple[str, ...] = ("en", "rw", "sw")) -> None:
        self.conversation = Conversation(modules=every_module(), names=("Keza",), languages=languages)
        self.view = View(
            lesson=Lesson(), knowledge={}, name=None, consent=None, now=MORNING, channel=channel, language_asked=False
        )
        self.step: Step

    def says(self, words: str, *, by: str = "text", free_speech: bool = True, act: Act = Act.ANSWER) -> str:
        said = Said(self.view.channel, act, text=words, by="speech" if by == "speech" else "text")
        step = self.conversation.respond(self.view, replace(said, free_speech=free_speech), rng=random.Random(1))
        self.step = step
        self.view = replace(
            self.view,
            lesson=step.lesson,
            name=step.name or self.view.name,
            consent=self.view.consent if step.consent is None else step.consent,
            language=step.language or self.view.language,
            language_asked=self.view.language_asked or step.language is not None,
        )
        return text(step.parts, wording=english(), language=self.view.language, rng=random.Random(1))


def test_the_first_text_in_kinyarwanda_is_answered_in_kinyarwanda_with_the_question_which_language() -> None:
    learner = Newcomer()
    heard = learner.says("Muraho neza, ndashaka kwiga imibare hano")
    assert heard.startswith("Murakaza neza kuri BAKAME.")
    assert heard.endswith("Uruhe rurimi? 1 English 2 Kinyarwanda 3 Kiswahili")
    assert learner.says("2").startswith("Witwa nde?")
    assert learner.view.language == "rw"
    assert "Witwa" not in learner.says("Keza")


def test_whoever_would_rather_have_another_language_chooses_it() -> None:
    learner = Newcomer()
    learner.says("Muraho neza, ndashaka kwiga imibare hano")
    assert learner.says("english") == "What is your first name?"
    assert learner.view.language == "en"


def test_a_name_that_came_with_it_is_kept() -> None:
    learner = Newcomer()
    learner.says("hello")
    assert "rurimi" in learner.says("muraho nitwa Keza")
    assert learner.view.name == "Keza"


def test_nobody_is_asked_in_a_language_that_is_not_offered_or_for_a_name_or_by_a_recogniser_of_few_words() -> None:
    for languages, words, by, free in (
        (("en", "sw"), "Muraho neza, ndashaka kwiga imibare hano", "text", True),
        (("en", "rw"), "Niyonzima Emmanuel", "text", True),
        (("en", "rw"), "I would like to learn mathematics", "text", True),
        (("en", "rw"), "Muraho neza, ndashaka kwiga imibare hano", "speech", False),
    ):
        learner = Newcomer(Channel.VOICE if by == "speech" else Channel.SMS, languages)
        learner.says(words, by=by, free_speech=free)
        assert learner.view.lesson.phase is Phase.NAME


def test_live_speech_counts_as_a_text_does() -> None:
    learner = Newcomer(Channel.VOICE)
    learner.says("", by="speech", act=Act.OPEN)
    learner.says("habari nataka kujifunza hesabu", by="speech")
    assert learner.view.lesson.phase is Phase.LANGUAGE
    assert learner.view.language == "sw"


def test_who_was_asked_once_is_not_asked_again() -> None:
    learner = Newcomer()
    learner.says("Muraho neza, ndashaka kwiga imibare hano")
    learner.says("1")
    learner.says("ndashaka kwiga imibare nyamuneka mwarimu")
    assert learner.view.lesson.phase is not Phase.LANGUAGE
