"""What was gained, in a line: at the end of a sitting, and when somebody asks."""

from typing import Final

from bakame.learning.lesson import Lesson
from bakame.learning.rewards import Rewards
from bakame.tutor.wording import Part, line

_WEIGHT: Final = ("level", "goal", "badge", "best")
"""Of all that is new one thing is told, the first of these."""
_BADGES: Final = {
    "first_steps": line("badge.first_steps", spare=True),
    "seven_skills": line("badge.seven_skills", spare=True),
    "thirty_skills": line("badge.thirty_skills", spare=True),
    "hundred_skills": line("badge.hundred_skills", spare=True),
    "proven": line("badge.proven", spare=True),
    "keeper": line("badge.keeper", spare=True),
    "comeback": line("badge.comeback", spare=True),
    "second_look": line("badge.second_look", spare=True),
    "race": line("badge.race", spare=True),
    "five_modules": line("badge.five_modules", spare=True),
    "weeks": line("badge.weeks", spare=True),
}


def gains(lesson: Lesson) -> tuple[Part, ...]:
    """The points of this sitting, and one thing that is new; nothing when nothing was earned."""
    sitting = lesson.sitting
    if not sitting.points:
        return ()
    news = sorted(sitting.news, key=lambda each: _WEIGHT.index(each[0]) if each[0] in _WEIGHT else len(_WEIGHT))
    told: list[Part] = [line("gains.points", points=str(sitting.points), spare=True)]
    for kind, name in news[:1]:
        match kind:
            case "level":
                told.append(line("gains.level", level=name, spare=True))
            case "goal":
                told.append(line("gains.goal", days=name, spare=True))
            case "badge" if name in _BADGES:
                told.append(_BADGES[name])
            case "best":
                told.append(line("gains.best", best=name, spare=True))
            case _:
                pass
    return tuple(told)


def standing(rewards: Rewards) -> Part:
    """All points and the level, and what the next one takes, for somebody who asks."""
    _, name = rewards.level
    if rewards.to_next_level:
        return line("gains.standing", points=str(rewards.points), level=name, more=str(rewards.to_next_level))
    return line("gains.standing_top", points=str(rewards.points), level=name)
