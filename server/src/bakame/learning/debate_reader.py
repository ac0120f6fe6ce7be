"""Reading the debate files, checked wholly before anything uses them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bakame.learning.content import Motion
from bakame.learning.debate_content import SIDES, Argument, DebateContent, MotionContent, Side
from bakame.learning.debate_guides import read_moves, short_text
from bakame.learning.fields import CurriculumError, Fields, Problem, Problems, load_document
from bakame.learning.phrases import Phrases, stem, stems
from bakame.learning.skills import Curriculum
from bakame.text.compare import normalise
from bakame.text.gsm import septets

LINE_WORD: Final = 0.4
"""What a word of the written claim or reason counts for, beside 1 for a keyword."""
LEAST_ARGUMENTS: Final = 3
LEAST_KEYWORDS: Final = 5
_MOST_WORDS: Final = {"claim": 15, "reason": 15, "example": 25, "reply": 25, "opening": 30}
_MOST_TITLE: Final = 20
"""Septets of a title, so that two of them and a word of explanation fit into what a text has left."""


def parse_debate(files: Mapping[str, str], *, curriculum: Curriculum) -> DebateContent:
    """Reads the texts of the debate files, by name, and checks all. Raises `CurriculumError` with every problem.

    One file has `skills`, `markers` and `banned`; the others have `motions`.
    """
    found: list[Problem] = []
    motions: dict[str, MotionContent] = {}
    moves: dict[str, Fields] = {}
    for source, text in files.items():
        problems = Problems(source)
        fields = Fields(load_document(text, source=source), problems=problems)
        fields.integer("version", low=1, high=1)
        if fields.has("markers"):
            moves[source] = fields
            continue
        for n, item in enumerate(fields.items("motions", least=1)):
            each = _MotionReader(Fields(item, problems=problems, path=f"motions.{n}"), curriculum).read()
            if each is not None and each.id in motions:
                problems.add(each.id, "id", "is there twice")
            elif each is not None:
                motions[each.id] = each
        fields.close()
        found += problems.found
    for missing in curriculum.motions.keys() - motions.keys():
        found.append(Problem("debate", missing, "", "has no arguments in any debate file"))
    if len(moves) != 1:
        found.append(Problem("debate", "", "markers", f"must be in one file, not in {len(moves)}"))
        raise CurriculumError(found)
    content = read_moves(next(iter(moves.values())), curriculum, motions)
    found += next(iter(moves.values())).problems.found
    if found:
        raise CurriculumError(sorted(found, key=str))
    return content


def content_stems(text: str) -> frozenset[str]:
    """Stems of the words of a text that carry meaning."""
    return frozenset(stem(word) for word in normalise(text).split() if word not in _PLAIN)


_PLAIN_WORDS: Final = (
    "a an and any anyone are as be been both by can for from have in is it its let more most must no not of on or our "
    "rather should some that the their them they this to under up using what when which who will with within "
    "every each all better than you your per one only because"
)
_COMMON_WORDS: Final = (
    "people pupil pupils many much good do does not cannot need needs like likes make makes same school work help "
    "helps learn learns time"
)
"""Words that show no argument in particular."""
_PLAIN: Final = frozenset(_PLAIN_WORDS.split())
_COMMON: Final = _PLAIN | frozenset(_COMMON_WORDS.split())


class _MotionReader:
    """Reads one motion; problems are noted in its fields."""

    def __init__(self, fields: Fields, curriculum: Curriculum) -> None:
        self._fields = fields
        self._curriculum = curriculum
        fields.skill = fields.label("id")

    def read(self) -> MotionContent | None:
        fields = self._fields
        motion = self._motion(fields.text("id"))
        title = short_text(fields, "title", most=4)
        if septets(title) > _MOST_TITLE:
            fields.note("title", f"has more than {_MOST_TITLE} letters")
        terms = fields.nested("terms")
        meanings = {key: terms.text(key) for key in terms.keys}
        if not 1 <= len(meanings) <= 3:
            fields.note("terms", f"must explain 1 to 3 words, not {len(meanings)}")
        poles = self._by_side("poles")
        openings = self._openings()
        arguments: dict[Side, tuple[Argument, ...]] = {side: self._arguments(side) for side in SIDES}
        fields.close()
        if motion is None:
            return None
        every = [each for side in SIDES for each in arguments[side]]
        said = (motion.motion, *meanings, *(" ".join((each.claim, *each.keywords)) for each in every))
        return MotionContent(
            id=motion.id,
            title=title,
            level=motion.level,
            domain=motion.domain,
            motion=motion.motion,
            terms=MappingProxyType(meanings),
            arguments=MappingProxyType(arguments),
            openings=MappingProxyType(openings),
            poles=MappingProxyType({side: Phrases.of(poles[side], stemmed=True) for side in SIDES}),
            words=content_stems(motion.motion),
            topic=content_stems(" ".join(said)),
            keywords=Phrases.of((word for each in every for word in each.keywords), stemmed=True),
            line_words=Phrases.of((word for each in every for word in _line_words(each, motion.motion)), stemmed=True),
            weights=MappingProxyType(_weights(every, motion.motion)),
        )

    def _motion(self, motion_id: str) -> Motion | None:
        motion = self._curriculum.motions.get(motion_id)
        if motion is None and motion_id:
            self._fields.note("id", f"there is no motion {motion_id!r}")
        return motion

    def _by_side(self, key: str) -> dict[Side, tuple[str, ...]]:
        nested = self._fields.nested(key)
        found: dict[Side, tuple[str, ...]] = {side: nested.texts(side) for side in SIDES}
        nested.close()
        return found

    def _openings(self) -> dict[Side, str]:
        nested = self._fields.nested("openings")
        found: dict[Side, str] = {side: short_text(nested, side, most=_MOST_WORDS["opening"]) for side in SIDES}
        nested.close()
        return found

    def _arguments(self, side: Side) -> tuple[Argument, ...]:
        fields = self._fields
        listed = fields.items(side, least=LEAST_ARGUMENTS)
        return tuple(
            self._argument(
                Fields(item, problems=fields.problems, skill=fields.skill, path=f"{side}.{n}"), f"{side}.{n}", side
            )
            for n, item in enumerate(listed)
        )

    def _argument(self, fields: Fields, name: str, side: Side) -> Argument:
        argument = Argument(
            id=f"{fields.skill}.{name}",
            side=side,
            claim=short_text(fields, "claim", most=_MOST_WORDS["claim"]),
            reason=short_text(fields, "reason", most=_MOST_WORDS["reason"]),
            example=short_text(fields, "example", most=_MOST_WORDS["example"]),
            keywords=fields.texts("keywords", least=LEAST_KEYWORDS),
            reply=short_text(fields, "reply", most=_MOST_WORDS["reply"]),
        )
        if argument.reason and not argument.reason.startswith("because "):
            fields.note("reason", "must begin with 'because '")
        if len(set(argument.keywords)) < len(argument.keywords):
            fields.note("keywords", "has a word twice")
        fields.close()
        return argument


def _line_words(argument: Argument, motion: str) -> list[str]:
    """Words of the written claim and reason that mean something and are not words of the motion."""
    said = content_stems(motion)
    words = normalise(f"{argument.claim} {argument.reason}").split()
    return [word for word in words if word not in _COMMON and len(word) > 2 and stem(word) not in said]


def _weights(arguments: list[Argument], motion: str) -> dict[str, tuple[tuple[Argument, float], ...]]:
    """For each keyword, its arguments and what it counts for: 1, or less for a word of the written line, shared by
    the arguments that have it."""
    by_key: dict[str, dict[str, tuple[Argument, float]]] = {}
    for argument in arguments:
        for words, worth in ((argument.keywords, 1.0), (_line_words(argument, motion), LINE_WORD)):
            for word in words:
                of = by_key.setdefault(" ".join(stems(normalise(word).split())), {})
                of.setdefault(argument.id, (argument, worth))
    return {
        key: tuple((argument, worth * worth / sum(each[1] for each in of.values())) for argument, worth in of.values())
        for key, of in by_key.items()
    }
