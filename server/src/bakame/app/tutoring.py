"""The tutor as it is put together: its modules, its models if there are any, and who watches over it."""

import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from bakame.app.content import Content
from bakame.app.parts import models, moderator
from bakame.app.settings import Settings
from bakame.app.spending import Spending
from bakame.errors import Invalid
from bakame.learning.difficulty import Rating
from bakame.learning.exercises import Exercise
from bakame.ports.chat import ChatTool
from bakame.ports.clock import Clock
from bakame.tutor.asides import Explainer
from bakame.tutor.chain import ModelChain
from bakame.tutor.engine import Tutor
from bakame.tutor.judging import Judge
from bakame.tutor.library import ContentLibrary
from bakame.tutor.registry import library, modules
from bakame.tutor.safeguarding import Safeguarding, packaged_likeness
from bakame.tutor.wording import Written


def watch_of(settings: Settings, content: Content) -> Safeguarding:
    """Who sees when a learner may be in danger, and which numbers it tells."""
    return Safeguarding(
        content.care,
        child_helpline=settings.child_helpline,
        gbv_hotline=settings.gbv_hotline,
        likeness=packaged_likeness(),
    )


def looking_up(answers: ContentLibrary, exercise: Exercise | None) -> ChatTool:
    """Lets a model look into what authors wrote, without the open exercise's answer."""

    def look_up(given: Mapping[str, Any]) -> str:
        question = given.get("question")
        if not isinstance(question, str) or not question.strip():
            raise Invalid("a question is needed")
        found = answers.answer(question, exercise)
        return found.say if isinstance(found, Written) else "Nothing was written on this."

    properties = {"question": {"type": "string", "description": "A short question in English."}}
    return ChatTool(
        "look_up",
        "Looks up what our teachers wrote on a question of general knowledge.",
        {"type": "object", "properties": properties, "required": ["question"], "additionalProperties": False},
        look_up,
    )


@asynccontextmanager
async def tutoring(
    settings: Settings,
    content: Content,
    *,
    clock: Clock,
    rng: random.Random,
    spending: Spending,
    ratings: Callable[[], Mapping[str, Rating]],
) -> AsyncGenerator[Tutor]:
    """The tutor; its models' connections are closed at exit. Raises `Invalid` for models that cannot be used."""
    async with AsyncExitStack() as stack:
        chat_models = models(settings, spending)
        for model in chat_models:
            stack.push_async_callback(model.aclose)
        chain = ModelChain(chat_models, clock=clock) if chat_models else None
        watchful = moderator(settings) if chain else None
        if watchful is not None:
            stack.push_async_callback(watchful.aclose)
        answers = library(content.materials)
        yield Tutor(
            modules=modules(content.materials, answers=answers, asides=chain is not None),
            library=answers,
            watch=watch_of(settings, content),
            names=content.names,
            wording=content.wording,
            languages=content.wording.offered(allow_drafts=settings.allow_draft_languages),
            rng=rng,
            ratings=ratings,
            explainer=Explainer(
                chain,
                curriculum=content.curriculum,
                banned=content.banned,
                wording=content.wording,
                rng=rng,
                moderator=watchful,
                tools=lambda exercise: (looking_up(answers, exercise),),
            )
            if chain
            else None,
            judge=Judge(chain) if chain else None,
        )
