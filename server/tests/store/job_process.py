"""A process that begins a job which never ends, for `test_jobs.py` to kill: `job_process.py <database url>`."""

import asyncio
import sys

from bakame.store.jobs import Jobs, JsonObject


async def main(database_url: str) -> None:
    async def work(payload: JsonObject) -> None:
        print("begun", flush=True)  # noqa: T201 (the test waits for it)
        await asyncio.Event().wait()

    jobs = Jobs()
    jobs.register("work", work)
    await jobs.start(database_url)
    await jobs.run("work", "one", {"word": "kept"}, timeout_s=60)


asyncio.run(main(sys.argv[1]))
