"""A learner asks something in the middle of a lesson: what they hear, what is never said, and what is kept."""

import asyncio
import random
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from bakame.errors import Invalid, Unavailable
from bakame.learning.exercises import Exercise, make_exercise
from bakame.learning.grading import Grade, Verdict, grade
from bakame.learning.lesson import Item, Lesson, Phase
from bakame.learning.mastery import Knowledge
from bakame.learning.skills import Skill
from bakame.records.learners.service import Learners
from bakame.simulator.virtual_time import VirtualTimeLoop, run_virtual
from bakame.store.database import Database
from bakame.text.gsm import parts
from bakame.text.numbers import say_value
from bakame.text.sentences import sentences_of
from bakame.tutor.asides import Aside, Explainer, question_in
from bakame.tutor.chain import ModelChain
from bakame.tutor.engine import Tutor
from bakame.tutor.guard import Banned, Guard, parse_banned
from bakame.tutor.turn import Channel, Reply, Said
from bakame.tutor.wording import Written
from classroom import SERVER, Pupil, all_skills, english, guidance, make_tutor, taught
from fakes.chat import ScriptedModel
from fakes.clock import LoopClock

ADDING = "math.add.within_10"
ODD_EVEN = "math.number.odd_even"
BANNED = parse_banned((SERVER / "curriculum/asides.yaml").read_text("utf-8"), source="asides.yaml")
UNCLEAR = Grade(Verdict.UNCLEAR, None, None, "")
WRONG = Grade(Verdict.WRONG, "7", None, "")
UNKNOWN = "I cannot answer that just now."


def exercise_of(skill_id: str, *, answer: str | None = None) -> Exercise:
    for seed in range(500):
        exercise = make_exercise(all_skills().skills[skill_id], rng=random.Random(seed))
        if answer in (None, exercise.answer):
            return exercise
    raise AssertionError("no such exercise")


def explainer_of(model: ScriptedModel) -> Explainer:
    chain = ModelChain([model], clock=LoopClock())
    return Explainer(chain, curriculum=all_skills(), banned=BANNED, wording=english(), rng=random.Random(1))


# what is a question


@pytest.mark.parametrize(
    "words",
    [
        "why is that?",
        "why",
        "um so why is that",
        "What is a fraction?",
        "what's a prime number",
        "what does remainder mean",
        "how do you do that",
        "can you explain it please",
        "please explain",
        "tell me about fractions",
        "I don't understand why it is so",
        "is it a big number?",
        "who invented numbers",
        "when do we use this",
        "a fraction is what exactly?",
    ],
)
@pytest.mark.parametrize("by", ["speech", "text"])
def test_a_question_is_told_from_an_answer(words: str, by: str) -> None:
    said = Said(Channel.VOICE, text=words, by="speech" if by == "speech" else "text", confidence=0.9)
    assert question_in(said, UNCLEAR) == words


@pytest.mark.parametrize(
    "words", ["fifty six", "is it?", "what", "even", "I think it is hard", "how many", "7?", "", "ok"]
)
def test_what_only_sounds_like_a_question_is_none(words: str) -> None:
    assert question_in(Said(Channel.VOICE, text=words, by="speech"), UNCLEAR) is None


def test_a_guess_is_an_answer_and_a_real_question_is_one_even_with_a_number_in_it() -> None:
    assert question_in(Said(Channel.SMS, text="is it seven?"), WRONG) is None
    assert question_in(Said(Channel.SMS, text="could it be 7?"), WRONG) is None
    assert question_in(Said(Channel.SMS, text="why is it not 7?"), WRONG) == "why is it not 7?"
    odd_even = exercise_of(ODD_EVEN, answer="even")
    assert grade(odd_even, "even").verdict is Verdict.RIGHT
    asked = Said(Channel.VOICE, text="what does even mean", by="speech")
    assert question_in(asked, grade(odd_even, asked.text)) == "what does even mean"


def test_no_number_that_people_say_is_taken_for_a_question() -> None:
    exercise = exercise_of(ADDING)
    lines = (SERVER / "tests/text/numbers_said.txt").read_text("utf-8").splitlines()
    answers = [
        line.split(" => ")[0] for line in lines if " => " in line and line[0] != "#" and not line.endswith("none")
    ]
    assert len(answers) > 100
    for answer in answers:
        assert question_in(Said(Channel.VOICE, text=answer, by="speech"), grade(exercise, answer)) is None


