"""A simulated phone from the command line: one call, or texts, from start to end."""

import asyncio
import random
import signal
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from rich.console import Console

from bakame.errors import BakameError, Unavailable
from bakame.ports.speech import Synthesiser
from bakame.simulator.call import Call
from bakame.simulator.carrier import Carrier
from bakame.simulator.degrade import QUIET_ROOM, Room
from bakame.simulator.events import CallState, EndReason
from bakame.simulator.hosting import hosted
from bakame.simulator.keyboard import Keyboard
from bakame.simulator.network import IDEAL, Network
from bakame.simulator.personas import Answer, AnswerTo, Persona, in_turn, lives
from bakame.simulator.phone import HELP, Phone, Step, StepKind
from bakame.simulator.rest import RestApi
from bakame.simulator.screen import JsonScreen, LiveScreen, Screen, TextScreen
from bakame.simulator.speech import stereo_wav
from bakame.simulator.storage import Attachment
from bakame.simulator.texting import ReceivedText
from bakame.simulator.webhook import WebhookError


@dataclass(frozen=True, slots=True)
class Line:
    """Who calls or texts whom, and through what. `to` is the server's address, `number` the tutor's."""

    synthesiser: Synthesiser
    to: str
    from_: str
    number: str
    token: str
    account_sid: str
    rest_port: int


@dataclass(frozen=True, slots=True)
class PhonePlan:
    """What is to happen on a call. `stay`: until the tutor hangs up; `answer`: the server calls.

    A `persona` does the steps in its own way, as answers to the tutor; without steps it always says or presses one.
    """

    steps: list[Step]
    hang_up_after_s: float | None
    stay: bool
    record: Path | None
    answer: bool
    json: bool
    persona: Persona | None = None
    network: Network = IDEAL

    @property
    def is_simulated(self) -> bool:
        """Whether there is more to see than what was said."""
        return self.persona is not None or self.network != IDEAL


@asynccontextmanager
async def _carrier(
    line: Line, *, must_listen: bool = False, network: Network = IDEAL, room: Room = QUIET_ROOM
) -> AsyncGenerator[Carrier, None]:
    """A carrier, with its REST side where the port is free: another phone may have it.

    Raises `Unavailable` when it is not and the server could not reach this phone at all.
    """
    async with AsyncExitStack() as stack:
        carrier = Carrier(
            line.to,
            auth_token=line.token,
            account_sid=line.account_sid,
            voice=line.synthesiser,
            network=network,
            room=room,
        )
        await stack.enter_async_context(carrier)
        try:
            rest = hosted(RestApi(carrier).app(), port=line.rest_port)
            carrier.storage.base_url = await stack.enter_async_context(rest)
        except OSError as error:
            if must_listen:
                raise Unavailable(f"port {line.rest_port} is taken, perhaps by another phone") from error
        yield carrier


async def call_tutor(line: Line, plan: PhonePlan) -> int:
    """One call from its first ring to its record: 0, or 1 when the call failed."""
    console = Console(highlight=False)
    by_hand = not (plan.steps or plan.persona or plan.json) and sys.stdin.isatty() and console.is_terminal
    async with AsyncExitStack() as stack:
        try:
            room = plan.persona.room if plan.persona is not None else QUIET_ROOM
            place = _carrier(line, must_listen=plan.answer, network=plan.network, room=room)
            carrier = await stack.enter_async_context(place)
        except Unavailable as error:
            console.print(f"No call can come in: {error}.", style="red", markup=False, soft_wrap=True)
            return 1
        live = stack.enter_context(LiveScreen(console)) if by_hand else None
        screen = live or (JsonScreen(console) if plan.json else TextScreen(console))
        call = await _answered(carrier, screen) if plan.answer else await carrier.place_call(line.from_, line.number)
        with suppress(NotImplementedError, ValueError, RuntimeError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, call.put_down)
        phone = Phone(call, synthesiser=line.synthesiser, screen=screen)
        async with asyncio.TaskGroup() as tasks:
            acting = tasks.create_task(_act(call, phone, line.synthesiser, plan, live))
            doing = [acting, tasks.create_task(_receive(carrier, screen))]
            async for event in call.events():
                screen.show(event)
            for task in doing:
                task.cancel()
        end = await call.ended()
        if isinstance(call.failure, WebhookError):
            screen.note(call.failure.cure)
        if plan.is_simulated:
            _show_report(screen, call)
    if plan.record is not None:
        plan.record.write_bytes(stereo_wav(left=call.spoken, right=call.heard.heard))
    return 0 if end.state is CallState.COMPLETED or end.reason in (EndReason.CALLER, EndReason.CABLE) else 1


async def _answered(carrier: Carrier, screen: Screen) -> Call:
    """The next call that the server places, picked up."""
    screen.note("Waiting for a call.")
    while True:
        match await carrier.incoming.get():
            case ReceivedText() as text:
                screen.note(_described(text))
            case call:
                call.answer()
                return call


