"""The cases of an operator: seen without words, shown wholly, answered by a text that leaves once."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bakame.app.cases import case
from bakame.records.cases.service import Cases
from bakame.records.learners.service import Learners
from bakame.records.notices.schemas import Notice
from bakame.records.notices.service import Notices
from bakame.store.database import Database
from bakame.store.schema import upgrade

ALINE = "+250788000001"
WORDS = "he hurts me [bold]every[/bold] day"


class Office:
    """A database with cases, and a terminal to look after them."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite+aiosqlite:///{folder / 'bakame.sqlite'}"
        self._run = CliRunner(
            env={"BAKAME_DATA_DIR": str(folder), "DATABASE_URL": self.url, "BAKAME_PRICES": "twilio/sms/parts=0.05"}
        )
        asyncio.run(upgrade(self.url))

    def __call__(self, *command: str) -> tuple[int, str]:
        done = self._run.invoke(case, command)
        return done.exit_code, done.output

    def open(self, kind: str = "question", *, urgent: bool = False, said: str | None = WORDS) -> str:
        async def work() -> int:
            async with Database(self.url) as database, database.session() as session:
                line, learner = await Learners(session).at(ALINE)
                return await Cases(session).open(
                    kind,
                    line_id=line.id,
                    learner_id=learner.id,
                    channel="sms",
                    language="rw",
                    urgent=urgent,
                    signs=("danger",) if kind == "disclosure" else (),
                    said=said,
                )

        return str(asyncio.run(work()))

    def stop(self) -> None:
        async def work() -> None:
            async with Database(self.url) as database, database.session() as session:
                await Learners(session).opt((await Learners(session).line(ALINE)).id, out=True)

        asyncio.run(work())

    def notice(self, number: str) -> Notice | None:
        async def work() -> Notice | None:
            async with Database(self.url) as database, database.session(read_only=True) as session:
                return await Notices(session).find(f"case:{number}")

        return asyncio.run(work())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_the_list_holds_no_words_and_no_numbers(office: Office) -> None:
    assert office("list") == (0, "nothing waits\n")
    assert office("list", "--all") == (0, "no cases\n")
    question, urgent = office.open(), office.open("disclosure", urgent=True)
    code, shown = office("list")
    first, second = shown.splitlines()[1:]
    assert code == 0
    assert (first.split()[:4], second.split()[:2]) == (
        [urgent, "urgent", "disclosure", "danger"],
        [question, "question"],
    )
    assert "hurts" not in shown
    assert ALINE not in shown


def test_a_case_is_shown_wholly_to_who_looks_after_it(office: Office) -> None:
    code, shown = office("show", office.open("disclosure", urgent=True))
    assert code == 0
    assert WORDS in shown
    assert ALINE in shown
    assert "speaks rw" in shown
    assert "has not agreed" in office("show", office.open("disclosure", said=None))[1]


def test_a_case_goes_from_open_to_closed(office: Office) -> None:
    number = office.open()
    assert office("take", number, "--by", "Rose") == (0, f"case {number} is yours\n")
    assert "Rose" in office("list")[1]
    assert office("take", number, "--by", "Jean")[0] == 1
    assert office("close", number, "--by", "Rose") == (0, f"case {number} is closed\n")
    assert office("list") == (0, "nothing waits\n")
    assert "closed" in office("list", "--all")[1]


def test_an_answer_goes_back_by_text_once(office: Office) -> None:
    number = office.open()
    code, told = office("answer", number, "--by", "Rose", "It’s 56.  Seven eights.")
    assert (code, told) == (0, f"case {number} is answered; 1 SMS part waits to be sent\n")
    notice = office.notice(number)
    assert notice is not None
    assert (notice.kind, notice.body, notice.parts, notice.status) == ("answer", "It's 56. Seven eights.", 1, "waiting")
    assert (notice.cost_micros, notice.currency) == (50_000, "USD")
    assert office("answer", number, "--by", "Rose", "Again.")[0] == 1
    kept = office.notice(number)
    assert kept is not None
    assert kept.body == "It's 56. Seven eights."


def test_a_disclosure_is_texted_only_to_a_safe_phone(office: Office) -> None:
    number = office.open("disclosure")
    code, told = office("answer", number, "--by", "Rose", "I will call you.")
    assert code == 1
    assert "--safe-to-text" in told
    assert office.notice(number) is None
    assert "open" in office("list")[1]
    assert office("answer", number, "--by", "Rose", "--safe-to-text", "I will call you.")[0] == 0
    assert office.notice(number) is not None


def test_a_line_that_wants_no_texts_gets_none(office: Office) -> None:
    number = office.open()
    office.stop()
    code, told = office("answer", number, "--by", "Rose", "Words.")
    assert code == 1
    assert "call instead" in told
    assert office.notice(number) is None
    assert "answer:" not in office("show", number)[1]


@pytest.mark.parametrize("text", ["", "  ", "x" * 460])
def test_an_answer_has_one_to_three_parts(office: Office, text: str) -> None:
    number = office.open()
    code, told = office("answer", number, "--by", "Rose", text)
    assert code == 1
    assert "1 to 3 SMS parts" in told


@pytest.mark.parametrize(
    "command", [("show",), ("take", "--by", "R"), ("close", "--by", "R"), ("answer", "--by", "R", "x")]
)
def test_a_case_that_is_not_there_is_said(office: Office, command: tuple[str, ...]) -> None:
    assert office(command[0], "7", *command[1:]) == (1, "bakame: there is no such case\n")
