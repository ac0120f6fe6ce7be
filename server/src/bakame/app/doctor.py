"""`bakame doctor`: what is configured, what answers and what is missing, each with its cure."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

import httpx
from rich.console import Console
from rich.table import Table

from bakame.app.content import load_content
from bakame.app.settings import Settings, load
from bakame.errors import BakameError
from bakame.learning.expect import AnswerKind, Expect
from bakame.ports.speech import Voice
from bakame.providers.local.engine import LocalSpeech
from bakame.store import redis as redis_store
from bakame.store.database import Database
from bakame.store.schema import HEAD, revision

ASK_S: Final = 3.0


class Health(StrEnum):
    OK = "ok"
    OFF = "off"
    """Not configured, and not needed."""
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one part; `cure` says what to do about it when it is not well."""

    part: str
    health: Health
    found: str
    cure: str = ""

    @property
    def is_fatal(self) -> bool:
        return self.health is Health.BAD


async def examine() -> list[Finding]:
    """Looks at everything, even when the first things are broken. Changes nothing but the data folder's existence."""
    findings = [_python()]
    try:
        settings = load()
    except BakameError as error:
        cure = "Set what is named above; .env.example documents every variable."
        return [*findings, Finding("configuration", Health.BAD, str(error), cure)]
    findings += [_configuration(settings), _data_folder(settings), _content(settings)]
    findings.append(await _asked("database", _database(settings), "Start it, or correct DATABASE_URL."))
    findings.append(await _asked("redis", _redis(settings), "Start it, or correct REDIS_URL."))
    findings += await _speech(settings)
    findings.append(await _server(settings))
    findings.append(await _carrier(settings))
    findings += _vendors(settings)
    return findings


def show_findings(findings: list[Finding], *, out: Console, as_json: bool) -> None:
    """Prints a table, or a JSON object a line."""
    if as_json:
        for finding in findings:
            out.print(json.dumps(asdict(finding)), markup=False, soft_wrap=True)
        return
    colours = {Health.OK: "green", Health.OFF: "dim", Health.BAD: "red"}
    table = Table("part", "", "found", "cure", box=None, pad_edge=False)
    for finding in findings:
        colour = colours[finding.health]
        table.add_row(finding.part, f"[{colour}]{finding.health}[/]", finding.found, finding.cure)
    out.print(table)


def _python() -> Finding:
    return Finding("python", Health.OK, ".".join(map(str, sys.version_info[:3])))


def _configuration(settings: Settings) -> Finding:
    token = "its own auth token" if os.environ.get("TWILIO_AUTH_TOKEN") else "a made-up auth token for the simulator"
    return Finding("configuration", Health.OK, f"{settings.env}, public address {settings.public_url}, {token}")


def _data_folder(settings: Settings) -> Finding:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        probe = settings.data_dir / ".doctor"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        cure = "Make room or permissions there, or set BAKAME_DATA_DIR."
        return Finding("data folder", Health.BAD, f"{settings.data_dir}: {error.strerror}", cure)
    return Finding("data folder", Health.OK, str(settings.data_dir))


def _content(settings: Settings) -> Finding:
    try:
        content = load_content(curriculum_dir=settings.curriculum_dir, locales_dir=settings.locales_dir)
    except BakameError as error:
        return Finding("curriculum", Health.BAD, str(error), "Correct the files named; `bakame curriculum check`.")
    languages = ", ".join(sorted(content.wording.languages))
    return Finding("curriculum", Health.OK, f"{len(content.curriculum.skills)} skills; wording in {languages}")


async def _asked(part: str, ask: Callable[[], Awaitable[str]], cure: str) -> Finding:
    try:
        async with asyncio.timeout(ASK_S):
            return Finding(part, Health.OK, await ask())
    except BakameError as error:
        return Finding(part, Health.BAD, str(error), cure)
    except TimeoutError:
        return Finding(part, Health.BAD, f"no answer within {ASK_S:.0f} s", cure)


def _database(settings: Settings) -> Callable[[], Awaitable[str]]:
    async def ask() -> str:
        async with Database(settings.database) as database:
            kind = "SQLite" if database.address.file else "PostgreSQL"
            at = await revision(settings.database)
            if at == HEAD:
                await database.check()
        return f"{kind}, revision {at}" if at == HEAD else f"{kind}, {at or 'empty'}; the server will migrate it"

    return ask


def _redis(settings: Settings) -> Callable[[], Awaitable[str]]:
    async def ask() -> str:
        redis = redis_store.connect(settings.redis)
        try:
            await redis_store.check(redis)
        finally:
            await redis.aclose()
        return "answers" if settings.redis else "in process (set REDIS_URL for several replicas)"

    return ask


async def _speech(settings: Settings) -> list[Finding]:
    speech = LocalSpeech(workers=1, approximations=settings.approximate_voices)
    cure = "Run make run once more to repair the environment (espeakng-loader, pocketsphinx)."
    try:
        await speech.start()
        sound = [chunk async for chunk in speech.synthesiser.speak("Hello.", voice=Voice())]
        said = Finding("speech out", Health.OK, f"{speech.synthesiser.name}, {sum(len(c.audio) for c in sound)} bytes")
        await speech.recogniser.recognise(b"\xff" * 8000, expect=Expect(AnswerKind.INTEGER))
        heard = Finding("speech in", Health.OK, speech.recogniser.name)
    except BakameError as error:
        return [Finding("speech", Health.BAD, str(error), cure)]
    finally:
        await speech.stop()
    return [said, heard]


async def _server(settings: Settings) -> Finding:
    url = f"http://127.0.0.1:{settings.port}/ready"
    async with httpx.AsyncClient(timeout=ASK_S) as http:
        try:
            answer = await http.get(url)
        except httpx.HTTPError:
            return Finding("server", Health.OFF, f"nothing answers at {url}", "Start it: make run")
    if answer.status_code == 200:
        return Finding("server", Health.OK, f"ready at {url}")
    return Finding("server", Health.BAD, f"{url} says {answer.status_code}", "Look at its log.")


async def _carrier(settings: Settings) -> Finding:
    base = settings.twilio_api_base_url or "https://api.twilio.com"
    url = f"{base}/2010-04-01/Accounts/{settings.twilio_account_sid}.json"
    async with httpx.AsyncClient(timeout=ASK_S) as http:
        try:
            answer = await http.get(url, auth=(settings.twilio_account_sid, settings.auth_token))
        except httpx.HTTPError:
            if settings.is_development and "127.0.0.1" in base:
                return Finding("carrier", Health.OFF, f"the simulator's REST side ({base}) is up while a phone runs")
            return Finding(
                "carrier", Health.BAD, f"{base} does not answer", "Check the network and TWILIO_API_BASE_URL."
            )
    if answer.status_code in (401, 403):
        cure = "Correct TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN."
        return Finding("carrier", Health.BAD, f"{base} refuses the account", cure)
    return Finding("carrier", Health.OK, f"{base} answers")


def _vendors(settings: Settings) -> list[Finding]:
    """Vendors whose engines are not part of this build yet; what is set for them is shown, and not used."""
    given = {
        "ELEVENLABS_API_KEY": settings.elevenlabs_api_key,
        "OPENAI_API_KEY": settings.openai_api_key,
        "DEEPGRAM_API_KEY": settings.deepgram_api_key,
        "LLAMA_BASE_URL": settings.llama_base_url,
    }
    return [
        Finding(name, Health.OFF, "set; no engine of this build uses it" if value else "not set; not needed")
        for name, value in given.items()
    ]
