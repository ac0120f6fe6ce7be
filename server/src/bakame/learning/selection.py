"""Which skill next: not mastered yet, its prerequisites in place, and about as hard as helps most."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from bakame.learning.difficulty import GUESS, Rating, first_rating, logistic
from bakame.learning.mastery import Knowledge, start
from bakame.learning.skills import Curriculum, Skill

BELIEVED: Final = 0.8
"""Belief from which a skill is taken to be known before it was ever practised."""
APART: Final = 2
"""In mixed practice, exercises between two of the same skill, when there are others."""
BEGUN: Final = 0.15
"""How much nearer to the aim a skill counts on which work was begun, so that few lie open at once."""
LAPSED: Final = 1.0
"""How much nearer a skill counts that was mastered and forgotten: nothing is learnt again so quickly."""
OTHER_STRAND: Final = 0.3
"""How much further from the aim skills of a strand count from which the lesson turns away."""
NO_RATINGS: Final[Mapping[str, Rating]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A skill of a module with what never changes of it.

    `needs`: its prerequisites in the same module. `prior`: its difficulty before anybody answered. `first`: knowledge
    of it before anything was seen. `slip` and `guess` are the model's, `guessed` is that of the ratings.
    """

    skill: Skill
    needs: tuple[str, ...]
    prior: Rating
    first: Knowledge
    slip: float
    guess: float
    guessed: float


@lru_cache(maxsize=64)
def entries(curriculum: Curriculum, module: str) -> Mapping[str, Entry]:
    """All skills of a module by id, prerequisites first."""
    skills = curriculum.of_module(module)
    ids = {skill.id for skill in skills}
    found: dict[str, Entry] = {}
    for skill in skills:
        parameters = curriculum.model.bkt[skill.format]
        found[skill.id] = Entry(
            skill,
            needs=tuple(each for each in skill.prerequisites if each in ids),
            prior=first_rating(skill, curriculum.model),
            first=start(format=skill.format, model=curriculum.model),
            slip=parameters.p_slip,
            guess=parameters.p_guess,
            guessed=GUESS.get(skill.format, 0.0),
        )
    return found


def chance(
    entry: Entry, known: Knowledge, *, ability: Rating | None, rating: Rating | None = None, lucky: bool = True
) -> float:
    """The chance that the next answer is right; without `lucky`, that it is right and not guessed.

    What was seen of the skill (knowledge tracing) and what was seen of the learner and the item (Elo) are two
    witnesses; the first is trusted more with each answer on the skill.
    """
    guess, guessed = (entry.guess, entry.guessed) if lucky else (0.0, 0.0)
    traced = known.p_known * (1 - entry.slip - guess) + guess
    if ability is None:
        return traced
    hard = rating or entry.prior
    rated = guessed + (1 - guessed) * logistic(ability.logit - hard.logit)
    trust = (known.items + 1) / (known.items + 2)
    return trust * traced + (1 - trust) * rated


def first_ability(curriculum: Curriculum, module: str, knowledge: Mapping[str, Knowledge]) -> Rating:
    """The ability of a learner who has no rating yet: that of the hardest skills that are taken to be known."""
    listed = entries(curriculum, module)
    known = [
        entry.prior.logit
        for skill_id, entry in listed.items()
        if (each := knowledge.get(skill_id)) is not None and in_place(each)
    ]
    if known:
        return Rating(max(known))
    return Rating(min((entry.prior.logit for entry in listed.values()), default=0.0))


def choose(
    curriculum: Curriculum,
    module: str,
    knowledge: Mapping[str, Knowledge],
    *,
    recent: Sequence[str] = (),
    stuck: Collection[str] = (),
    excluded: Collection[str] = (),
    mixed: bool = False,
    target: str = "normal",
    ability: Rating | None = None,
    ratings: Mapping[str, Rating] | None = None,
    harder_than: float | None = None,
    away_from: str | None = None,
) -> Skill | None:
    """The skill to practise next; None when every skill of the module is mastered.

    `knowledge` by skill id; a skill that is not in it is as the model takes it at first. `recent`: the skills of the
    exercises so far in this lesson, the latest last. `stuck`: skills to leave alone for now; `excluded`: skills not to
    take at all. A lesson stays with its skill until that is mastered or stuck, unless `mixed`. `target` is a key of
    `model.target_success`. `ratings`: difficulties of skills, where they are known better than by their level.
    `harder_than`: only skills above this difficulty, in logits, or none. `away_from`: a strand to leave, if possible.
    """
    listed = entries(curriculum, module)
    rated = ratings or NO_RATINGS
    if harder_than is None:
        candidates = _candidates(listed, knowledge, stuck, excluded)
    else:
        if rated:
            harder = {id_: each for id_, each in listed.items() if rated.get(id_, each.prior).logit > harder_than}
        else:
            harder = _harder(curriculum, module, harder_than)
        candidates = _free(harder, knowledge, stuck, excluded)
    if not candidates:
        return None
    if recent and not mixed:
        for entry, _ in candidates:
            if entry.skill.id == recent[-1]:
                return entry.skill
    if mixed:
        candidates = [each for each in candidates if each[0].skill.id not in recent[-APART:]] or candidates
    aim = curriculum.model.target_success[target]

    def distance(each: tuple[Entry, Knowledge]) -> tuple[float, float]:
        entry, known = each
        # Choices would look easy at any level, because they can be guessed.
        likely = chance(entry, known, ability=ability, rating=rated.get(entry.skill.id), lucky=False)
        away = abs(likely - aim)
        if known.stability is not None:
            away -= LAPSED
        elif known.items:
            away -= BEGUN
        if entry.skill.strand == away_from:
            away += OTHER_STRAND
        return round(away, 6), entry.prior.logit

    return min(candidates, key=distance)[0].skill


@lru_cache(maxsize=512)
def _harder(curriculum: Curriculum, module: str, than: float) -> Mapping[str, Entry]:
    """The entries above a difficulty, as their levels say."""
    return {skill_id: each for skill_id, each in entries(curriculum, module).items() if each.prior.logit > than}


def _free(
    listed: Mapping[str, Entry], knowledge: Mapping[str, Knowledge], stuck: Collection[str], excluded: Collection[str]
) -> list[tuple[Entry, Knowledge]]:
    """What is neither mastered nor believed, and has its prerequisites in place."""
    placed = {
        skill_id
        for skill_id, known in knowledge.items()
        if known.mastered or (known.items == 0 and known.p_known >= BELIEVED)
    }
    in_all = placed.issuperset
    return [
        (entry, knowledge.get(skill_id, entry.first))
        for skill_id, entry in listed.items()
        if skill_id not in placed and in_all(entry.needs) and skill_id not in stuck and skill_id not in excluded
    ]


def _candidates(
    listed: Mapping[str, Entry], knowledge: Mapping[str, Knowledge], stuck: Collection[str], excluded: Collection[str]
) -> list[tuple[Entry, Knowledge]]:
    """The best group there is: what is open and free; what is only believed; what is stuck; whatever is left."""
    if free := _free(listed, knowledge, stuck, excluded):
        return free
    left = [
        (entry, known)
        for skill_id, entry in listed.items()
        if not (known := knowledge.get(skill_id, entry.first)).mastered and skill_id not in excluded
    ]
    ready = [each for each in left if all(in_place(knowledge.get(need, listed[need].first)) for need in each[0].needs)]
    return [each for each in ready if each[0].skill.id not in stuck] or ready or left


def in_place(knowledge: Knowledge) -> bool:
    """Mastered, or believed from placement."""
    return knowledge.mastered or (knowledge.items == 0 and knowledge.p_known >= BELIEVED)
