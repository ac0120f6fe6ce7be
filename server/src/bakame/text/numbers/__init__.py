"""Numbers as people say and type them, read and said exactly."""

from bakame.text.numbers.clock import read_clock
from bakame.text.numbers.magnitude import Form
from bakame.text.numbers.reading import ReadNumber, read_number
from bakame.text.numbers.saying import ordinal_part, say_number, say_value

__all__ = ["Form", "ReadNumber", "ordinal_part", "read_clock", "read_number", "say_number", "say_value"]
