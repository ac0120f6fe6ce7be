import asyncio

from bakame.calls.live import MOST_CALLS, REMEMBERED, LiveCalls, LiveEvent


def test_a_late_follower_gets_the_past_then_what_comes_then_the_end() -> None:
    async def scenario() -> None:
        calls = LiveCalls()
        call = calls.open("CA1")
        call.tell("state", state="processing")
        call.tell("heard", utterance=1, text="What")
        call.tell("heard", utterance=1, text="What is")
        seen: list[LiveEvent] = []

        async def follow() -> None:
            seen.extend([event async for event in call.follow()])

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(follow())
            await asyncio.sleep(0)
            call.tell("said", text="56", by="keys")
            calls.close("CA1")
        assert [event.data for event in seen] == [
            {"state": "processing"},
            {"utterance": 1, "text": "What is"},
            {"text": "56", "by": "keys"},
        ]
        assert calls.get("CA1") is None
        assert [event async for event in call.follow()] == seen

    asyncio.run(scenario())


def test_calls_that_never_come_do_not_pile_up() -> None:
    calls = LiveCalls()
    for number in range(MOST_CALLS + 5):
        calls.open(f"CA{number}")
    assert calls.get("CA4") is None
    assert calls.get("CA5") is not None


def test_the_memory_of_a_long_call_is_bounded() -> None:
    async def scenario() -> None:
        call = LiveCalls().open("CA1")
        for number in range(REMEMBERED * 2):
            call.tell("heard", utterance=number, text="x")
        call.end()
        assert len([event async for event in call.follow()]) == REMEMBERED

    asyncio.run(scenario())
