"""The first lesson, end to end: real server, real protocol, real speech, with the simulator as the phone."""

from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind
from bakame.learning.lesson import Phase
from bakame.simulator.call import Call
from bakame.simulator.events import AudioCleared, EndReason
from bakame.simulator.texting import ReceivedText
from e2e.town import LEARNER, TUTOR, Here, Town, exercise_of, heard, understood


async def meets(here: Here) -> Call:
    """A new caller who gives no name and agrees to be remembered; the first placement question is open."""
    call = await here.calls()
    await here.presses(call, "1")
    await here.presses(call, "1")
    return call


async def _integer_question(here: Here, call: Call) -> Exercise:
    """Answers rightly, by keys, until the lesson asks for a whole number of at most two digits."""
    for _ in range(20):
        exercise = await exercise_of(here)
        if await here.phase() == Phase.PRACTICE and exercise.kind is AnswerKind.INTEGER and len(exercise.answer) < 3:
            return exercise
        await here.answers(call)
    raise AssertionError("no such question came")


def test_a_new_caller_is_met_placed_taught_cut_off_and_taken_up_again_by_call_and_by_text(town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await here.calls()
        assert "What is your first name?" in heard(call)
        assert "Patrick" in await here.says(call, "my name is Patrick")
        assert understood(call) == ["patrick"]
        assert "May I keep" in await here.says(call, "yes")
        assert "?" in await here.presses(call, "1") or await here.phase() == Phase.PLACEMENT

        exercise = await _integer_question(here, call)
        wrong = await here.says(call, "twelve") if exercise.answer != "12" else await here.says(call, "eleven")
        assert understood(call)[-1] in ("twelve", "eleven")
        assert wrong
        hint = await here.presses(call, "0")
        assert hint

        question = await exercise_of(here)
        repeated = await here.presses(call, "*")
        assert question.say in repeated
        call.press("*")
        await call.until_speaking()
        call.drop()
        assert (await call.ended()).reason is EndReason.CABLE

        again = await here.calls()
        assert "Patrick" in heard(again)
        assert question.say in heard(again)
        assert await exercise_of(here) == question
        await again.hang_up()

        reply = await here.texts(question.answer)
        assert 0 < len(reply) <= 160
        assert await exercise_of(here) != question
        status = await here.texts("STATUS")
        assert "Patrick" in status
        assert again.warnings == call.warnings == ()

    town.visit(journey)


def test_a_whole_lesson_can_be_done_by_keys_alone(town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await meets(here)
        for _ in range(12):
            assert await here.answers(call)
        assert await here.phase() == Phase.PRACTICE
        assert call.heard.gaps == ()
        assert (await call.hang_up()).reason is EndReason.CALLER

    town.visit(journey)


def test_the_caller_can_speak_over_the_tutor(town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await here.carrier.place_call(LEARNER, TUTOR)
        await call.until_speaking()
        before = call.heard.heard_ms
        answer = await here.says(call, "my name is Patrick")
        assert "Patrick" in answer
        assert heard(call).count("What is your first name?") == 0 or before < 1000
        assert any(isinstance(event, AudioCleared) for event in call.log)

    town.visit(journey)


def test_a_caller_who_says_nothing_is_asked_again_offered_keys_and_let_go(town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await here.carrier.place_call(LEARNER, TUTOR)
        ended = await call.ended()
        assert ended.reason is EndReason.SERVER
        assert heard(call).count("first name") >= 2

    town.visit(journey)


def test_a_text_that_asks_for_a_call_is_answered_and_the_phone_rings(town: Town) -> None:
    async def journey(here: Here) -> None:
        await here.texts("MATH")
        assert "call" in (await here.texts("CALL")).lower()
        ringing = await here.receives()
        assert isinstance(ringing, Call)
        ringing.answer()
        await ringing.until_quiet()
        assert heard(ringing)
        await ringing.hang_up()

    town.visit(journey)


def test_a_lesson_lives_through_a_restart_of_the_server(town: Town) -> None:
    question: Exercise | None = None

    async def before(here: Here) -> None:
        nonlocal question
        call = await meets(here)
        question = await exercise_of(here)
        await call.hang_up()

    async def after(here: Here) -> None:
        assert question is not None
        call = await here.calls()
        assert question.say in heard(call)

    town.visit(before)
    town.visit(after)


def test_the_first_lesson_on_postgresql(postgres_town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await meets(here)
        question = await exercise_of(here)
        await call.hang_up()
        assert await here.texts(question.answer)
        assert await exercise_of(here) != question

    postgres_town.visit(journey)


def test_a_reply_that_takes_too_long_comes_by_the_carriers_rest_side(town: Town) -> None:
    async def journey(here: Here) -> None:
        async with here.locked_database():
            first = await here.texts("MATH")
        assert "kept" in first
        later = await here.receives()
        assert isinstance(later, ReceivedText)
        assert later.to == LEARNER
        assert "name" in later.body

    town.visit(journey)
