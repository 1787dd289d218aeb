"""Two entries, and what becomes of them, in a moderator's words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from registry.domain.changes import changes
from registry.domain.labels import FIELD_LABELS
from registry.domain.profile import MAX_OFFERINGS, LabProfile, Offering
from registry.domain.uniting import ADDRESS, CLIA, Couple, Part, Reason, Side, also_known_by
from registry.domain.vocabulary import N_
from registry.moderation.merging_forms import MergeForm
from registry.moderation.merging_queries import Comparison, Merger
from registry.moderation.profile_rows import Row, change_rows
from registry.wording import shown_value

_PART_LABELS = {CLIA.name: N_("CLIA number and certificate"), ADDRESS.name: N_("Address")}

_REASONS = {
    Reason.SHOWN: N_("the public sees it"),
    Reason.CONTACTS: N_("somebody speaks for it"),
    Reason.COMPLETE: N_("it says more"),
    Reason.OLDER: N_("it is older, so more people have its address"),
}

IDENTIFIER_LABELS = {
    "clia": N_("CLIA number"),
    "npi": N_("NPI"),
    "cap": N_("CAP number"),
    "name": N_("Name"),
}

LETTERS = {Side.FIRST: "A", Side.SECOND: "B"}
"""How the page calls the two, as they may have one name."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says of the two entries of ``beside``."""

    beside: Comparison

    def letter(self, side: Side) -> str:
        return LETTERS[side]

    def part_label(self, part: Part) -> str:
        return str(_(_PART_LABELS.get(part.name) or FIELD_LABELS[part.fields[0]]))

    def said(self, part: Part, side: Side) -> list[tuple[str, str]]:
        """What the entry says in *part*: (label, value) of each field that says something; no label for a lone one."""
        profile = self.beside.sides[side].profile
        values = [(name, getattr(profile, name)) for name in part.fields]
        alone = len(part.fields) == 1
        return [
            ("" if alone else str(_(FIELD_LABELS[name])), shown_value(name, value))
            for name, value in values
            if value not in ("", None, ())
        ]

    def couple_label(self, couple: Couple) -> str:
        test = couple.first or couple.second
        return test.name if test is not None else ""

    def test(self, couple: Couple, side: Side) -> Offering | None:
        return couple.first if side is Side.FIRST else couple.second

    def confirmed(self, couple: Couple, side: Side) -> date | None:
        test = self.test(couple, side)
        return self.beside.days[side].get(test.digest) if test is not None else None

    def differences(self, couple: Couple) -> list[Row]:
        """What differs between the two tests of *couple*, from A to B."""
        if couple.first is None or couple.second is None:
            return []
        alone = (replace(LabProfile(), offerings=(test,)) for test in (couple.first, couple.second))
        return change_rows(changes(*alone))

    @property
    def reasons(self) -> list[str]:
        """Why the suggested entry is the one to keep."""
        return [str(_(_REASONS[reason])) for reason in self.beside.reasons]

    @property
    def agreed(self) -> list[tuple[str, str]]:
        """What both entries say alike: (label, value)."""
        profile = self.beside.first
        names = [name for name in FIELD_LABELS if getattr(profile, name) == getattr(self.beside.second, name)]
        return [
            (str(_(FIELD_LABELS[name])), shown_value(name, getattr(profile, name)))
            for name in names
            if getattr(profile, name) not in ("", None, ())
        ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a merger would make beside the entry itself: sentences, and numbers and names that stay known."""

    stays: str
    goes: str
    sentences: list[str]
    known_by: list[tuple[str, str]]


def outcome(form: MergeForm) -> Outcome:
    """What the choices of *form* make."""
    kept, gone = form.beside.sides[form.side], form.beside.sides[form.side.other]
    emails = {contact.email for contact in (*kept.speaking, *gone.speaking)}
    sentences = [
        ngettext(
            "%(num)s mailbox speaks for it, and is told.", "%(num)s mailboxes speak for it, and are told.", len(emails)
        )
        if emails
        else _("Nobody speaks for it.")
    ]
    if gone.requests:
        sentences.append(
            _("Claims of the entry that goes go on. Changes of it that wait are withdrawn, and their senders are told.")
        )
    if gone.reports:
        sentences.append(_("Open reports of problems go along."))
    known = also_known_by(form.result, kept.profile, gone.profile)
    return Outcome(kept.lab.slug, gone.lab.slug, sentences, identifiers_told(known))


def identifiers_told(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Numbers and names, (kind, value) each, with labels for the kinds."""
    return [(str(_(IDENTIFIER_LABELS[kind])), value) for kind, value in pairs]


def fault_told(fault: str) -> str:
    """Why an entry cannot stand so, in words; *fault* as of ``domain.uniting.fault``."""
    if fault == "no_test":
        return str(_("An entry needs at least one test. Keep one."))
    return str(_("An entry has room for %(number)s tests. Leave some out.", number=MAX_OFFERINGS))


def carried_told(merger: Merger) -> list[tuple[str, int]]:
    """What went over to the entry that stays, and how many of each; nothing of which there was none."""
    carried = merger.carried
    told = [
        (_("Contacts"), len(carried["contacts"])),
        (_("Contacts that spoke for both"), len(carried["doubled"])),
        (_("Claims and unfinished changes"), len(carried["submissions"])),
        (_("Changes that waited, withdrawn"), len(carried["withdrawn"])),
        (_("Open reports of problems"), len(carried["reports"])),
        (_("Open tasks"), len(carried["tasks"]) + len(carried["closed"])),
    ]
    return [(str(label), number) for label, number in told if number]