def test_what_was_hardly_understood_and_what_was_keyed_is_no_question() -> None:
    assert question_in(Said(Channel.VOICE, text="why is that", by="speech", confidence=0.6), UNCLEAR) is None
    assert question_in(Said(Channel.VOICE, text="why is that", by="keys"), UNCLEAR) is None


# what a model may say


@pytest.mark.parametrize(
    ("skill", "answer", "sentence"),
    [
        (ADDING, "7", "The answer is 7."),
        (ADDING, "7", "You get seven, of course."),
        (ADDING, "7", "So 4+3=7."),
        (ADDING, "7", "It is the 7th one."),
        (ADDING, "7", "That makes 7.0 in all."),
        (ADDING, "7", "Seven"),
        ("math.fractions.simplify", None, "It is {answer}."),
        (ODD_EVEN, "even", "It is an Even number."),
        (ODD_EVEN, "odd", "That is what we call odd!"),
    ],
)
def test_a_sentence_with_the_answer_in_it_is_never_heard(skill: str, answer: str | None, sentence: str) -> None:
    if skill not in all_skills().skills:
        skill = next(s.id for s in all_skills().of_module("math") if s.format == "fraction")
    exercise = exercise_of(skill, answer=answer)
    guard = Guard(exercise, banned=BANNED)
    assert not guard.admits(sentence.format(answer=exercise.answer))


@pytest.mark.parametrize("skill", all_skills().of_module("math"), ids=lambda skill: skill.id)
def test_no_skills_answer_passes_however_it_is_worded(skill: Skill) -> None:
    for seed in range(3):
        exercise = make_exercise(skill, rng=random.Random(seed))
        guard = Guard(exercise, banned=BANNED)
        told = [f"The answer is {exercise.spoken_answer}.", f"It is {exercise.answer}."]
        if not exercise.options:
            told.append(f"So you get {say_value(exercise.answer)}, you see?")
        assert [sentence for sentence in told if guard.admits(sentence)] == []
        solution = guidance().solution(exercise)
        assert isinstance(solution, Written)
        assert not all(map(guard.admits, sentences_of(solution.say)))


def fraction_guard(answer: str) -> Guard:
    skill = next(s.id for s in all_skills().of_module("math") if s.format == "fraction")
    return Guard(replace(exercise_of(skill), answer=answer), banned=BANNED)


@pytest.mark.parametrize(
    "sentence",
    ["Three quarters is left.", "It is 3 over 4.", "3/4!", "0.75 of it", "That is 75 percent.", "You have 3 out of 4."],
)
def test_an_answer_is_known_in_every_form(sentence: str) -> None:
    assert not fraction_guard("3/4").admits(sentence)


def test_other_numbers_are_free() -> None:
    for sentence in (
        "Cut a mango in two halves.",
        "Take 4 of them.",
        "One third is less than a half.",
        "Two out of four.",
    ):
        assert fraction_guard("3/4").admits(sentence)
    guard = Guard(exercise_of(ADDING, answer="7"), banned=BANNED)
    for sentence in ("Adding puts two groups together.", "17 is more.", "Seventy is a lot.", "Look at 27 and 77."):
        assert guard.admits(sentence)


def test_the_answer_of_a_choice_between_two_numbers_is_both_its_place_and_its_number() -> None:
    exercise = next(
        made
        for skill in all_skills().of_module("math")
        if (made := make_exercise(skill, rng=random.Random(3))).offers and "/" in made.offers[0]
    )
    guard = Guard(exercise, banned=BANNED)
    right = exercise.offers[exercise.options.index(exercise.answer)]
    assert not guard.admits(f"It is {right}.")
    assert not guard.admits(f"Take the {exercise.answer} of them.")
    assert guard.admits("Think of a mango cut in pieces.")


def test_a_time_of_day_is_known_in_every_form() -> None:
    skill = next(s.id for s in all_skills().of_module("math") if exercise_of(s.id).form == "clock")
    guard = Guard(replace(exercise_of(skill), answer="1425"), banned=BANNED)
    for sentence in ("It is 14:25.", "Write 1425.", "Fourteen twenty-five.", "So 14 25 it is."):
        assert not guard.admits(sentence)
    assert guard.admits("After noon the hours go on from twelve to thirteen.")


