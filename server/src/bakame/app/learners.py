"""`bakame learners`: simulated learners under several policies, and what each policy teaches in an hour of call."""

import gc
import multiprocessing
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from math import isnan
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer
from rich.console import Console
from rich.table import Table

from bakame.app.attendance import teach
from bakame.app.classroom import Classroom
from bakame.app.content import load_content
from bakame.app.settings import load
from bakame.errors import BakameError, Invalid
from bakame.learning.comparison import FixedOrder, RandomOrder, ThreeOfFive
from bakame.learning.policy import Adaptive, Policy
from bakame.simulator.learners.intervals import Estimate
from bakame.simulator.learners.measures import Course, Row, summarise
from bakame.simulator.learners.mind import MODELS

REFERENCE: Final = "three-of-five"
MOST_LEARNERS: Final = 100_000
MOST_DAYS: Final = 365
PORTION: Final = 20
"""Learners that a process takes at a time."""
POLICIES: Final[Mapping[str, Policy]] = {
    "adaptive": Adaptive(),
    "fixed": FixedOrder(),
    "random": RandomOrder(),
    REFERENCE: ThreeOfFive(),
}
_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True)
class Study:
    """What is simulated. Each learner has the next of the generating models, and every policy."""

    count: int
    days: int
    policies: Mapping[str, Policy]
    models: tuple[str, ...] = tuple(MODELS)
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the curriculum and the wording are."""

    curriculum: Path
    locales: Path


def run_study(study: Study, folders: Folders, *, processes: int = 2) -> list[Course]:
    """All courses, by learner and policy; the same for any number of processes.

    Raises `Invalid` when the curriculum cannot be read.
    """
    portions = [range(start, min(start + PORTION, study.count)) for start in range(0, study.count, PORTION)]
    content = load_content(curriculum_dir=folders.curriculum, locales_dir=folders.locales)
    if processes <= 1:
        room = Classroom(content, study.policies, seed=study.seed)
        return [course for portion in portions for course in _taught(room, study, portion)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_open, initargs=(study, folders)) as pool:
        return [course for courses in pool.map(_in_process, portions) for course in courses]


_opened: list[tuple[Classroom, Study]] = []
"""What a process of the pool keeps from portion to portion."""


def _open(study: Study, folders: Folders) -> None:
    content = load_content(curriculum_dir=folders.curriculum, locales_dir=folders.locales)
    _opened.append((Classroom(content, study.policies, seed=study.seed), study))
    gc.freeze()


def _in_process(portion: range) -> list[Course]:
    room, study = _opened[0]
    return _taught(room, study, portion)


def _taught(room: Classroom, study: Study, portion: Iterable[int]) -> list[Course]:
    courses: list[Course] = []
    for learner in portion:
        model = study.models[learner % len(study.models)]
        courses += teach(room, learner, model=model, days=study.days, seed=study.seed)
    return courses


def learners(
    count: Annotated[int, typer.Option(min=1, max=MOST_LEARNERS, help="Learners.")] = 200,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="Days on which they may call.")] = 60,
    policy: Annotated[str, typer.Option(metavar="NAMES", help="Of " + ", ".join(POLICIES) + ".")] = ",".join(POLICIES),
    model: Annotated[str, typer.Option(metavar="NAMES", help="Of " + ", ".join(MODELS) + ".")] = ",".join(MODELS),
    seed: Annotated[int, typer.Option(help="Another seed gives other learners.")] = 1,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Processes; the result is the same for any.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Teach simulated learners with the real tutor in virtual time, and print what each policy comes to.

    A skill is retained when it is truly known 30 days after the last day and would not be without the tutor. Every
    learner has every policy. Intervals are 95 %.
    """
    began = time.monotonic()
    try:
        settings = load()
        policies = {name: POLICIES[name] for name in _names(policy, POLICIES)}
        study = Study(count, days, policies, _names(model, MODELS), seed)
        folders = Folders(settings.curriculum_dir, settings.locales_dir)
        courses = run_study(study, folders, processes=processes)
    except BakameError as error:
        _err.print(f"bakame: {error}", markup=False, style="red")
        sys.exit(2)
    rows = summarise(courses, reference=REFERENCE, seed=seed)
    seconds = time.monotonic() - began
    if as_json:
        _out.print_json(data={**report(study, rows), "seconds": round(seconds, 1)})
    else:
        # Made now: a terminal's width may have changed since the program began.
        show(study, rows, seconds=seconds, out=Console(highlight=False))


def _names(text: str, known: Collection[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))
    unknown = [each for each in names if each not in known]
    if unknown or not names:
        raise Invalid(f"there is no {', '.join(unknown) or 'name'}; there are {', '.join(known)}")
    return names


def report(study: Study, rows: Sequence[Row]) -> dict[str, Any]:
    """All of it as JSON-able values; what cannot be told is null."""
    told = orjson.loads(orjson.dumps([asdict(row) for row in rows], option=orjson.OPT_NON_STR_KEYS))
    asked = {"count": study.count, "days": study.days, "seed": study.seed}
    return {"study": asked, "rows": told}


def show(study: Study, rows: Sequence[Row], *, seconds: float, out: Console) -> None:
    """The tables, one for each model."""
    for model in dict.fromkeys(row.model for row in rows):
        of_model = [row for row in rows if row.model == model]
        table = Table(title=f"{model}: {study.days} days, seed {study.seed}", title_justify="left")
        table.add_column("")
        for row in of_model:
            table.add_column(row.policy, justify="right")
        for name, tell in _MEASURES.items():
            table.add_row(name, *(tell(row) for row in of_model))
        out.print(table)
    hours = sum(row.hours for row in rows if row.model != "all")
    out.print(f"{study.count} learners, {hours:,.0f} hours of call, {seconds:.0f} s")


def _plain(estimate: Estimate | None, digits: int = 2) -> str:
    if estimate is None or isnan(estimate.value):
        return "-"
    return f"{estimate.value:.{digits}f} [{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]"


def _percent(estimate: Estimate) -> str:
    if isnan(estimate.value):
        return "-"
    return f"{estimate.value * 100:.1f} % [{estimate.low * 100:.1f}, {estimate.high * 100:.1f}]"


_MEASURES: Final[Mapping[str, Callable[[Row], str]]] = {
    "skills retained an hour": lambda row: _plain(row.retained),
    f"  × {REFERENCE}": lambda row: _plain(row.against),
    "gain in an exam, skills an hour": lambda row: _plain(row.marks),
    f"  × {REFERENCE} ": lambda row: _plain(row.marks_against),
    "false mastery, typed": lambda row: _percent(row.false_typed),
    "false mastery, choices": lambda row: _percent(row.false_chosen),
    "false failure": lambda row: _percent(row.false_failure),
    "items to mastery": lambda row: _plain(row.items, 1),
    "seconds to place": lambda row: _plain(row.place_s, 0),
    "levels off when placed": lambda row: _plain(row.place_error),
    "questions asked in frustration": lambda row: _percent(row.frustrated),
    "calls ended in frustration": lambda row: _percent(row.left),
    "skills met by a learner": lambda row: _plain(row.covered, 0),
    "hours of call": lambda row: f"{row.hours:,.0f}",
}
