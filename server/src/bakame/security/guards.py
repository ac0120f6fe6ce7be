"""What stands at the doors that gateways use: the form is read whole, within bounds, and its signature checked."""

from collections.abc import Mapping
from typing import Final, Protocol
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request

from bakame.errors import Denied, Invalid

MOST_FORM_BYTES: Final = 64 * 1024
MOST_FIELDS: Final = 500


class Authentic(Protocol):
    """Whether the gateway itself sent this; `ports.telephony.CallGateway.is_authentic` and its like."""

    def __call__(self, *, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bool: ...


async def signed_form(request: Request, *, public_url: str, is_authentic: Authentic) -> Mapping[str, str]:
    """The form that was posted, when its sender could sign it for our public address.

    `public_url` is that address without a path. Raises `Denied` and `Invalid`.
    """
    form = await _form(request)
    query = f"?{request.url.query}" if request.url.query else ""
    url = public_url.rstrip("/") + request.url.path + query
    if not is_authentic(url=url, form=form, headers=request.headers):
        raise Denied("the signature does not match")
    return form


async def _form(request: Request) -> ImmutableMultiDict[str, str]:
    """All fields of a urlencoded body as they were signed: untrimmed, empty and repeated ones too."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM_BYTES:
            raise Invalid("the request is too large")
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Invalid("the form has too many fields") from None
    return ImmutableMultiDict(pairs)