@pytest.mark.parametrize(
    "sentence",
    [
        "See www.example.org for more.",
        "Go to https://example.org now.",
        "Write to me@example.org.",
        "Call 0788123456.",
        "What is your name?",
        "How old are you?",
        "You are so smart!",
        "As a language model I cannot know.",
        r"It is \frac{1}{2}.",
        "That is a stupid question.",
        "We talk about sex now.",
        "x" * 600 + " 7",
    ],
)
def test_what_is_no_good_for_a_child_or_for_the_ear_is_never_heard(sentence: str) -> None:
    assert not Guard(exercise_of(ADDING, answer="7"), banned=BANNED).admits(sentence)


def test_only_whole_words_are_banned() -> None:
    guard = Guard(exercise_of(ADDING, answer="7"), banned=Banned(phrases=("sex",)))
    assert guard.admits("Middlesex is a place.")
    assert not guard.admits("About Sex.")


@pytest.mark.parametrize(
    "text", ["a: [", "topics: []", "topics: [a]\nphrases: []", "topics: []\nphrases: []\nmore: 1", "7"]
)
def test_a_broken_list_stops_the_start_and_says_where(text: str) -> None:
    with pytest.raises(Invalid, match=r"asides\.yaml"):
        parse_banned(text, source="asides.yaml")


# what is heard


def heard(model: ScriptedModel, question: str = "why is that?", **changes: object) -> list[tuple[float, str]]:
    """The sentences with the times at which they come."""

    async def scenario() -> list[tuple[float, str]]:
        aside = replace(Aside(exercise_of(ADDING, answer="7"), question, names=("Keza",)), **changes)
        now = asyncio.get_running_loop().time
        return [(round(now(), 3), sentence) async for sentence in explainer_of(model).explain(aside)]

    return run_virtual(scenario())


def words(told: list[tuple[float, str]]) -> list[str]:
    return [sentence for _, sentence in told]


def test_each_sentence_is_given_as_soon_as_it_is_complete() -> None:
    told = heard(ScriptedModel(0.3, "Adding puts ", 0.1, "groups together. T", 0.5, "hen we count."))
    assert told == [(0.4, "Adding puts groups together."), (0.9, "Then we count.")]


def test_while_no_answer_comes_the_tutor_says_that_it_thinks() -> None:
    told = heard(ScriptedModel(1.5, "We count. ", "Slowly."))
    assert told[0][1].startswith("Let me think")
    assert told[1:] == [(1.5, "We count."), (1.5, "Slowly.")]
    assert told[0][0] == 0.8


def test_when_no_model_answers_the_tutor_says_so_in_its_own_words() -> None:
    for steps in ((Unavailable("gone"),), (), (60.0, "late")):
        told = words(heard(ScriptedModel(*steps)))
        assert told[-1] == UNKNOWN
    assert words(heard(ScriptedModel(Unavailable("gone")))) == [UNKNOWN]


def test_a_model_that_only_tells_the_answer_is_not_heard() -> None:
    assert words(heard(ScriptedModel("It is 7. ", "Seven! ", "4 plus 3 is seven."))) == [UNKNOWN]
    assert words(heard(ScriptedModel("Count on. It is seven. Use your fingers."))) == ["Count on.", "Use your fingers."]


def test_a_model_that_dies_is_heard_up_to_its_last_whole_sentence() -> None:
    assert words(heard(ScriptedModel("We count on. Then we ", Unavailable("gone")))) == ["We count on."]


def test_a_sentence_that_was_cut_off_is_not_heard_unless_it_is_the_only_one() -> None:
    assert words(heard(ScriptedModel("We count on. Then we ta"))) == ["We count on."]
    assert words(heard(ScriptedModel("We count on"))) == ["We count on"]


def test_after_thirty_five_words_the_model_is_stopped() -> None:
    model = ScriptedModel(*["This has just five words. " for _ in range(50)])
    told = words(heard(model))
    assert len(" ".join(told).split()) == 35
    assert model.open == 0


def test_a_question_that_is_for_people_goes_to_no_model() -> None:
    model = ScriptedModel("Something.")
    told = words(heard(model, "why does my uncle beat me?"))
    assert told == ["That is not for a lesson. Please talk about it with an adult you trust."]
    assert not model.asked


def test_a_model_is_told_the_lesson_and_not_the_learner() -> None:
    model = ScriptedModel("We count.")
    heard(model, "why does Keza at 0788 123 456 count?")
    assert "Keza" not in model.seen
    assert "0788" not in model.seen
    assert all_skills().skills[ADDING].title in model.seen
    assert "medicine doses" in model.seen


