"""What is counted of texts, for Prometheus."""

from prometheus_client import Counter

texts = Counter("bakame_texts", "Texts that came in, by what became of them.", ["outcome"])


def count(name: str) -> None:
    """Counts one text under a dotted name such as `text.answered`."""
    texts.labels(name.removeprefix("text.")).inc()
