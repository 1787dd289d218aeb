"""What a typed line may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.text import (
    is_clia,
    is_zip,
    normalise_clia,
    order_key,
    plain,
    plain_lines,
    slugify,
    unwelcome_character,
)


@pytest.mark.parametrize("text", ["00D0000001", "12D4567890"])
def test_clia_shape_is_recognised(text: str) -> None:
    assert is_clia(text)


@pytest.mark.parametrize("text", ["00D000001", "00D00000011", "00E0000001", "00D0000001\n", "٠٠D0000001", ""])
def test_what_only_looks_like_a_clia_number_is_not_one(text: str) -> None:
    assert not is_clia(text)


@pytest.mark.parametrize("typed", ["00d0000001", " 00D-0000001 ", "00 D 000 0001", "00D–0000001"])
def test_a_clia_number_is_read_however_it_is_typed(typed: str) -> None:
    assert normalise_clia(typed) == "00D0000001"


@pytest.mark.parametrize(("text", "good"), [("02134", True), ("02134-1001", True), ("2134", False), ("02134\n", False)])
def test_zip_shape(text: str, good: bool) -> None:
    assert is_zip(text) is good


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\rb", "a\nb", "a\u202eb", "a\u200bb", "a\u2066b", "\ufeffa", "a\ud800", "a\u2028b", "\u00ada"]
)
def test_characters_that_steer_or_hide_are_unwelcome(text: str) -> None:
    assert unwelcome_character(text) is not None


@pytest.mark.parametrize("text", ["مختبر الأنسجة", "Laboratório São João", "東京 検査", "O’Neill & Co.", "a\tb"])
def test_words_of_all_scripts_are_welcome(text: str) -> None:
    assert unwelcome_character(text) is None


def test_line_ends_are_welcome_only_where_lines_are() -> None:
    assert unwelcome_character("one\r\ntwo", lines=True) is None
    assert unwelcome_character("one\r\ntwo") == "\r"


def test_composed_and_decomposed_letters_become_the_same() -> None:
    assert plain("  Jose\u0301   Lab ") == "José Lab"


def test_lines_keep_their_breaks_but_not_their_gaps() -> None:
    assert plain_lines("one \r\n\r\n\r\n\r\n two\r") == "one\n\ntwo"


@given(st.text(max_size=300))
def test_a_slug_is_always_a_word_of_an_address(text: str) -> None:
    slug = slugify(text, length=40)
    assert 0 < len(slug) <= 40
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-")
    assert not slug.endswith("-")


def test_names_order_without_case_and_accents() -> None:
    assert sorted(["zeta", "Éclair", "echo", "Alpha"], key=order_key) == ["Alpha", "echo", "Éclair", "zeta"]
