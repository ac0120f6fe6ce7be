"""Numbers as people say and type them, read and said exactly."""

from bakame.text.numbers.clock import read_clock
from bakame.text.numbers.magnitude import Form
from bakame.text.numbers.measures import converted, unit_named
from bakame.text.numbers.numerals import ReadNumber
from bakame.text.numbers.reading import as_unit_fraction, is_number, plain_number, read_number, read_quantity
from bakame.text.numbers.saying import ordinal_part, say_number, say_value

__all__ = [
    "Form",
    "ReadNumber",
    "as_unit_fraction",
    "converted",
    "is_number",
    "ordinal_part",
    "plain_number",
    "read_clock",
    "read_number",
    "read_quantity",
    "say_number",
    "say_value",
    "unit_named",
]
