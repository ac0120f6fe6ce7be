"""`bakame listen` prints what is heard of recordings."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from bakame.app.listening import listen, read_question
from bakame.audio import g711
from bakame.errors import Invalid
from providers.local.speech import spoken

app = typer.Typer()
app.command()(listen)


def recording(folder: Path, text: str, *, name: str = "said.wav") -> str:
    return written(folder / name, g711.decode(spoken(text)))


def written(path: Path, pcm: np.ndarray) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(pcm.astype("<i2").tobytes())
    return str(path)


@pytest.mark.parametrize(
    ("said", "expect", "text", "value", "command"),
    [
        ("seven", "digits", "seven", 7, None),
        ("fifty six", "number", "fifty six", 56, None),
        ("yes", "yes-no", "yes", "yes", None),
        ("green", "choice:Red,Green,Blue", "green", "Green", None),
        ("say it again", "digits", "say it again", None, "repeat"),
    ],
)
def test_an_answer_is_printed_with_its_value(
    tmp_path: Path, said: str, expect: str, text: str, value: object, command: str | None
) -> None:
    result = CliRunner().invoke(app, [recording(tmp_path, said), "--expect", expect])
    assert result.exit_code == 0
    heard = json.loads(result.stdout)
    assert (heard["text"], heard["value"], heard["command"]) == (text, value, command)
    assert heard["decision"] in {"accept", "confirm"}
    assert 0 <= heard["confidence"] <= 1
    assert heard["ms"] > 0
    assert set(heard["audio"]) == {"seconds", "level_db", "clipped", "cut"}
    assert all(set(other) == {"text", "confidence"} for other in heard["alternatives"])


def test_several_recordings_give_a_line_each_and_silence_is_no_answer(tmp_path: Path) -> None:
    silence = written(tmp_path / "silence.wav", np.zeros(8_000))
    result = CliRunner().invoke(app, [recording(tmp_path, "seven"), silence, "--expect", "digits"])
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["value"], second["value"]) == (7, None)
    assert (second["text"], second["decision"], second["confidence"]) == ("", "reject", 0)
    assert second["file"] == silence


def test_only_the_first_15_s_are_heard_and_that_is_said(tmp_path: Path) -> None:
    pcm = np.concatenate([g711.decode(spoken("seven")), np.zeros(8_000 * 16, np.int16)])
    result = CliRunner().invoke(app, [written(tmp_path / "long.wav", pcm), "--expect", "digits"])
    heard = json.loads(result.stdout)
    assert (heard["value"], heard["audio"]["seconds"], heard["audio"]["cut"]) == (7, 15.0, True)
    assert "first 15 s" in result.stderr


def test_a_wrong_file_is_named_and_the_others_are_heard(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("hello")
    files = [str(tmp_path / "none.wav"), str(tmp_path / "text.wav"), recording(tmp_path, "seven")]
    result = CliRunner().invoke(app, [*files, "--expect", "digits"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["value"] == 7
    assert "no such file" in result.stderr
    assert "not a WAV file" in result.stderr


@pytest.mark.parametrize("expect", ["", "words", "choice", "choice:", "choice:,?", "digits:a", "name: "])
def test_a_question_that_makes_no_sense_is_refused(tmp_path: Path, expect: str) -> None:
    result = CliRunner().invoke(app, [str(tmp_path / "any.wav"), "--expect", expect])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--expect" in result.stderr


def test_too_many_options_are_refused() -> None:
    with pytest.raises(Invalid, match="at most 50"):
        read_question("choice:" + ",".join(f"word {number}" for number in range(51)))


@pytest.mark.parametrize(
    ("expect", "heard", "value"),
    [
        ("digits", "oh oh seven", "007"),
        ("digits", "help", None),
        ("number", "one hundred and five", 105),
        ("number", "three quarters", "3/4"),
        ("number", "minus four", -4),
        ("number", "two point five", 2.5),
        ("yes-no", "no thank you", "no"),
        ("choice:tea,hot milk", "the second one", "hot milk"),
        ("choice:tea,hot milk", "number one", "tea"),
        ("choice:Tea,hot milk", "tea", "Tea"),
        ("choice:tea,hot milk", "help", None),
        ("name:Aline,Keza", "keza", "Keza"),
        ("commands", "repeat", None),
    ],
)
def test_what_was_heard_is_read_as_a_value(expect: str, heard: str, value: object) -> None:
    assert read_question(expect).value(heard) == value