async def _act(call: Call, phone: Phone, voice: Synthesiser, plan: PhonePlan, live: LiveScreen | None) -> None:
    """All that the caller does; hangs up at the end, when there is something to end."""
    try:
        async with asyncio.timeout(plan.hang_up_after_s):
            if live is not None:
                live.note(HELP)
                await phone.obey(Keyboard(sys.stdin.fileno(), typing=live.typing).lines())
            elif plan.persona is not None:
                await lives(
                    plan.persona,
                    call,
                    voice=voice,
                    answer=_answers(plan.steps),
                    rng=random.Random(call.sid),
                )
            elif plan.steps:
                await phone.follow(plan.steps)
            if plan.stay or not (plan.steps or plan.persona or live):
                await call.ended()
    except TimeoutError:
        pass
    call.put_down()


def _answers(steps: Sequence[Step]) -> AnswerTo:
    """What a persona answers: the words and keys of the steps."""
    if not steps:
        return in_turn(repeat(Answer(words="one", keys="1")))
    given = [step for step in steps if step.kind in (StepKind.SAY, StepKind.KEYS)]
    return in_turn(Answer(words=step.words) if step.kind is StepKind.SAY else Answer(keys=step.words) for step in given)


def _show_report(screen: Screen, call: Call) -> None:
    """What the caller heard of what was sent."""
    report = call.report()
    if isinstance(screen, JsonScreen):
        screen.put({"event": "heard_report", **report.as_json()})
    else:
        screen.note(report.summary())


async def _receive(carrier: Carrier, screen: Screen) -> None:
    """Shows what else comes to the phone; a second call hears that the line is busy."""
    while True:
        match await carrier.incoming.get():
            case ReceivedText() as text:
                screen.note(_described(text))
            case call:
                call.put_down()


async def text_tutor(
    line: Line,
    body: str | None,
    *,
    media: Sequence[Attachment] = (),
    message_sid: str | None,
    wait_s: float,
    json: bool,
) -> int:
    """Sends a text, or each line that is typed or piped in, and shows the replies. 0, or 1 when one failed.

    With `media` it is one text, which may have no words; the server fetches them from here, so this must be reachable.
    """
    console = Console(highlight=False)
    async with AsyncExitStack() as stack:
        try:
            carrier = await stack.enter_async_context(_carrier(line, must_listen=bool(media)))
        except Unavailable as error:
            console.print(f"Nothing can be fetched from here: {error}.", style="red", markup=False, soft_wrap=True)
            return 1
        if media and body is None:
            body = ""
        failures = 0
        async for words in _only(body) if body is not None else _lines(console, stack):
            failures += await _send(
                line, carrier, console, words, media=media, message_sid=message_sid, wait_s=wait_s, json=json
            )
        return min(failures, 1)


async def _only(body: str) -> AsyncGenerator[str, None]:
    yield body


async def _lines(console: Console, stack: AsyncExitStack) -> AsyncGenerator[str, None]:
    """Lines from the keyboard, or all at once from a pipe."""
    if sys.stdin.isatty() and console.is_terminal:
        screen = stack.enter_context(LiveScreen(console))
        screen.note("Type a text and Enter to send it; Ctrl-D ends.")
        async for typed in Keyboard(sys.stdin.fileno(), typing=screen.typing).lines():
            if typed.strip():
                screen.you(typed)
                yield typed
    else:
        for piped in sys.stdin.read().splitlines():
            if piped.strip():
                yield piped


async def _send(
    line: Line,
    carrier: Carrier,
    console: Console,
    body: str,
    *,
    media: Sequence[Attachment],
    message_sid: str | None,
    wait_s: float,
    json: bool,
) -> int:
    """Sends one text and shows the replies, those in the answer first; only without one it waits for a later one."""
    screen = JsonScreen(console)
    try:
        answer = await carrier.send_text(line.from_, line.number, body, media=media, message_sid=message_sid)
    except BakameError as error:
        cure = error.cure if isinstance(error, WebhookError) else "The server's answer is not one a carrier takes."
        if json:
            screen.put({"event": "failed", "message": str(error), "cure": cure})
        else:
            console.print(f"Not delivered: {error}. {cure}", style="red", markup=False, soft_wrap=True)
        return 1
    replies = list(answer.texts)
    with suppress(TimeoutError):
        async with asyncio.timeout(None if replies else wait_s):
            while not replies:
                match await carrier.incoming.get():
                    case ReceivedText() as text:
                        replies.append(text)
                    case call:
                        call.put_down()
    if json:
        screen.put({"event": "sent", "message_sid": answer.message_sid, "text": body})
        for warning in answer.warnings:
            screen.put({"event": "warning", "code": warning.code, "message": warning.message})
        for reply in replies:
            screen.put({"event": "reply", **_measured(reply)})
    else:
        for warning in answer.warnings:
            console.print(f"warning {warning.code}: {warning.message}", style="yellow", markup=False, soft_wrap=True)
        for reply in replies:
            console.print(_described(reply), markup=False, soft_wrap=True)
        if not replies:
            console.print("No reply.", style="dim")
    return 0


def _measured(text: ReceivedText) -> dict[str, object]:
    return {"text": text.body, "parts": text.parts, "characters": len(text.body), "encoding": text.encoding}


def _described(text: ReceivedText) -> str:
    parts = "1 part" if text.parts == 1 else f"{text.parts} parts"
    return f"text: {text.body}\n      ({parts}, {len(text.body)} characters, {text.encoding})"
