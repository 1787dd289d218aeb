"""Laboratories as the results page lists them, put together from pieces that their template rendered once.

Cards are kept ready, each but for its distance. At a few hundred thousand laboratories many pages show some that no
page has shown of late, so that making a card must be quick too: a template would take twenty times as long.
"""

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup, escape

from registry.directory.queries import Card
from registry.directory.representations import turnaround_text
from registry.domain.freshness import is_overdue
from registry.skeleton import Skeleton, Slots
from registry.web import telephone
from registry.wording import shown_value

_NOT_SAID = frozenset({"", "not_stated", "none", "not_applicable"})
_ANY_SLUG = "any-slug"
# Stands for the distance in a card that is kept; no stored text holds it.
_DISTANCE = "\x00"


CAPACITY = 10_000
"""Cards kept ready by each writer; at about 3 kB each some 30 MB."""


class CardWriter:
    """Writes cards in one language, with the addresses of one choice of it."""

    def __init__(self, language: str) -> None:
        """In the language that is in force, which must be *language*."""
        pieces = current_app.jinja_env.get_template("components/lab_card.html").module
        slots = Slots()
        self._language = language
        self._card, self._test, self._more, self._phone = (
            Skeleton(getattr(pieces, name)(slots)) for name in ("card", "test", "more", "phone")
        )
        self._one_mile, self._miles = (Skeleton(pieces.distance(slots, number)) for number in (1, 2))  # type: ignore[attr-defined]
        self._before_slug, _, self._after_slug = url_for("directory.listing", slug=_ANY_SLUG).partition(_ANY_SLUG)
        # Each has few different answers, and all cards share them.
        self._label = lru_cache(maxsize=4096)(lambda field, value: str(escape(shown_value(field, value))))
        self._verification = lru_cache(maxsize=64)(lambda slug: str(pieces.verification(slug)))  # type: ignore[attr-defined]
        self._dispute = {answered: str(pieces.dispute(answered)) for answered in (False, True)}  # type: ignore[attr-defined]
        self._confirmation = lru_cache(maxsize=4096)(lambda day, today: self._confirmed(pieces, day, today))
        self._dialled = lru_cache(maxsize=4096)(self._dial)
        self._ready: dict[tuple[str, int], tuple[bytes, date, str, str]] = {}

    def write(self, cards: Iterable[Card], today: date, *, prefix: str = "") -> Markup:
        """The cards one after the other; *prefix* keeps their ids apart from those of another list on the page."""
        pieces: list[str] = []
        for card in cards:
            kept = self._ready.get((prefix, card.lab_id))
            if kept is None or kept[0] != card.item or kept[1] != today:
                head, _, tail = self._written(json.loads(card.item), today, prefix).partition(_DISTANCE)
                if len(self._ready) >= CAPACITY:
                    # Whoever is shown often comes back at once.
                    self._ready.clear()
                kept = self._ready[prefix, card.lab_id] = card.item, today, head, tail
            pieces += (kept[2], "" if card.distance_miles is None else self._away(card.distance_miles), kept[3])
        return Markup("".join(pieces))

    def _written(self, item: dict[str, Any], today: date, prefix: str) -> str:
        slug = str(escape(item["slug"]))
        return self._card.fill(
            key=prefix + slug,
            slug=slug,
            lat=str(item["lat"]),
            lon=str(item["lon"]),
            href=f"{self._before_slug}{slug}{self._after_slug}",
            name=str(escape(item["name"])),
            place=str(escape(f"{item['city']}, {item['state']} {item['zip']}")),
            distance=_DISTANCE,
            tests="\n".join([self._tested(offering) for offering in item["offerings"]]),
            outside=self._label("accepts_outside_specimens", item["accepts_outside_specimens"]),
            phone=self._dialled(item["phone"]),
            verification=self._verification(item["verification"]),
            confirmation=self._confirmation(item["last_confirmed"], today),
            dispute=self._dispute[item["dispute_answered"]] if item.get("disputed") else "",
        )

    def _tested(self, offering: dict[str, Any]) -> str:
        more = [
            self._more.fill(words=self._label(field, offering[field]))
            for field in ("scoring_criterion", "reflex_policy")
            if offering[field] not in _NOT_SAID
        ]
        return self._test.fill(
            method=self._label("method", offering["method"]),
            more="".join(more),
            send=self._label("specimens", tuple(offering["specimens"])),
            how=str(escape(turnaround_text(offering["turnaround"], language=self._language))),
        )

    def _away(self, miles: float) -> str:
        return (self._one_mile if miles == 1.0 else self._miles).fill(distance=f"{miles:,.1f}")

    def _dial(self, phone: str) -> str:
        href = telephone(phone)
        return self._phone.fill(href=str(escape(href)), words=str(escape(phone))) if href else str(escape(phone))

    @staticmethod
    def _confirmed(pieces: Any, day: str, today: date) -> str:
        return str(pieces.confirmation(day, is_overdue(date.fromisoformat(day), today)))
