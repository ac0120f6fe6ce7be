"""The words of a debate: what is asked, what helps, what is said of a move."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bakame.learning.debate import DebateContent
from bakame.learning.debate_choices import Three, term_of, three_ways, weak_point
from bakame.learning.debate_content import MoveGuide
from bakame.learning.debate_plan import ANSWERING
from bakame.learning.debate_reader import content_stems
from bakame.learning.expect import AnswerKind, Expect
from bakame.learning.skills import Curriculum
from bakame.text.gsm import septets
from bakame.tutor.debate_scene import Marks, Scene, Stage
from bakame.tutor.module import Ask
from bakame.tutor.wording import Part, Written, line

NUMBERS: Final = ("one", "two", "three")
SIDE_WORDS: Final = ("agree", "disagree", "you choose")
ELSE: Final = "something else"
RUNGS: Final = 4
"""Of the ladder: what the move is, how to begin, a sentence from another debate, a choice of three."""
_BRIEF: Final = 96
"""Septets of a sentence of feedback that leave room for a question in the same text."""
_THINKING_MS: Final = 10_000
_CHOOSING_MS: Final = 8_000
_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+")
_BY_GUIDE: Final = ("absent", "side_unclear")
"""Faults of which the move's own guide says more than the code."""


class DebateTalk:
    """Words made from the content for where a debate stands."""

    def __init__(self, *, content: DebateContent, curriculum: Curriculum) -> None:
        self._content = content
        self._titles = {skill.id: skill.title for skill in curriculum.of_module("debate")}

    def title(self, move: str) -> str:
        """The title of a move's skill."""
        skill_id = self._content.guide_for(move).skill_id
        return self._titles.get(skill_id, skill_id)

    def guide(self, scene: Scene) -> MoveGuide:
        """How the present move is taught."""
        return self._content.guide_for(scene.move)

    def question(self, scene: Scene, three: Three | None = None, *, again: bool = False) -> Ask:
        """What is open, word for word. `three`: the choice, where the move is chosen; `again`: it was asked before."""
        match scene.stage:
            case Stage.MOTION:
                return self.offer(scene)
            case Stage.SIDE:
                return self._sides(scene)
            case Stage.MOVE:
                return self._move(scene, three, again=again)

    def offer(self, scene: Scene, *, after: bool = False) -> Ask:
        """The motions to choose from. `after`: a debate has just ended."""
        titles = [self._content.motions[each].title for each in scene.offered]
        one, two = titles[0], titles[-1]
        asked = line("debate.again", one=one, two=two) if after else line("debate.choose", one=one, two=two)
        options = (one, two, ELSE)
        return Ask((asked,), Expect(AnswerKind.CHOICE, options=options, patience_ms=_CHOOSING_MS))

    def where(self, scene: Scene) -> Part:
        """The motion and the learner's side, for somebody who comes back."""
        motion = scene.motion_in(self._content).motion
        if scene.side == "agree":
            return line("debate.where_for", example=motion)
        return line("debate.where_against", example=motion)

    def hint(self, scene: Scene, rung: int) -> Part | None:
        """What helps on a rung of the ladder; None for the last one, which is the choice of three."""
        guide = self.guide(scene)
        match rung:
            case 1:
                return Written(guide.teach, _brief(guide.teach))
            case 2:
                return self.frame(scene)
            case 3:
                return line("debate.model", example=self._elsewhere(scene, guide.models))
            case _:
                return None

    def frame(self, scene: Scene, *, spare: bool = False) -> Part:
        """How to begin."""
        frames = self.guide(scene).frames
        return line("debate.frame", example=frames[scene.seed % len(frames)], spare=spare)

    def fault(self, scene: Scene, code: str) -> Part:
        """What was there and what is missing, kindly."""
        text = self.guide(scene).mistake if code in _BY_GUIDE else self._content.feedback.get(code, "")
        text = text or self.guide(scene).mistake
        return Written(text, _brief(text))

    def praise(self, scene: Scene) -> Part:
        """What a whole move shows."""
        text = self.guide(scene).praise
        return Written(text, _brief(text), spare=True)

    def taught(self, scene: Scene) -> Part:
        """What a move is, for somebody who never made it; in a text there is no room for it."""
        return Written(_SENTENCE.split(self.guide(scene).teach)[0], "", spare=True)

    def choice(self, scene: Scene, *, written: bool) -> Three:
        """The choice of three for the present move."""
        return three_ways(
            self._content,
            scene.motion_in(self._content),
            scene.move,
            side=scene.side,
            seed=scene.seed,
            point=scene.point_in(self._content),
            written=written,
        )

    def model(self, scene: Scene) -> str:
        """A sentence that makes the present move."""
        return (scene.three or self.choice(scene, written=True)).model

    def summary(self, scene: Scene, *, next_skill: str | None) -> tuple[Part, ...]:
        """Marks of the whole debate, one strength and one next step."""
        marks = scene.marks
        if not marks:
            return (line("debate.no_marks"),)
        most = str(2 * len(marks))
        total = line(
            "debate.summary",
            move=str(sum(each.move for each in marks)),
            link=str(sum(each.link for each in marks)),
            respect=str(sum(each.respect for each in marks)),
            most=most,
        )
        best = strongest(marks)
        parts: list[Part] = [total, line("debate.strength", topic=self._titles.get(best, best))]
        if next_skill is not None:
            parts.append(line("debate.next", topic=self._titles.get(next_skill, next_skill)))
        return tuple(parts)

    def _sides(self, scene: Scene) -> Ask:
        motion = scene.motion_in(self._content)
        word, meaning = next(iter(motion.terms.items()))
        parts: tuple[Part, ...] = (
            line("debate.motion", example=motion.motion),
            line("debate.term", word=_capital(word), meaning=meaning, spare=True),
            line("debate.side"),
        )
        return Ask(parts, Expect(AnswerKind.CHOICE, options=SIDE_WORDS, patience_ms=_CHOOSING_MS))

    def _move(self, scene: Scene, three: Three | None, *, again: bool) -> Ask:
        guide = self.guide(scene)
        point = self._point(scene)
        parts: list[Part] = [replace(point, spare=again or three is not None)] if point else []
        term, _ = term_of(scene.motion_in(self._content))
        asked = Written(guide.ask.replace("{term}", term), guide.ask_short.replace("{term}", term))
        if three is None:
            return Ask((*parts, asked), Expect(AnswerKind.OPEN, patience_ms=_THINKING_MS))
        parts.append(Written(asked.say, "", spare=True))
        listed = "\n".join(f"{n} {each}" for n, each in enumerate(three.sentences, start=1))
        # Whoever reads has the sentences already when something has to be said of them.
        parts.append(Written("", listed, spare=again))
        parts += (Written(f"{NUMBERS[n].capitalize()}: {each}", "") for n, each in enumerate(three.sentences))
        parts.append(line("debate.three", topic=self.title(scene.move)))
        return Ask(tuple(parts), Expect(AnswerKind.CHOICE, options=NUMBERS, patience_ms=_THINKING_MS))

    def _point(self, scene: Scene) -> Part | None:
        """What the tutor argued and the learner is to answer."""
        if scene.move not in ANSWERING:
            return None
        if scene.move == "fallacy":
            return line("debate.point", example=weak_point(self._content, scene.seed))
        point = scene.point_in(self._content)
        return line("debate.point", example=point.line) if point else None

    def _elsewhere(self, scene: Scene, models: Sequence[str]) -> str:
        """A model sentence that is not about this motion."""
        words = scene.motion_in(self._content).words
        return min(models, key=lambda each: len(words & content_stems(each)))


def strongest(marks: Sequence[Marks]) -> str:
    """The skill of the best marks; of equal ones the later, which was harder."""
    return max(enumerate(marks), key=lambda each: (each[1].total, each[0]))[1].skill_id


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _brief(text: str) -> str:
    """As many sentences from the beginning as leave room for a question; at least one."""
    first, *others = _SENTENCE.split(text)
    for sentence in others:
        if septets(f"{first} {sentence}") > _BRIEF:
            break
        first = f"{first} {sentence}"
    return first
