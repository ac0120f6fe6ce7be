"""Lists of words, written as a sentence is."""


def word_set(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())
