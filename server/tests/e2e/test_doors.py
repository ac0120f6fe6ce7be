"""The doors under bad input: what is refused, what is survived, and that nothing is stored of what was refused."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress

import httpx
import pytest
import websockets
from prometheus_client import REGISTRY
from sqlalchemy import text
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bakame.simulator.events import CarrierSaid, EndReason
from bakame.simulator.media import CarrierStream
from bakame.simulator.signing import Signer
from bakame.simulator.twiml import Connect, parse_twiml
from bakame.store.database import Database
from e2e.town import LEARNER, TOKEN, TUTOR, Here, Town, heard

CALL = "CA" + "1" * 32


def _form(**more: str) -> dict[str, str]:
    fixed = {
        "CallSid": CALL,
        "AccountSid": "AC" + "0" * 31 + "1",
        "From": LEARNER,
        "To": TUTOR,
        "CallStatus": "ringing",
    }
    return {**fixed, "Direction": "inbound", **more}


async def _post(here: Here, path: str, form: dict[str, str], *, token: str = TOKEN) -> httpx.Response:
    async with httpx.AsyncClient() as http:
        url = here.url + path
        return await http.post(url, data=form, headers=Signer(token).headers(url, form))


async def _stored(here: Here, table: str) -> int:
    async with Database(here.settings.database) as database, database.session(read_only=True) as session:
        return await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608  # names of this file


def _counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def _dial(here: Here, *, token: str = TOKEN) -> ClientConnection:
    url = here.url.replace("http", "ws") + "/twilio-stream"
    return await websockets.connect(url, additional_headers=Signer(token).headers(url), compression=None)


async def _offer(here: Here, call_sid: str = CALL) -> dict[str, str]:
    """Offers a call; the parameters that its stream must bring."""
    answer = await _post(here, "/call", _form(CallSid=call_sid))
    (verb,) = parse_twiml(answer.content).verbs
    assert isinstance(verb, Connect)
    return dict(verb.parameters)


def _stream(call_sid: str = CALL) -> CarrierStream:
    return CarrierStream(stream_sid="MZ" + "2" * 32, call_sid=call_sid, account_sid="AC" + "0" * 31 + "1")


async def _until_closed(socket: ClientConnection) -> int | None:
    with suppress(ConnectionClosed):
        async for _ in socket:
            pass
    return socket.close_code


async def _first_media(socket: ClientConnection) -> bool:
    async for message in socket:
        if json.loads(message)["event"] == "media":
            return True
    return False


def test_a_webhook_that_the_carrier_did_not_sign_is_refused_counted_and_not_stored(town: Town) -> None:
    async def journey(here: Here) -> None:
        for path in ("/call", "/sms", "/call/after", "/call/status"):
            name, labels = ("bakame_calls_refused_total", {"door": path, "why": "denied"})
            if path == "/sms":
                name, labels = ("bakame_texts_total", {"outcome": "refused"})
            before = _counted(name, **labels)
            form = _form(MessageSid="SM" + "1" * 32, Body="MATH")
            async with httpx.AsyncClient() as http:
                assert (await http.post(here.url + path, data=form)).status_code == 403
            assert (await _post(here, path, form, token="not-the-token")).status_code == 403
            assert _counted(name, **labels) == before + 2
        for table in ("lines", "learners", "calls", "messages"):
            assert await _stored(here, table) == 0

    town.visit(journey)


def test_an_upgrade_that_the_carrier_did_not_sign_is_refused(town: Town) -> None:
    async def journey(here: Here) -> None:
        with pytest.raises(InvalidStatus) as refused:
            await _dial(here, token="not-the-token")
        assert refused.value.response.status_code == 403

    town.visit(journey)


def test_a_socket_without_a_start_is_closed_after_five_seconds(town: Town) -> None:
    async def journey(here: Here) -> None:
        loop = asyncio.get_running_loop()
        async with await _dial(here) as socket:
            await socket.send(_stream().connected())
            began = loop.time()
            assert await _until_closed(socket) == 1008
            assert 4.9 <= loop.time() - began <= 5.5

    town.visit(journey)


@pytest.mark.parametrize("change", ["no token", "another call's token", "a broken token", "the same token again"])
def test_a_start_without_its_own_fresh_token_is_refused(town: Town, change: str) -> None:
    async def journey(here: Here) -> None:
        parameters = await _offer(here)
        if change == "no token":
            parameters = {}
        elif change == "another call's token":
            parameters = await _offer(here, "CA" + "9" * 32)
        elif change == "a broken token":
            parameters = {"token": parameters["token"][:-1] + ("A" if parameters["token"][-1] != "A" else "B")}
        else:
            async with await _dial(here) as first:
                await first.send(_stream().connected())
                await first.send(_stream().start(parameters))
                assert await _first_media(first)
        async with await _dial(here) as socket:
            await socket.send(_stream().connected())
            await socket.send(_stream().start(parameters))
            assert await _until_closed(socket) == 1008

    town.visit(journey)


def test_a_token_is_worth_nothing_after_a_minute(town: Town) -> None:
    async def journey(here: Here) -> None:
        parameters = await _offer(here)
        await asyncio.sleep(61)
        async with await _dial(here) as socket:
            await socket.send(_stream().connected())
            await socket.send(_stream().start(parameters))
            assert await _until_closed(socket) == 1008

    town.visit(journey)


async def _in_mid_call(here: Here, act: Callable[[ClientConnection, CarrierStream], Awaitable[None]]) -> int | None:
    """Opens a call by hand, acts, presses a key, and tells how the socket was closed (None: the call goes on)."""
    stream = _stream()
    async with await _dial(here) as socket:
        await socket.send(stream.connected())
        await socket.send(stream.start(await _offer(here)))
        assert await _first_media(socket)
        await act(socket, stream)
        await socket.send(stream.dtmf("1"))
        try:
            async with asyncio.timeout(3):
                await _until_closed(socket)
        except TimeoutError:
            return None
        return socket.close_code


BROKEN = (
    "",
    "not json",
    "[]",
    '{"event":"media"}',
    '{"event":"media","streamSid":"MZ' + "2" * 32 + '","sequenceNumber":"x","media":{"payload":"%%%"}}',
    '{"event":"dtmf","streamSid":"MZ' + "2" * 32 + '","sequenceNumber":"3","dtmf":{"digit":"99"}}',
    '{"event":"mark","streamSid":"MZother","sequenceNumber":"3","mark":{"name":"m1"}}',
    '{"event":"start"}',
    '{"event":"weather","streamSid":"MZ' + "2" * 32 + '"}',
    "[" * 5000,
    b"\x00\xff\x00",
)


def test_broken_messages_are_survived(town: Town) -> None:
    async def journey(here: Here) -> None:
        async def act(socket: ClientConnection, _: CarrierStream) -> None:
            for message in BROKEN:
                await socket.send(message)

        assert await _in_mid_call(here, act) is None

    town.visit(journey)


def test_an_oversized_message_ends_the_call_cleanly(town: Town) -> None:
    async def journey(here: Here) -> None:
        async def act(socket: ClientConnection, _: CarrierStream) -> None:
            await socket.send("x" * 200_000)

        assert await _in_mid_call(here, act) == 1009
        assert await here.texts("STATUS")

    town.visit(journey)


def test_frames_out_of_order_and_of_odd_sizes_are_survived(town: Town) -> None:
    async def journey(here: Here) -> None:
        async def act(socket: ClientConnection, stream: CarrierStream) -> None:
            messages = [stream.media(b"\xff" * size, timestamp_ms=size) for size in (160, 1, 0, 999, 160, 8000)]
            for message in reversed(messages):
                await socket.send(message)

        assert await _in_mid_call(here, act) is None

    town.visit(journey)


def test_a_caller_without_a_usable_number_hears_why_and_nothing_is_stored(town: Town) -> None:
    async def journey(here: Here) -> None:
        for caller in ("anonymous", "+266696687", "", "client:aline", "12345", "+" + "9" * 40):
            call = await here.carrier.place_call(caller, TUTOR)
            ended = await call.ended()
            assert ended.reason is EndReason.SERVER
            assert any(isinstance(event, CarrierSaid) and "number" in event.text for event in call.log)
        assert await _stored(here, "learners") == 0

    town.visit(journey)


def test_signed_webhooks_with_absurd_fields_get_a_clear_answer(town: Town) -> None:
    async def journey(here: Here) -> None:
        for absurd in ({"CallSid": ""}, {"CallSid": "x" * 500}, {"From": "\x00\x01"}, {"Extra": "y" * 70_000}):
            answer = await _post(here, "/call", _form(**absurd))
            assert answer.status_code in (200, 422)
        assert (await _post(here, "/call", _form())).status_code == 200

    town.visit(journey)


def test_a_caller_hears_an_apology_when_the_database_is_locked_and_is_taught_when_it_is_not(town: Town) -> None:
    async def journey(here: Here) -> None:
        async with here.locked_database():
            call = await here.carrier.place_call(LEARNER, TUTOR)
            await call.ended()
        assert any(isinstance(event, CarrierSaid) and "Sorry" in event.text for event in call.log)
        assert "name" in heard(await here.calls())

    town.visit(journey)


def test_a_database_that_locks_in_mid_call_is_an_apology_and_the_place_is_kept(town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await here.calls()
        async with here.locked_database():
            call.press("1")
            ended = await call.ended()
        assert ended.reason is EndReason.SERVER
        assert "Sorry" in heard(call)
        assert "name" in heard(await here.calls())

    town.visit(journey)


ABSURD_TEXTS = (
    "",
    "   ",
    "x" * 10_000,
    "🙂" * 50,
    "मेरा नाम",
    "\x00\x07",
    "<Response/>",
    "'; DROP TABLE lines; --",
    "%s {0}",
)


def test_any_text_gets_one_sensible_reply_of_one_part(town: Town) -> None:
    async def journey(here: Here) -> None:
        for index, body in enumerate(ABSURD_TEXTS, 1):
            first = await here.texts(body, from_=f"+2507881000{index:02d}")
            assert 0 < len(first) <= 160
            assert await _stored(here, "messages") == 2 * index
        assert await here.texts("STATUS", from_="+250788100001")

    town.visit(journey)


def test_the_same_text_twice_is_answered_once(town: Town) -> None:
    async def journey(here: Here) -> None:
        sid = "SM" + "7" * 32
        assert await here.texts("MATH", message_sid=sid)
        assert await here.texts("MATH", message_sid=sid) == ""
        assert await _stored(here, "messages") == 2

    town.visit(journey)


def test_the_same_text_twice_at_once_is_answered_once(town: Town) -> None:
    async def journey(here: Here) -> None:
        sid = "SM" + "7" * 32
        replies = await asyncio.gather(*(here.texts("MATH", message_sid=sid) for _ in range(4)))
        assert sorted(map(bool, replies)) == [False, False, False, True]

    town.visit(journey)


def test_two_texts_at_once_from_one_learner_get_a_reply_each(town: Town) -> None:
    async def journey(here: Here) -> None:
        await here.texts("MATH")
        replies = await asyncio.gather(here.texts("NAME Aline"), here.texts("STATUS"), here.texts("HELP"))
        assert all(replies)
        assert await _stored(here, "learners") == 1

    town.visit(journey)


def test_many_people_call_and_text_at_once(town: Town) -> None:
    async def journey(here: Here) -> None:
        numbers = [f"+2507881000{n:02d}" for n in range(10)]
        calls = await asyncio.gather(*(here.calls(number) for number in numbers))
        replies = await asyncio.gather(*(here.texts("HELP", from_=number) for number in numbers))
        assert all("name" in heard(call) for call in calls)
        assert all(replies)
        assert all(call.heard.gaps == () for call in calls)
        await asyncio.gather(*(call.hang_up() for call in calls))
        assert await _stored(here, "learners") == 10

    town.visit(journey)
