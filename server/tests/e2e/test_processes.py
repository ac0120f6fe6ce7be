"""What becomes of a call when its server stops or dies. Two real server processes, one carrier, no virtual time."""

import asyncio
import random
import signal
from pathlib import Path

from bakame.simulator.carrier import Carrier
from bakame.simulator.events import EndReason, StreamOpened
from bakame.simulator.hosting import hosted
from bakame.simulator.rest import RestApi
from e2e.processes import free_port, server_process
from e2e.town import LEARNER, TOKEN, TUTOR, heard, utterances

SOON_S = 60.0
STOPPED = (0, -signal.SIGTERM)
"""How a process ends that was told to and did: uvicorn passes the signal on when all is done."""


def test_a_call_goes_on_at_another_replica_when_its_own_is_told_to_stop(tmp_path: Path) -> None:
    async def scenario() -> None:
        first, second = free_port(), free_port()
        async with (
            Carrier(f"http://127.0.0.1:{first}", auth_token=TOKEN, rng=random.Random(3)) as carrier,
            hosted(RestApi(carrier).app()) as rest,
            server_process(tmp_path, port=second, rest=rest) as other,
            server_process(
                tmp_path, port=first, rest=rest, BAKAME_DRAIN_S="0", BAKAME_HAND_OVER_URL=f"http://127.0.0.1:{second}"
            ) as own,
        ):
            call = await carrier.place_call(LEARNER, TUTOR)
            assert await call.until_speaking(patience_s=SOON_S)
            own.tell_to_stop()
            assert await own.stopped() in STOPPED
            streams = [event for event in call.log if isinstance(event, StreamOpened)]
            assert len(streams) == 2
            assert await call.until_speaking(patience_s=SOON_S)
            assert not call.state.is_over
            assert other.process.returncode is None
            ended = await call.hang_up()
            assert ended.reason is EndReason.CALLER

    asyncio.run(scenario())


def test_a_caller_whom_nobody_can_take_over_is_told_and_the_process_stops(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        async with (
            Carrier(f"http://127.0.0.1:{port}", auth_token=TOKEN, rng=random.Random(3)) as carrier,
            server_process(tmp_path, port=port, rest=f"http://127.0.0.1:{free_port()}", BAKAME_DRAIN_S="0") as own,
        ):
            call = await carrier.place_call(LEARNER, TUTOR)
            assert await call.until_speaking(patience_s=SOON_S)
            own.tell_to_stop()
            ended = await call.ended()
            assert ended.reason is EndReason.SERVER
            assert await own.stopped() in STOPPED

    asyncio.run(scenario())


def test_a_lesson_is_taken_up_where_it_was_when_its_server_was_killed(tmp_path: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        async with (
            Carrier(f"http://127.0.0.1:{port}", auth_token=TOKEN, rng=random.Random(3)) as carrier,
            hosted(RestApi(carrier).app()) as rest,
        ):
            async with server_process(tmp_path, port=port, rest=rest) as own:
                call = await carrier.place_call(LEARNER, TUTOR)
                await call.until_quiet(patience_s=SOON_S)
                for keys in ("2", "1"):
                    await call.press(keys)
                    await call.until_quiet(patience_s=SOON_S)
                before = heard(call)
                own.kill()
                await call.ended()
            question = before[-24:]
            async with server_process(tmp_path, port=port, rest=rest):
                call = await carrier.place_call(LEARNER, TUTOR)
                await call.until_quiet(patience_s=SOON_S)
                assert utterances(call) > 0
                assert heard(call).endswith(question)
                await call.hang_up()

    asyncio.run(scenario())
