"""The embedded recogniser: closed grammars over our own acoustic model, in worker processes that may crash."""

import asyncio
import base64
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from bakame.audio.format import TELEPHONE
from bakame.errors import Unavailable
from bakame.learning.expect import Expect
from bakame.ports.speech import Hypothesis
from bakame.providers.local.certainty import CONFIRM
from bakame.providers.local.grammar import answer_in, jsgf

WORKER: Final = (sys.executable, "-m", "bakame.providers.local.worker")
LONGEST_MS: Final = 15_000
_ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""The matrices are small: more threads only wait for one another, and take the processor from calls."""
_START_S: Final = 30.0
_GRACE_S: Final = 2.0

_grammar = lru_cache(maxsize=256)(jsgf)


class _Gone(Exception):
    """The worker process ended or was killed in the middle of its work."""


@dataclass(frozen=True, slots=True)
class _Running:
    process: asyncio.subprocess.Process
    requests: asyncio.StreamWriter
    replies: asyncio.StreamReader


class _Worker:
    """One process and its pipes. Not for two requests at once."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._running: _Running | None = None
        self._last_id = 0

    @property
    def pid(self) -> int | None:
        return (
            None if self._running is None or self._running.process.returncode is not None else self._running.process.pid
        )

    async def start(self) -> _Running:
        """Starts the process unless it runs, and waits until it is ready. Raises `_Gone`."""
        if self._running is not None and self.pid is not None:
            return self._running
        await self.stop()
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=pipe, stdout=pipe, stderr=nowhere, env={**os.environ, **_ONE_THREAD}
            )
        except OSError as error:
            raise _Gone from error
        if process.stdin is None or process.stdout is None:
            raise _Gone
        self._running = running = _Running(process, process.stdin, process.stdout)
        try:
            async with asyncio.timeout(_START_S):
                await self._reply(running, 0)
        except TimeoutError as error:
            await self.stop(kill=True)
            raise _Gone from error
        return running

    async def ask(self, *, grammar: str, audio: bytes) -> dict[str, Any]:
        """The worker's reply. Raises `_Gone`. The reply to a request that was given up is dropped by its id."""
        running = await self.start()
        self._last_id += 1
        request = {"id": self._last_id, "grammar": grammar, "audio": base64.b64encode(audio).decode()}
        try:
            running.requests.write(json.dumps(request).encode() + b"\n")
            await running.requests.drain()
        except ConnectionError as error:
            raise _Gone from error
        return await self._reply(running, self._last_id)

    async def _reply(self, running: _Running, request_id: int) -> dict[str, Any]:
        while line := await running.replies.readline():
            reply: dict[str, Any] = json.loads(line)
            if reply["id"] == request_id:
                return reply
        await self.stop()
        raise _Gone

    async def stop(self, *, kill: bool = False) -> None:
        """Ends the process: by the end of its input, or at once. Safe to call twice."""
        running, self._running = self._running, None
        if running is None:
            return
        running.requests.close()
        if not kill:
            with suppress(TimeoutError):
                async with asyncio.timeout(_GRACE_S):
                    await running.process.wait()
                    return
        with suppress(ProcessLookupError):
            running.process.kill()
        await running.process.wait()


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was heard, its probability of being right, and what else it may have been, likeliest first."""

    text: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...]


class GrammarRecogniser:
    """Recognition by closed grammar, one utterance a worker at a time. Implements `ports.speech.Recogniser`.

    `workers` processes of about 100 MB each; at most `waiting` utterances wait for one. An utterance that is not done
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
        return "bakame"

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

        Openers such as "the answer is" are left out of the text. What is less sure than `certainty.CONFIRM` counts as
        nothing that fits: its text is empty. Raises `Unavailable`.
        """
        heard = await self.listen(audio, grammar=_grammar(expect))
        if heard.confidence < CONFIRM:
            return Hypothesis("", heard.confidence)
        return Hypothesis(answer_in(heard.text, expect), heard.confidence)

    async def listen(self, audio: bytes, *, grammar: str) -> Opinion:
        """The best sentence of a grammar made by `grammar`, however unlikely. Raises as `recognise` does."""
        if self._asked >= self._most:
            raise Unavailable("the speech recogniser is busy")
        self._asked += 1
        try:
            reply = await self._ask(audio[: TELEPHONE.bytes_for(LONGEST_MS)], grammar)
        finally:
            self._asked -= 1
        if "error" in reply:
            raise Unavailable(f"the speech recogniser failed: {reply['error']}", retryable=False)
        others = tuple((str(text), float(sure)) for text, sure in reply["alternatives"])
        return Opinion(reply["text"], reply["confidence"], others)

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
