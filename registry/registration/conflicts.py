"""Two tabs or two colleagues at one step: what differs between what is stored and what somebody sends.

A page carries a fingerprint of each answer that it was shown. Whoever sends a step whose stored answers are neither
those nor the ones sent is shown both; people at different steps do not disturb each other.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from werkzeug.datastructures import MultiDict
from wtforms import Field

from registry.registration.step_form import StepForm

Side = Literal["stored", "typed"]

CHOICE = "keep-"
"""Begins the name of the control in which somebody says which answer to keep; the field's name follows."""

_DIGITS = 6

Typed = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which what is stored is not what was sent.

    ``preset`` is the answer that only one side has changed since the page was shown; None when both have.
    """

    name: str
    stored: list[str]
    typed: list[str]
    moved: bool
    preset: Side | None


def shown(kept: Iterable[str], typed: Typed) -> str:
    """The fingerprints of the answers to the fields *kept*, in their order: what a page carries."""
    return "".join(_fingerprint(typed.get(name, [])) for name in kept)


def differences(form: StepForm, stored: Typed, outcome: Typed | None) -> list[Difference]:
    """Where the checked *form*, as somebody sent it, differs from what is *stored*.

    *outcome* is what would be stored of a form that is in order; None for one that is not. An answer that would be
    stored as what is there does not differ, as a telephone number written otherwise. A page that does not say what it
    was shown was shown nothing.
    """
    said = form.shown.data or ""
    known = said if len(said) == _DIGITS * len(form.kept) else shown(form.kept, {})
    sent = form.typed()
    found = []
    for place, name in enumerate(form.kept):
        before = known[place * _DIGITS : (place + 1) * _DIGITS]
        there, here = stored.get(name, []), sent.get(name, [])
        if _plain(there) in _meant(form[name], here, outcome):
            continue
        moved, untouched = _fingerprint(there) != before, _fingerprint(here) == before
        preset: Side | None = "stored" if untouched else None if moved else "typed"
        found.append(Difference(name, there, here, moved, preset))
    return found


def is_conflict(found: Iterable[Difference]) -> bool:
    """Whether somebody else has changed one of the differing answers since the page was shown."""
    return any(difference.moved for difference in found)


def choices(kept: Iterable[str], sent: Mapping[str, str]) -> dict[str, Side]:
    """Which side somebody chose for which field, on the page that showed them both."""
    sides: dict[str, Side] = {"stored": "stored", "typed": "typed"}
    chosen = {name: sides.get(sent.get(CHOICE + name, "")) for name in kept}
    return {name: side for name, side in chosen.items() if side is not None}


def settled(sent: MultiDict[str, str], stored: Typed, chosen: Mapping[str, Side]) -> MultiDict[str, str]:
    """What was *sent*, with the stored answer where that was chosen."""
    merged = MultiDict(sent)
    for name, side in chosen.items():
        if side == "stored":
            merged.setlist(name, stored.get(name, []))
    return merged


def _meant(field: Field, here: list[str], outcome: Typed | None) -> list[list[str]]:
    """The answer as it was typed, and as it would be stored where that is known."""
    if outcome is not None:
        return [_plain(here), _plain(outcome.get(field.name, []))]
    return [_plain(here)] if field.errors else [_plain(here), _plain(_read(field.data))]


def _read(data: Any) -> list[str]:
    if isinstance(data, list | tuple):
        return [str(value) for value in data]
    return [] if data is None else [str(data)]


def _plain(values: Iterable[str]) -> list[str]:
    # A browser sends line ends of its own and the chosen boxes in the order of the page.
    told = (value.replace("\r\n", "\n").strip() for value in values)
    return sorted(value for value in told if value)


def _fingerprint(values: Iterable[str]) -> str:
    content = json.dumps(_plain(values)).encode()
    return hashlib.sha256(content).hexdigest()[:_DIGITS]
