"""The kinds of failure, drawn once and mapped to HTTP once (`app.http.errors`).

    BakameError
    ├── Missing        what was asked for is not there            404
    ├── Conflict       it changed under us, or exists already     409
    ├── Denied         not allowed, or not who it claims to be    403
    ├── Invalid        the input cannot be understood             422
    ├── Busy           over capacity or over a limit              429
    └── Unavailable    something we depend on does not answer     503

`retryable` says whether the same request may succeed later without a change. The message is for people: it names
what is wrong and holds no secret and no personal datum, because it may be logged and shown.
"""


class BakameError(Exception):
    """Root of every error that BAKAME raises on purpose."""

    retryable: bool = False

    def __init__(self, message: str, *, retryable: bool | None = None) -> None:
        super().__init__(message)
        if retryable is not None:
            self.retryable = retryable


class Missing(BakameError):
    """What was asked for does not exist."""


class Conflict(BakameError):
    """The thing changed since it was read, or exists already."""

    retryable = True


class Denied(BakameError):
    """The caller may not do this, or could not prove who they are."""


class Invalid(BakameError):
    """The input cannot be understood; asking again the same way will not help."""


class Busy(BakameError):
    """Over capacity or over a limit; later may work."""

    retryable = True


class Unavailable(BakameError):
    """A database, a vendor or another part we depend on does not answer."""

    retryable = True
