"""Debate: a motion, a side, and a debate with the tutor, move by move."""

import random
from dataclasses import replace
from typing import Final

from bakame.learning.choosing import chosen
from bakame.learning.debate import SIDES, DebateContent, Side, banned_topic, score_move
from bakame.learning.debate_plan import asked_for, offered
from bakame.learning.debate_words import Heard
from bakame.learning.lesson import Phase
from bakame.learning.mood import Sign
from bakame.learning.policy import Policy
from bakame.learning.skills import Curriculum
from bakame.text.commands import Command
from bakame.text.compare import normalise
from bakame.tutor.debate_rounds import MOST_READ, Rounds
from bakame.tutor.debate_scene import REMEMBERED, Scene, Stage
from bakame.tutor.debate_talk import ELSE, SIDE_WORDS, DebateTalk
from bakame.tutor.debate_turn import Turn, asking
from bakame.tutor.debating import MODULE
from bakame.tutor.empathy import report_in
from bakame.tutor.module import Ask, Step, View
from bakame.tutor.turn import Act, Channel, Said
from bakame.tutor.wording import Part, line

MISSES: Final = 3
"""Answers in a row that chose nothing, after which the tutor chooses."""
MOST_WISHED: Final = 300
"""Characters of a wish for a motion that are read."""
_HARM: Final = "self_harm"
_OTHERS: Final = frozenset(
    (
        *("something else", "else", "other", "others", "another", "another one", "another motion", "other motion"),
        *("a different motion", "different motion", "new motion", "a new motion", "change motion", "change the motion"),
        *("change topic", "another topic", "other topic", "new topic", "different topic", "more", "neither", "none"),
        *("i want another motion", "can we have another motion", "give me another motion", "next motion"),
    )
)
_ABANDONING: Final = frozenset(each for each in _OTHERS if "motion" in each or "topic" in each or "something" in each)
"""Those of them that cannot be meant as a move."""
_ANY: Final = frozenset(
    (
        *("you choose", "choose for me", "you choose for me", "you decide", "you pick", "any", "anything", "any one"),
        *("any side", "both", "whatever", "i dont mind", "i do not mind", "it does not matter", "surprise me"),
    )
)
_YES: Final = frozenset(("yes", "yes i do", "yes i agree", "i agree", "agree", "for", "yego", "oui", "ndiyo"))
_NO: Final = frozenset(("no", "no i dont", "no i do not", "i disagree", "disagree", "against", "oya", "non", "hapana"))


