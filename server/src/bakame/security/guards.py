"""What stands at the doors that gateways use: the form is read whole, within bounds, and its signature checked."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from bakame.errors import Denied, Invalid

MOST_FORM_BYTES: Final = 64 * 1024
MOST_FIELDS: Final = 200


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a urlencoded form body, untrimmed, empty ones included, as they were signed.

    Raises `Invalid` for a body that is too large, is not such a form, or repeats a field.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM_BYTES:
            raise Invalid("the form is too large")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise Invalid("the body is not a urlencoded form") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise Invalid("the form repeats a field")
    return form


async def signed_form(
    request: Request,
    *,
    url: str,
    is_authentic: Callable[[str, Mapping[str, str], Mapping[str, str]], bool],
) -> dict[str, str]:
    """The form, when its sender could sign it for `url` (the public one). Raises `Denied` or `Invalid`."""
    form = await read_form(request)
    query = request.url.query
    if not is_authentic(f"{url}?{query}" if query else url, form, request.headers):
        raise Denied("the signature does not fit")
    return form
