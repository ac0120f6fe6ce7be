"""A small town for journeys: the real server and a carrier with phones, over real loopback sockets, in one loop.

def test_something(town: Town) -> None:
    async def journey(here: Here) -> None:
        call = await here.calls()
        ...
    town.visit(journey)
"""

import asyncio
import random
import socket
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bakame.app.content import Content, load_content
from bakame.app.http.serving import make_server
from bakame.app.settings import SERVER_ROOT, Settings, load
from bakame.app.wiring import Product, product
from bakame.learning.exercises import Exercise
from bakame.learning.lesson import Lesson, Phase
from bakame.records.learners.service import Learners
from bakame.records.progress.service import Progress
from bakame.simulator.call import Call
from bakame.simulator.carrier import Carrier
from bakame.simulator.events import CallerUnderstood, TutorHeard
from bakame.simulator.hosting import hosted
from bakame.simulator.rest import RestApi
from bakame.simulator.speech import speech_of
from bakame.simulator.texting import ReceivedText
from bakame.simulator.virtual_time import run_virtual
from bakame.store.address import parse_address
from bakame.store.database import Database
from fakes.clock import LoopClock

LEARNER = "+250788123456"
TUTOR = "+250788000000"
TOKEN = "a-token-for-tests-0123456789"


@dataclass(frozen=True, slots=True)
class Here:
    """One running server, and a carrier that knows it."""

    url: str
    settings: Settings
    server: Product
    carrier: Carrier

    async def calls(self, from_: str = LEARNER) -> Call:
        """A learner dials and listens until the tutor has finished speaking."""
        call = await self.carrier.place_call(from_, TUTOR)
        await call.until_quiet(quiet_s=1.5)
        return call

    async def says(self, call: Call, words: str) -> str:
        """Says it with a synthetic voice; what the tutor answers."""
        before = utterances(call)
        await call.speak_audio(await speech_of(words, synthesiser=self.server.speech.synthesiser))
        await call.until_quiet(quiet_s=1.5)
        return heard(call, after=before)

    async def presses(self, call: Call, keys: str) -> str:
        """Presses keys; what the tutor answers."""
        before = utterances(call)
        await call.press(keys)
        await call.until_quiet(quiet_s=1.5)
        return heard(call, after=before)

    async def answers(self, call: Call) -> str:
        """Keys in the right answer to the open question, and agrees when a long number is read back."""
        said = await self.presses(call, keys_for(await exercise_of(self)))
        return await self.presses(call, "1") if (await lesson_of(self)).heard is not None else said

    async def texts(self, body: str, *, from_: str = LEARNER, message_sid: str | None = None) -> str:
        """Texts the tutor; the one reply in the webhook's answer, or nothing."""
        reply = await self.carrier.send_text(from_, TUTOR, body, message_sid=message_sid)
        assert len(reply.texts) <= 1
        return reply.texts[0].body if reply.texts else ""

    async def phase(self, number: str = LEARNER) -> Phase:
        """What this learner's lesson is at."""
        return (await lesson_of(self, number)).phase

    @asynccontextmanager
    async def locked_database(self) -> AsyncGenerator[None]:
        """Another process holds the database's write lock meanwhile."""
        file = parse_address(self.settings.database).file
        with closing(sqlite3.connect(str(file), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    async def receives(self) -> Call | ReceivedText:
        """What the server sends to the phone by the carrier's REST side."""
        return await self.carrier.incoming.get()


def utterances(call: Call) -> int:
    """The number of the last utterance that the caller heard anything of."""
    return max((event.utterance for event in call.log if isinstance(event, TutorHeard)), default=0)


def heard(call: Call, *, after: int = 0) -> str:
    """The tutor's words that reached the ear, by the server's own account, after one utterance."""
    words: dict[int, str] = {}
    for event in call.log:
        if isinstance(event, TutorHeard) and event.utterance > after:
            words[event.utterance] = event.text
    return " ".join(words[number] for number in sorted(words) if words[number])


def understood(call: Call) -> list[str]:
    """What the server took the caller to say, in order."""
    return [event.text for event in call.log if isinstance(event, CallerUnderstood)]


async def _no_pause(_: float) -> None:
    """Jobs are tried again at once: their threads would hold virtual time."""


@cache
def _content() -> Content:
    """What is taught and said; it does not change, and takes seconds to read."""
    return load_content(curriculum_dir=SERVER_ROOT / "curriculum", locales_dir=SERVER_ROOT / "locales")


class Town:
    """Settings and data that outlive one server, so that a journey can restart it."""

    def __init__(self, data_dir: Path, *, database_url: str | None = None) -> None:
        self._data_dir = data_dir
        self._database_url = database_url
        self.overrides: dict[str, object] = {}

    def visit(self, journey: Callable[[Here], Awaitable[None]], *, limit_s: float = 1800.0) -> None:
        """Runs a journey on virtual time."""

        async def visiting() -> None:
            async with self.open() as here:
                await journey(here)

        run_virtual(visiting(), limit_s=limit_s)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Here]:
        """Starts the server and the carrier's REST side; stops both at exit."""
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with (
            Carrier(url, auth_token=TOKEN, rng=random.Random(7)) as carrier,
            hosted(RestApi(carrier).app()) as rest,
        ):
            settings = load(
                env_file=None,
                public_url=url,
                port=listening.getsockname()[1],
                data_dir=self._data_dir,
                database_url=self._database_url,
                twilio_account_sid=carrier.account_sid,
                twilio_auth_token=TOKEN,
                twilio_phone_number=TUTOR,
                twilio_api_base_url=rest,
                database_wait_s=0.5,
                **self.overrides,
            )
            async with product(
                settings, clock=LoopClock(), rng=random.Random(7), content=_content(), pause=_no_pause
            ) as server:
                web = make_server(server.app, host="127.0.0.1", port=0, loop="asyncio", door=server.door)
                serving = asyncio.create_task(web.serve(sockets=[listening]))
                try:
                    yield Here(url, settings, server, carrier)
                finally:
                    web.should_exit = True
                    await serving


async def lesson_of(here: Here, number: str = LEARNER) -> Lesson:
    """This learner's open lesson, from the database."""
    async with Database(here.settings.database) as database, database.session() as session:
        learners = Learners(session)
        (learner,) = await learners.on_line((await learners.line(number)).id)
        stored = await Progress(session).lesson(learner.id)
        assert stored is not None
        return Lesson.from_state(stored.state)


async def exercise_of(here: Here, number: str = LEARNER) -> Exercise:
    """The question that is open in it."""
    item = (await lesson_of(here, number)).item
    assert item is not None
    return item.exercise


def keys_for(exercise: Exercise) -> str:
    """The keys of the right answer."""
    if exercise.options:
        return str(exercise.options.index(exercise.answer) + 1)
    return exercise.answer.replace("-", "*").replace("/", "*").replace(".", "*") + "#"
