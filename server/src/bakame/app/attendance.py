"""A simulated learner's calls to the real module: its own turns in virtual time, without a database.

What is said to the learner takes as long as it would by telephone, and what they say is what the module marks.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bakame.app.classroom import MODULE, Classroom
from bakame.learning.exercises import Exercise
from bakame.learning.lesson import Item, Lesson, Phase, Sitting
from bakame.learning.mastery import Knowledge
from bakame.simulator.learners.behaviour import FRUSTRATED, LATENCY_S, WORDS_PER_MINUTE, Caller, Does, Reaction
from bakame.simulator.learners.days import Day, calls_on, draw_days
from bakame.simulator.learners.measures import PASS, PASSES, Claims, Course, exam_days
from bakame.simulator.learners.mind import Mind, make_mind
from bakame.simulator.learners.traits import Traits, draw_traits
from bakame.text.commands import Command
from bakame.tutor.module import Step, View
from bakame.tutor.modules.math import MathModule
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Line

START: Final = datetime(2026, 1, 5, tzinfo=UTC)
DAY_S: Final = 86_400.0
INTAKE_S: Final = 75.0
"""A first call's name, consent and language."""
GREETING_S: Final = 6.0
LEVEL_STEP: Final = 0.5
"""Logits between two levels of the school."""
PRACTISED: Final = 4
"""Questions from which a skill counts as practised."""
EXAMPLE: Final = "example"
TOLD: Final = "told"
"""Keys of what is said with a worked example, and with an answer that had to be told."""
_COMMANDS: Final = {Does.HINT: Command.HINT, Does.GIVE_UP: Command.DONT_KNOW}


def teach(room: Classroom, learner: int, *, model: str, days: int, seed: int) -> list[Course]:
    """One learner under every policy of the room, from the same beginning and with the same days."""

    def rng(purpose: str) -> random.Random:
        return random.Random(f"{seed}:{learner}:{purpose}")

    traits = draw_traits(room.world, rng=rng("traits"))
    calendar = draw_days(days, rng=rng("days"))

    def mind() -> Mind:
        return make_mind(model, room.world, traits, rng=rng("mind"))

    alone = _examined(mind(), room.world.size, exam_days(days))
    courses: list[Course] = []
    for policy, module in room.modules.items():
        attendance = Attendance(room, module, traits, mind(), rng=rng("call"), tutor_rng=rng("tutor"))
        exams = attendance.attend(calendar)
        courses.append(attendance.tally.course(learner, model, policy, exams, alone))
    return courses


Exam = Sequence[float]
"""The chance to recall each skill."""


def _examined(mind: Mind, size: int, days: Sequence[float]) -> list[Exam]:
    return [[mind.recall(skill, day) for skill in range(size)] for day in days]


@dataclass(slots=True)
class Tally:
    """Counts of one learner under one policy. `claims`: (made, false) for typed answers and for choices; `left` by why;
    `asked` and `at_claim`: questions by skill, all and before the first claim.
    """

    known_first: frozenset[int]
    seconds: float = 0.0
    calls: int = 0
    questions: int = 0
    frustrated: int = 0
    left: dict[str, int] = field(default_factory=lambda: {"frustrated": 0, "bored": 0})
    claims: dict[bool, list[int]] = field(default_factory=lambda: {False: [0, 0], True: [0, 0]})
    asked: dict[int, int] = field(default_factory=dict[int, int])
    at_claim: dict[int, int] = field(default_factory=dict[int, int])
    claimed: frozenset[int] = frozenset()
    place_s: float | None = None
    place_error: float | None = None

    def claim(self, skill: int, *, chosen: bool, known: bool) -> None:
        """A policy takes a skill as mastered."""
        made = self.claims[chosen]
        made[0] += 1
        made[1] += not known
        self.at_claim.setdefault(skill, self.asked.get(skill, 0))

    def course(self, learner: int, model: str, policy: str, exams: Sequence[Exam], alone: Sequence[Exam]) -> Course:
        """All of it, with what the examinations gave; `alone`: without the tutor."""

        def beyond(number: int, mark: float) -> int:
            return sum(a >= mark > b for a, b in zip(exams[number], alone[number], strict=True))

        at_end = exams[-3]
        practised = [skill for skill, count in self.asked.items() if count >= PRACTISED and at_end[skill] >= PASS]
        first = [count for skill, count in self.at_claim.items() if skill not in self.known_first]
        return Course(
            learner=learner,
            model=model,
            policy=policy,
            hours=self.seconds / 3600,
            calls=self.calls,
            questions=self.questions,
            retained=tuple(beyond(-1, mark) for mark in PASSES),
            marks=sum(exams[-1]) - sum(alone[-1]),
            typed=Claims(*self.claims[False]),
            chosen=Claims(*self.claims[True]),
            known_practised=len(practised),
            unclaimed=sum(skill not in self.claimed for skill in practised),
            items=sum(first),
            firsts=len(first),
            place_s=self.place_s,
            place_error=self.place_error,
            frustrated=self.frustrated,
            left_frustrated=self.left["frustrated"],
            left_bored=self.left["bored"],
            covered=len(self.asked),
            curve=tuple(beyond(number, PASS) for number in range(len(exams))),
        )