class DebateModule:
    """Debates over the motions of the content, as a `TutorModule`. No model takes part: marks and replies are rules."""

    def __init__(self, *, curriculum: Curriculum, content: DebateContent, policy: Policy | None = None) -> None:
        self._content = content
        self._skills = {skill.id: skill for skill in curriculum.of_module(MODULE)}
        self._talk = DebateTalk(content=content, curriculum=curriculum)
        self._rounds = Rounds(content=content, curriculum=curriculum, talk=self._talk, policy=policy)

    @property
    def name(self) -> str:
        return MODULE

    def brief(self, view: View) -> str:
        """Instructions for an engine that converses by itself."""
        lines = [
            "You hold a debate by phone, in simple English, at most 35 words at a time.",
            "Ask only what next_exercise gives; pass every answer to submit_answer; never mark one yourself.",
            "Argue only with the words that you are given. Be kind to the person, speak about the idea.",
            "Never debate ethnic groups, genocide, named politicians or parties, which religion is better, or sex.",
            f"The learner is called {view.name}." if view.name else "The learner has not given a name.",
        ]
        scene, _ = self._scene(view)
        if scene.stage is Stage.MOVE:
            lines.append(f"The motion is: {scene.motion_in(self._content).motion} The learner says: I {scene.side}.")
            lines.append(f"The open move is: {self._talk.title(scene.move)}.")
        return "\n".join(lines)

    def topic(self, view: View) -> str | None:
        """The title of the move that is being practised."""
        scene, _ = self._scene(view)
        return self._talk.title(scene.move) if scene.stage is Stage.MOVE else None

    def ask(self, view: View) -> Ask | None:
        """The open question, word for word."""
        scene, _ = self._scene(view)
        if not _is_open(scene):
            return None
        three = None
        if scene.stage is Stage.MOVE:
            by_ear = view.free_speech or view.channel is not Channel.VOICE
            three = self._rounds.three(scene, view.channel, by_ear=by_ear)
        return self._talk.question(scene, three)

    def respond(self, view: View, said: Said, *, rng: random.Random) -> Step:
        """One turn; see `TutorModule`."""
        scene, kept = self._scene(view)
        turn = Turn.at(view, said, scene, rng)
        if not kept:
            turn = turn.saying(line("debate.retired"))
        if not _is_open(scene):
            turn = self._offered(turn)
            return asking(turn, self._talk) if said.act is not Act.ANSWER else self._motion(turn, said.text)
        match said.act:
            case Act.ANSWER:
                return self._answered(turn, said)
            case Act.COMMAND:
                return self._commanded(turn, said.command)
            case _:
                return self._resumed(turn)

    def observe(self, view: View, said: Said) -> Step:
        """Marks what another engine heard; nothing is said."""
        before = view.lesson
        step = self.respond(view, replace(said, act=Act.ANSWER), rng=random.Random(0))
        scene, _ = Scene.from_state(step.lesson.scene, self._content)
        if not step.tried and scene.stage is self._scene(view)[0].stage:
            step = replace(step, lesson=before, learnt={})
        return replace(step, parts=(), ends=False, closes=False)

    def farewell(self, view: View) -> tuple[Part, ...]:
        """What improved in this sitting and what comes next."""
        sitting = view.lesson.sitting
        parts: list[Part] = []
        if sitting.asked:
            parts.append(line("debate.close", asked=str(sitting.asked), right=str(sitting.right)))
        if titles := [self._skills[each].title for each in sitting.mastered if each in self._skills]:
            parts.append(line("close.mastered", topics=", ".join(titles)))
        if self._scene(view)[0].stage is Stage.MOVE:
            parts.append(line("debate.kept", spare=True))
        return tuple(parts)

    # which stage

    def _scene(self, view: View) -> tuple[Scene, bool]:
        return Scene.from_state(view.lesson.scene, self._content)

    def _answered(self, turn: Turn, said: Said) -> Step:
        text = said.text
        banned = banned_topic(self._content, text)
        if banned is not None:
            return self._refused(turn, banned)
        others = _ABANDONING if turn.scene.stage is Stage.MOVE else _OTHERS
        if normalise(text[:MOST_WISHED]) in others:
            return asking(self._offered(turn), self._talk)
        match turn.scene.stage:
            case Stage.MOTION:
                return self._motion(turn, text)
            case Stage.SIDE:
                return self._side(turn, said)
            case Stage.MOVE:
                return self._move(turn, said)

    def _commanded(self, turn: Turn, command: Command | None) -> Step:
        stage = turn.scene.stage
        if stage is not Stage.MOVE:
            if command is Command.SKIP:
                return asking(self._offered(turn), self._talk)
            if command is Command.DONT_KNOW:
                return self._settled(turn)
            return asking(turn.saying(line("debate.how_to_choose")), self._talk)
        match command:
            case Command.SKIP:
                return self._went_on(self._rounds.skipped(turn))
            case Command.DONT_KNOW:
                turn = replace(turn, work=turn.work.feeling(Sign.DONT_KNOW)).saying(line("dont_know", spare=True))
                return self._went_on(self._rounds.hinted(turn, above=1))
            case _:
                return self._went_on(self._rounds.hinted(replace(turn, work=turn.work.feeling(Sign.HINT))))

    def _resumed(self, turn: Turn) -> Step:
        """Where the debate was left."""
        if turn.scene.stage is Stage.MOVE:
            return self._rounds.asked(turn.saying(self._talk.where(turn.scene)))
        return asking(turn, self._talk)

    def _refused(self, turn: Turn, topic: str) -> Step:
        """A topic that is not debated: no, kindly, and something that is."""
        turn = turn.saying(line("debate.harm") if topic == _HARM else line("debate.banned"))
        if turn.scene.stage is Stage.MOTION:
            turn = self._offered(turn)
            return asking(turn, self._talk)
        turn = turn.saying(line("debate.or_another", spare=True))
        return self._rounds.asked(turn, again=True) if turn.scene.stage is Stage.MOVE else asking(turn, self._talk)

    # the motion

    def _offered(self, turn: Turn) -> Turn:
        """With two motions to choose from that were not debated or offered just now."""
        scene = turn.scene
        passed = (scene.motion,) if scene.motion and scene.motion not in scene.recent else ()
        recent = (*scene.recent, *passed)[-REMEMBERED:]
        found = offered(
            self._content,
            self._rounds.level(turn.work, last=scene.level),
            recent=(*recent, *scene.offered),
            rng=turn.rng,
        )
        names = tuple(each.id for each in found)
        seed = turn.rng.randrange(1 << 30)
        return replace(
            turn, scene=Scene(offered=names, recent=recent, level=scene.level, by_keys=scene.by_keys, seed=seed)
        )

    def _motion(self, turn: Turn, text: str) -> Step:
        """What was chosen, or wished for."""
        scene = turn.scene
        wish = text[:MOST_WISHED]
        if banned_topic(self._content, text) is not None:
            return self._answered(turn, Said(turn.channel, text=text))
        titles = [self._content.motions[each].title for each in scene.offered]
        index = chosen((titles[0], titles[-1], ELSE), wish)
        if index == 2 or normalise(wish) in _OTHERS:
            return asking(self._offered(turn), self._talk)
        found = asked_for(self._content, wish)
        if index is not None and (len(found) != 1 or found[0].id in scene.offered):
            return self._taken(turn, scene.offered[index])
        if normalise(wish) in _ANY:
            return self._taken(turn, scene.offered[0])
        if len(found) == 1:
            return self._taken(turn, found[0].id)
        if found:
            return asking(turn.now(offered=tuple(each.id for each in found)), self._talk)
        if self._is_rude(scene.offered[0], wish):
            return self._missed(turn, line("debate.calm"))
        return self._missed(turn, line("debate.no_motion") if len(wish.split()) > 1 else line("unclear.again"))

    def _taken(self, turn: Turn, motion: str) -> Step:
        return asking(turn.now(stage=Stage.SIDE, motion=motion, unclear=0), self._talk)

    def _is_rude(self, motion: str, text: str) -> bool:
        return Heard(self._content, self._content.motions[motion], text).respect[0] == 0

    def _missed(self, turn: Turn, *before: Part) -> Step:
        """Asked again; after some misses the tutor chooses, so that there is always a way on."""
        unclear = turn.scene.unclear + 1
        turn = replace(turn.now(unclear=unclear), work=turn.work.feeling(Sign.UNCLEAR))
        if unclear >= MISSES:
            return self._settled(turn)
        return asking(turn.saying(*before), self._talk)

    def _settled(self, turn: Turn) -> Step:
        """The tutor chooses what the learner did not."""
        if turn.scene.stage is Stage.MOTION:
            return self._taken(turn.saying(line("debate.i_choose", spare=True)), turn.scene.offered[0])
        return self._begun(turn, turn.rng.choice(SIDES), given=True)

    # the side

    def _side(self, turn: Turn, said: Said) -> Step:
        text = said.text[:MOST_READ]
        plain = normalise(text)
        index = chosen(SIDE_WORDS, text) if len(plain.split()) <= 4 and plain not in _YES | _NO else None
        if index == 2 or plain in _ANY:
            return self._begun(turn, turn.rng.choice(SIDES), given=True)
        heard = Heard(self._content, turn.scene.motion_in(self._content), text)
        side: Side | None = "agree" if plain in _YES else "disagree" if plain in _NO else heard.side
        if side is None and index is not None:
            side = SIDES[index]
        if side is None:
            return self._missed(turn, line("debate.calm") if heard.respect[0] == 0 else line("unclear.choice"))
        score = score_move(self._content, turn.scene.motion, side=side, move="claim", said=text)
        if said.by != "keys" and turn.by_ear and score.move == 2 and score.link == 2 and len(plain.split()) > 4:
            # Who says the side in a sentence has made the first move already.
            begun = self._rounds.begun(turn.now(unclear=0), side)
            begun = replace(begun, work=replace(begun.work, parts=turn.work.parts))
            return self._went_on(self._rounds.answered(begun, said))
        return self._begun(turn, side)

    def _begun(self, turn: Turn, side: Side, *, given: bool = False) -> Step:
        if given:
            turn = turn.saying(line("debate.given_for" if side == "agree" else "debate.given_against"))
        else:
            turn = turn.saying(line("debate.for" if side == "agree" else "debate.against"))
        return self._rounds.asked(self._rounds.begun(turn.now(unclear=0), side))

    # the moves

    def _move(self, turn: Turn, said: Said) -> Step:
        match report_in(said.text):
            case Sign.TIRED as sign:
                turn = replace(turn, work=turn.work.feeling(sign)).saying(line("mood.tired"))
                return self._rounds.asked(turn, again=True)
            case Sign.TOO_HARD as sign:
                turn = replace(turn, work=turn.work.feeling(sign)).saying(line("mood.too_hard", spare=True))
                return self._went_on(self._rounds.hinted(turn))
            case Sign.BORED as sign:
                turn = replace(turn, work=turn.work.feeling(sign)).saying(line("mood.bored"))
                return asking(self._offered(turn), self._talk)
            case Sign.CONTENT | Sign.TOO_EASY as sign:
                turn = replace(turn, work=turn.work.feeling(sign)).saying(line("mood.content"))
                return self._rounds.asked(turn, again=True)
            case _:
                return self._went_on(self._rounds.answered(turn, said))

    def _went_on(self, after: Step | Turn) -> Step:
        """The next move; at the end the summary, and another debate or goodbye."""
        if isinstance(after, Step):
            return after
        if not self._rounds.over(after):
            return self._rounds.asked(after)
        turn = self._rounds.summed_up(after)
        late = turn.late
        turn = self._offered(turn)
        if late:
            lesson = replace(turn.work.lesson, phase=Phase.CLOSED, scene={})
            return turn.work.having(lesson).closing()
        ask = self._talk.offer(turn.scene, after=True)
        work = turn.work.having(replace(turn.work.lesson, scene=turn.scene.to_state()))
        return replace(work.silent(), parts=(*work.parts, *ask.parts), expect=ask.expect)


def _is_open(scene: Scene) -> bool:
    return scene.stage is not Stage.MOTION or bool(scene.offered)
