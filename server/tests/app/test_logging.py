"""What must not stand in a log does not."""

import json
import logging

import pytest
import structlog

from bakame.app.logging import configure_logging


@pytest.fixture(autouse=True)
def _restore() -> object:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def _logged(capsys: pytest.CaptureFixture[str], *, as_json: bool, **fields: object) -> str:
    configure_logging(level="info", as_json=as_json)
    structlog.get_logger("test").error("text.failed", **fields)
    return capsys.readouterr().err


def test_outside_development_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    event = json.loads(_logged(capsys, as_json=True, reason="locked"))
    assert (event["event"], event["reason"], event["level"]) == ("text.failed", "locked", "error")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_phone_number_is_masked_wherever_it_slips_in(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    line = _logged(capsys, as_json=as_json, error="no answer from +250788123456 (0788123456)")
    assert "788123456" not in line


def test_a_trace_shows_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="info", as_json=False)
    words = "my name is Aline"
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        structlog.get_logger("test").exception("call.failed")
    shown = capsys.readouterr().err
    assert "RuntimeError: broken" in shown
    assert words not in shown.replace('words = "my name is Aline"', "")


def test_libraries_are_logged_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="info", as_json=True)
    logging.getLogger("some.library").warning("odd")
    assert json.loads(capsys.readouterr().err)["event"] == "odd"
