"""What answers the open question is an answer, also when it is a command elsewhere."""

import random

from bakame.learning.claiming import claims
from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.items import choice, dictation, spelling
from bakame.learning.skills import Curriculum


def asked() -> Exercise:
    return choice("english.grammar.should", "You should ___.", "ask", ("asks",), hint="h", rng=random.Random(1))


def test_an_option_that_is_a_command_elsewhere_is_an_answer() -> None:
    assert claims(asked(), "Ask.")
    assert claims(asked(), "asks")


def test_a_command_that_is_no_option_stays_one() -> None:
    for said in ("menu", "stop", "ask me why", "help", ""):
        assert not claims(asked(), said)


def test_a_word_that_is_spelled_or_a_sentence_that_is_said_again_is_an_answer() -> None:
    rng = random.Random(1)
    assert claims(spelling("english.write.spelling", "language", hint="h", rng=rng), "language")
    assert claims(dictation("english.write.sentence", "Stop here.", hint="h", rng=rng), "stop here")
    assert not claims(spelling("english.write.spelling", "language", hint="h", rng=rng), "menu")


def test_a_question_for_a_number_claims_no_words(curriculum: Curriculum) -> None:
    exercise = make_exercise(curriculum.skills["math.add.within_10"], rng=random.Random(1))
    assert not claims(exercise, exercise.answer)