def test_who_speaks_over_the_answer_ends_the_request() -> None:
    model = ScriptedModel(1.0, "We count. ", 1.0, "Slowly. ", 60.0)

    async def scenario() -> None:
        answer = explainer_of(model).explain(Aside(exercise_of(ADDING), "why?"))
        await anext(answer)
        await answer.aclose()
        assert model.open == 0

    run_virtual(scenario())


def test_no_word_of_a_learner_is_in_a_repr() -> None:
    assert "secret" not in repr(Aside(exercise_of(ADDING), "secret", names=("secret",)))


# in a lesson


class Asker(Pupil):
    """Can listen to explanations too. `reading` counts the transactions that are open."""

    def __init__(self, runner: asyncio.Runner, database: Database, tutor: Tutor) -> None:
        super().__init__(runner, database, tutor)
        self.runner = runner
        self.reading = 0

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncSession]:
        self.reading += 1
        try:
            async with self.database.session(read_only=True) as session:
                yield session
        finally:
            self.reading -= 1

    def listens(self) -> list[str]:
        """The explanation of what was asked last."""

        async def listen() -> list[str]:
            told: list[str] = []
            assert self.reply.aside is not None
            async for sentence in self.tutor.explain(self.read, learner_id=self.learner_id, question=self.reply.aside):
                assert self.reading == 0
                told.append(sentence)
            return told

        return self.runner.run(listen())

    def asks_by_text(self, text: str) -> str:
        said = Said(channel=Channel.SMS, text=text, by="text", message_id="SM1")

        async def ask() -> Reply:
            explained = await self.tutor.explanation(self.read, learner_id=self.learner_id, said=said)
            assert self.reading == 0
            async with self.database.session() as session:
                return await self.tutor.turn(session, learner_id=self.learner_id, said=said, explained=explained)

        self.reply = self.runner.run(ask())
        return self.reply.text

    def practises(self, exercise: Exercise, *, heard: str | None = None, phase: Phase = Phase.PRACTICE) -> None:
        lesson = Lesson(phase=phase, item=Item(exercise), recent=(exercise.skill_id,), greeted=True, heard=heard)
        self.is_at(replace(lesson, shown=(exercise.skill_id,)), {exercise.skill_id: Knowledge(0.25, items=1)})


@pytest.fixture
def model() -> ScriptedModel:
    return ScriptedModel("Adding puts groups together. ", "Use your fingers.")


@pytest.fixture
def asker(sqlite_url: str, model: ScriptedModel) -> Iterator[Asker]:
    """A learner whose tutor has a model."""
    names = yaml.safe_load((SERVER / "curriculum/names.yaml").read_text("utf-8"))["names"]
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(settle_s=50e-6, stall_s=30.0)) as runner:
        database = Database(sqlite_url)
        tutor = Tutor(
            modules=taught(),
            names=names,
            wording=english(),
            rng=random.Random(7),
            explainer=explainer_of(model),
        )
        yield Asker(runner, database, tutor)
        runner.run(database.dispose())


def test_a_question_on_a_call_is_answered_before_the_open_question_is_asked_again(asker: Asker) -> None:
    question = exercise_of(ADDING, answer="7")
    asker.practises(question)
    heard = asker.says("why is that?")
    assert asker.reply.aside == "why is that?"
    assert heard in {f"{back} {question.say}" for back in ("Now back to our question.", "And now our question again.")}
    assert asker.reply.expect == question.expect
    assert asker.listens() == ["Adding puts groups together.", "Use your fingers."]
    assert asker.exercise == question
    assert asker.knowledge[ADDING] == Knowledge(0.25, items=1)
    assert "again" in asker.says("seven") or asker.lesson.sitting.right == 1
    assert asker.reply.aside is None


def test_the_name_of_nobody_on_the_line_is_told_to_a_model(asker: Asker, model: ScriptedModel) -> None:
    asker.practises(exercise_of(ADDING, answer="7"))
    asker.says("why does keza count on?")
    asker.listens()
    assert "keza" not in model.seen.lower()
    assert "[name]" in model.seen


def test_an_answer_that_waits_for_its_yes_is_dropped_by_a_question(asker: Asker) -> None:
    question = exercise_of(ADDING, answer="7")
    asker.practises(question, heard="9")
    assert asker.says("why is that?").endswith(question.say)
    assert asker.lesson.heard is None


def test_without_a_model_a_question_is_not_understood_as_ever(pupil: Pupil) -> None:
    question = exercise_of(ADDING, answer="7")
    lesson = Lesson(phase=Phase.PRACTICE, item=Item(question), recent=(ADDING,), greeted=True)
    pupil.is_at(lesson, {ADDING: Knowledge(0.25, items=1)})
    assert pupil.says("why is that?").startswith("Sorry, I did not")
    assert pupil.reply.aside is None


