"""What changes the list of a draft's tests: copy, move, remove, restore. The caller commits.

Places count from 0. What was typed for a test and is not in order moves with it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from registry.domain.profile import MAX_OFFERINGS, Offering
from registry.models import Submission
from registry.registration.services import NOBODY, Editor, written

REMOVED = "removed"
"""Where a draft keeps the test that was removed last, beside what was typed of its steps."""

EMPTY = "empty"
"""The mark of a place where no test is."""

Typed = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A test in the list: what is in order, and what was typed where that is not."""

    offering: Offering
    typed: Typed | None = None

    @property
    def name(self) -> str:
        """What the test is called so far; may be empty."""
        return (((self.typed or {}).get("name") or [""])[0])[:200] or self.offering.name


def mark_of(draft: Submission, position: int) -> str:
    """What tells the test at *position*, as it is now, from the others, wherever it moves; ``EMPTY`` for no test."""
    entries = _entries(draft)
    return _mark(entries[position]) if position < len(entries) else EMPTY


def place_of(draft: Submission, mark: str) -> int | None:
    """Where the test of *mark* stands; None when it is not in the list, or not as it was."""
    marks = [_mark(entry) for entry in _entries(draft)]
    return marks.index(mark) if mark in marks else None


def removed_mark(draft: Submission) -> str | None:
    """The mark of the test that :func:`restore_test` would bring back; None when there is none."""
    return None if removed_name(draft) is None else _mark(_kept(draft.unfinished[REMOVED]))


def removed_name(draft: Submission) -> str | None:
    """What the test is called that :func:`restore_test` would bring back, maybe nothing; None when there is none."""
    kept = draft.unfinished.get(REMOVED)
    return None if kept is None or len(draft.profile.offerings) >= MAX_OFFERINGS else _kept(kept).name


def copy_test(
    *, draft: Submission, position: int, typed: Mapping[str, list[str]], now: datetime, by: Editor = NOBODY
) -> int | None:
    """Put a test with *typed* in it, not in order yet, behind the one at *position*; returns its place.

    None, and nothing happens, when there are as many tests as there may be.
    """
    entries = _entries(draft)
    if len(entries) >= MAX_OFFERINGS:
        return None
    entries.insert(position + 1, _Entry(Offering(), dict(typed)))
    _arrange(draft, entries, now, by)
    return position + 1


def move_test(*, draft: Submission, position: int, places: int, now: datetime, by: Editor = NOBODY) -> int:
    """Move the test at *position* by so many *places*, down where they are more than 0; returns its new place.

    It stops at an end of the list.
    """
    entries = _entries(draft)
    target = min(max(position + places, 0), len(entries) - 1)
    entries.insert(target, entries.pop(position))
    _arrange(draft, entries, now, by)
    return target


def remove_test(*, draft: Submission, position: int, now: datetime, by: Editor = NOBODY) -> None:
    """Take the test at *position* out and keep it, in the place of one removed before, for :func:`restore_test`."""
    entries = _entries(draft)
    gone = entries.pop(position)
    kept = {"position": position, "offering": asdict(gone.offering), "typed": gone.typed}
    draft.unfinished = {**draft.unfinished, REMOVED: kept}
    _arrange(draft, entries, now, by)


def restore_test(*, draft: Submission, now: datetime, by: Editor = NOBODY) -> int | None:
    """Put the test that was removed last where it was, or at the end of a shorter list; returns its place.

    None, and nothing happens, when nothing was removed or there is no room for it.
    """
    if removed_name(draft) is None:
        return None
    entries = _entries(draft)
    kept = draft.unfinished[REMOVED]
    position = min(int(kept["position"]), len(entries))
    entries.insert(position, _kept(kept))
    draft.unfinished = {step: typed for step, typed in draft.unfinished.items() if step != REMOVED}
    _arrange(draft, entries, now, by)
    return position


def _mark(entry: _Entry) -> str:
    content = json.dumps([asdict(entry.offering), entry.typed], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _kept(kept: Mapping[str, Any]) -> _Entry:
    return _Entry(Offering.from_dict(kept["offering"]), kept["typed"])


def _entries(draft: Submission) -> list[_Entry]:
    return [
        _Entry(offering, draft.unfinished.get(f"test-{number}"))
        for number, offering in enumerate(draft.profile.offerings, start=1)
    ]


def _arrange(draft: Submission, entries: Sequence[_Entry], now: datetime, by: Editor) -> None:
    draft.proposed = replace(draft.profile, offerings=tuple(entry.offering for entry in entries)).to_dict()
    others = {step: typed for step, typed in draft.unfinished.items() if not step.startswith("test-")}
    typed = {f"test-{number}": entry.typed for number, entry in enumerate(entries, start=1) if entry.typed is not None}
    draft.unfinished = others | typed
    written(draft, now, by=by)
