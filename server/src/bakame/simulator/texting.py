"""Texts on the simulated carrier: a learner's go to the server's webhook, the server's come to the phone.

Source: Twilio, "Request to your incoming message webhook", "TwiML for Programmable Messaging", and its opt-out words.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bakame.simulator.identity import API_VERSION, new_sid, parties
from bakame.simulator.storage import Attachment, Storage
from bakame.simulator.twiml import Message, TwimlWarning, parse_twiml
from bakame.simulator.webhook import Webhooks
from bakame.text import gsm

MAX_BODY_CHARS: Final = 1600
STOP_WORDS: Final = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START_WORDS: Final = frozenset({"START", "YES", "UNSTOP"})


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """A text that reached a phone. `parts`: how many the network carried, and would bill."""

    to: str
    from_: str
    body: str
    sid: str = ""

    @property
    def parts(self) -> int:
        return gsm.inbound_parts(self.body)

    @property
    def encoding(self) -> str:
        return "GSM-7" if gsm.is_gsm(self.body) else "UCS-2"


@dataclass(frozen=True, slots=True)
class TextReply:
    """What the server answered in the webhook."""

    message_sid: str
    texts: tuple[ReceivedText, ...]
    warnings: tuple[TwimlWarning, ...]


class Texting:
    """Carries a learner's texts, and remembers who opted out of whose."""

    def __init__(self, *, webhooks: Webhooks, url: str, account_sid: str, rng: random.Random, storage: Storage) -> None:
        self._storage = storage
        self._webhooks = webhooks
        self._url = url
        self._account_sid = account_sid
        self._rng = rng
        self._opted_out: set[tuple[str, str]] = set()

    def is_opted_out(self, *, learner: str, sender: str) -> bool:
        """Whether the learner's last opt-out word to this sender was one of stopping."""
        return (learner, sender) in self._opted_out

    async def send(
        self, from_: str, to: str, body: str, *, media: Sequence[Attachment] = (), message_sid: str | None = None
    ) -> TextReply:
        """Delivers a learner's text. Raises `WebhookError` and `TwimlError`."""
        sid = message_sid or new_sid("MM" if media else "SM", self._rng)
        self._note_opting(from_, to, body)
        form = {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "AccountSid": self._account_sid,
            "ApiVersion": API_VERSION,
            "Body": body,
            **self._media(media, sid),
            "NumSegments": str(max(1, gsm.inbound_parts(body))),
            "SmsStatus": "received",
            **parties(from_, to),
        }
        document = parse_twiml((await self._webhooks.ask(self._url, form)).body)
        warnings = list(document.warnings)
        texts: list[ReceivedText] = []
        for verb in document.verbs:
            match verb:
                case Message(reply, other) if 0 < len(reply) <= MAX_BODY_CHARS:
                    texts.append(ReceivedText(to=other or from_, from_=to, body=reply))
                case Message():
                    warnings.append(TwimlWarning(14103, "a message is empty or longer than 1,600 characters"))
                case _:
                    warnings.append(TwimlWarning(12200, f"{type(verb).__name__} has no place in a text's answer"))
        return TextReply(sid, tuple(texts), tuple(warnings))

    def _media(self, media: Sequence[Attachment], message_sid: str) -> dict[str, str]:
        form = {"NumMedia": str(len(media))}
        for number, attachment in enumerate(media):
            form[f"MediaUrl{number}"] = self._storage.keep(attachment, message_sid=message_sid)
            form[f"MediaContentType{number}"] = attachment.media_type
        return form

    def _note_opting(self, learner: str, sender: str, body: str) -> None:
        word = body.strip().upper()
        if word in STOP_WORDS:
            self._opted_out.add((learner, sender))
        elif word in START_WORDS:
            self._opted_out.discard((learner, sender))
