"""Which of a few options was chosen: by key, letter, place, word, part of its words, or nearly its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bakame.text import choice_words as lexicon
from bakame.text.compare import likeness, normalise
from bakame.text.numbers import ReadNumber, is_number, read_number, unit_named
from bakame.text.polarity import read_polarity
from bakame.text.talk import is_aside, is_hedged


@dataclass(frozen=True, slots=True)
class Choices:
    """Options in the order in which they were offered.

    `offers`: what they stand for when they are only "first" and "second". `aliases`: other words for an option.
    """

    options: tuple[str, ...]
    offers: tuple[str, ...] = ()
    aliases: tuple[tuple[str, int], ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """What a learner reads: the offers where there are some."""
        return tuple(normalise(each) for each in self.offers or self.options)

    @property
    def values(self) -> tuple[Fraction | None, ...]:
        """The numbers that the options are, where all of them are numbers."""
        texts = self.offers or self.options
        read = [read_number(each) for each in texts] if all(map(is_number, texts)) else []
        return tuple(each.amount if each else None for each in read)

    @property
    def wrapping(self) -> frozenset[str]:
        """The words around an answer that are in none of the options, or in too little of one to be it."""
        words = {word for each in self.texts for word in each.split()}
        return lexicon.WRAPPING - (words - lexicon.ALWAYS_SMALL) - frozenset(self.texts)

    @property
    def are_variants(self) -> bool:
        """Whether two options begin alike: "go" and "goes"."""
        starts = [each[: lexicon.START] for each in self.texts]
        return len(set(starts)) < len(starts)


def read_choice(text: str, choices: Choices, *, language: str = "en") -> int | None:
    """The place of the one option that `text` chooses; None when it chooses none, or more than one.

    What an option says beats what its key is: of 2, 3 and 4 the answer "3" is the second. Corrections count ("odd, no,
    even"). Never raises; takes bounded time for any text.
    """
    if len(text) > lexicon.MAX_CHARS:
        return None
    if set(choices.texts) in lexicon.POLAR:
        return None if is_hedged(text) else _by_polarity(text, choices)
    plain = normalise(text)
    exact = _said_wholly(plain, choices)
    if exact is None:
        exact = _said_within(plain, choices)
    if exact is not None:
        return exact
    if is_hedged(text):
        return None
    return None if is_aside(text) else _corrected(text.casefold(), choices, language)


def _by_polarity(text: str, choices: Choices) -> int | None:
    answer = read_polarity(text)
    if answer is None:
        return read_key(text, choices)
    return next(place for place, each in enumerate(choices.texts) if (each in ("yes", "true")) is answer)


def read_key(text: str, choices: Choices) -> int | None:
    """The place of the option whose key, letter or place `text` is, and nothing more."""
    plain = normalise(text[: lexicon.MAX_CHARS])
    found = _by_key(plain, choices)
    return _by_place(plain, choices) if found is None else found


def _corrected(text: str, choices: Choices, language: str) -> int | None:
    """What stands after "no", "sorry" and "not this one"."""
    if any(lexicon.CORRECTED.search(each) for each in choices.texts):
        return _one(text, choices, language)
    if refused := lexicon.REFUSED.search(text):
        rest = f"{text[: refused.start()]} , {text[refused.end() :]}"
        away = _one(refused[1], choices, language)
        found = None if away is None or _is_filler(rest) else _corrected(rest, choices, language)
        return found if found != away else None
    pieces = lexicon.CORRECTED.split(text)
    if len(pieces) > 1 and not normalise(pieces[-1]):
        return None
    last = [piece for piece in pieces if not _is_filler(piece)]
    whole = _by_key(normalise(text), choices)  # "no 2" is number two
    return _one(last[-1] if last else text, choices, language) if whole is None else whole


def _is_filler(text: str) -> bool:
    return lexicon.FILLERS.issuperset(normalise(text).split())


def _one(text: str, choices: Choices, language: str) -> int | None:
    plain = normalise(text)
    for reader in (_said_wholly, _by_key, _by_place):
        found = reader(plain, choices)
        if found is not None:
            return found
    by_value = _by_value(text, choices, language)
    if by_value is not None and plain.isdigit() and not any(each.isdigit() for each in choices.texts):
        # A figure where words are offered: the key of one option and what another says, it is neither.
        return by_value if not 1 <= int(plain) <= len(choices.texts) else None
    if by_value is not None:
        return None if lexicon.OPEN.search(plain) else by_value
    labelled = lexicon.LABELLED.match(text.strip())
    if labelled and (labelled[1] != "a" or "a " not in f"{text.strip()} "[:2]):
        key = _by_key(labelled[1], choices)
        words = _by_words(text.strip()[labelled.end() :], choices, language)
        if key is not None and words is not None:
            return key if key == words else None
    return _by_words(text, choices, language)


def _said_within(plain: str, choices: Choices) -> int | None:
    """The one option of several words that stands in the text whole, when what is around it says nothing else."""
    found = {place for place, each in enumerate(choices.texts) if each.count(" ") > 1 and f" {each} " in f" {plain} "}
    if len(found) != 1:
        return None
    place = found.pop()
    around = f" {plain} ".replace(f" {choices.texts[place]} ", " ").strip()
    speaks = lexicon.OPEN.search(around) or lexicon.CORRECTED.search(around) or is_hedged(around) or is_aside(around)
    contradicts = _by_key(around, choices) not in (None, place)
    return None if speaks or contradicts or len(around.split()) > lexicon.MOST_AROUND else place


def _said_wholly(plain: str, choices: Choices) -> int | None:
    """The option that the whole text is: its words, its sign, its unit; with or without what wraps an answer."""
    rows = [*enumerate(choices.texts), *enumerate(map(normalise, choices.options))]
    rows += [(place, normalise(alias)) for alias, place in choices.aliases]
    if all(each in lexicon.SIGNS for each in choices.options):
        rows += [(place, word) for place, each in enumerate(choices.options) for word in lexicon.SIGNS[each]]
    units = [unit_named(each) for each in choices.options]
    opened = lexicon.OPENING.sub("", plain)
    polite = lexicon.COURTESY.sub("", plain)
    # "It is sleeping" gives the option "is sleeping", and not "sleeping".
    with_verb = (
        f"is {opened}" if plain.endswith(f"is {opened}") and not plain.endswith(f"answer is {opened}") else plain
    )
    bare_rows = [(place, _bare(each, choices)) for place, each in enumerate(choices.texts)]
    for wanted, known in (
        (plain, rows),
        (polite, rows),
        (with_verb, rows),
        (opened, rows),
        (_bare(plain, choices), [*rows, *bare_rows]),
    ):
        joined = wanted.replace(" ", "")
        places = {place for place, each in known if each and each.replace(" ", "") == joined}
        if len(places) == 1:
            return places.pop()
        if all(units) and (unit := unit_named(wanted)) and units.count(unit) == 1:
            return units.index(unit)
    return None


def _bare(plain: str, choices: Choices) -> str:
    """Without the words that only wrap an answer."""
    words = lexicon.OPENING.sub("", plain).split()
    wrapping = choices.wrapping
    while len(words) > 1 and words[0] in wrapping:
        words = words[1:]
    while len(words) > 1 and words[-1] in wrapping:
        words = words[:-1]
    return " ".join(words)


def _by_key(plain: str, choices: Choices) -> int | None:
    if all(len(each) == 1 and each.isalpha() for each in choices.texts) and not plain.isdigit():
        return _by_letter(_bare(plain, choices), choices)
    match = lexicon.KEY.fullmatch(_bare(plain, choices)) or lexicon.KEY.fullmatch(plain)
    if match is None:
        return None
    key = lexicon.LETTERS.get(match[1], match[1])
    if key.isdigit() and not _is_key(int(key), choices):
        return None
    index = int(key) - 1 if key.isdigit() else ord(key) - ord("a")
    return index if index < len(choices.options) else None


def _by_letter(said: str, choices: Choices) -> int | None:
    """Where the options are letters: the letter by its name."""
    said = said.removeprefix("letter ")
    letter = lexicon.LETTER_NAMES.get(said, said)
    return choices.texts.index(letter) if letter in choices.texts else None


def _is_key(number: int, choices: Choices) -> bool:
    """Whether a number is the key of an option and cannot be meant as what another one says."""
    values = choices.values
    if any(char.isdigit() for each in choices.texts for char in each) and values:
        return not any(value in range(len(values) + 1) for value in values)
    return all(place == number - 1 for place, value in enumerate(values) if value == number)


def _by_place(plain: str, choices: Choices) -> int | None:
    """ "The second one", "iya kabiri", "la deuxième", "the last"."""
    words = plain.split()
    is_marked = not lexicon.PLACE_MARKERS.isdisjoint(words)
    names = {**lexicon.PLACES, **lexicon.COUNTED_PLACES} if is_marked else lexicon.PLACES
    places = {names[word] for word in words if word in names}
    places |= {len(choices.options) - 1 for word in words if word in lexicon.LAST}
    rest = {word for word in words if word not in names and word not in lexicon.LAST}
    if len(places) != 1 or not rest <= lexicon.BESIDE_A_PLACE | lexicon.FILLERS:
        return None
    index = places.pop()
    return index if index < len(choices.options) else None


def _by_words(text: str, choices: Choices, language: str) -> int | None:
    plain = normalise(text)
    if not plain:
        return None
    is_open = lexicon.OPEN.search(plain) is not None
    phrases = _phrases(plain, choices)
    if len(phrases) == 1 and not is_open:
        return phrases.pop()
    number = read_number(plain, language=language)
    words = plain.split()
    if number is not None and (phrases or is_open or len(_bare(plain, choices).split()) <= lexicon.MOST_KEY_WORDS):
        return None if phrases or is_open else _by_number(choices, number)
    if len(phrases) > 1 or (is_open and (len(choices.texts) == 2 or len(words) <= 3 or not phrases)):
        return None
    joined = _by_joined(plain, choices)
    return _by_parts(words, choices) if joined is None else joined


def _by_number(choices: Choices, number: ReadNumber) -> int | None:
    is_key = number.form == "integer" and 1 <= number.value <= len(choices.options) and number.unit is None
    return int(number.value) - 1 if is_key and _is_key(int(number.value), choices) else None


def _by_value(text: str, choices: Choices, language: str) -> int | None:
    """The option of the value that was said."""
    values = choices.values
    number = read_number(text, language=language) if values else None
    if number is None:
        return None
    return values.index(number.amount) if values.count(number.amount) == 1 else None


def _phrases(plain: str, choices: Choices) -> set[int]:
    """The options whose words stand in the text; of one inside another's words, the longer."""
    rows = [*enumerate(choices.texts), *((place, normalise(alias)) for alias, place in choices.aliases)]
    rows += [(place, lexicon.ARTICLE.sub("", each)) for place, each in rows if lexicon.ARTICLE.match(each)]
    held = {(place, each) for place, each in rows if each and f" {each} " in f" {plain} "}
    held = {(place, each) for place, each in held if each not in lexicon.ALWAYS_SMALL or len(plain.split()) <= 2}
    return {
        place
        for place, each in held
        if not any(f" {each} " in f" {other} " and each != other for at, other in held if at != place)
    }


def _by_joined(plain: str, choices: Choices) -> int | None:
    """The option of one word that the text nearly is but for a gap: "foto synthesis"."""
    said = _bare(plain, choices).replace(" ", "")
    scores = [0.0 if " " in each else likeness(said, each) for each in choices.texts]
    best = max(range(len(scores)), key=scores.__getitem__)
    others = max((score for place, score in enumerate(scores) if place != best), default=0.0)
    is_long = len(said) > lexicon.MOST_SLIPPERY
    return best if is_long and scores[best] >= lexicon.LIKE and scores[best] - others >= lexicon.CLEARLY else None


def _by_parts(words: Sequence[str], choices: Choices) -> int | None:
    """The one option that words of the text belong to, exactly or nearly, when most of them do."""
    rows = [set(each.split()) for each in choices.texts]
    for alias, place in choices.aliases:
        rows[place] = rows[place] | set(normalise(alias).split())
    fillers = lexicon.FILLERS - (set[str]().union(*rows) - lexicon.ALWAYS_SMALL)
    common = set[str]().union(*(rows[n] & rows[m] for n in range(len(rows)) for m in range(n)))
    content = [word for word in words if word not in fillers and word not in common and word not in lexicon.SMALL]
    if not content and all(len(row - common) <= 1 for row in rows):
        content = [word for word in words if word in lexicon.SMALL and word not in common]
    worded = [len(row) > 1 for row in rows]
    may_be_stem = not choices.are_variants
    owners = [
        _owner(word, [row - common - fillers for row in rows], worded, may_be_stem=may_be_stem) for word in content
    ]
    chosen = {owner for owner in owners if owner is not None}
    strange = owners.count(None)
    return chosen.pop() if len(chosen) == 1 and strange < max(1, len(owners) - strange) else None


def _owner(word: str, rows: Sequence[set[str]], worded: Sequence[bool], *, may_be_stem: bool) -> int | None:
    """The row that a word belongs to: of the words in it, or like one and clearly less like any other.

    `worded`: whether a row is of an option of several words.
    """
    exact = [place for place, row in enumerate(rows) if word in row]
    if exact:
        return exact[0]
    if read_number(word) is not None:
        return None
    scores = [
        max((_alike(word, each, is_worded=is_worded, may_be_stem=may_be_stem) for each in row), default=0.0)
        for row, is_worded in zip(rows, worded, strict=True)
    ]
    best = max(range(len(rows)), key=scores.__getitem__)
    second = max((score for place, score in enumerate(scores) if place != best), default=0.0)
    return best if scores[best] >= lexicon.LIKE and scores[best] - second >= lexicon.CLEARLY else None


def _alike(word: str, other: str, *, is_worded: bool, may_be_stem: bool) -> float:
    """Likeness of two words; a plural is its singular. In an option of several words "rain" is "raining".

    `may_be_stem`: so it is in an option of one word, when none of the options begin alike.
    """
    if word.rstrip("s") == other.rstrip("s") and min(len(word), len(other)) > 2:
        return 0.95
    shorter, longer = sorted((word, other), key=len)
    is_stem = (
        len(shorter) >= lexicon.STEM and longer.startswith(shorter) and len(longer) - len(shorter) <= lexicon.ENDING
    )
    if is_stem and (is_worded or (word == shorter and may_be_stem)):
        return 0.9
    return likeness(word, other) if abs(len(word) - len(other)) <= 3 else 0.0
