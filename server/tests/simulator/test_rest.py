"""The carrier's REST side: what the server sends reaches the phone; wrong requests get the carrier's errors."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from bakame.simulator.call import Call
from bakame.simulator.carrier import Carrier
from bakame.simulator.events import CallState, EndReason, StreamOpened
from bakame.simulator.hosting import hosted
from bakame.simulator.rest import ACCOUNTS, RestApi
from bakame.simulator.texting import ReceivedText
from bakame.simulator.virtual_time import run_virtual
from simulator.fake_server import TOKEN, FakeServer, Stream

LEARNER, TUTOR = "+250788000001", "+250788000000"
OPEN = '<Response><Connect><Stream url="ws://HOST/stream"/></Connect></Response>'

Story = Callable[[str, Carrier, httpx.AsyncClient], Awaitable[None]]


def with_rest(server: FakeServer, story: Story) -> None:
    """Tells a story with the server's address, a carrier and a client of its REST side."""

    async def main() -> None:
        async with (
            hosted(server.app()) as url,
            Carrier(url, auth_token=TOKEN) as carrier,
            hosted(RestApi(carrier).app()) as api,
            httpx.AsyncClient(
                base_url=f"{api}{ACCOUNTS}/{carrier.account_sid}", auth=(carrier.account_sid, TOKEN), trust_env=False
            ) as client,
        ):
            await story(url, carrier, client)

    run_virtual(main(), limit_s=900)


async def rung(carrier: Carrier) -> Call:
    call = await carrier.incoming.get()
    assert isinstance(call, Call)
    return call


def test_a_text_reaches_the_phone_and_is_counted_in_parts() -> None:
    async def story(_: str, carrier: Carrier, client: httpx.AsyncClient) -> None:
        body = "Today you mastered halves and quarters — " + "well done " * 4
        answer = await client.post("/Messages.json", data={"To": LEARNER, "From": TUTOR, "Body": body})
        assert answer.status_code == 201
        sent = answer.json()
        assert (sent["status"], sent["num_segments"], sent["to"]) == ("queued", "2", LEARNER)
        received = await carrier.incoming.get()
        assert isinstance(received, ReceivedText)
        assert (received.sid, received.body, received.encoding) == (sent["sid"], body, "UCS-2")

    with_rest(FakeServer(), story)


def test_whoever_said_stop_gets_no_texts_until_start() -> None:
    async def story(_: str, carrier: Carrier, client: httpx.AsyncClient) -> None:
        text = {"To": LEARNER, "From": TUTOR, "Body": "Muraho"}
        await carrier.send_text(LEARNER, TUTOR, " stop ")
        refused = await client.post("/Messages.json", data=text)
        assert refused.status_code == 400
        assert refused.json()["code"] == 21610
        assert (await client.post("/Messages.json", data=text | {"To": "+250788000002"})).status_code == 201
        await carrier.send_text(LEARNER, TUTOR, "Start")
        assert (await client.post("/Messages.json", data=text)).status_code == 201

    with_rest(FakeServer(documents={"/sms": ["<Response/>"]}), story)


@pytest.mark.parametrize(
    ("path", "form", "status", "code"),
    [
        ("/Messages.json", {"To": "0788", "From": TUTOR, "Body": "x"}, 400, 21211),
        ("/Messages.json", {"To": LEARNER, "Body": "x"}, 400, 21603),
        ("/Messages.json", {"To": LEARNER, "From": TUTOR}, 400, 21602),
        ("/Messages.json", {"To": LEARNER, "From": TUTOR, "Body": "x" * 1601}, 400, 21617),
        ("/Calls.json", {"To": LEARNER, "From": TUTOR}, 400, 21205),
        ("/Calls.json", {"To": LEARNER, "From": "me", "Url": "http://127.0.0.1:9/"}, 400, 21212),
        ("/Calls.json", {"To": LEARNER, "From": TUTOR, "Twiml": "<Response>"}, 400, 12100),
        ("/Calls.json", {"To": LEARNER, "From": TUTOR, "Url": "/a", "Timeout": "soon"}, 400, 21224),
        ("/Calls/CA0.json", {"Status": "completed"}, 404, 20404),
    ],
)
def test_wrong_requests_are_refused_with_the_carriers_codes(
    path: str, form: dict[str, str], status: int, code: int
) -> None:
    async def story(_: str, carrier: Carrier, client: httpx.AsyncClient) -> None:
        answer = await client.post(path, data=form)
        assert (answer.status_code, answer.json()["status"], answer.json()["code"]) == (status, status, code)
        assert carrier.incoming.empty()

    with_rest(FakeServer(), story)


