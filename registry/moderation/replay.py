"""The life of a listing read from the audit alone: what its row must say, if the audit tells the truth.

It begins with the approval that put the laboratory on the list; those of the demonstration have no such beginning.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from registry.models import AuditEvent, Lab
from registry.models.lab import PUBLISHED

BEGIN_TO_SPEAK = frozenset({"add_contact", "accept_contact", "grant_claim"})
"""Acts by which a mailbox speaks for the laboratory from then on: ``after["contact"]``."""

MOVES = frozenset({"plan_leaving", "cancel_leaving", "leave", "come_back"})
"""Acts by which a laboratory leaves the list or stays on it; ``after`` says how it stands then."""

REWRITES = frozenset({"undo", "restore", "correct"})
"""Acts of staff by which an entry shows something else; ``after`` says all of it."""

SHOWN_OR_NOT = frozenset({"hide", "show"})
"""Acts by which an entry is kept from the public, or shown again; ``after["state"]`` says how it stands then."""

WITHOUT_EFFECT = frozenset({"invite_contact", "open_task", "close_task", "dismiss_duplicate"})

MERGERS = frozenset({"merge", "unmerge"})
"""Acts by which a laboratory becomes a part of another, or is one of its own again; ``after`` says how it stands."""


class Contradiction(ValueError):
    """An event tells of something else than the events before it led to, or of nothing that is known."""

    def __init__(self, event: AuditEvent, why: str) -> None:
        super().__init__(f"event {event.id} ({event.action}): {why}")
        self.event = event


@dataclass(frozen=True, slots=True)
class Listing:
    """How a listing stands: ``days`` has the day on which each of its tests was confirmed, by its fingerprint."""

    state: str = ""
    profile: str = ""
    days: dict[str, str] = field(default_factory=dict)
    contacts: frozenset[str] = frozenset()
    leaving_on: str = ""
    leaving_reason: str = ""
    successor_id: int | None = None
    disputed: bool = False


def replay(events: Iterable[AuditEvent]) -> Listing:
    """What the acts upon one laboratory, in their order, lead to. Raises :class:`Contradiction`."""
    listing = Listing()
    for event in events:
        listing = _after(listing, event)
    return listing


def listing_of(lab: Lab, speaking: Collection[str]) -> Listing:
    """How *lab* stands by its row; *speaking* are the mailboxes that speak for it."""
    return Listing(
        state=lab.state,
        profile=lab.profile.digest,
        days=dict(lab.attestations),
        contacts=frozenset(speaking),
        leaving_on=lab.leaving_on.isoformat() if lab.leaving_on is not None else "",
        leaving_reason=lab.leaving_reason,
        successor_id=lab.successor_id,
        disputed=lab.disputed_at is not None,
    )


def _after(listing: Listing, event: AuditEvent) -> Listing:
    before, after = event.before or {}, event.after or {}
    _fits(listing, event, before)
    if event.action == "publish":
        # A test that stays as it was keeps the day on which it was confirmed. Events of old did not tell of tests.
        days = {test: listing.days.get(test, after["day"]) for test in after.get("tests", ())}
        state = after.get("state", listing.state or PUBLISHED)
        return replace(listing, state=state, profile=after["profile"], days=after.get("days", days))
    if event.action in MERGERS:
        return replace(
            listing,
            state=after["state"],
            profile=after["profile"],
            days=after["days"],
            contacts=frozenset(after["contacts"]),
            leaving_on=after["leaving_on"],
            leaving_reason=after["reason"],
            successor_id=after["successor_id"],
            disputed=after["disputed"],
        )
    if event.action in REWRITES:
        return replace(listing, state=after["state"], profile=after["profile"], days=after["days"])
    if event.action == "confirm":
        day = event.at.date().isoformat()
        return replace(listing, days=listing.days | {test: day for test in after["tests"] if test in listing.days})
    if event.action in BEGIN_TO_SPEAK:
        return replace(listing, contacts=listing.contacts | {after["contact"]})
    if event.action in {"dispute", "settle"}:
        return replace(listing, disputed=after["disputed"])
    if event.action == "end_contact":
        return replace(listing, contacts=listing.contacts - {before["contact"]})
    if event.action in MOVES:
        return replace(
            listing,
            state=after["state"],
            leaving_on=after["leaving_on"],
            leaving_reason=after["reason"],
            successor_id=after["successor_id"],
        )
    if event.action in SHOWN_OR_NOT:
        return replace(listing, state=after["state"])
    if event.action not in WITHOUT_EFFECT:
        raise Contradiction(event, "nobody knows what it does")
    return listing


def _fits(listing: Listing, event: AuditEvent, before: dict[str, Any]) -> None:
    """What the event calls "before" is what those before it led to."""
    for name in ("state", "profile", "disputed"):
        if name in before and before[name] != getattr(listing, name):
            raise Contradiction(event, f"{name} was {getattr(listing, name)!r}, not {before[name]!r}")
    if event.action == "publish" and not before and listing.profile:
        raise Contradiction(event, "it was on the list already")
