"""Telephone numbers are one line whatever way they are written, and never shown in logs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bakame.text.phone import mask, to_e164


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("+250788123456", "+250788123456"),
        ("0788123456", "+250788123456"),
        ("0788 123 456", "+250788123456"),
        ("078-812-3456", "+250788123456"),
        ("(078) 812.3456", "+250788123456"),
        ("788123456", "+250788123456"),
        ("250788123456", "+250788123456"),
        ("+250 (0) 788 123 456", "+250788123456"),
        ("00250788123456", "+250788123456"),
        (" +250 728 123 456 ", "+250728123456"),
        ("whatsapp:+250788123456", "+250788123456"),
        ("WhatsApp:+250788123456", "+250788123456"),
        ("tel:+250788123456", "+250788123456"),
        ("+15005550006", "+15005550006"),
        ("+14158675310", "+14158675310"),
        ("+256 772 123456", "+256772123456"),
        ("0014158675310", "+14158675310"),
    ],
)
def test_usual_forms(raw: str, number: str) -> None:
    assert to_e164(raw) == number


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "",
            " ",
            "+",
            "2345",
            "11",
            "912",
            "12345",
            "BAKAME",
            "anonymous",
            "Restricted",
            "+266696687",
            "+999123456",
            "client:bob",
        ),
        *(
            "sip:a@example.org",
            "0788 123 45",
            "07881234567",
            "+2507881234",
            "+250000000000",
            "0788123456 ext 5",
            "9" * 41,
        ),
        *("0788123456; 0788123457", "07🙂88123456"),
    ],
)
def test_what_is_no_line(raw: str) -> None:
    assert to_e164(raw) is None


def test_national_forms_follow_the_region() -> None:
    assert to_e164("0772 123456", region="UG") == "+256772123456"


@given(st.text(max_size=60))
def test_no_text_breaks_it_and_e164_stays_e164(raw: str) -> None:
    number = to_e164(raw)
    assert number is None or to_e164(number) == number


@given(st.sampled_from("238 9".replace(" ", "")), st.integers(0, 9_999_999))
def test_every_rwandan_mobile_number(prefix: str, rest: int) -> None:
    national = f"7{prefix}{rest:07}"
    assert to_e164(f"0{national}") == to_e164(f"250{national}") == f"+250{national}"


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+250788123456", "+250*****3456"),
        ("+14158675310", "+1******5310"),
        ("+2501234", "+250****"),
        ("client:bob", "***"),
        ("0788123456", "***"),
        ("", "***"),
    ],
)
def test_masked_numbers(number: str, masked: str) -> None:
    assert mask(number) == masked