class Attendance:
    """One learner under one policy, from the first call to the last."""

    def __init__(
        self,
        room: Classroom,
        module: MathModule,
        traits: Traits,
        mind: Mind,
        *,
        rng: random.Random,
        tutor_rng: random.Random,
    ) -> None:
        self._room = room
        self._world = room.world
        self._module = module
        self._traits = traits
        self._mind = mind
        self._caller = Caller(traits, rng=rng)
        self._rng = tutor_rng
        self._lesson = Lesson(phase=Phase.PLACEMENT, greeted=True)
        self._knowledge: dict[str, Knowledge] = {}
        self._frustrated_at: float | None = None
        self._began = self._seconds = 0.0
        self._knew = False
        self._recall = 0.0
        self._placing = True
        self.tally = Tally(frozenset(n for n in range(self._world.size) if mind.recall(n, 0.0) >= PASS))

    def attend(self, days: Sequence[Day]) -> list[Exam]:
        """All calls; the examinations on their days."""
        due = list(exam_days(len(days)))
        exams: list[Exam] = []
        for day in days:
            while due and due[0] <= day.at:
                exams += _examined(self._mind, self._world.size, (due.pop(0),))
            if calls_on(day, self._traits, frustrated_at=self._frustrated_at):
                self._call(day)
        exams += _examined(self._mind, self._world.size, due)
        number = self._world.number
        self.tally.claimed = frozenset(number[each] for each, known in self._knowledge.items() if known.mastered)
        return exams

    def _call(self, day: Day) -> None:
        """One call, until somebody hangs up."""
        self.tally.calls += 1
        self._caller.arrives()
        self._frustrated_at = None
        self._began, self._seconds = day.at, GREETING_S if self.tally.calls > 1 else INTAKE_S
        self._lesson = replace(self._lesson, greeted=True, sitting=Sitting())
        self._heard(self._turn(Said(Channel.VOICE, Act.OPEN)))
        met: Exercise | None = None
        while (item := self._lesson.item) is not None and self._seconds < day.stays_s:
            if item.exercise is not met:
                met = item.exercise
                if self._leaves():
                    break
                self._meets(item)
            reaction = self._reacts(item)
            step = self._turn(_said(reaction, self._seconds))
            self._heard(step)
            if not self._is_open(item, step):
                met = None
                self._finished(item, reaction, step)
            self._claimed(step)
            self._knowledge.update(step.learnt)
            if step.closes:
                self._lesson = self._lesson.afresh()
                break
        self.tally.seconds += self._seconds

    @property
    def _now(self) -> float:
        """Days since the start."""
        return self._began + self._seconds / DAY_S

    @property
    def _effort(self) -> float:
        return self._caller.effort(self._seconds / 60)

    def _turn(self, said: Said) -> Step:
        now = START + timedelta(days=self._began, seconds=self._seconds)
        step = self._module.respond(View(self._lesson, self._knowledge, now=now), said, rng=self._rng)
        self._lesson = step.lesson
        return step

    def _heard(self, step: Step) -> None:
        """The reply is listened to; a worked example teaches a little."""
        count = self._room.words.count
        self._seconds += LATENCY_S + sum(count(part) for part in step.parts) * 60 / WORDS_PER_MINUTE
        if step.lesson.item is not None and any(isinstance(each, Line) and each.key == EXAMPLE for each in step.parts):
            shown = self._world.number[step.lesson.item.exercise.skill_id]
            self._mind.watch(shown, self._now, effort=self._effort)
        if self.tally.place_s is None and step.lesson.phase is not Phase.PLACEMENT:
            self.tally.place_s = self.tally.seconds + self._seconds
            ability = step.lesson.profile.ability(MODULE)
            if ability is not None:
                self.tally.place_error = abs(ability.logit - self._traits.level) / LEVEL_STEP

    def _leaves(self) -> bool:
        why = self._caller.leaves()
        if why is None:
            return False
        self.tally.left[why] += 1
        if why == FRUSTRATED:
            self._frustrated_at = self._began
        return True

    def _meets(self, item: Item) -> None:
        """A new question: the learner sees how it is done, or not."""
        skill = self._world.number[item.exercise.skill_id]
        self._recall = self._mind.recall(skill, self._now)
        self._knew = self._caller.meets(self._recall)
        self._placing = self._lesson.phase is Phase.PLACEMENT
        tally = self.tally
        tally.questions += 1
        tally.frustrated += self._caller.is_frustrated
        tally.asked[skill] = tally.asked.get(skill, 0) + 1

    def _reacts(self, item: Item) -> Reaction:
        reaction = self._caller.reacts(
            self._room.prepared.sheet(item.exercise),
            rung=item.rung,
            tries=item.tries,
            more_help=not self._placing,
            effort=self._effort,
        )
        self._seconds += reaction.thought_s + reaction.said_s
        return reaction

    def _is_open(self, item: Item, step: Step) -> bool:
        """Whether the question is still to be answered after a step."""
        after = step.lesson.item
        if after is None or after.exercise is not item.exercise:
            return False
        # The next question may be the same exercise by chance: it has no tries and fewer hints.
        return after.tries > item.tries or after.rung > item.rung

    def _finished(self, item: Item, reaction: Reaction, step: Step) -> None:
        """What the learner learns from a question that is over, and how it leaves them."""
        skill = self._world.number[item.exercise.skill_id]
        told = any(isinstance(part, Line) and part.key == TOLD for part in step.parts)
        if self._placing:
            # Nothing is explained in a placement, so nothing is learnt from what was not known.
            if self._knew:
                self._mind.practise(skill, self._now, recalled=True, explained=False, effort=self._effort)
        else:
            explained = told or item.rung > 0 or item.tries > 0
            self._mind.practise(skill, self._now, recalled=self._knew, explained=explained, effort=self._effort)
        self._caller.feels(right=reaction.right, recall=self._recall, told=told)

    def _claimed(self, step: Step) -> None:
        for skill_id, known in step.learnt.items():
            before = self._knowledge.get(skill_id)
            if known.mastered and not (before is not None and before.mastered):
                skill = self._world.number[skill_id]
                truly = self._mind.recall(skill, self._now) >= PASS
                self.tally.claim(skill, chosen=self._world.options(skill) > 0, known=truly)


def _said(reaction: Reaction, seconds: float) -> Said:
    elapsed_ms, took_ms = int(seconds * 1000), int(reaction.thought_s * 1000)
    command = _COMMANDS.get(reaction.does)
    if command is not None:
        return Said(Channel.VOICE, Act.COMMAND, by="keys", command=command, took_ms=took_ms, elapsed_ms=elapsed_ms)
    return Said(Channel.VOICE, text=reaction.text, by="keys", took_ms=took_ms, elapsed_ms=elapsed_ms)
