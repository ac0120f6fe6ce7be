"""The documents a server answers webhooks with, read as the carrier reads them.

Source: Twilio, "TwiML for Programmable Voice" and "for Programmable Messaging". Element and attribute names are
case-sensitive. What is not understood is skipped with warning 12200; a document that is not TwiML is refused:
12100 (not XML), 11750 (over 64 kB). Document types and entities are refused before they could expand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from xml.parsers import expat

from bakame.errors import Invalid

MAX_BYTES: Final = 64 * 1024
MAX_PARAMETER_CHARS: Final = 500

Method = Literal["GET", "POST"]


class TwimlError(Invalid):
    """A document that the carrier refuses; `code` as in the carrier's error dictionary."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True, slots=True)
class TwimlWarning:
    """Something in a document that the carrier skips and reports."""

    code: int
    message: str


@dataclass(frozen=True, slots=True)
class Say:
    """Words in the carrier's own voice."""

    text: str
    language: str = "en-US"
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Play:
    """A sound file."""

    url: str
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence."""

    length_s: int = 1


@dataclass(frozen=True, slots=True)
class Connect:
    """A two-way media stream. Without `action` the next verb follows when the server closes it."""

    url: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    name: str | None = None
    track: str = "inbound_track"
    status_url: str | None = None
    action: str | None = None
    method: Method = "POST"


@dataclass(frozen=True, slots=True)
class Redirect:
    """Another document takes over."""

    url: str
    method: Method = "POST"


@dataclass(frozen=True, slots=True)
class Hangup:
    """The call ends."""


@dataclass(frozen=True, slots=True)
class Reject:
    """The call is refused, unanswered and unbilled."""

    reason: str = "rejected"


@dataclass(frozen=True, slots=True)
class Message:
    """A text in reply."""

    body: str
    to: str | None = None


Verb = Say | Play | Pause | Connect | Redirect | Hangup | Reject | Message


@dataclass(frozen=True, slots=True)
class Document:
    """The verbs of a document, in order, and what was skipped."""

    verbs: tuple[Verb, ...]
    warnings: tuple[TwimlWarning, ...] = ()


@dataclass(slots=True)
class _Element:
    name: str
    attributes: dict[str, str]
    children: list["_Element"] = field(default_factory=list["_Element"])
    text: str = ""


def parse_twiml(body: bytes) -> Document:
    """The verbs of a document. Raises `TwimlError`."""
    if len(body) > MAX_BYTES:
        raise TwimlError(11750, "the document is larger than 64 kB")
    root = _elements(body)
    if root.name != "Response":
        raise TwimlError(12100, f"the root element is {root.name}, not Response")
    return _Reader().document(root)


def _elements(body: bytes) -> _Element:
    """The root of the element tree."""
    holder = _Element("", {})
    open_elements = [holder]
    parser = expat.ParserCreate()

    def doctype(*_: object) -> None:
        raise TwimlError(12100, "a document type is not allowed")

    def start(name: str, attributes: dict[str, str]) -> None:
        element = _Element(name, attributes)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        open_elements.pop()

    def text(characters: str) -> None:
        open_elements[-1].text += characters

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise TwimlError(12100, f"not well-formed XML: {error}") from error
    return holder.children[0]


class _Reader:
    """Reads one document; collects what it skips."""

    def __init__(self) -> None:
        self._warnings: list[TwimlWarning] = []

    def document(self, root: _Element) -> Document:
        verbs: list[Verb] = []
        for element in root.children:
            read = _VERBS.get(element.name)
            verb = read(self, element) if read else self._skip(f"<{element.name}> is not understood")
            if verb is not None:
                verbs.append(verb)
        return Document(tuple(verbs), tuple(self._warnings))

    def say(self, element: _Element) -> Verb | None:
        self._allow(element, "voice", "language", "loop")
        text = " ".join(element.text.split())
        language = element.attributes.get("language", "en-US")
        return Say(text, language, self._number(element, "loop", 1)) if text else self._skip("<Say> is empty")

    def play(self, element: _Element) -> Verb | None:
        self._allow(element, "loop", "digits")
        url = element.text.strip()
        return Play(url, self._number(element, "loop", 1)) if url else self._skip("<Play> has no URL")

    def pause(self, element: _Element) -> Verb:
        self._allow(element, "length")
        return Pause(self._number(element, "length", 1))

    def connect(self, element: _Element) -> Verb | None:
        self._allow(element, "action", "method")
        streams = [child for child in element.children if child.name == "Stream"]
        if len(streams) != 1 or len(element.children) != 1:
            return self._skip("<Connect> needs exactly one <Stream>, and nothing else is understood in it")
        stream = streams[0]
        self._allow(stream, "url", "name", "track", "statusCallback", "statusCallbackMethod")
        url = stream.attributes.get("url", "").strip()
        if not url:
            return self._skip("<Stream> has no url")
        return Connect(
            url=url,
            parameters=self._parameters(stream),
            name=stream.attributes.get("name"),
            track=stream.attributes.get("track", "inbound_track"),
            status_url=stream.attributes.get("statusCallback"),
            action=element.attributes.get("action"),
            method=self._method(element),
        )

    def redirect(self, element: _Element) -> Verb:
        self._allow(element, "method")
        return Redirect(element.text.strip(), self._method(element))

    def hangup(self, element: _Element) -> Verb:
        self._allow(element)
        return Hangup()

    def reject(self, element: _Element) -> Verb:
        self._allow(element, "reason")
        return Reject(element.attributes.get("reason", "rejected"))

    def message(self, element: _Element) -> Verb:
        self._allow(element, "to", "from", "action", "method", "statusCallback")
        bodies = [child.text for child in element.children if child.name == "Body"]
        for child in element.children:
            if child.name != "Body":
                self._skip(f"<{child.name}> in <Message> is not understood")
        return Message("".join(bodies) if bodies else element.text.strip(), element.attributes.get("to"))

    def _parameters(self, stream: _Element) -> dict[str, str]:
        parameters: dict[str, str] = {}
        for child in stream.children:
            name, value = child.attributes.get("name", ""), child.attributes.get("value", "")
            if child.name != "Parameter" or not name:
                self._skip(f"<{child.name}> in <Stream> is not a named parameter")
            elif len(name) + len(value) >= MAX_PARAMETER_CHARS:
                self._skip(f"parameter {name} is longer than {MAX_PARAMETER_CHARS} characters")
            else:
                parameters[name] = value
        return parameters

    def _method(self, element: _Element) -> Method:
        method = element.attributes.get("method", "POST")
        if method in ("GET", "POST"):
            return method
        self._skip(f"method {method} is neither GET nor POST")
        return "POST"

    def _number(self, element: _Element, name: str, default: int) -> int:
        value = element.attributes.get(name, str(default))
        if value.isascii() and value.isdigit():
            return int(value)
        self._skip(f"{name} of <{element.name}> is not a number")
        return default

    def _allow(self, element: _Element, *names: str) -> None:
        for name in element.attributes.keys() - set(names):
            self._skip(f"{name} is not an attribute of <{element.name}>")

    def _skip(self, message: str) -> None:
        self._warnings.append(TwimlWarning(12200, message))


_VERBS: Final[Mapping[str, Callable[[_Reader, _Element], Verb | None]]] = {
    "Say": _Reader.say,
    "Play": _Reader.play,
    "Pause": _Reader.pause,
    "Connect": _Reader.connect,
    "Redirect": _Reader.redirect,
    "Hangup": _Reader.hangup,
    "Reject": _Reader.reject,
    "Message": _Reader.message,
}
