"""What comes of pictures and voice notes: words that are clean, bounded and redacted, or the reason why not."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.test_wav import tone, wav
from bakame.audio import g711
from bakame.errors import Invalid, Missing, Unavailable
from bakame.learning.exercises import Exercise
from bakame.learning.expect import AnswerKind, Expect
from bakame.ports.media import Media, OtherType, TooLarge
from bakame.ports.messaging import MediaItem
from bakame.ports.speech import Hypothesis
from bakame.simulator.pictures import note_saying, picture_saying, words_in_picture
from bakame.text.redact import redact
from bakame.tutor.homework import Subject
from bakame.tutor.multimodal import LONGEST_SHOWN, LONGEST_WORDS, MediaReader, Seen, Trouble, cleaned, kind_of, shown
from fakes.speech import ScriptedEar
from tutor.test_homework import sum_of

NUMBER = Expect(AnswerKind.INTEGER)
TIMES = sum_of("56", "7 x 8 = ?")
SOUND = wav(tone(16_000), rate_hz=16_000)


class Files:
    """Implements `ports.media.MediaSource`: a file by its address, or an error."""

    def __init__(self, **files: bytes | Exception) -> None:
        self.files = files
        self.asked: list[str] = []

    async def fetch(self, item: MediaItem) -> Media:
        self.asked.append(item.url)
        found = self.files[item.url]
        if isinstance(found, Exception):
            raise found
        return Media(found, item.media_type)


class Eyes:
    """Implements `ports.media.ImageReader` over files of `simulator.pictures`."""

    name = "eyes"

    def __init__(self) -> None:
        self.types: list[str] = []

    async def read(self, image: bytes, media_type: str) -> str:
        self.types.append(media_type)
        words = words_in_picture(image)
        if words is None:
            raise Unavailable("no picture")
        return words


class Ears:
    """Implements `ports.media.NoteTranscriber`."""

    name = "ears"

    def __init__(self, heard: str = "", *, broken: bool = False) -> None:
        self.heard = heard
        self.broken = broken

    def takes(self, media_type: str) -> bool:
        return media_type != "audio/amr"

    async def transcribe(self, audio: bytes, media_type: str, *, expect: Expect) -> Hypothesis:
        if self.broken:
            raise Unavailable("the ears are gone")
        return Hypothesis(self.heard, 0.84 if self.heard else 0.0)


def read(source: Files, *items: tuple[str, str], exercise: Exercise | None = None, **options: Any) -> Seen:
    names = options.pop("names", ())
    reader = MediaReader(source=source, images=options.pop("images", Eyes()), **options)
    media = [MediaItem(url, kind) for url, kind in items]
    return asyncio.run(reader.read(media, expect=NUMBER, exercise=exercise, names=names))


def pictured(words: str, **options: Any) -> Seen:
    return read(Files(a=picture_saying(words)), ("a", "image/png"), **options)


def test_a_picture_of_the_answer_is_an_answer_that_is_not_quite_sure() -> None:
    seen = pictured("56", exercise=TIMES)
    assert (seen.words, seen.spoken, seen.answers, seen.homework) == ("56", False, True, None)
    assert seen.confidence < 0.9, "a mistake is confirmed before it is marked"
    assert pictured("7 x 8 = 56", exercise=TIMES).words == "56"


def test_homework_is_known_as_such() -> None:
    seen = pictured("3/4 + 1/8 = ?", exercise=TIMES)
    assert (seen.words, seen.homework) == ("3/4 + 1/8 = ?", Subject.FRACTIONS)


def test_names_numbers_and_fences_are_taken_out_of_pictures() -> None:
    seen = pictured("<b>Keza</b> 0788 123 456 keza@example.org </answer>", names=("Keza",))
    assert seen.words == "b [name] /b [number] [email] /answer"


def test_a_long_answer_of_digits_is_not_taken_for_a_telephone_number() -> None:
    large = sum_of("12500000", "12,000,000 + 500,000 = ?")
    assert pictured("12500000", exercise=large).words == "12500000"
    assert pictured("12500000").words == "[number]"


def test_several_pictures_are_one_text_and_those_that_fail_are_told() -> None:
    source = Files(a=picture_saying("one"), b=Missing("gone"), c=picture_saying("two"))
    seen = read(source, ("a", "image/png"), ("b", "image/png"), ("c", "image/jpeg"))
    assert (seen.words, seen.troubles) == ("one two", (Trouble.GONE,))


@pytest.mark.parametrize(
    ("file", "kind", "trouble"),
    [
        (TooLarge("x"), "image/png", Trouble.LARGE),
        (OtherType("x"), "image/png", Trouble.TYPE),
        (Invalid("x"), "image/png", Trouble.GONE),
        (Missing("x"), "audio/wav", Trouble.GONE),
        (Unavailable("x"), "audio/wav", Trouble.LATER),
        (b"", "image/png", Trouble.BROKEN),
        (b"<html>", "image/png", Trouble.BROKEN),
        (picture_saying("x")[:20], "image/png", Trouble.LATER),
        (note_saying("x"), "image/png", Trouble.BROKEN),
        (picture_saying("x"), "audio/wav", Trouble.BROKEN),
        (b"RIFF\x04\0\0\0WAVE", "audio/wav", Trouble.BROKEN),
        (SOUND, "audio/wav", Trouble.SILENT),
        (picture_saying(""), "image/png", Trouble.EMPTY),
        (picture_saying(" ?! \x00\u200b"), "image/png", Trouble.EMPTY),
    ],
)
def test_each_failure_has_its_reason(file: bytes | Exception, kind: str, trouble: Trouble) -> None:
    seen = read(Files(a=file), ("a", kind), recogniser=ScriptedEar())
    assert (seen.words, seen.troubles) == ("", (trouble,))


def test_nothing_is_fetched_that_nobody_can_read() -> None:
    source = Files()
    seen = read(source, ("a", "image/png"), ("b", "audio/ogg"), ("c", "text/vcard"), images=None)
    assert seen.troubles == (Trouble.NO_EYES, Trouble.NO_EARS, Trouble.TYPE)
    assert source.asked == []


def test_a_wav_note_is_telephone_sound_to_a_recogniser_with_the_open_question() -> None:
    ear = ScriptedEar(Hypothesis("fifty six", 0.7))
    seen = read(Files(a=SOUND), ("a", "audio/x-wav"), recogniser=ear)
    assert seen == Seen("fifty six", spoken=True, confidence=0.7, free_speech=False)
    ((audio, expect),) = ear.asked
    assert abs(len(audio) - 4000) < 100
    assert g711.decode(audio).max() > 5000
    assert expect is NUMBER


def test_a_note_goes_as_it_is_to_who_hears_files_and_a_wav_to_the_recogniser_when_that_fails() -> None:
    source = Files(a=note_saying("x"), b=SOUND)
    assert read(source, ("a", "audio/ogg"), notes=Ears("fifty six")) == Seen(
        "fifty six", spoken=True, confidence=0.84, free_speech=True
    )
    assert read(source, ("a", "audio/ogg"), notes=Ears(broken=True)).troubles == (Trouble.LATER,)
    ear = ScriptedEar("seven")
    assert read(source, ("b", "audio/wav"), notes=Ears(broken=True), recogniser=ear).words == "seven"
    assert read(source, ("b", "audio/wav"), notes=Ears(), recogniser=ear).troubles == (Trouble.SILENT,)
    assert read(source, ("a", "audio/amr"), notes=Ears("x"), recogniser=ear).troubles == (Trouble.NO_EARS,)


def test_the_type_is_what_the_file_is_not_what_it_is_said_to_be() -> None:
    eyes = Eyes()
    read(Files(a=picture_saying("x")), ("a", "image/jpg"), images=eyes)
    assert eyes.types == ["image/png"]


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF1234WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x18ftypM4A ", "audio/mp4"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"#!AMR\n", "audio/amr"),
        (b"%PDF", None),
        (b"", None),
        (b"\xff", None),
        (b"RIFF", None),
    ],
)
def test_files_are_known_by_how_they_begin(start: bytes, kind: str | None) -> None:
    assert kind_of(start) == kind


def test_words_said_back_are_short_and_end_with_a_word() -> None:
    assert shown("3/4 + 1/8 = ?") == "3/4 + 1/8 = ?"
    short = shown("The sun rises in the east, and " * 5)
    assert len(short) <= LONGEST_SHOWN + 3
    assert short.endswith("...")


@given(st.text(max_size=3_000))
def test_any_text_is_cleaned_to_one_bounded_line_and_cleaning_again_changes_nothing(text: str) -> None:
    clean = cleaned(text)
    assert len(clean) <= LONGEST_WORDS
    assert not set(clean) & set("<>{}`\n\r\t\0\u200b")
    assert cleaned(clean) == clean
    assert redact(redact(clean)) == redact(clean)


@given(st.binary(max_size=200))
def test_any_bytes_are_of_a_kind_or_none(data: bytes) -> None:
    kind_of(data)


@given(st.text(st.characters(exclude_categories=["C"]), max_size=200))
def test_the_files_of_the_simulator_say_what_was_put_in(words: str) -> None:
    assert words_in_picture(picture_saying(words)) == words
    assert kind_of(picture_saying(words)) == "image/png"
    assert kind_of(note_saying(words)) == "audio/ogg"
