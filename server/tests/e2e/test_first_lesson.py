"""The first lesson, end to end: real server, real protocol, real speech, with the simulator as the phone."""

import asyncio

from e2e.town import LEARNER, Here, Town, exercise_of, heard, keys_for, understood

from bakame.simulator.call import Call
from bakame.simulator.events import EndReason
from bakame.simulator.texting import ReceivedText


async def _meets(here: Here) -> Call:
    """A new caller says a name and agrees to be remembered; the first placement question is open."""
    call = await here.calls()
    await here.says(call, "my name is Grace")
    await here.presses(call, "1")
    await here.presses(call, "1")
    return call


async def _is_placed(here: Here, call: Call) -> str:
    """Answers placement questions rightly, by keys, until the first exercise of the lesson."""
    said = ""
    for _ in range(9):
        said = await here.presses(call, keys_for(await exercise_of(here)))
    return said


def test_a_new_caller_is_met_placed_taught_cut_off_and_taken_up_again_by_call_and_by_text(town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await here.calls()
        assert "name" in heard(call)
        confirm = await here.says(call, "my name is Grace")
        assert "Grace" in confirm
        consent = await here.says(call, "yes")
        assert "press 1" in consent
        first_question = await here.presses(call, "1")
        assert "?" in first_question or ":" in first_question or "." in first_question
        await _is_placed(here, call)

        hint = await here.presses(call, "0")
        assert hint

        exercise = await exercise_of(here)
        answer = await here.says(call, "twelve")
        assert understood(call)[-1] == "twelve" or exercise.options
        assert answer

        question = await exercise_of(here)
        await call.until_quiet()
        call.drop()
        assert (await call.ended()).reason is EndReason.CABLE

        again = await here.calls()
        assert "Grace" in heard(again)
        assert (await exercise_of(here)).say == question.say
        assert question.say.split()[-1].strip("?.") in heard(again)
        await again.hang_up()

        reply = await here.texts(keys_for(question).rstrip("#"))
        assert reply
        assert len(reply) <= 160
        status = await here.texts("STATUS")
        assert "Grace" in status

    town.visit(journey)
