"""The moves of a debate, one after the other: heard, marked, helped, answered by the tutor, and summed up."""

from dataclasses import replace
from typing import Final

from bakame.learning.choosing import chosen
from bakame.learning.debate import DebateContent, MoveScore, Side, next_argument, rebuttal, score_move
from bakame.learning.debate_choices import Three
from bakame.learning.debate_plan import ANSWERING, LEVELS, PLACING, SUPPORTING_MOVES, level_of, moves_of
from bakame.learning.debate_words import Heard
from bakame.learning.lesson import Phase
from bakame.learning.mastery import Knowledge
from bakame.learning.mood import Sign
from bakame.learning.policy import Adaptive, Policy
from bakame.learning.skills import Curriculum
from bakame.text.compare import normalise
from bakame.tutor.debate_scene import Marks, Scene, Stage
from bakame.tutor.debate_talk import NUMBERS, RUNGS, DebateTalk
from bakame.tutor.debate_turn import Turn, asking
from bakame.tutor.debating import Counting, Judged, chosen_way, judged
from bakame.tutor.empathy import remark, words_per_minute
from bakame.tutor.module import Step
from bakame.tutor.turn import Channel, Said
from bakame.tutor.wording import Part, Written, line
from bakame.tutor.working import Work

MOST_READ: Final = 800
"""Characters of a move that are marked."""
UNCLEAR_BEFORE_KEYS: Final = 2
UNCLEAR_BEFORE_LEAVING: Final = 5
"""Answers in a row that showed nothing, after which another move is asked for."""
TRIES: Final = 2
SURE: Final = 0.5
"""A recogniser's confidence under which a move is not marked as weak."""
SURE_OF_MISTAKE: Final = 0.9
"""The same for the choice of a sentence: a wrong one may have been misheard."""
_KEY_WORDS: Final = 4
"""Words of an answer that may be a key said aloud."""
_KIND: Final = 1.3
"""Marks for respect, on average, under which more kindness is the next step."""
_SAME_POINT: Final = ("weighing",)
"""Moves that answer the point that is there already."""


