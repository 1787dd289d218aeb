"""Every kind of mail in its states, as its templates say them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

from registry import letters, mailboxes
from registry.domain.hiding import HIDING_REASON
from registry.mail import Rendered
from registry.models import OutboxMessage
from registry.moderation.reasons import REJECTION_REASON
from registry.moderation.reports import REPORT_KIND, REPORT_OUTCOME

KINDS = sorted(mailboxes.UNASKED | mailboxes.OWN | mailboxes.OPERATORS)
RECIPIENT = "reader@example.org"
TOKEN = "t" * 43

FACTS: dict[str, Any] = {
    "added": "kim@example.org",
    "again": 2,
    "by": "sam@example.org",
    "changes": [["phone", "(404) 555-0101", "(404) 555-0102"]],
    "corrections": [["offerings.1.method", "ihc", "fish"]],
    "day": "2026-09-30",
    "due": "2026-12-16",
    "email": "lee@example.org",
    "ended": "kim@example.org",
    "gone": "Heron Laboratory",
    "gone_slug": "heron",
    "hidden_from": "2027-06-16",
    "instead_of": "lee@example.org",
    "kept": "Kite Laboratory",
    "laboratories": ["Kite Laboratory", "Heron Laboratory"],
    "laboratory": "Kite Laboratory",
    "last_confirmed": "2025-12-16",
    "leaving_on": "2026-12-31",
    "listed": "kite",
    "mailbox": "lee@example.org",
    "message": "Invented words.",
    "name": "Ada Invented",
    "not_again": 1,
    "note": "Invented words.",
    "number": "11D0000001",
    "other": "Heron Laboratory",
    "outcome": next(iter(REPORT_OUTCOME)).slug,
    "problem": next(iter(REPORT_KIND)).slug,
    "quarter": "2026-Q3",
    "reason": next(iter(REJECTION_REASON)).label,
    "remarks": [["Phone", "Invented words.", 0], ["Method", "Invented words.", 2]],
    "report": 7,
    "role": "moderator",
    "sent_back": [["city", "Atlanta", "Macon"]],
    "slug": "kite",
    "successor": "Heron Laboratory",
    "tests": ["HER2 FISH"],
    "told_on": "2026-11-20",
    "until": "2027-02-28",
    "why": next(iter(HIDING_REASON)).explanation,
    "withdrawn": [[["website", "", "https://x.example/"]]],
}
"""What the mails tell of."""

ANSWERS = (
    "change",
    "disputed",
    "draft",
    "edit",
    "had_left",
    "hands_over",
    "is_you",
    "nobody_left",
    "overdue",
    "own",
    "second",
)
"""What is so or not so."""

LEFT_OUT = (
    "again",
    "changes",
    "corrections",
    "hidden_from",
    "instead_of",
    "listed",
    "message",
    "not_again",
    "note",
    "remarks",
    "successor",
    "withdrawn",
)
"""What a mail can do without."""

WAYS: dict[str, dict[str, tuple[str, ...]]] = {
    "changed_by_staff": {"how": ("restored", "corrected")},
    "cms_says": {"finding": ("expired", "closed", "revoked")},
    "contact_ended": {"how": ("refused", "handed_over", "stepped_down", "removed")},
    "problem_reported": {"kind": tuple(term.slug for term in REPORT_KIND)},
    "rejected": {"kind": ("new", "edit", "claim")},
    "request_withdrawn": {"kind": ("new", "edit", "claim")},
}
"""Kinds that tell of several things in words of their own."""

_NAMELESS = frozenset({"asked_to_confirm", "came_back", "confirm_listing", "contact_added", "sign_in"})
_OF_THE_SITE = {"at", "base_url", "contact_email", "demonstration", "link", "site_name", "stop", "unasked"}
_MACROS = {"button", "changes_list"}
GIVEN = {*FACTS, *ANSWERS, *(name for ways in WAYS.values() for name in ways), *_OF_THE_SITE, *_MACROS}
"""All that the templates find."""


def contexts(kind: str) -> Iterator[dict[str, Any]]:
    """What the templates of *kind* are filled with: all and little, so and not so, in each of its ways."""
    ways = WAYS.get(kind, {})
    for chosen in product(*ways.values()):
        for whole, so in ((True, True), (True, False), (False, False)):
            left = {} if whole else {name: type(FACTS[name])() for name in LEFT_OUT}
            unnamed = {"name": ""} if not whole and kind in _NAMELESS else {}
            yield {**FACTS, **dict.fromkeys(ANSWERS, so), **left, **unnamed, **dict(zip(ways, chosen, strict=True))}


def rendered(kind: str, language: str, context: dict[str, Any]) -> Rendered:
    """The mail of *kind* in *language*. Needs an application context."""
    moment = datetime(2026, 11, 21, 12, tzinfo=UTC)
    message = OutboxMessage(
        id=1, kind=kind, recipient=RECIPIENT, language=language, context=context, created_at=moment, due_at=moment
    )
    return letters.render(message, TOKEN)