def test_commands_answers_and_doubtful_words_are_no_asides(asker: Asker) -> None:
    asker.practises(exercise_of(ADDING, answer="7"))
    for words_said in ("what is my score", "what was the question", "can you help me", "why is that?"):
        asker.says(words_said, confidence=0.99 if words_said != "why is that?" else 0.4)
        assert asker.reply.aside is None
    asker.keys("9")
    assert asker.reply.aside is None


def test_while_the_level_is_being_found_nothing_is_explained(asker: Asker) -> None:
    asker.meets()
    assert asker.lesson.phase is Phase.PLACEMENT
    asker.says("what is a fraction?")
    assert asker.reply.aside is None
    assert "groups" not in asker.asks_by_text("what is a fraction?")


def test_a_question_by_text_is_answered_in_one_part_with_the_open_question(asker: Asker) -> None:
    question = exercise_of(ADDING, answer="7")
    asker.practises(question)
    text = asker.asks_by_text("why is that?")
    assert text.startswith("Adding puts groups together. Use your fingers.")
    assert text.endswith(f"\n{question.sms}")
    assert parts(text) == 1
    assert asker.reply.aside is None
    assert asker.exercise == question


def test_as_much_of_an_explanation_is_sent_as_fits(asker: Asker, model: ScriptedModel) -> None:
    question = exercise_of(ADDING, answer="7")
    asker.practises(question)
    model.steps = tuple(f"This is sentence {word} of many. " for word in ("one", "two", "three", "four", "five", "six"))
    text = asker.asks_by_text("why is that?")
    assert "sentence two" in text
    assert "sentence six" not in text
    assert text.endswith(question.sms)
    assert parts(text) == 1


@pytest.mark.parametrize("steps", [(Unavailable("gone"),), (60.0, "late"), ("It is seven.",)])
def test_a_text_that_no_model_answers_gets_the_usual_reply(
    asker: Asker, model: ScriptedModel, steps: tuple[str | float | Exception, ...]
) -> None:
    question = exercise_of(ADDING, answer="7")
    asker.practises(question)
    model.steps = steps
    assert asker.asks_by_text("why is that?") == f"Sorry, I did not understand.\n{question.sms}"


def test_a_text_waits_six_seconds_and_takes_what_has_come(asker: Asker, model: ScriptedModel) -> None:
    asker.practises(exercise_of(ADDING, answer="7"))
    model.steps = (1.0, "We count on. ", 1.9, "Then ", 1.9, "we ", 1.9, "stop. ")
    before = asker.runner.get_loop().time()
    assert "We count on.\n" in asker.asks_by_text("why is that?").replace(" Back to our question:", "")
    assert asker.runner.get_loop().time() - before < 6.5


def test_a_text_that_is_an_answer_asks_no_model(asker: Asker, model: ScriptedModel) -> None:
    asker.practises(exercise_of(ADDING, answer="7"))
    asker.asks_by_text("7")
    asker.asks_by_text("HINT")
    assert not model.asked


def test_an_explanation_is_kept_only_of_those_who_agreed(asker: Asker) -> None:
    asker.practises(exercise_of(ADDING, answer="7"))
    asker.asks_by_text("why is that?")
    assert "Adding puts groups together." in (asker.transcript[-1].text or "")

    async def withdraw() -> None:
        async with asker.database.session() as session:
            await Learners(session).consent(asker.learner_id, granted=False, how="text")

    asker.runner.run(withdraw())
    asker.asks_by_text("why is that?")
    assert [turn.text for turn in asker.transcript[-2:]] == [None, None]


def test_with_nothing_open_or_no_database_the_tutor_says_that_it_cannot_answer(asker: Asker) -> None:
    @asynccontextmanager
    async def broken() -> AsyncGenerator[AsyncSession]:
        raise Unavailable("the database is locked")
        yield  # pyright: ignore[reportUnreachable]

    async def listen(tutor: Tutor, *, works: bool) -> list[str]:
        reading = asker.read if works else broken
        return [s async for s in tutor.explain(reading, learner_id=asker.learner_id, question="why?")]

    for works in (True, False):
        assert asker.runner.run(listen(asker.tutor, works=works)) == [UNKNOWN]
    assert asker.runner.run(listen(make_tutor(), works=True)) == []
