"""Finding the level of a reader: six to eight questions, each about one short part of a passage."""

import random
from collections.abc import Sequence
from dataclasses import replace

from bakame.learning import placement
from bakame.learning.exercises import Exercise
from bakame.learning.lesson import Item, Phase
from bakame.learning.passages import Readings
from bakame.learning.reading import exercise_of, placing_question, placing_skills
from bakame.learning.skills import Curriculum, Skill
from bakame.tutor.guidance import Maker
from bakame.tutor.module import Step
from bakame.tutor.placing import Placing
from bakame.tutor.reading import LATELY, ReadingGuide, Scene
from bakame.tutor.turn import Channel, Said
from bakame.tutor.wording import line
from bakame.tutor.working import Work


class ReadingPlacement:
    """Placement by passages, in one module."""

    def __init__(self, *, curriculum: Curriculum, module: str, readings: Readings, guide: ReadingGuide) -> None:
        self._curriculum = curriculum
        self._module = module
        self._readings = readings
        self._guide = guide
        self._skills = {skill.id for skill in curriculum.of_module(module)}
        askable = placing_skills(readings, curriculum)
        self._placed_by = replace(curriculum, skills={each: curriculum.skills[each] for each in askable})

    def answer(self, work: Work, item: Item, said: Said) -> Step | Work:
        """What an answer comes to: the work with nothing open, or the question again."""
        return self._placing((), said).answer(work, item, said)

    def maker(self, used: Sequence[str], *, by_text: bool) -> Maker:
        """Makes questions about a single part of a passage that is not in `used`."""

        def make(skill: Skill, *, rng: random.Random) -> Exercise:
            found = placing_question(
                self._readings, skill.id, curriculum=self._curriculum, used=used, by_text=by_text, rng=rng
            )
            if found is None:
                reading = rng.choice(list(self._readings.values()))
                literal = [n for n, each in enumerate(reading.questions) if each.type == "literal"]
                found = reading, rng.choice(literal)
            return exercise_of(found[0], found[1], skill_id=skill.id, rng=rng)

        return make

    def _placing(self, used: Sequence[str], said: Said) -> Placing:
        make = self.maker(used, by_text=said.channel is not Channel.VOICE)
        return Placing(curriculum=self._placed_by, module=self._module, make=make)

    def needed(self, work: Work) -> Work:
        """Placement is for those of whom nothing is known yet."""
        lesson = work.lesson
        known = any(skill in self._skills for skill in work.knowledge)
        if lesson.phase is Phase.PLACEMENT and lesson.placement is None and (known or not self._placed_by.skills):
            return work.having(replace(lesson, phase=Phase.PRACTICE))
        return work

    def go_on(self, work: Work, said: Said, rng: random.Random) -> Step | Work:
        """The next question of the placement with its part; or the work, with what is known of every skill."""
        placed = work.lesson.placement
        scene = Scene.from_state(work.lesson.scene)
        after = self._placing(scene.placed, said).go_on(work, rng=rng)
        if isinstance(after, Step):
            item = after.lesson.item
            part = self._guide.part(item.exercise) if item else None
            if item is None or part is None:
                return after
            scene = replace(scene, placed=(*scene.placed, str(item.exercise.variables["passage"])))
            *before, question = after.parts
            lesson = replace(after.lesson, scene=scene.to_state())
            return replace(after, lesson=lesson, parts=(*before, line("reading.listen", spare=True), part, question))
        if placed is not None:
            # The questions were those that one part can answer; what they say of the level holds for all skills.
            found = placement.result(placed, self._curriculum)
            after = replace(after, knowledge={**after.knowledge, **found}, learnt={**after.learnt, **found})
        return after.having(replace(after.lesson, scene=Scene(lately=scene.placed[-LATELY:]).to_state()))
