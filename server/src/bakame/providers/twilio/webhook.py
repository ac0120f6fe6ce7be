"""Twilio webhooks: signatures, form fields in, TwiML out.

Source: Twilio Docs, "Security", "TwiML for Programmable Voice", "TwiML for Programmable Messaging".
Fields that we do not know are ignored, and all of them are part of what was signed.
"""

import re
from collections.abc import Mapping
from typing import Final, cast
from urllib.parse import urlsplit

from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Connect, Stream, VoiceResponse

from bakame.errors import Invalid
from bakame.ports.messaging import MOST_MEDIA, InboundText, MediaItem
from bakame.ports.telephony import CallProgress, InboundCall

MAX_BODY: Final = 1600
"""Characters of the longest text that Twilio takes."""
MAX_PARAMETER: Final = 499
"""Characters of a stream parameter's name and value together."""

_SIGNATURE: Final = "x-twilio-signature"
_OPT_OUT_TYPES: Final = frozenset({"STOP", "START", "HELP"})
_SECONDS: Final = re.compile("[0-9]{1,9}")
_COUNT: Final = re.compile("[0-9]{1,2}")
_LONGEST_URL: Final = 2_000
_LONGEST_TYPE: Final = 100
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Signatures:
    """Tells requests that Twilio signed with the account's auth token from all others."""

    def __init__(self, auth_token: str) -> None:
        self._validator = RequestValidator(auth_token)

    def is_authentic(self, *, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """Whether Twilio sent this request. `url` is the public one that it asked for, with its query."""
        signature = next((value for name, value in headers.items() if name.lower() == _SIGNATURE), "")
        try:
            return cast(bool, self._validator.validate(url, form, signature))
        except ValueError:
            # Text that UTF-8 cannot carry, or a port that is no number: nothing that Twilio signs.
            return False

    def is_authentic_stream(self, *, url: str, headers: Mapping[str, str]) -> bool:
        """Whether Twilio opens this media socket. Twilio may sign its URL with a slash behind it."""
        return any(self.is_authentic(url=signed, form={}, headers=headers) for signed in (url, f"{url}/"))


def inbound_call(form: Mapping[str, str]) -> InboundCall:
    """The call of a voice webhook; in one that we placed, the learner is who was called. Raises `Invalid`."""
    caller, called = _field(form, "From"), _field(form, "To")
    direction = form.get("Direction", "inbound")
    if direction.startswith("outbound"):
        caller, called = called, caller
    return InboundCall(
        call_id=_identifier(form, "CallSid"),
        line=caller,
        called=called,
        direction=direction,
        status=_field(form, "CallStatus"),
    )


def call_progress(form: Mapping[str, str]) -> CallProgress:
    """What a call status callback says. Raises `Invalid`."""
    duration = form.get("CallDuration")
    if duration is not None and not _SECONDS.fullmatch(duration):
        raise Invalid("CallDuration is not a number of seconds")
    return CallProgress(
        call_id=_identifier(form, "CallSid"),
        status=_field(form, "CallStatus"),
        duration_s=None if duration is None else int(duration),
    )


def inbound_text(form: Mapping[str, str]) -> InboundText:
    """The text of a messaging webhook; a picture alone has an empty body. Raises `Invalid`."""
    opted = form.get("OptOutType")
    media = _media(form)
    return InboundText(
        message_id=_identifier(form, "MessageSid"),
        line=_field(form, "From"),
        to=_field(form, "To"),
        body=form.get("Body", ""),
        opted=opted if opted in _OPT_OUT_TYPES else None,
        media=media[:MOST_MEDIA],
        media_left_out=len(media[MOST_MEDIA:]),
    )


def open_stream(*, stream_url: str, parameters: Mapping[str, str], after_url: str) -> str:
    """TwiML that connects the call to a media socket and asks `after_url` once the socket closes.

    Raises `Invalid` for what Twilio would refuse: a URL that is no socket's or has a query, a parameter too long.
    """
    parts = urlsplit(stream_url)
    if parts.scheme not in {"ws", "wss"} or parts.query or parts.fragment:
        raise Invalid("a stream URL is ws or wss and has no query")
    stream = Stream(url=stream_url)
    for name, value in parameters.items():
        if len(name) + len(value) > MAX_PARAMETER:
            raise Invalid(f"a stream parameter has at most {MAX_PARAMETER} characters")
        stream.parameter(name=name, value=_xml_text(value))
    connect = Connect(action=after_url, method="POST")
    connect.append(stream)
    return str(VoiceResponse().append(connect))


def say(text: str, *, hang_up: bool) -> str:
    """TwiML that speaks one line with Twilio's own voice."""
    response = VoiceResponse()
    response.say(_xml_text(text))
    if hang_up:
        response.hangup()
    return str(response)


def hang_up() -> str:
    """TwiML that ends the call."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def reply(text: str | None) -> str:
    """TwiML that answers a text, with a text or with nothing. Raises `Invalid` for one that is too long."""
    response = MessagingResponse()
    if text:
        response.message(checked_body(_xml_text(text)))
    return str(response)


def checked_body(text: str) -> str:
    """`text` when Twilio can send it. Raises `Invalid`."""
    if not text.strip() or len(text) > MAX_BODY:
        raise Invalid(f"a text has 1 to {MAX_BODY} characters")
    return text


def _media(form: Mapping[str, str]) -> tuple[MediaItem, ...]:
    """What came with a text. A number that is none, and media without an address, are no media."""
    count = form.get("NumMedia", "0")
    numbers = range(int(count)) if _COUNT.fullmatch(count) else ()
    found = ((form.get(f"MediaUrl{n}", ""), form.get(f"MediaContentType{n}", "")) for n in numbers)
    return tuple(MediaItem(url, kind[:_LONGEST_TYPE]) for url, kind in found if 0 < len(url) <= _LONGEST_URL)


def _field(form: Mapping[str, str], name: str) -> str:
    value = form.get(name)
    if value is None:
        raise Invalid(f"{name} is missing")
    return value


def _identifier(form: Mapping[str, str], name: str) -> str:
    value = _field(form, name)
    if not value:
        raise Invalid(f"{name} is empty")
    return value


def _xml_text(text: str) -> str:
    """Without characters that XML has no way to write; one of them would make Twilio refuse the whole document."""
    return _NOT_XML.sub("", text)
