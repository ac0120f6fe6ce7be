"""What can be said in general knowledge when no question is open: topics on offer, and what comes of a question."""

import random
from typing import Final

from bakame.learning.skills import Curriculum
from bakame.learning.topics import Topics
from bakame.tutor.library import Found, Kind, refusal
from bakame.tutor.topic_scene import Doing, Scene
from bakame.tutor.wording import Part, Written, line
from bakame.tutor.working import Work

OFFERED_FROM: Final = 4
"""Topics nearest to the learner's level, of which some are offered."""
FIRST_LEVEL: Final = "P5"
"""Where topics are offered to somebody of whom nothing is known."""
_MODULE: Final = "general"


class TopicOffers:
    """Topics that fit a learner, and the words that offer them."""

    def __init__(self, topics: Topics, *, curriculum: Curriculum) -> None:
        self._topics = topics
        self._difficulty = curriculum.model.difficulty

    def near_level(self, work: Work, scene: Scene, *, rng: random.Random) -> tuple[str, ...]:
        """Two topics near the learner's level that were not told or offered lately."""
        abilities = work.profile.abilities
        own = abilities.get(_MODULE)
        others = [each.logit for each in abilities.values()]
        level = own.logit if own else sum(others) / len(others) if others else self._difficulty[FIRST_LEVEL]
        fresh = [each for each in self._topics.values() if each.id not in scene.done and each.id != scene.topic]
        nearest = sorted(fresh or self._topics.values(), key=lambda each: abs(self._difficulty[each.level] - level))
        some = nearest[:OFFERED_FROM]
        return tuple(each.id for each in rng.sample(some, min(2, len(some))))

    def words(self, scene: Scene) -> tuple[Part, ...]:
        """What can be said now, word for word the same each time."""
        title = self._title(scene.topic) if scene.topic else ""
        offers = [self._title(each) for each in scene.offers]
        match scene.doing:
            case Doing.OFFER:
                return (line("general.offer", topic=title),)
            case Doing.ANSWERED if title:
                return (line("general.more", topic=title),)
            case Doing.NEAR if len(offers) > 1:
                return (line("general.near", one=offers[0], other=offers[1]),)
            case Doing.NEAR if offers:
                return (line("general.near_one", one=offers[0]),)
            case Doing.LESSON:
                return (line("general.go_on", topic=title),)
            case _:
                return (line("general.ask"),)

    def _title(self, topic_id: str) -> str:
        title = self._topics[topic_id].title
        return title if title.endswith(("?", ".", "!")) else f"{title}."


def told(found: Found) -> Part:
    """What is said to a question that was understood."""
    match found.kind:
        case Kind.PEOPLE:
            return refusal(found.name)
        case Kind.MATHS:
            return line("general.maths")
        case Kind.ENGLISH:
            return line("general.english")
        case Kind.TUTOR:
            return line("general.tutor")
        case _:
            return Written(found.text, found.text, whole=True)
