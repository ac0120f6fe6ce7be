"""The commands `bakame phone` and `bakame text`; `mount` hangs them on the product's command line."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlsplit

import typer
from typer.core import TyperCommand

from bakame.errors import BakameError
from bakame.ports.speech import Synthesiser
from bakame.simulator.handset import Line, PhonePlan, call_tutor, text_tutor
from bakame.simulator.identity import ACCOUNT_SID
from bakame.simulator.mouth import KEYS
from bakame.simulator.network import IDEAL, PRESETS
from bakame.simulator.personas import PERSONAS
from bakame.simulator.phone import Step, StepKind
from bakame.simulator.speech import sound_of
from bakame.simulator.storage import Attachment
from bakame.simulator.webhook import is_loopback

T = TypeVar("T")

SERVER: Final = "http://127.0.0.1:8000"
LEARNER: Final = "+250788000001"
TUTOR: Final = "+250788000000"
REST_PORT_ABOVE: Final = 10
"""The carrier's REST stand-in listens this far above the port of a server on this machine, which expects it there."""
STEP_OPTIONS: Final[Mapping[str, tuple[StepKind, bool]]] = {
    "say": (StepKind.SAY, False),
    "say_over": (StepKind.SAY, True),
    "keys": (StepKind.KEYS, False),
    "keys_over": (StepKind.KEYS, True),
    "wav": (StepKind.SOUND, False),
    "wav_over": (StepKind.SOUND, True),
    "wait": (StepKind.WAIT, False),
}
_ORDER: Final = "bakame.order"
_WAIT_S: Final = 3.0
_MEDIA_WAIT_S: Final = 15.0
_TYPES: Final[Mapping[str, str]] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".amr": "audio/amr",
}


@dataclass(frozen=True, slots=True)
class Kit:
    """What the commands get from outside. `token` finds the auth token; `run` runs a coroutine to its end."""

    token: Callable[[], str | None]
    synthesiser: Callable[[], Synthesiser]
    run: Callable[[Coroutine[Any, Any, int]], int] = asyncio.run


