"""Whole lessons, by what the learner hears."""

from bakame.learning.expect import AnswerKind
from bakame.learning.lesson import Phase
from bakame.records.learners.schemas import Consent
from bakame.text.commands import Command
from bakame.tutor.turn import Act, Channel, Said
from classroom import Pupil


def test_a_new_caller_is_greeted_named_and_asked_for_consent(pupil: Pupil) -> None:
    assert pupil.calls() == (
        "Welcome to BAKAME, a tutor by phone. We begin with maths. For other subjects, say menu. "
        "What is your first name?"
    )
    assert pupil.reply.expect.kind is AnswerKind.NAME
    assert "Keza" in pupil.reply.expect.options
    assert pupil.says("my name is Keza") == "I heard Keza. Is that right? For yes, press 1. For no, press 2."
    assert "Keza. May I keep the words you say" in pupil.keys("1")
    assert pupil.person.name == "Keza"
    heard = pupil.says("yes")
    assert "First, a few questions to find where to start." in heard
    assert pupil.person.consent is Consent.GRANTED
    assert heard.endswith(pupil.exercise.say)
    assert pupil.reply.expect == pupil.exercise.expect


def test_a_misheard_name_is_asked_again_and_then_let_be(pupil: Pupil) -> None:
    pupil.calls()
    pupil.says("Peter")
    assert pupil.says("no") == "Sorry, I did not catch your name. What is your first name?"
    pupil.says("Esther")
    assert pupil.says("no") == "Let us spell it. Say the letters of your first name, one by one."
    assert "we go on without a name" in pupil.says("no")
    assert pupil.lesson.phase is Phase.CONSENT
    assert pupil.person.name is None


def test_a_name_that_is_not_heard_twice_is_spelled(pupil: Pupil) -> None:
    pupil.calls()
    for heard in ("Peter", "no", "Esther", "no"):
        pupil.says(heard)
    assert pupil.says("k e z a") == "I heard Keza. Is that right? For yes, press 1. For no, press 2."
    pupil.says("yes")
    assert pupil.person.name == "Keza"


def test_a_corrected_name_is_taken(pupil: Pupil) -> None:
    pupil.calls()
    pupil.says("Peter")
    assert pupil.says("Esther").startswith("I heard Esther.")
    pupil.says("yes")
    assert pupil.person.name == "Esther"


def test_any_key_goes_on_without_a_name(pupil: Pupil) -> None:
    pupil.calls()
    assert "we go on without a name" in pupil.keys("1")
    assert pupil.lesson.phase is Phase.CONSENT


def test_teaching_goes_on_when_consent_is_declined_and_no_words_are_kept(pupil: Pupil) -> None:
    pupil.meets(consent=False)
    assert pupil.person.consent is Consent.DECLINED
    assert pupil.lesson.phase is Phase.PLACEMENT
    pupil.answers()
    assert {turn.text for turn in pupil.transcript if turn.role == "learner"} == {None}


def test_a_learner_who_agrees_has_a_transcript_of_what_followed(pupil: Pupil) -> None:
    pupil.meets()
    answer = pupil.exercise.answer
    pupil.says(answer)
    assert [turn.text for turn in pupil.transcript if turn.role == "learner"] == [None, None, "yes", answer]


def test_placement_takes_six_to_eight_questions_and_leads_to_a_worked_example(pupil: Pupil) -> None:
    pupil.meets()
    asked = 0
    heard = ""
    while pupil.lesson.phase is Phase.PLACEMENT:
        asked += 1
        heard = pupil.answers(right=asked % 2 == 1)
    assert 6 <= asked <= 8
    assert "Now I know where to start." in heard
    assert "First, an example." in heard
    assert heard.endswith(pupil.exercise.say)
    assert pupil.knowledge


def test_not_knowing_in_the_placement_is_fine(pupil: Pupil) -> None:
    pupil.meets()
    question = pupil.exercise
    assert "no hint yet" in pupil.presses(Command.HINT)
    assert pupil.exercise == question
    assert "That is fine." in pupil.presses(Command.DONT_KNOW)
    assert pupil.exercise != question