class Rounds:
    """The moves of one debate.

    What comes back of them is a turn with no question asked: `over` says whether the debate is at its end.
    """

    def __init__(
        self, *, content: DebateContent, curriculum: Curriculum, talk: DebateTalk, policy: Policy | None = None
    ) -> None:
        self._content = content
        self._curriculum = curriculum
        self._talk = talk
        self._counting = Counting(curriculum=curriculum, policy=policy or Adaptive())

    def begun(self, turn: Turn, side: Side) -> Turn:
        """With the side taken and the first move to be asked for."""
        work = turn.work
        level = self.level(work, last=turn.scene.level)
        moves = moves_of(self._content, level, work.knowledge, now=work.now, rng=turn.rng)
        known = any(each.skill_id in work.knowledge for each in self._content.guides.values())
        if known and work.lesson.phase is Phase.PLACEMENT:
            turn = replace(turn, work=work.having(replace(work.lesson, phase=Phase.PRACTICE)))
        return self._arrived(turn.now(stage=Stage.MOVE, side=side, level=level, moves=moves, at=0))

    def level(self, work: Work, *, last: str = "") -> str:
        """The level of the learner's next debate: at most one above the `last` one."""
        level = level_of(self._curriculum, self._counting.ability(work))
        return LEVELS[min(LEVELS.index(level), LEVELS.index(last) + 1)] if last in LEVELS else level

    def over(self, turn: Turn) -> bool:
        return turn.scene.at >= len(turn.scene.moves)

    def asked(self, turn: Turn, *, again: bool = False) -> Step:
        """The step that asks for the present move."""
        turn = self._pointed(turn)
        turn = turn.now(three=self.three(turn.scene, turn.channel, by_ear=turn.by_ear))
        return asking(turn, self._talk, again=again)

    def three(self, scene: Scene, channel: Channel, *, by_ear: bool) -> Three | None:
        """The choice that is open; None when the learner speaks for themselves."""
        if scene.three is not None or (by_ear and not scene.by_keys):
            return scene.three
        return self._talk.choice(scene, written=channel is not Channel.VOICE)

    # what the learner does

    def answered(self, turn: Turn, said: Said) -> Step | Turn:
        """A move, marked; or the question once more."""
        text = said.text[:MOST_READ]
        three = self.three(turn.scene, turn.channel, by_ear=turn.by_ear)
        if three is not None:
            turn = turn.now(three=three)
            index = _picked(three, text)
            if index is not None:
                limit = SURE_OF_MISTAKE if three.codes[index] and turn.scene.unclear < 1 else SURE
                if said.by == "speech" and said.confidence < limit:
                    return self.unclear(turn, line("unclear.choice"))
                made = chosen_way(three, index, skill_id=self._skill(turn), said=said.text)
                return self._judged(turn, made)
            if not turn.by_ear:
                return self.unclear(turn, line("unclear.choice"))
        elif said.by == "keys" or normalise(text) in ("1", "2", "3"):
            # Whoever presses a key wants keys.
            return self.asked(turn.now(by_keys=True))
        return self._spoken(turn, said, text)

    def hinted(self, turn: Turn, *, above: int = 0) -> Step | Turn:
        """The next rung of the ladder; past the last one, how it could be said."""
        rung = max(turn.scene.rung, above) + 1
        is_choice = turn.scene.three is not None or turn.scene.by_keys or not turn.by_ear
        if rung >= RUNGS and is_choice:
            return self.told(turn)
        if is_choice and rung == RUNGS - 2:
            rung = RUNGS - 1
        turn = turn.now(rung=rung)
        help_ = self._talk.hint(turn.scene, rung)
        if help_ is None:
            three = self._talk.choice(turn.scene, written=turn.written)
            return self.asked(turn.now(three=three).saying(line("debate.keys", spare=True)))
        return self.asked(turn.saying(help_), again=True)

    def told(self, turn: Turn) -> Turn:
        """How the move could be made; it counts as not made."""
        scene = turn.scene
        skill_id = self._skill(turn)
        was = turn.work.knowledge.get(skill_id)
        known_format = "choice3" if scene.three else "text_open" if turn.written else "speech_open"
        work, scene = self._counting.counted(turn.work, scene, skill_id, right=False, format=known_format)
        turn = replace(turn, work=work, scene=scene).saying(self._could_say(turn.scene))
        marks = scene.best or Marks(skill_id, 0, 0, 1)
        return self._finished(turn, marks, right=False, was=was, argument="")

    def skipped(self, turn: Turn) -> Turn:
        """The next move; this one is not counted."""
        work = turn.work.feeling(Sign.SKIP)
        work = work.having(replace(work.lesson, skipped=work.lesson.skipped + 1))
        return self._next(replace(turn, work=work).saying(line("skipped", spare=True)))

    def unclear(self, turn: Turn, *before: Part) -> Step | Turn:
        """Asked again; after two such answers, as a choice of three; after many, something else."""
        unclear = turn.scene.unclear + 1
        turn = replace(turn.now(unclear=unclear), work=turn.work.feeling(Sign.UNCLEAR))
        if unclear >= UNCLEAR_BEFORE_LEAVING:
            return self._next(turn.saying(line("debate.leave")))
        if unclear >= UNCLEAR_BEFORE_KEYS and turn.scene.three is None:
            three = self._talk.choice(turn.scene, written=turn.written)
            return self.asked(turn.now(three=three).saying(line("debate.keys", spare=True)))
        return self.asked(turn.saying(*before), again=True)

    def summed_up(self, turn: Turn) -> Turn:
        """With the marks of the debate, one strength and one next step."""
        scene, work = turn.scene, turn.work
        turn = turn.saying(*self._talk.summary(scene, next_skill=self._next_step(scene, work)))
        feeling, said = remark(work.profile.mood, work.now, on_call=work.on_call)
        if said is None or turn.written:
            return turn
        work = turn.work.being(replace(work.profile, mood=feeling)).saying(said)
        return replace(turn, work=replace(work, words_per_minute=words_per_minute(work.lesson, work.now)))

    # how a move is marked

    def _spoken(self, turn: Turn, said: Said, text: str) -> Step | Turn:
        """A move in the learner's own words."""
        turn = self._side_changed(turn, text)
        scene = turn.scene
        score = score_move(self._content, scene.motion, side=scene.argued, move=scene.move, said=text)
        codes = {each.about: each.code for each in score.reasons}
        if codes["move"] in ("nothing_said", "other_script"):
            return self.unclear(turn, self._talk.fault(scene, codes["move"]))
        if score.move == 0 and score.link == 0:
            begun = codes["move"] if codes["move"] in ("marker_alone", "stuffed", "part") else "off_topic"
            fault = codes["respect"] if score.respect == 0 else begun
            return self.unclear(turn, self._talk.fault(scene, fault))
        open_format = "text_open" if said.by == "text" else "speech_open"
        made = judged(score, skill_id=self._skill(turn), said=said.text[:MOST_READ], format=open_format)
        if not made.right and said.by == "speech" and said.confidence < SURE:
            return self.unclear(turn, line("unclear.again"))
        return self._judged(turn.now(three=None), made, score)

    def _side_changed(self, turn: Turn, text: str) -> Turn:
        """Who says the other side as their own has changed sides."""
        scene = turn.scene
        if scene.move != "claim":
            return turn
        side = Heard(self._content, scene.motion_in(self._content), text).side
        if side is None or side == scene.side:
            return turn
        return turn.now(side=side).saying(line("debate.changed", spare=True))

    def _judged(self, turn: Turn, made: Judged, score: MoveScore | None = None) -> Step | Turn:
        scene, skill_id = turn.scene, made.marks.skill_id
        was = turn.work.knowledge.get(skill_id)
        prompt = f"{scene.motion_in(self._content).motion} {self._talk.title(scene.move)}."
        work, scene = self._counting.recorded(turn.work, scene, made, prompt=prompt, expected=self._talk.model(scene))
        turn = replace(turn, work=work, scene=replace(scene, unclear=0))
        marks = max(filter(None, (turn.scene.best, made.marks)), key=lambda each: each.total)
        if made.right:
            turn = turn.saying(self._praise(turn, made))
            return self._finished(turn, made.marks, right=True, was=was, argument=made.argument)
        turn = turn.now(best=marks, tries=turn.scene.tries + 1)
        if turn.scene.tries >= TRIES:
            turn = turn.saying(self._could_say(turn.scene))
            return self._finished(turn, marks, right=False, was=was, argument=made.argument)
        turn = turn.saying(self._talk.fault(turn.scene, made.fault))
        if score is not None:
            turn = turn.saying(self._talk.frame(turn.scene, spare=True))
        return self.asked(turn, again=True)

    def _praise(self, turn: Turn, made: Judged) -> Part:
        if made.remark and turn.scene.move == "reason":
            return line("debate.may_help_me", spare=True)
        if turn.scene.tries:
            return line("debate.better", spare=True)
        return self._talk.praise(turn.scene)

    def _could_say(self, scene: Scene) -> Part:
        return line("debate.could_say", example=self._talk.model(scene))

    # what comes next

    def _finished(self, turn: Turn, marks: Marks, *, right: bool, was: Knowledge | None, argument: str) -> Turn:
        """The move is over: its marks are kept, and the tutor replies to what was argued."""
        work = self._counting.finished(turn.work, turn.scene, marks.skill_id, right=right, was=was)
        new = set(work.lesson.sitting.mastered) - set(turn.work.lesson.sitting.mastered)
        turn = replace(turn, work=work).now(marks=(*turn.scene.marks, marks))
        if new:
            turn = turn.saying(line("mastered", topic=self._talk.title(turn.scene.move), spare=True))
        return self._next(self._replied(turn, argument))

    def _replied(self, turn: Turn, argument: str) -> Turn:
        """The tutor's answer to the very argument that the learner made, the first time it is made."""
        scene = turn.scene
        made = next((a for a in scene.motion_in(self._content).arguments[scene.side] if a.id == argument), None)
        if made is None or scene.move not in SUPPORTING_MOVES:
            return turn
        if turn.written and scene.at + 1 < len(scene.moves) and scene.moves[scene.at + 1] in ANSWERING:
            # A text has no room for a reply and for the point that comes now.
            return turn
        reply = rebuttal(self._content, scene.motion, to=made, rng=turn.rng, used=scene.used)
        if reply.argument != made:
            return turn
        return turn.now(used=(*scene.used, reply.key)).saying(Written(reply.text, reply.text))

    def _next(self, turn: Turn) -> Turn:
        turn = self._placed(replace(turn, scene=turn.scene.onward()))
        last = len(turn.scene.moves) - 1
        if turn.late and turn.scene.at < last:
            turn = turn.now(at=last).saying(line("debate.time"))
        return turn if self.over(turn) else self._arrived(turn)

    def _placed(self, turn: Turn) -> Turn:
        """After the two moves that place a newcomer, the debate goes on at the level that they showed."""
        scene, lesson = turn.scene, turn.work.lesson
        if lesson.phase is not Phase.PLACEMENT or scene.at < len(PLACING):
            return turn
        work = turn.work.having(replace(lesson, phase=Phase.PRACTICE))
        level = self.level(work, last=scene.level)
        turn = replace(turn, work=work)
        if level == scene.level:
            return turn
        made = scene.moves[: scene.at]
        moves = moves_of(self._content, level, work.knowledge, now=work.now, rng=turn.rng, made=made)
        if LEVELS.index(level) > LEVELS.index(scene.level):
            turn = turn.saying(line("debate.further", spare=True))
        return turn.now(moves=moves)

    def _arrived(self, turn: Turn) -> Turn:
        """At a move: what it is, when it is new, and a point to answer, when it answers one."""
        scene = turn.scene
        after_restating = scene.at > 0 and scene.moves[scene.at - 1] == "restate"
        if scene.move in ANSWERING and scene.move not in _SAME_POINT and not after_restating:
            turn = turn.now(point="")
        turn = self._pointed(turn)
        skill_id, lesson = self._skill(turn), turn.work.lesson
        known = turn.work.knowledge.get(skill_id)
        if skill_id not in lesson.shown:
            turn = replace(turn, work=turn.work.having(replace(lesson, shown=(*lesson.shown, skill_id))))
            if known is None or known.items == 0:
                turn = turn.saying(self._talk.taught(turn.scene))
        lesson = turn.work.lesson.having_recent(skill_id)
        return replace(turn, work=turn.work.having(lesson))

    def _pointed(self, turn: Turn) -> Turn:
        """With a point of the tutor's to be answered, where the move answers one; never one that was said before."""
        scene = turn.scene
        if scene.move not in ANSWERING or scene.move == "fallacy" or scene.point_in(self._content) is not None:
            return turn
        argument = next_argument(self._content, scene.motion, side=scene.tutors_side, used=scene.used, rng=turn.rng)
        return turn.now(point=argument.id, used=(*scene.used, argument.id))

    def _next_step(self, scene: Scene, work: Work) -> str | None:
        """The weakest skill of this debate; when all were whole, kindness, or the next one that is not mastered."""
        weakest = min(scene.marks, key=lambda each: each.total, default=None)
        if weakest is not None and (weakest.move < 2 or weakest.link < 1 or weakest.respect < 1):
            return weakest.skill_id
        kind = sum(each.respect for each in scene.marks)
        if scene.marks and kind < _KIND * len(scene.marks):
            return self._content.guide_for("respect").skill_id
        made = {each.skill_id for each in scene.marks}
        for skill in self._curriculum.of_module("debate"):
            known = work.knowledge.get(skill.id)
            if skill.id not in made and not (known and known.mastered):
                return skill.id
        return None

    def _skill(self, turn: Turn) -> str:
        return self._talk.guide(turn.scene).skill_id


def _picked(three: Three, text: str) -> int | None:
    """Which sentence was meant, by its key or its words."""
    if len(text.split()) <= _KEY_WORDS and (index := chosen(NUMBERS, text)) is not None:
        return index
    plain = normalise(text)
    return next((n for n, each in enumerate(three.sentences) if normalise(each) == plain), None)
