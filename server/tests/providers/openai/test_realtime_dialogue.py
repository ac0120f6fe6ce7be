"""A conversation with OpenAI Realtime, event by event: in whatever order things happen, the learner is safe."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bakame.audio.format import TELEPHONE
from bakame.errors import Unavailable
from bakame.ports.voice import Briefing, CallerSaid, Finished, Heard, Interrupt, Speech, ToolAnswer, VoiceEvent, Wording
from bakame.providers.openai.realtime_dialogue import Dialogue
from bakame.providers.openai.realtime_protocol import (
    AudioDelta,
    AudioDone,
    CallerTranscribed,
    ErrorTold,
    FunctionCalled,
    FunctionNamed,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    TranscriptDelta,
    TranscriptDone,
)
from bakame.providers.openai.realtime_requests import MANNER


@dataclass
class Room:
    """A dialogue with everything around it: a bridge that plays, tools that are answered when asked to."""

    sent: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    events: list[VoiceEvent] = field(default_factory=list[VoiceEvent])
    used: list[FunctionCalled] = field(default_factory=list[FunctionCalled])
    said: list[tuple[str, str, bool]] = field(default_factory=list[tuple[str, str, bool]])
    sizes: dict[int, int] = field(default_factory=dict[int, int])
    dropped: set[int] = field(default_factory=set[int])
    playable_ms: int = 10_000

    def __post_init__(self) -> None:
        self.dialogue = Dialogue(
            briefing=Briefing("Teach.", "hello"),
            manner=MANNER,
            send=lambda message: self.sent.append(json.loads(message)),
            emit=self.emit,
            use=self.used.append,
            listener=self,
            not_understood=lambda: None,
        )
        self.dialogue.begin()
        self.dialogue.take(SessionUpdated(True))

    def emit(self, event: VoiceEvent) -> None:
        self.events.append(event)
        if isinstance(event, Speech | Wording):
            assert event.utterance not in self.dropped, "sound of a dropped utterance"
        if isinstance(event, Speech):
            self.sizes[event.utterance] = self.sizes.get(event.utterance, 0) + len(event.audio)
        if isinstance(event, Interrupt):
            self.dropped |= set(self.sizes)
            for number, size in self.sizes.items():
                played_ms = min(self.playable_ms, 20 * -(-int(TELEPHONE.ms_for(size)) // 20))
                self.dialogue.ear_moved(Heard(number, played_ms, "some", complete=False, cut=True))
            self.sizes.clear()

    def caller_said(self, text: str) -> None: ...

    def tutor_said(self, text: str, *, heard: str, complete: bool) -> None:
        self.said.append((text, heard, complete))

    def take(self, *events: ServerEvent) -> None:
        for event in events:
            self.dialogue.take(event)

    def kinds(self) -> list[str]:
        return [message["type"] for message in self.sent]


def answer(response_id: str, item_id: str, text: str = "hi") -> list[ServerEvent]:
    return [
        ResponseCreated(response_id),
        TranscriptDelta(response_id, item_id, text),
        AudioDelta(response_id, item_id, bytes(801)),
        AudioDone(response_id, item_id),
        TranscriptDone(response_id, item_id, text),
        ResponseDone(response_id, "completed", "", ""),
    ]


def test_what_was_cut_off_is_truncated_to_what_there_was_of_it() -> None:
    room = Room()
    room.take(*answer("r1", "i1"), SpeechStarted())
    # 801 bytes are 100.1 ms; the line padded its last frame and says 120.
    assert room.sent[-1]["audio_end_ms"] == 100
    assert room.said == [("hi", "some", False)]


def test_the_late_half_of_an_interrupted_answer_is_not_heard() -> None:
    room = Room()
    room.take(ResponseCreated("r1"), AudioDelta("r1", "i1", bytes(800)), SpeechStarted())
    before = len(room.events)
    room.take(AudioDelta("r1", "i1", bytes(800)), TranscriptDone("r1", "i1", "x"), AudioDelta("r1", "i2", bytes(80)))
    room.take(ResponseDone("r1", "cancelled", "turn_detected", ""), AudioDelta("r1", "i1", bytes(800)))
    assert len(room.events) == before


def test_an_answer_that_starts_while_the_caller_speaks_is_called_off() -> None:
    room = Room()
    room.take(*answer("r1", "i1"), SpeechStarted(), ResponseCreated("r2"), AudioDelta("r2", "i2", bytes(800)))
    assert room.kinds()[-1] == "response.cancel"
    assert room.events[-1] == Interrupt()


def test_a_turn_that_openai_notices_first_is_an_interruption() -> None:
    room = Room()
    room.take(ResponseCreated("r1"), AudioDelta("r1", "i1", bytes(800)))
    room.take(ResponseDone("r1", "cancelled", "turn_detected", ""))
    assert room.events[-1] == Interrupt()


def test_an_older_server_names_the_function_only_once() -> None:
    room = Room()
    room.take(ResponseCreated("r1"), FunctionNamed("i1", "hint"), FunctionCalled("r1", "i1", "c1", "", "{}"))
    room.take(FunctionCalled("r1", "i1", "c1", "hint", "{}"))
    assert [call.name for call in room.used] == ["hint"]
    room.dialogue.tool_answered("c1", {"say": "x"})
    assert room.kinds().count("response.create") == 1, "not while an answer is active"
    room.take(ResponseDone("r1", "completed", "", ""))
    assert room.kinds().count("response.create") == 2


def test_an_answer_that_was_asked_for_twice_is_asked_for_again_when_the_first_is_done() -> None:
    room = Room()
    room.take(*answer("r1", "i1"))
    room.dialogue.key_pressed()
    room.dialogue.keyed("5", by_hash=False)
    assert room.kinds()[-1] == "response.create"
    first, *rest = answer("r2", "i2")
    room.take(first, ErrorTold("conversation_already_has_active_response", "invalid_request_error", "answer"))
    before = room.kinds().count("response.create")
    room.take(*rest)
    assert room.kinds().count("response.create") == before + 1
    room.take(*answer("r3", "i3"))
    assert not room.dialogue.waiting


def test_goodbye_ends_the_call_unless_the_caller_goes_on() -> None:
    room = Room()
    room.take(*answer("r1", "i1"), ResponseCreated("r2"), FunctionCalled("r2", "f", "c1", "end_lesson", "{}"))
    room.take(ResponseDone("r2", "completed", "", ""))
    room.dialogue.tool_answered("c1", {"say": "bye"}, ToolAnswer("bye", "nothing", True))
    room.take(ResponseCreated("r3"), AudioDelta("r3", "i3", bytes(80)), SpeechStarted())
    room.take(ResponseDone("r3", "cancelled", "turn_detected", ""), SpeechStopped())
    assert Finished("goodbye") not in room.events
    room.take(*answer("r4", "i4"))
    assert room.events[-1] == Finished("goodbye")


def test_an_empty_answer_is_asked_for_once_more() -> None:
    room = Room()
    room.take(ResponseCreated("r1"), ResponseDone("r1", "completed", "", ""))
    assert room.kinds().count("response.create") == 2
    with pytest.raises(Unavailable, match="nothing"):
        room.take(ResponseCreated("r2"), ResponseDone("r2", "completed", "", ""))


@pytest.mark.parametrize(
    ("keys", "by_hash", "text"),
    [
        ("0", False, "Please give me a hint."),
        ("0", True, "0"),
        ("54", False, "54"),
        ("*", False, "Please repeat that."),
    ],
)
def test_a_lone_key_is_a_command_unless_a_hash_follows(keys: str, by_hash: bool, text: str) -> None:
    room = Room()
    room.dialogue.keyed(keys, by_hash=by_hash)
    assert room.sent[-1]["item"]["content"] == [{"type": "input_text", "text": text}]
    assert room.events[-1] == CallerSaid(keys, "keys")


def test_words_without_a_sound_are_not_shown() -> None:
    room = Room()
    room.take(ResponseCreated("r1"), TranscriptDelta("r1", "i1", "hel"))
    assert not any(isinstance(event, Wording) for event in room.events)
    room.take(AudioDelta("r1", "i1", bytes(80)), TranscriptDone("r1", "i1", "hello"))
    assert [event.text for event in room.events if isinstance(event, Wording)] == ["hel", "hello"]


def test_a_long_conversation_keeps_little() -> None:
    room = Room()
    for number in range(500):
        room.take(*answer(f"r{number}", f"i{number}"))
        room.dialogue.ear_moved(Heard(number + 1, 120, "hi", complete=True))
    assert len(room.said) == 500
    assert all(complete for _, _, complete in room.said)


IDS = st.sampled_from(["r1", "r2", "r3"])
ITEMS = st.sampled_from(["i1", "i2", "i3", "i4"])
SERVER = st.one_of(
    st.builds(ResponseCreated, IDS),
    st.builds(AudioDelta, IDS, ITEMS, st.binary(max_size=400)),
    st.builds(AudioDone, IDS, ITEMS),
    st.builds(TranscriptDelta, IDS, ITEMS, st.text(max_size=3)),
    st.builds(TranscriptDone, IDS, ITEMS, st.text(max_size=3)),
    st.builds(ResponseDone, IDS, st.sampled_from(["completed", "cancelled"]), st.just("turn_detected"), st.just("")),
    st.builds(FunctionCalled, IDS, ITEMS, st.text(min_size=1, max_size=2), st.just("t"), st.just("{}")),
    st.builds(FunctionNamed, ITEMS, st.just("t")),
    st.builds(CallerTranscribed, st.text(max_size=3)),
    st.just(SpeechStarted()),
    st.just(SpeechStopped()),
    st.just(SessionUpdated(True)),
    st.just(ErrorTold("conversation_already_has_active_response", "invalid_request_error", "answer")),
)
STEPS = st.lists(SERVER | st.sampled_from(["key", "keyed", "tool"]), max_size=60)


@settings(max_examples=300)
@given(STEPS, st.integers(0, 300))
def test_in_any_order_nothing_dropped_is_heard_and_no_truncation_is_too_long(steps: list[Any], playable: int) -> None:
    room = Room(playable_ms=playable // 20 * 20)
    made: dict[str, int] = {}
    answered = 0
    for step in steps:
        if isinstance(step, AudioDelta):
            made[step.item_id] = made.get(step.item_id, 0) + len(step.audio)
        before = len(room.sent)
        try:
            match step:
                case "key":
                    room.dialogue.key_pressed()
                case "keyed":
                    room.dialogue.keyed("5", by_hash=False)
                case "tool":
                    if answered < len(room.used):
                        answered += 1
                        room.dialogue.tool_answered(room.used[answered - 1].call_id, {})
                case _:
                    room.take(step)
        except Unavailable:
            return
        for message in room.sent[before:]:
            if message["type"] == "conversation.item.truncate":
                assert message["audio_end_ms"] <= made[message["item_id"]] / 8
    numbers = [event.utterance for event in room.events if isinstance(event, Speech | Wording)]
    firsts = list(dict.fromkeys(numbers))
    assert firsts == sorted(firsts)
    closed = [event.utterance for event in room.events if isinstance(event, Speech) and event.last]
    assert len(closed) == len(set(closed))
