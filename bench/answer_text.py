"""How fast a text is answered, on SQLite: one learner after another, and 10 at once.

The floor is `GET /health` of the same server in the same run: what HTTP alone costs on this machine.
"""

import argparse
import asyncio

from serving import TUTOR, Server, server, show, timed

from bakame.simulator.identity import ACCOUNT_SID

BODIES = ("MATH", "Aline", "1", "1", "12", "HINT", "7", "STATUS", "SKIP", "15")


async def one_text(here: Server, *, learner: int, turn: int) -> tuple[float, float]:
    """Milliseconds of `/health` and of `/sms`."""
    form = {
        "MessageSid": f"SM{learner * 1000 + turn:032x}",
        "AccountSid": ACCOUNT_SID,
        "From": f"+25078{1000000 + learner:07d}",
        "To": TUTOR,
        "Body": BODIES[turn % len(BODIES)],
        "NumMedia": "0",
        "NumSegments": "1",
    }
    health_ms, _ = await timed(here, "/health")
    text_ms, document = await timed(here, "/sms", form, here.signed("/sms", form))
    assert "<Message>" in document
    return health_ms, text_ms


async def measure(here: Server, *, learners: int, turns: int) -> None:
    async def lesson(learner: int) -> list[tuple[float, float]]:
        return [await one_text(here, learner=learner, turn=turn) for turn in range(turns)]

    await lesson(0)
    alone = [times for learner in range(1, learners + 1) for times in await lesson(learner)]
    together = await asyncio.gather(*(lesson(learner) for learner in range(100, 100 + learners)))
    crowd = [times for lesson_times in together for times in lesson_times]
    show(
        f"{learners} learners, {turns} texts each, SQLite",
        {
            "GET /health (floor), one at a time": [health for health, _ in alone],
            "POST /sms, one at a time": [text for _, text in alone],
            f"GET /health (floor), {learners} at once": [health for health, _ in crowd],
            f"POST /sms, {learners} at once": [text for _, text in crowd],
        },
        goals={
            "POST /sms, one at a time": "p95 < 150",
            f"POST /sms, {learners} at once": "p95 < 150",
        },
    )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--learners", type=int, default=10)
    options.add_argument("--turns", type=int, default=20)
    given = options.parse_args()
    with server() as here:
        asyncio.run(measure(here, learners=given.learners, turns=given.turns))
