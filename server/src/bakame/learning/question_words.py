"""Words of questions: which of them tell something, their stems, words for the same, and what a question asks for."""

import re
from collections.abc import Iterable
from typing import Final

from bakame.text.compare import normalise

_SMALL: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "am",
        "do",
        "does",
        "did",
        "done",
        "can",
        "could",
        "should",
        "would",
        "will",
        "shall",
        "must",
        "may",
        "might",
        "i",
        "im",
        "you",
        "we",
        "they",
        "he",
        "she",
        "it",
        "its",
        "my",
        "your",
        "our",
        "their",
        "his",
        "her",
        "me",
        "us",
        "them",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "with",
        "from",
        "by",
        "and",
        "or",
        "but",
        "that",
        "this",
        "these",
        "those",
        "there",
        "here",
        "have",
        "has",
        "had",
        "please",
        "teacher",
        "tell",
        "say",
        "give",
        "show",
        "explain",
        "want",
        "wants",
        "know",
        "so",
        "if",
        "than",
        "then",
        "as",
        "about",
        "also",
        "just",
        "really",
        "very",
        "ok",
        "okay",
        "hello",
        "hi",
        "sir",
        "madam",
        "too",
        "u",
        "ur",
        "y",
        "r",
        "d",
        "pls",
        "plz",
        "wat",
        "what",
        "why",
        "how",
        "who",
        "whom",
        "whose",
        "where",
        "when",
        "which",
        "whats",
        "hows",
        "whos",
        "some",
        "any",
        "one",
        "ones",
        "thing",
        "things",
        "kind",
        "let",
        "lets",
        "into",
        "out",
        "up",
        "think",
        "thinks",
        "nothing",
        "name",
        "names",
        "list",
        "mean",
        "means",
        "meaning",
        "simple",
        "word",
        "words",
    ]
)
"""Words that do not tell one question from another. Those that ask are looked at on their own."""
_NOT: Final = frozenset(("not", "no", "never", "dont", "doesnt", "didnt", "cant", "cannot", "isnt", "arent", "wont"))
_SHORT_FORMS: Final = {"y": "why", "wat": "what", "wen": "when", "hw": "how", "abt": "about", "ppl": "people"}
_KINDS: Final = (
    ("many", re.compile(r"\b(?:how (?:many|much)|number of)\b")),
    ("long", re.compile(r"\bhow (?:long|often|early|far|big|deep|high|tall|small|hot|old|heavy|fast)\b")),
    ("who", re.compile(r"\b(?:who|whom|whose)\b")),
    ("when", re.compile(r"\b(?:when|what time|which day)\b")),
    ("where", re.compile(r"\bwhere\b")),
    ("cause", re.compile(r"\bwhat (?:causes?|makes?|gives?)\b")),
    ("why", re.compile(r"\bwhy\b")),
    ("how", re.compile(r"\bhow\b")),
    ("what", re.compile(r"\b(?:what|which|meaning)\b")),
)
_EQUAL_KINDS: Final = (
    frozenset(("how", "what")),
    frozenset(("why", "how")),
    frozenset(("cause", "why")),
    frozenset(("cause", "how")),
    frozenset(("cause", "what")),
    frozenset(("when", "long")),
    frozenset(("many", "long")),
    frozenset(("where", "what")),
    frozenset(("many", "what")),
    frozenset(("when", "what")),
)
"""Kinds that are often worded for one another."""
_ENDINGS: Final = (
    ("ational", "ate"),
    ("ations", ""),
    ("ation", ""),
    ("iness", "y"),
    ("fully", ""),
    ("ings", ""),
    ("ing", ""),
    ("ied", "y"),
    ("ies", "y"),
    ("ier", "y"),
    ("ness", ""),
    ("ment", ""),
    ("sses", "ss"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("oes", "o"),
    ("ed", ""),
    ("er", ""),
    ("ly", ""),
    ("s", ""),
    ("e", ""),
)
_SAME: Final = {
    **dict.fromkeys(("big", "bigger", "biggest", "large", "larger", "largest", "huge"), "big"),
    **dict.fromkeys(("small", "smaller", "smallest", "little", "tiny"), "small"),
    **dict.fromkeys(("kid", "kids", "child", "children", "childs"), "child"),
    **dict.fromkeys(("hen", "hens", "chicken", "chickens", "poultry"), "hen"),
    **dict.fromkeys(("bike", "bikes", "bicycle", "bicycles"), "bicycle"),
    **dict.fromkeys(("plane", "planes", "airplane", "aeroplane", "aeroplanes"), "aeroplane"),
    **dict.fromkeys(("vaccine", "vaccines", "vaccinate", "vaccinated", "vaccination"), "vaccine"),
    **dict.fromkeys(("man", "men", "human", "humans", "person", "persons", "people"), "people"),
    **dict.fromkeys(("tooth", "teeth"), "tooth"),
    **dict.fromkeys(("foot", "feet"), "foot"),
    **dict.fromkeys(("make", "makes", "making", "made"), "make"),
    **dict.fromkeys(("grow", "grows", "growing", "grew", "grown"), "grow"),
    **dict.fromkeys(("fly", "flies", "flying", "flew"), "fly"),
    **dict.fromkeys(("find", "finds", "found"), "find"),
    **dict.fromkeys(("begin", "begins", "beginning", "start", "starts", "starting"), "start"),
    **dict.fromkeys(("job", "jobs", "employment"), "job"),
    **dict.fromkeys(("sms", "text", "texts"), "sms"),
    **dict.fromkeys(("disability", "disabled"), "disability"),
    **dict.fromkeys(("forget", "forgets", "forgot", "forgetting"), "forget"),
    **dict.fromkeys(("revise", "revision", "revising"), "revise"),
    **dict.fromkeys(("kivu", "kivus"), "kivu"),
    **dict.fromkeys(("evening", "evenings", "sunset"), "evening"),
    **dict.fromkeys(("near", "nearest", "close", "closest"), "near"),
    **dict.fromkeys(("use", "uses", "used", "using"), "use"),
    **dict.fromkeys(("speak", "speaks", "speaking", "talk", "talks", "talking", "spoken"), "speak"),
    **dict.fromkeys(("hurt", "hurts", "hurting", "pain", "pains", "paining", "painful", "ache", "aches"), "hurt"),
    **dict.fromkeys(("spoil", "spoils", "spoiling", "bad", "rotten"), "bad"),
    **dict.fromkeys(("remain", "remains", "remaining", "left"), "left"),
    **dict.fromkeys(("reach", "reaches", "arrive", "arrives", "get", "gets", "getting", "got"), "get"),
    **dict.fromkeys(("stop", "stops", "stopping", "prevent", "prevents", "avoid"), "stop"),
    **dict.fromkeys(("money", "cash"), "money"),
    "goods": "goods",
    **dict.fromkeys(("need", "needs", "require", "requires"), "need"),
    **dict.fromkeys(("train", "trains"), "train"),
    **dict.fromkeys(("training", "trainings", "trained"), "training"),
    **dict.fromkeys(("somebody", "someone"), "somebody"),
    **dict.fromkeys(("flu", "influenza"), "flu"),
}
"""Words for the same, as far as questions go, and forms that no rule makes."""
_KEPT_ENDINGS: Final = ("ss", "us", "is")
_LEAST_STEM: Final = 3


def plain(text: str) -> str:
    """`normalise`, with the short forms of texting written out."""
    words = normalise(text).replace("/", " ").split()
    return " ".join(_SHORT_FORMS.get(word, word) for word in words)


def stem(word: str) -> str:
    """A word without the endings of grammar, so that "erupts", "erupted" and "eruption" meet. English, and light."""
    if word in _SAME:
        return _SAME[word]
    if word.endswith("ption"):
        return word.removesuffix("ion")
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            if ending == "s" and word.endswith(_KEPT_ENDINGS):
                return word
            root = word.removesuffix(ending) + instead
            if len(root) > _LEAST_STEM and root[-1] == root[-2] and root[-1] not in "aeiouls" and ending != "s":
                root = root[:-1]
            return root.removesuffix("e") if len(root) > _LEAST_STEM + 1 and ending == "s" else root
    return word


def terms_in(text: str) -> dict[str, str]:
    """The words of a normalised text that tell something, by their stems."""
    found: dict[str, str] = {}
    for word in text.split():
        if word in _NOT:
            found.setdefault("not", word)
        elif word not in _SMALL:
            found.setdefault(stem(word), word)
    return found


def terms_of(texts: Iterable[str]) -> list[str]:
    """The stems of several texts, one after the other."""
    return [term for text in texts for term in terms_in(plain(text))]


def kind_of(text: str) -> str | None:
    """What a normalised question asks for: who, when, why and so on; None when it does not say."""
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), None)


def near_kinds(one: str, other: str) -> bool:
    """Whether two kinds of question are often worded for one another."""
    return frozenset((one, other)) in _EQUAL_KINDS


def tells(word: str) -> bool:
    """Whether a word tells one question from another."""
    return word not in _SMALL and word not in _NOT
