"""The cards read of late, in memory: for most registries all of them."""

import threading
from collections.abc import Callable, Iterable, Sequence

CAPACITY = 50_000
"""Cards; at about 1.7 kB each some 85 MB a process, if there are so many laboratories."""

Read = Callable[[Sequence[int]], dict[int, bytes]]


class CardShelf:
    """Cards by laboratory id. A card is dropped when its laboratory changes; those not asked for lately make room."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._half = capacity // 2
        # Two generations: when the young one is full it becomes the old one, and the old one goes.
        self._young: dict[int, bytes] = {}
        self._old: dict[int, bytes] = {}
        self._changes = 0
        self._lock = threading.Lock()

    def take(self, lab_ids: Sequence[int], read: Read) -> dict[int, bytes]:
        """The cards of *lab_ids*; *read* fetches those that are not here. One that is not published is left out."""
        young, old = self._young, self._old
        found = {}
        fresh = {}
        for lab_id in lab_ids:
            card = young.get(lab_id)
            if card is None and (card := old.get(lab_id)) is not None:
                fresh[lab_id] = card
            if card is not None:
                found[lab_id] = card
        changes = self._changes
        if len(found) < len(lab_ids):
            fresh |= read([lab_id for lab_id in lab_ids if lab_id not in found])
        if fresh:
            with self._lock:
                # What was read before a change may be older than it.
                if changes == self._changes:
                    self._put(fresh)
        return found | fresh

    def drop(self, lab_ids: Iterable[int]) -> None:
        """Forget the cards of laboratories that changed."""
        with self._lock:
            self._changes += 1
            for lab_id in lab_ids:
                self._young.pop(lab_id, None)
                self._old.pop(lab_id, None)

    def _put(self, fresh: dict[int, bytes]) -> None:
        if len(self._young) + len(fresh) > self._half:
            self._old, self._young = self._young, {}
        self._young.update(fresh)
