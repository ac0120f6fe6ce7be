"""How words are said: the CMU pronouncing dictionary that PocketSphinx brings, else rules from the spelling."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pocketsphinx

from bakame.providers.local.pronunciation import pronunciations


@cache
def _entries() -> bytes:
    # Searched as bytes: 3 MB, where a mapping of 135,000 words would be 30.
    binding: Any = pocketsphinx  # it has no types
    return b"\n" + Path(binding.get_model_path("en-us/cmudict-en-us.dict")).read_bytes()


@lru_cache(maxsize=4_096)
def ways_to_say(word: str) -> tuple[str, ...]:
    """Phones of `word` (lower case), spaces between them; every way the dictionary knows. Never empty."""
    found = _listed(word)
    if not found and word.endswith("s"):
        found = tuple(f"{way} {ending}" for way in _listed(word[:-1]) for ending in ("S", "Z"))
    return found or tuple(pronunciations(word))


def _listed(word: str) -> tuple[str, ...]:
    """The lines of a word stand together: `word`, `word(2)` and so on."""
    entries, found = _entries(), list[str]()
    start = entries.find(f"\n{word} ".encode())
    while start >= 0:
        end = entries.find(b"\n", start + 1)
        name, _, phones = entries[start + 1 : end].decode().partition(" ")
        if name.partition("(")[0] != word:
            break
        found.append(phones.strip())
        start = end
    return tuple(found)
