"""NPI and CAP numbers: whether they can be right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.identifiers import cap_number_looks_right, npi_is_valid


@pytest.mark.parametrize("number", ["1144221847", "1234567893"])
def test_an_npi_with_its_check_digit_is_valid(number: str) -> None:
    assert npi_is_valid(number)


@pytest.mark.parametrize(
    "number",
    [
        "1234567890",
        "1144221848",
        "",
        "123456789",
        "12345678930",
        "1234567893\n",
        " 1234567893",
        "１２３４５６７８９３",
        "12345X7893",
    ],
)
def test_anything_else_is_not(number: str) -> None:
    assert not npi_is_valid(number)


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_of_ten_last_digits_one_is_right_by_luhn_over_the_prefixed_number(start: str) -> None:
    def luhn(number: str) -> bool:
        values = [int(digit) for digit in reversed(number)]
        return (sum(values[::2]) + sum(sum(divmod(2 * value, 10)) for value in values[1::2])) % 10 == 0

    valid = [f"{start}{last}" for last in range(10) if npi_is_valid(f"{start}{last}")]

    assert len(valid) == 1
    assert luhn(f"80840{valid[0]}")


@pytest.mark.parametrize("number", ["1234567", "1234567-01", "0000001"])
def test_a_cap_number_has_seven_digits_and_perhaps_a_suffix(number: str) -> None:
    assert cap_number_looks_right(number)


@pytest.mark.parametrize("number", ["", "123456", "12345678", "1234567-1", "1234567\n", "1234567-012", "١٢٣٤٥٦٧"])
def test_other_shapes_do_not_look_right(number: str) -> None:
    assert not cap_number_looks_right(number)