def test_a_wrong_password_is_refused() -> None:
    async def story(_: str, carrier: Carrier, client: httpx.AsyncClient) -> None:
        answer = await client.post("/Messages.json", data={}, auth=(carrier.account_sid, "wrong"))
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)

    with_rest(FakeServer(), story)


def test_the_server_calls_the_phone_and_hangs_up() -> None:
    async def talk(stream: Stream) -> None:
        await stream.until("start")
        await stream.drain()

    server = FakeServer(documents={"/call/answered": [OPEN]}, talk=talk)

    async def story(url: str, carrier: Carrier, client: httpx.AsyncClient) -> None:
        form = {
            "To": LEARNER,
            "From": TUTOR,
            "Url": f"{url}/call/answered",
            "StatusCallback": f"{url}/call/status",
            "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        }
        placed = (await client.post("/Calls.json", data=form)).json()
        assert placed["status"] == "queued"
        call = await rung(carrier)
        await asyncio.sleep(4)
        assert (await client.get(f"/Calls/{call.sid}.json")).json()["status"] == "ringing"
        call.answer()
        assert await call.until(StreamOpened)
        await asyncio.sleep(10)
        over = await client.post(f"/Calls/{placed['sid']}.json", data={"Status": "completed"})
        assert over.status_code == 200
        end = await call.ended()
        assert (end.reason, end.state) == (EndReason.SERVER, CallState.COMPLETED)
        assert (await client.get(f"/Calls/{call.sid}.json")).json()["duration"] == "10"
        late = await client.post(f"/Calls/{call.sid}.json", data={"Status": "completed"})
        assert late.json()["code"] == 21220

    with_rest(server, story)
    (asked,) = server.got("/call/answered")
    assert (asked["Direction"], asked["CallStatus"], asked["To"]) == ("outbound-api", "in-progress", LEARNER)
    told = server.got("/call/status")
    assert [form["CallStatus"] for form in told] == ["queued", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in told] == ["0", "1", "2", "3"]
    assert len(server.streams[0].of("stop")) == 1


def test_a_live_call_is_given_another_document() -> None:
    server = FakeServer(documents={"/call": [OPEN], "/second": [OPEN.replace("/stream", "/stream")]})

    async def story(url: str, carrier: Carrier, client: httpx.AsyncClient) -> None:
        call = await carrier.place_call(LEARNER, TUTOR)
        await call.until(StreamOpened)
        await asyncio.sleep(1)
        await client.post(f"/Calls/{call.sid}.json", data={"Url": f"{url}/second"})
        await asyncio.sleep(1)
        assert call.state is CallState.IN_PROGRESS
        await client.post(f"/Calls/{call.sid}.json", data={"Twiml": "<Response><Hangup/></Response>"})
        assert (await call.ended()).reason is EndReason.SERVER

    with_rest(server, story)
    assert len(server.streams) == 2
    assert all(len(stream.of("stop")) == 1 for stream in server.streams)


@pytest.mark.parametrize(
    ("refuse", "state"), [(True, CallState.BUSY), (False, CallState.NO_ANSWER)], ids=["refused", "let ring"]
)
def test_a_call_that_is_not_answered(refuse: bool, state: CallState) -> None:
    async def story(url: str, carrier: Carrier, client: httpx.AsyncClient) -> None:
        form = {"To": LEARNER, "From": TUTOR, "Url": f"{url}/call", "Timeout": "20", "StatusCallback": f"{url}/over"}
        await client.post("/Calls.json", data=form)
        call = await rung(carrier)
        if refuse:
            await call.hang_up()
        assert (await call.ended()).state is state
        late = await client.post(f"/Calls/{call.sid}.json", data={"Status": "canceled"})
        assert late.status_code == 400

    server = FakeServer()
    with_rest(server, story)
    assert [form["CallStatus"] for form in server.got("/over")] == [state.value]
    assert server.got("/call") == []
