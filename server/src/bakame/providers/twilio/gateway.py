"""Twilio as a carrier of calls and of texts."""

from collections.abc import Mapping

import httpx

from bakame.ports.messaging import InboundText, SentText
from bakame.ports.telephony import CallProgress, InboundCall
from bakame.providers.twilio import webhook
from bakame.providers.twilio.media import TwilioMedia
from bakame.providers.twilio.rest import BASE_URL, TwilioRest


class TwilioGateway:
    """One Twilio account and one number of it; a `CallGateway` and a `TextGateway`."""

    def __init__(
        self, *, account_sid: str, auth_token: str, number: str, http: httpx.AsyncClient, base_url: str = BASE_URL
    ) -> None:
        """`number` is ours, in E.164. `http` belongs to the caller, who closes it."""
        self._signatures = webhook.Signatures(auth_token)
        self._rest = TwilioRest(
            account_sid=account_sid, auth_token=auth_token, number=number, http=http, base_url=base_url
        )

    @property
    def name(self) -> str:
        return "twilio"

    def is_authentic(self, *, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """Whether Twilio sent this webhook."""
        return self._signatures.is_authentic(url=url, form=form, headers=headers)

    def is_authentic_stream(self, *, url: str, headers: Mapping[str, str]) -> bool:
        """Whether Twilio opens this media socket; `url` has the ws or wss scheme."""
        return self._signatures.is_authentic_stream(url=url, headers=headers)

    def inbound_call(self, form: Mapping[str, str]) -> InboundCall:
        """The call of a voice webhook; `line` is the learner's end of it. Raises `Invalid`."""
        return webhook.inbound_call(form)

    def call_progress(self, form: Mapping[str, str]) -> CallProgress:
        """What a call status callback says. Raises `Invalid`."""
        return webhook.call_progress(form)

    def open_stream(self, *, stream_url: str, parameters: Mapping[str, str], after_url: str) -> str:
        """TwiML that connects the call to our socket. Raises `Invalid` for what Twilio would refuse."""
        return webhook.open_stream(stream_url=stream_url, parameters=parameters, after_url=after_url)

    def say(self, text: str, *, hang_up: bool = True) -> str:
        """TwiML that speaks one line."""
        return webhook.say(text, hang_up=hang_up)

    def hang_up(self) -> str:
        """TwiML that ends the call."""
        return webhook.hang_up()

    def codec(self) -> TwilioMedia:
        """A fresh codec for one stream."""
        return TwilioMedia()

    async def place_call(self, *, to: str, answer_url: str, status_url: str) -> str:
        """Calls a number; the call's id. Raises `Unavailable` or `Invalid`."""
        return await self._rest.place_call(to=to, answer_url=answer_url, status_url=status_url)

    async def move_call(self, call_id: str, *, answer_url: str) -> None:
        """Redirects a live call. Raises `Missing` or `Unavailable`."""
        await self._rest.move_call(call_id, answer_url=answer_url)

    async def end_call(self, call_id: str) -> None:
        """Hangs up a live call. Raises `Missing` or `Unavailable`."""
        await self._rest.end_call(call_id)

    def inbound_text(self, form: Mapping[str, str]) -> InboundText:
        """The text of a messaging webhook. Raises `Invalid`."""
        return webhook.inbound_text(form)

    def reply(self, text: str | None) -> str:
        """TwiML that answers a text, or says nothing. Raises `Invalid` for one that is too long."""
        return webhook.reply(text)

    async def send_text(self, *, to: str, body: str) -> SentText:
        """Sends a text. Raises `Unavailable` or `Invalid`."""
        return await self._rest.send_text(to=to, body=webhook.checked_body(body))
