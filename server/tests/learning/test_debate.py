"""Debates: moves are marked as a teacher marks them, banned topics are refused, the tutor has something to answer."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.errors import Missing
from bakame.learning.debate import (
    MOVES,
    REASONS,
    SIDES,
    DebateContent,
    MoveScore,
    Side,
    banned_topic,
    next_argument,
    parse_debate,
    rebuttal,
    score_move,
)
from bakame.learning.fields import CurriculumError
from bakame.learning.skills import Curriculum
from bakame.text.gsm import is_gsm, parts
from learning_files import FOLDER
from debate_sentences import FRESH, MOVES_BY_HAND, UNSEEN
from debate_topics import BANNED_SENTENCES, HARMLESS_SENTENCES
