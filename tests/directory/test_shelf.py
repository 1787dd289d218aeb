"""Cards in memory are never older than the database."""

from registry.directory.shelf import CardShelf


def test_a_card_is_read_once() -> None:
    asked: list[list[int]] = []

    def read(lab_ids: object) -> dict[int, bytes]:
        wanted = list(lab_ids)  # type: ignore[call-overload]
        asked.append(wanted)
        return {lab_id: f"card {lab_id}" for lab_id in wanted}

    shelf = CardShelf()
    assert shelf.take([1, 2], read) == {1: "card 1", 2: "card 2"}
    assert shelf.take([2, 3], read) == {2: "card 2", 3: "card 3"}
    assert asked == [[1, 2], [3]]


def test_a_dropped_card_is_read_again() -> None:
    shelf = CardShelf()
    shelf.take([1], lambda ids: {1: "old"})
    shelf.drop([1])
    assert shelf.take([1], lambda ids: {1: "new"}) == {1: "new"}


def test_a_card_read_before_a_change_is_not_kept() -> None:
    shelf = CardShelf()

    def read_while_it_changes(lab_ids: object) -> dict[int, bytes]:
        shelf.drop([1])
        return {1: "old"}

    shelf.take([1], read_while_it_changes)
    assert shelf.take([1], lambda ids: {1: "new"}) == {1: "new"}


def test_what_is_not_published_has_no_card() -> None:
    shelf = CardShelf()
    assert shelf.take([1, 2], lambda ids: {1: "one"}) == {1: "one"}


def test_old_cards_make_room_and_used_ones_stay() -> None:
    shelf = CardShelf(capacity=8)
    for lab_id in range(40):
        shelf.take([1000, lab_id], lambda ids: dict.fromkeys(ids, "card"))
    read_again: list[int] = []
    shelf.take([1000, 0], lambda ids: read_again.extend(ids) or dict.fromkeys(ids, "card"))
    assert read_again == [0]
