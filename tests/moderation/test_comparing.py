"""What changed inside a text or a list: the pieces are the texts, and only what differs is marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.moderation.comparing import MOST, Kind, Pieces, items, words


def shown(pieces: Pieces) -> str:
    """*pieces* with what went in [-…-] and what came in {+…+}."""
    marks = {Kind.SAME: "{}", Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces)


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ("One block or five slides", "One block or ten slides", "One block or [-five-] slides",
         "One block or {+ten+} slides"),
        ("One block", "One block, fixed", "One block", "One block{+, fixed+}"),
        ("(404) 555-0123", "(404) 555-0102", "(404) 555-[-0123-]", "(404) 555-{+0102+}"),
        ("https://a.example/her2?x=1", "https://a.example/her2?x=2", "https://a.example/her2?x=[-1-]",
         "https://a.example/her2?x={+2+}"),
        ("send it cold by noon please", "send it warm at noon please", "send it [-cold by-] noon please",
         "send it {+warm at+} noon please"),
        ("Fixation in formalin", "Nothing of the kind", "[-Fixation in formalin-]", "{+Nothing of the kind+}"),
        ("", "now stated", "", "{+now stated+}"),
        ("was stated", "", "[-was stated-]", ""),
        ("السلام عليكم جميعا", "السلام عليكم كلكم", "السلام عليكم [-جميعا-]", "السلام عليكم {+كلكم+}"),
        ("same words", "same words", "same words", "same words"),
    ],
)  # fmt: skip
def test_only_the_words_that_differ_are_marked(before: str, after: str, old: str, new: str) -> None:
    removed, added = words(before, after)

    assert (shown(removed), shown(added)) == (old, new)


def test_of_texts_beyond_all_bounds_the_common_beginning_and_end_are_left_unmarked() -> None:
    side = round(MOST**0.5) + 10
    common, middle = ("same " * side, " ".join(f"w{number}" for number in range(side)))
    removed, added = words(f"{common}{middle} end", f"{common}{middle.swapcase()} W1 end")

    assert [piece.kind for piece in removed] == [Kind.SAME, Kind.REMOVED, Kind.SAME]
    assert [piece.text for piece in added] == [common, middle.swapcase() + " W1", " end"]


@given(st.text("ab \n,.é\u202e", max_size=40), st.text("ab \n,.é\u202e", max_size=40))
def test_the_pieces_are_the_texts_letter_by_letter(before: str, after: str) -> None:
    removed, added = words(before, after)

    assert "".join(piece.text for piece in removed) == before
    assert "".join(piece.text for piece in added) == after
    assert Kind.ADDED not in {piece.kind for piece in removed}
    assert Kind.REMOVED not in {piece.kind for piece in added}


def test_of_a_list_what_came_and_what_went_is_marked() -> None:
    removed, added = items(("Block", "Slides", "Cytology"), ("Slides", "Resection", "Block"))

    assert [shown((piece,)) for piece in removed] == ["Block", "Slides", "[-Cytology-]"]
    assert [shown((piece,)) for piece in added] == ["Slides", "{+Resection+}", "Block"]
