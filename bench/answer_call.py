"""How fast a call is answered: the webhook, and the first sound after the stream's start, with 10 calls at once.

The floor is `GET /health` of the same server in the same run: what HTTP alone costs on this machine.
"""

import argparse
import asyncio
import time
import xml.etree.ElementTree as ET

import orjson
import websockets
from serving import TUTOR, Server, server, show, timed

from bakame.simulator.identity import ACCOUNT_SID
from bakame.simulator.media import CarrierStream


async def one_call(here: Server, number: int) -> tuple[float, float, float]:
    """Milliseconds of `/health`, of `/call`, and from `start` to the first media frame."""
    sid = f"CA{number:032x}"
    caller = f"+25078{1000000 + number:07d}"
    form = {"CallSid": sid, "AccountSid": ACCOUNT_SID, "From": caller, "To": TUTOR, "CallStatus": "ringing"}
    form |= {"Direction": "inbound", "ApiVersion": "2010-04-01"}
    health_ms, _ = await timed(here, "/health")
    call_ms, document = await timed(here, "/call", form, here.signed("/call", form))

    stream = ET.fromstring(document).find("Connect/Stream")
    assert stream is not None
    url = stream.attrib["url"]
    parameters = {one.attrib["name"]: one.attrib["value"] for one in stream.findall("Parameter")}
    carrier = CarrierStream(stream_sid=f"MZ{number:032x}", call_sid=sid, account_sid=ACCOUNT_SID)
    async with websockets.connect(url, additional_headers=here.signer.headers(url), compression=None) as socket:
        await socket.send(carrier.connected())
        await socket.send(carrier.start(parameters))
        began = time.perf_counter()
        async for message in socket:
            if orjson.loads(message)["event"] == "media":
                break
        sound_ms = (time.perf_counter() - began) * 1000
        await socket.send(carrier.stop())
    return health_ms, call_ms, sound_ms


async def measure(here: Server, *, calls: int, rounds: int) -> None:
    results: list[tuple[float, float, float]] = []
    await one_call(here, 0)
    for round_ in range(rounds):
        numbers = range(1 + round_ * calls, 1 + (round_ + 1) * calls)
        results += await asyncio.gather(*(one_call(here, number) for number in numbers))
    health, call, sound = zip(*results, strict=True)
    show(
        f"{calls} calls at once, {rounds} rounds, new callers, SQLite",
        {
            "GET /health (floor)": health,
            "POST /call": call,
            "start to first sound": sound,
        },
        goals={"POST /call": "p95 < 100", "start to first sound": "p95 < 500"},
    )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=10)
    options.add_argument("--rounds", type=int, default=20)
    given = options.parse_args()
    with server() as here:
        asyncio.run(measure(here, calls=given.calls, rounds=given.rounds))