def test_right_answers_lead_to_mastery_and_a_new_topic(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed(right=False)
    first = pupil.exercise.skill_id
    heard = [pupil.answers() for _ in range(8)]
    announced = [words for words in heard if "You can do this now:" in words]
    assert announced
    assert pupil.knowledge[first].mastered
    assert pupil.exercise.skill_id != first


def test_a_call_that_drops_in_mid_question_goes_on_at_that_very_question(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    pupil.answers(right=False)
    item = pupil.lesson.item
    heard = pupil.calls()
    assert heard.startswith("Hello, Keza.")
    assert "We stopped in the middle of a question. Here it is again." in heard
    assert heard.endswith(pupil.exercise.say)
    assert pupil.lesson.item == item


def test_a_call_is_taken_up_by_text(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    question = pupil.exercise
    read = pupil.texts(question.answer)
    assert "right" in read.lower()
    assert read.endswith(pupil.exercise.sms)
    assert pupil.exercise != question


def test_a_goodbye_keeps_the_open_question(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    pupil.answers()
    question = pupil.exercise
    heard = pupil.says("goodbye")
    assert "This time you answered one question." in heard
    assert heard.endswith("I keep this question for you. Goodbye, Keza.")
    assert pupil.reply.ends
    pupil.calls()
    assert pupil.exercise == question


def test_a_call_of_ten_minutes_closes_after_the_question(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    pupil.answers()
    pupil.elapsed_ms = 10 * 60_000
    heard = pupil.answers()
    assert "This time you answered 2 questions, 2 of them right away." in heard
    assert "Next time:" in heard
    assert heard.endswith("Goodbye, Keza.")
    assert pupil.reply.ends
    heard = pupil.calls()
    assert heard.startswith("Hello, Keza.")
    assert "stopped in the middle" not in heard
    assert heard.endswith(pupil.exercise.say)


def test_two_answers_at_once_are_each_answered_and_none_is_lost(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    asked = pupil.lesson.sitting.asked
    replies = pupil.together(*(Said(Channel.SMS, text=pupil.exercise.answer, message_id=f"SM{n}") for n in range(2)))
    assert all(reply.text for reply in replies)
    said = [turn.text for turn in pupil.transcript if turn.channel == "sms" and turn.role == "learner"]
    assert len(said) == 2
    assert pupil.lesson.sitting.asked >= asked + 1


def test_a_broken_saved_lesson_starts_afresh_and_never_crashes(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    pupil.breaks_lesson({"schema": 99})
    heard = pupil.calls()
    assert heard.startswith("Hello, Keza.")
    assert heard.endswith(pupil.exercise.say)
    assert pupil.lesson.phase is Phase.PRACTICE


def test_silence_repeats_slowly_then_offers_keys_then_says_goodbye(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    question = pupil.exercise
    assert pupil.is_silent(1) == question.say
    assert pupil.reply.words_per_minute == 105
    heard = pupil.is_silent(2)
    assert heard.startswith(question.say)
    assert "You can use the keys" in heard
    assert "Goodbye." in pupil.is_silent(3)
    assert pupil.reply.ends
    pupil.calls()
    assert pupil.exercise == question


def test_let_me_think_earns_quiet(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    question = pupil.exercise
    assert pupil.says("let me think") == "Take your time."
    assert pupil.reply.expect.patience_ms == 20_000
    assert pupil.exercise == question


def test_slower_lasts_for_the_call(pupil: Pupil) -> None:
    pupil.meets()
    pupil.is_placed()
    assert pupil.says("slower").endswith(pupil.exercise.say)
    pupil.answers()
    assert pupil.reply.words_per_minute == 105
    pupil.calls()
    assert pupil.reply.words_per_minute == 130


def test_status_counts_answers_and_a_text_needs_no_call(pupil: Pupil) -> None:
    assert pupil.texts("STATUS") == "Skills mastered: 0. Right answers: 0 of 0."
    assert pupil.texts("hello").startswith("Welcome to BAKAME, your tutor")


def test_a_name_can_be_texted_at_any_time(pupil: Pupil) -> None:
    pupil.calls()
    pupil.keys("1")
    pupil.keys("2")
    question = pupil.exercise
    read = pupil.texts("NAME Aline")
    assert read.endswith(question.sms)
    assert pupil.person.name == "Aline"


def test_an_open_act_when_nobody_is_known_needs_no_module(pupil: Pupil) -> None:
    pupil.act(Said(channel=Channel.WEB, act=Act.OPEN))
    assert pupil.lesson.phase is Phase.NAME


def test_on_a_poor_line_keys_are_offered_with_the_question(pupil: Pupil) -> None:
    pupil.calls()
    pupil.says("my name is Keza")
    pupil.keys("1")
    heard = pupil.act(Said(Channel.VOICE, text="yes", by="speech", confidence=0.99, line_poor=True))
    question, offer = heard.split(pupil.exercise.say)
    assert "First, a few questions" in question
    assert "press" in offer


def test_an_unsure_yes_is_no_consent_and_an_unsure_goodbye_ends_nothing(pupil: Pupil) -> None:
    pupil.calls()
    pupil.says("my name is Keza")
    pupil.keys("1")
    assert "May I keep" in pupil.says("yes", confidence=0.5)
    assert pupil.person.consent is Consent.UNASKED
    pupil.says("yes", confidence=0.95)
    assert pupil.person.consent is Consent.GRANTED
    pupil.says("goodbye", confidence=0.5)
    assert not pupil.reply.ends
    pupil.says("goodbye", confidence=0.95)
    assert pupil.reply.ends
