"""Opening the media socket that a document asks for.

Source: Twilio, "TwiML Voice: Stream", and the 31900 series of its error dictionary.
"""

import ssl
from typing import Final
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI

from bakame.errors import Unavailable
from bakame.simulator.signing import Signer
from bakame.simulator.twiml import Connect
from bakame.simulator.webhook import is_loopback

OPEN_TIMEOUT_S: Final = 5.0
MAX_MESSAGE_BYTES: Final = 8 * 1024 * 1024
"""Ten minutes of sound, in base64, fit into one message."""


class DialError(Unavailable):
    """The socket did not open; `code` as in the carrier's error dictionary."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


async def dial(verb: Connect, *, signer: Signer) -> ClientConnection:
    """An open socket, its upgrade signed. `ws` is taken on this machine only, for development. Raises `DialError`."""
    _check(verb)
    try:
        return await connect(
            verb.url,
            additional_headers=signer.headers(verb.url),
            user_agent_header=None,
            compression=None,
            proxy=None if is_loopback(verb.url) else True,
            open_timeout=OPEN_TIMEOUT_S,
            ping_interval=None,
            max_size=MAX_MESSAGE_BYTES,
        )
    except InvalidStatus as error:
        raise DialError(31920, f"the server answered the upgrade with {error.response.status_code}") from error
    except InvalidURI as error:
        raise DialError(31923, "the stream's URL is not valid") from error
    except InvalidHandshake as error:
        raise DialError(31920, f"the upgrade failed: {type(error).__name__}") from error
    except TimeoutError as error:
        raise DialError(31901, "the media socket did not open in time") from error
    except ConnectionRefusedError as error:
        raise DialError(31902, "the media socket was refused") from error
    except ssl.SSLError as error:
        raise DialError(31910, "the media socket's certificate is not accepted") from error
    except OSError as error:
        raise DialError(31904, "the media socket's host cannot be reached") from error


def _check(verb: Connect) -> None:
    if verb.track != "inbound_track":
        raise DialError(31941, f"a two-way stream has the inbound track only, not {verb.track}")
    address = urlsplit(verb.url)
    if not address.hostname or address.query:
        raise DialError(31923, "the stream's URL needs a host, and may have no query")
    if address.scheme != "wss" and not (address.scheme == "ws" and is_loopback(verb.url)):
        raise DialError(31922, f"the stream's scheme is {address.scheme}, not wss")
