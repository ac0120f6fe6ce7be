"""The embedded recogniser: PocketSphinx with closed grammars, in worker processes that may crash."""

import asyncio
import base64
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

from bakame.audio.format import TELEPHONE
from bakame.errors import Unavailable
from bakame.learning.expect import Expect
from bakame.ports.speech import Hypothesis
from bakame.providers.local.grammar import answer_in, jsgf

WORKER: Final = (sys.executable, "-m", "bakame.providers.local.worker")
_LONGEST_MS: Final = 15_000
_START_S: Final = 30.0
_GRACE_S: Final = 2.0

_grammar = lru_cache(maxsize=256)(jsgf)


class _Gone(Exception):
    """The worker process ended or was killed in the middle of its work."""


class _Worker:
    """One process and its pipes. Not for two requests at once."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._last_id = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Starts the process unless it runs, and waits until it is ready. Raises `_Gone`."""
        if self.pid is not None:
            return
        await self.stop()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
            )
            async with asyncio.timeout(_START_S):
                await self._reply(0)
        except (OSError, TimeoutError) as error:
            raise _Gone from error

    async def ask(self, *, grammar: str, audio: bytes) -> dict[str, Any]:
        """The worker's reply. Raises `_Gone`. After a cancellation, the reply that still comes is dropped by its id."""
        await self.start()
        assert self._process is not None
        assert self._process.stdin is not None
        self._last_id += 1
        request = {"id": self._last_id, "grammar": grammar, "audio": base64.b64encode(audio).decode()}
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            await self._process.stdin.drain()
        except ConnectionError as error:
            raise _Gone from error
        return await self._reply(self._last_id)

    async def _reply(self, request_id: int) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            try:
                reply: dict[str, Any] = json.loads(line)
            except ValueError:
                break
            if reply["id"] == request_id:
                return reply
        await self.stop(kill=True)
        raise _Gone

    async def stop(self, *, kill: bool = False) -> None:
        """Ends the process: by the end of its input, or at once. Safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(0 if kill else _GRACE_S):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


class PocketSphinxRecogniser:
    """Recognition by closed grammar, one utterance a worker at a time. Implements `ports.speech.Recogniser`.

    `workers` processes of about 60 MB each; at most `waiting` utterances wait for one. An utterance that is not done
    after `timeout_s` costs its worker its life. A worker that dies is replaced and the utterance tried once more.
    """

    def __init__(
        self, *, workers: int = 1, waiting: int = 16, timeout_s: float = 5.0, command: Sequence[str] = WORKER
    ) -> None:
        self._workers = tuple(_Worker(command) for _ in range(workers))
        self._free: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        for worker in self._workers:
            self._free.put_nowait(worker)
        self._asked = 0
        self._most = workers + waiting
        self._timeout_s = timeout_s

    @property
    def name(self) -> str:
        return "pocketsphinx"

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that run now."""
        return tuple(worker.pid for worker in self._workers if worker.pid is not None)

    async def warm_up(self) -> None:
        """Starts every worker that is free, so that the first utterance waits for none. Raises `Unavailable`."""
        free = [self._free.get_nowait() for _ in range(self._free.qsize())]
        try:
            for worker in free:
                await worker.start()
        except _Gone as error:
            raise Unavailable("the speech recogniser does not start") from error
        finally:
            for worker in free:
                self._free.put_nowait(worker)

    async def close(self) -> None:
        """Ends every worker; a later `recognise` starts them again."""
        for worker in self._workers:
            await worker.stop()

    async def recognise(self, audio: bytes, *, expect: Expect) -> Hypothesis:
        """What was said, of the answers and commands that `expect` allows; `audio` past 15 s is not heard.

        Openers such as "the answer is" are left out of the text. Raises `Unavailable`.
        """
        if self._asked >= self._most:
            raise Unavailable("the speech recogniser is busy")
        self._asked += 1
        try:
            reply = await self._ask(audio[: TELEPHONE.bytes_for(_LONGEST_MS)], _grammar(expect))
        finally:
            self._asked -= 1
        if "error" in reply:
            raise Unavailable(f"the speech recogniser failed: {reply['error']}", retryable=False)
        return Hypothesis(answer_in(reply["text"], expect), reply["confidence"])

    async def _ask(self, audio: bytes, grammar: str) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._timeout_s):
                worker = await self._free.get()
        except TimeoutError:
            raise Unavailable("the speech recogniser is busy") from None
        try:
            for _ in range(2):
                try:
                    await worker.start()
                    async with asyncio.timeout(self._timeout_s):
                        return await worker.ask(grammar=grammar, audio=audio)
                except _Gone:
                    continue
                except TimeoutError:
                    await worker.stop(kill=True)
                    raise Unavailable("the speech recogniser did not answer in time") from None
            raise Unavailable("the speech recogniser keeps crashing")
        finally:
            self._free.put_nowait(worker)
