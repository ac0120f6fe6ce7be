"""Logs are events with fields: lines for people in development, JSON elsewhere.

No number, name, transcript or secret is ever logged; a last processor masks what looks like a phone number anyway.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

_NUMBER: Final = re.compile(r"\+?\d{9,15}(?![\da-fA-F])")


def _mask(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key not in ("call", "timestamp"):
            event[key] = _NUMBER.sub("*", value)
    return event


def _for_people() -> structlog.dev.ConsoleRenderer:
    # Never the pretty traceback: it shows local variables, which hold what people said, and takes a second to draw.
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


def configure_logging(*, level: str, as_json: bool) -> None:
    """Sets the process's logs up, the libraries' too, on standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, _mask, structlog.processors.JSONRenderer()]
        if as_json
        else [_mask, _for_people()]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in (
        "uvicorn.access",
        "uvicorn.error",
        "httpx",
        "httpcore",
        "dbos",
        "alembic",
        "aiosqlite",
        "picows",
        "twilio",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
