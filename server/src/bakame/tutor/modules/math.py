"""Mathematics: its level is found, then it is practised."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bakame.learning.exercises import make_exercise
from bakame.learning.grading import Verdict
from bakame.learning.lesson import Item, Phase
from bakame.learning.marking import mark
from bakame.learning.policy import Policy
from bakame.learning.skills import Curriculum
from bakame.text.commands import Command
from bakame.tutor.gains import gains
from bakame.tutor.guidance import Guidance, Maker
from bakame.tutor.module import Ask, Step, View
from bakame.tutor.placing import Placing
from bakame.tutor.practice import Practice
from bakame.tutor.racing import RACE, Racing
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Part, line
from bakame.tutor.working import Work

CHALLENGE_AFTER_MS: Final = 8 * 60_000 + 30_000
"""Of a call; the challenge is its last question."""
CLOSE_AFTER_MS: Final = 10 * 60_000


class MathModule:
    """The mathematics of the curriculum, as a `TutorModule`."""

    def __init__(
        self,
        *,
        curriculum: Curriculum,
        guidance: Guidance,
        make: Maker = make_exercise,
        policy: Policy | None = None,
    ) -> None:
        self._skills = {skill.id: skill for skill in curriculum.of_module(self.name)}
        self._placing = Placing(curriculum=curriculum, module=self.name, make=make)
        self._practice = Practice(
            curriculum=curriculum,
            module=self.name,
            guidance=guidance,
            make=make,
            policy=policy,
            reword=guidance.stories.told,
        )
        self._racing = Racing(curriculum=curriculum, module=self.name, make=make)

    @property
    def name(self) -> str:
        return "math"

    def brief(self, view: View) -> str:
        """Instructions for an engine that converses by itself."""
        lines = [
            "You teach mathematics by phone, in simple English, at most 35 words at a time.",
            "Ask only questions that next_exercise gives; pass every answer to submit_answer; never mark one yourself.",
            "Praise the strategy, never the person. Offer a hint before an answer.",
            f"The learner is called {view.name}." if view.name else "The learner has not given a name.",
        ]
        if topic := self.topic(view):
            lines.append(f"The present topic is: {topic}.")
        if view.lesson.item is not None:
            lines.append(f"An open question comes first: {view.lesson.item.exercise.say}")
        return "\n".join(lines)

    def topic(self, view: View) -> str | None:
        """The title of the skill that is being practised."""
        lesson = view.lesson
        if lesson.phase is not Phase.PRACTICE or not lesson.recent:
            return None
        skill = self._skills.get(lesson.recent[-1])
        return skill.title if skill else None

    def ask(self, view: View) -> Ask | None:
        """The open question, word for word."""
        item = view.lesson.item
        return Ask(self._practice.words(item), item.exercise.expect) if item else None

    def respond(self, view: View, said: Said, *, rng: random.Random) -> Step:
        """One turn; see `TutorModule`."""
        work = Work.at(view, said)
        item = view.lesson.item
        if said.act is Act.COMMAND and said.command is not None and said.command is RACE:
            return self._race(self._placed(work), said, rng)
        if self._racing.is_on(view.lesson) and (item is None or said.act is Act.OPEN):
            return self._go_on(self._racing.over(work), said, rng)
        if item is None:
            return self._go_on(self._placed(work), said, rng)
        if said.act is Act.OPEN:
            return self._practice.again(work.saying(line("resume.question")), item)
        after = self._after(work, item, said, rng)
        return after if isinstance(after, Step) else self._go_on(after, said, rng)

    def _after(self, work: Work, item: Item, said: Said, rng: random.Random) -> Step | Work:
        """What an act at the open question comes to."""
        if work.lesson.phase is Phase.PLACEMENT:
            return self._placing.answer(work, item, said)
        if self._racing.is_on(work.lesson):
            return self._racing.answer(work, item, said, rng=rng)
        match said.command if said.act is Act.COMMAND else None:
            case Command.HINT:
                return self._practice.hint(work, item)
            case Command.DONT_KNOW:
                return self._practice.dont_know(work, item)
            case Command.SKIP:
                return self._practice.skip(work, item)
            case _:
                return self._practice.mark(work, item, said, rng=rng)

    def _race(self, work: Work, said: Said, rng: random.Random) -> Step:
        """A race, once there is a level; a question that was open is left, and counts for nothing."""
        item = work.lesson.item
        if work.lesson.phase is not Phase.PRACTICE:
            work = work.saying(line("race.later", spare=True))
            return work.asking(item) if item else self._go_on(work, said, rng)
        return self._racing.begin(work, rng=rng) or self._practice.go_on(work, rng=rng)

    def observe(self, view: View, said: Said) -> Step:
        """Grades an answer that another engine heard; nothing is said."""
        work = Work.at(view, said)
        item = view.lesson.item
        if item is None or mark(item.exercise, said.text).verdict is Verdict.UNCLEAR:
            return work.silent()
        after = self._after(work, item, replace(said, act=Act.ANSWER), random.Random(0))
        if isinstance(after, Step):
            return replace(after, parts=())
        return replace(after, parts=()).silent()

    def farewell(self, view: View) -> tuple[Part, ...]:
        """What improved in this sitting, and what comes next."""
        sitting = view.lesson.sitting
        parts: list[Part] = []
        if sitting.asked == 1:
            parts.append(line("close.one"))
        elif sitting.asked:
            parts.append(line("close.counts", asked=str(sitting.asked), right=str(sitting.right)))
        if titles := [self._skills[skill].title for skill in sitting.mastered if skill in self._skills]:
            parts.append(line("close.mastered", topics=_listed(titles)))
        parts += gains(view.lesson)
        if view.lesson.item is not None and not self._racing.is_on(view.lesson):
            parts.append(line("close.kept", spare=True))
        elif view.lesson.phase is Phase.PRACTICE and (title := self._practice.next_title(Work.at(view))):
            parts.append(line("close.next", topic=title, spare=True))
        return tuple(parts)

    def _placed(self, work: Work) -> Work:
        """Placement is for those of whom nothing is known yet."""
        lesson = work.lesson
        if lesson.placement is None and any(skill in self._skills for skill in work.knowledge):
            return work.having(replace(lesson, phase=Phase.PRACTICE))
        return work

    def _go_on(self, work: Work, said: Said, rng: random.Random) -> Step:
        """With nothing open: goodbye when a call has been long enough, else the next question."""
        if work.lesson.phase is Phase.PLACEMENT:
            after = self._placing.go_on(work, rng=rng)
            if isinstance(after, Step):
                return after
            work = after
        if said.channel is Channel.VOICE and said.elapsed_ms >= CHALLENGE_AFTER_MS:
            return self._ending(work, said, rng)
        return self._practice.go_on(work, rng=rng)

    def _ending(self, work: Work, said: Said, rng: random.Random) -> Step:
        """One challenge, and then goodbye."""
        sitting = work.lesson.sitting
        if sitting.asked and not sitting.challenged and said.elapsed_ms < CLOSE_AFTER_MS:
            step = self._practice.challenge(work, rng=rng)
            if step is not None:
                return step
        parts = self.farewell(View(lesson=work.lesson, knowledge=work.knowledge, now=work.now, ratings=work.ratings))
        return work.having(replace(work.lesson, phase=Phase.CLOSED)).closing(*parts)


def _listed(titles: Sequence[str]) -> str:
    *others, last = titles
    return f"{', '.join(others)} and {last}" if others else last