class OrderedCommand(TyperCommand):
    """A command that remembers in which order its options were given, repeated ones each time."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[_ORDER] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


def mount(app: typer.Typer, kit: Kit) -> None:
    """Adds `phone` and `text` to a command line."""
    settings = {"obj": kit}
    app.command("phone", cls=OrderedCommand, context_settings=settings)(phone_command)
    app.command("text", context_settings=settings)(text_command)


ToOption = Annotated[str, typer.Option("--to", metavar="URL", help="The server's public address.")]
FromOption = Annotated[str, typer.Option("--from", metavar="NUMBER", help="The learner's number.")]
NumberOption = Annotated[str, typer.Option("--number", metavar="NUMBER", help="The tutor's number.")]
TokenOption = Annotated[
    str | None,
    typer.Option(envvar="TWILIO_AUTH_TOKEN", help="The auth token that signs; by default the development server's."),
]
AccountOption = Annotated[str, typer.Option(envvar="TWILIO_ACCOUNT_SID", help="The carrier's account.")]
RestOption = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=65535,
        help="Port of the carrier's REST stand-in, where the server's TWILIO_API_BASE_URL points; by default 10 above "
        "the server's.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
Steps = list[str] | None


def phone_command(
    ctx: typer.Context,
    to: ToOption = SERVER,
    from_: FromOption = LEARNER,
    number: NumberOption = TUTOR,
    token: TokenOption = None,
    account_sid: AccountOption = ACCOUNT_SID,
    say: Annotated[Steps, typer.Option(metavar="TEXT", help="Say this, when the tutor has finished.")] = None,
    say_over: Annotated[Steps, typer.Option(metavar="TEXT", help="Say this over the tutor's voice.")] = None,
    keys: Annotated[Steps, typer.Option(metavar="KEYS", help="Press these, when the tutor has finished.")] = None,
    keys_over: Annotated[Steps, typer.Option(metavar="KEYS", help="Press these over the tutor's voice.")] = None,
    wav: Annotated[Steps, typer.Option(metavar="FILE", help="Play a WAV file, when the tutor has finished.")] = None,
    wav_over: Annotated[Steps, typer.Option(metavar="FILE", help="Play a WAV file over the tutor's voice.")] = None,
    wait: Annotated[Steps, typer.Option(metavar="SECONDS", help="Wait before the next step.")] = None,
    hang_up_after: Annotated[
        float | None, typer.Option(metavar="SECONDS", min=0, help="Hang up this long after the call was placed.")
    ] = None,
    stay: Annotated[bool, typer.Option(help="After the last step stay until the tutor hangs up.")] = False,
    record: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Write a stereo WAV: left the caller, right what was heard."),
    ] = None,
    answer: Annotated[bool, typer.Option(help="Wait for a call from the server instead of calling it.")] = False,
    persona: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=f"Be somebody, who answers with the steps: {', '.join(PERSONAS)}."),
    ] = None,
    network: Annotated[
        str, typer.Option(metavar="NAME", help=f"Call over a network: {', '.join(PRESETS)}.")
    ] = IDEAL.name,
    rest_port: RestOption = None,
    json: JsonOption = False,
) -> None:
    """Call the tutor, with steps to do or by hand. Steps are done in the order in which they are given."""
    del say, say_over, keys, keys_over, wav, wav_over, wait  # read in their order, from the context
    steps = list(_steps(ctx))
    line = _line(ctx, to=to, from_=from_, number=number, token=token, account_sid=account_sid, rest_port=rest_port)
    plan = PhonePlan(
        steps=steps,
        hang_up_after_s=hang_up_after,
        stay=stay,
        record=record,
        answer=answer,
        json=json,
        persona=_named(PERSONAS, persona, option="--persona") if persona is not None else None,
        network=_named(PRESETS, network, option="--network"),
    )
    raise typer.Exit(_kit(ctx).run(call_tutor(line, plan)))


def text_command(
    ctx: typer.Context,
    body: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="What to text; nothing: line by line.")] = None,
    to: ToOption = SERVER,
    from_: FromOption = LEARNER,
    number: NumberOption = TUTOR,
    token: TokenOption = None,
    account_sid: AccountOption = ACCOUNT_SID,
    message_sid: Annotated[
        str | None, typer.Option(metavar="SID", help="The message's id; the same one twice is the same message twice.")
    ] = None,
    photo: Annotated[Steps, typer.Option(metavar="FILE", help="Send a picture with it: png, jpg, webp or gif.")] = None,
    voice: Annotated[Steps, typer.Option(metavar="FILE", help="Send a voice note with it: wav, ogg, mp3, m4a.")] = None,
    wait: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", min=0, help="How long a later reply may take: 3, or 15 with pictures or voice notes."
        ),
    ] = None,
    rest_port: RestOption = None,
    json: JsonOption = False,
) -> None:
    """Text the tutor and show what it answers, with the parts and characters that the network would carry."""
    line = _line(ctx, to=to, from_=from_, number=number, token=token, account_sid=account_sid, rest_port=rest_port)
    media = [
        *(_attachment(file, "image", option="--photo") for file in photo or ()),
        *(_attachment(file, "audio", option="--voice") for file in voice or ()),
    ]
    wait_s = wait if wait is not None else _MEDIA_WAIT_S if media else _WAIT_S
    sending = text_tutor(line, body, media=media, message_sid=message_sid, wait_s=wait_s, json=json)
    raise typer.Exit(_kit(ctx).run(sending))


def _attachment(name: str, family: str, *, option: str) -> Attachment:
    """A file to be sent, its type by its name as phones tell it. Raises `typer.BadParameter`."""
    path = Path(name)
    media_type = _TYPES.get(path.suffix.lower(), "application/octet-stream")
    if not media_type.startswith(family):
        known = ", ".join(suffix for suffix, kind in _TYPES.items() if kind.startswith(family))
        raise typer.BadParameter(f"{name} does not end in {known}", param_hint=option)
    try:
        return Attachment(path.read_bytes(), media_type)
    except OSError as error:
        raise typer.BadParameter(f"{name}: {error.strerror}", param_hint=option) from error


def _line(
    ctx: typer.Context, *, to: str, from_: str, number: str, token: str | None, account_sid: str, rest_port: int | None
) -> Line:
    kit = _kit(ctx)
    address = urlsplit(to)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise typer.BadParameter(f"{to} is not an http or https address", param_hint="--to")
    token = token or kit.token()
    if not token:
        cure = "start the development server first, or give the token that the server has"
        raise typer.BadParameter(f"there is no auth token to sign with: {cure}", param_hint="--token")
    if rest_port is None:
        rest_port = (address.port or 80) + REST_PORT_ABOVE if is_loopback(to) else 0
    return Line(kit.synthesiser(), to, from_, number, token, account_sid, rest_port)


def _named(known: Mapping[str, T], name: str, *, option: str) -> T:
    if name not in known:
        raise typer.BadParameter(f"{name} is none of {', '.join(known)}", param_hint=option)
    return known[name]


def _kit(ctx: typer.Context) -> Kit:
    kit: Kit = ctx.obj
    return kit


def _steps(ctx: typer.Context) -> Iterator[Step]:
    """The steps in the order of the command line. Raises `typer.BadParameter`."""
    given = {name: iter(ctx.params[name] or ()) for name in STEP_OPTIONS}
    for name in ctx.meta[_ORDER]:
        if name in given:
            kind, over = STEP_OPTIONS[name]
            yield _step(kind, next(given[name]), over=over, option=f"--{name.replace('_', '-')}")


def _step(kind: StepKind, value: str, *, over: bool, option: str) -> Step:
    sound = b""
    try:
        if kind is StepKind.SOUND:
            sound = sound_of(Path(value).read_bytes())
        elif kind is StepKind.WAIT and float(value) < 0:
            raise ValueError("not a number of seconds")
        elif kind is StepKind.KEYS and set(value) - KEYS:
            raise ValueError("only 0 to 9, * and # are keys")
    except (BakameError, OSError, ValueError) as error:
        raise typer.BadParameter(f"{value}: {error}", param_hint=option) from error
    return Step(kind, value, sound, over)
