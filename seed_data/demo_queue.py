"""Registrations that wait in the demonstration's queue: plain ones, and what a moderator should notice.

Each is made from a listed laboratory's profile as a pattern, with a name, a CLIA number and hosts of its own.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from registry.domain.profile import LabProfile, Offering

FIRST_NUMBER = 9001
"""CLIA numbers of waiting laboratories begin here, far from those of the listed ones."""

_LONG_NAME = (
    "The Most Honorable and Entirely Imaginary Confederation of Gingerbread Hospitals, Cardboard Clinics "
    "and Paper Pathology Departments of the Upper, Middle and Lower Marshmallow Valley"
)
_MESSAGE = (
    "Thank you for registering. Two things before we can list you: the turnaround time of the sequencing "
    "panel counts from the order, but your catalogue counts from receipt; and please add the copy-number "
    "cut-off or say that you do not publish it."
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One registration: name and kind, how long ago it was sent, where it stands, what is odd about it."""

    name: str
    kind: str
    hours_ago: int
    state: str = "submitted"
    peculiarity: str = ""
    language: str = "en"
    message: str = ""


_QUEUE = (
    Waiting("Cardboard Cormorant Pathology", "physician_group_pathology", 2),
    Waiting(_LONG_NAME, "hospital", 6),
    Waiting(
        "Laboratorio Oncológico La Ceiba de Papel",
        "independent_reference",
        20,
        language="es",
        peculiarity="puerto_rico",
    ),
    Waiting("Knitted Nautilus Genomics", "commercial_genomics", 26),
    # The second letter is Cyrillic: a moderator should see that before readers are misled.
    Waiting("P\u0430per Lantern Reference Laboratory", "independent_reference", 31),
    Waiting("Tinfoil Tapir Walk-In Clinic Laboratory", "other", 50, peculiarity="waiver"),
    Waiting("Origami Ocelot Diagnostics", "independent_reference", 75),
    Waiting("Felt Ferret Regional Hospital Laboratory", "hospital", 98, peculiarity="wrong_zip"),
    Waiting("Quilted Quokka Pathology Group", "physician_group_pathology", 121, peculiarity="listed_clia"),
    Waiting("Clockwork Cuckoo Cancer Center Laboratory", "cancer_center", 147, state="in_review"),
    Waiting("Sugar-Spun Salamander Molecular Laboratory", "commercial_genomics", 170, peculiarity="no_clia"),
    Waiting("Soap-Bubble Sloth Histopathology", "independent_reference", 218),
    Waiting(
        "Wind-Up Wolverine Tumor Profiling",
        "commercial_genomics",
        290,
        state="changes_requested",
        peculiarity="vague_panel",
        message=_MESSAGE,
    ),
    Waiting("Marzipan Meerkat Community Hospital Pathology", "hospital", 391),
)


def registrations(rng: random.Random, listed: Sequence[LabProfile]) -> list[dict[str, Any]]:
    """Every waiting registration with its contact, state and age; *listed* are the published profiles."""
    return [_registration(rng, listed, position, waiting) for position, waiting in enumerate(_QUEUE)]


def _registration(rng: random.Random, listed: Sequence[LabProfile], position: int, waiting: Waiting) -> dict[str, Any]:
    host = f"waiting-{position + 1:02d}.example.org"
    return {
        "key": f"demonstration-{position + 1:02d}",
        "state": waiting.state,
        "sent_hours_ago": waiting.hours_ago,
        "language": waiting.language,
        "contact_name": f"Demonstration Contact {position + 1}",
        "contact_email": f"contact@{host}",
        "contact_role": rng.choice(("Laboratory manager", "Medical director's office", "Client services lead")),
        "message": waiting.message,
        "profile": _profile(rng, listed, position, waiting, host),
    }


def _profile(
    rng: random.Random, listed: Sequence[LabProfile], position: int, waiting: Waiting, host: str
) -> LabProfile:
    pattern = rng.choice([profile for profile in listed if _suits(profile, waiting)])
    offerings = tuple(
        replace(
            offering,
            order_code=f"DEMO-{rng.randrange(1000, 10000)}" if offering.order_code else "",
            assay_name=f"{waiting.name} assay (invented)" if offering.assay_name else "",
            catalogue_url=f"https://{host}/tests/{offering.method.replace('_', '-')}" if offering.catalogue_url else "",
        )
        for offering in pattern.offerings
    )
    profile = replace(
        pattern,
        name=waiting.name,
        lab_kind=waiting.kind,
        clia_number=f"00D{FIRST_NUMBER + position:07d}",
        address_line1=f"{rng.randrange(100, 10000)} Waiting Room Road",
        phone=f"{pattern.phone[:-2]}{90 - position}",
        public_email=f"lab@{host}",
        website=f"https://{host}/",
        offerings=offerings,
    )
    match waiting.peculiarity:
        case "waiver":
            return replace(profile, certificate_type="waiver")
        case "wrong_zip":
            elsewhere = [other.zip for other in listed if other.state == profile.state and other.city != profile.city]
            return replace(profile, zip=rng.choice(elsewhere))
        case "listed_clia":
            return replace(
                profile, clia_number=rng.choice([other.clia_number for other in listed if other.clia_number])
            )
        case "no_clia":
            return replace(profile, clia_number="", clia_absence_reason="pending", certificate_type="")
        case "vague_panel":
            return replace(profile, offerings=tuple(_vague(offering) for offering in offerings))
    return profile


def _vague(offering: Offering) -> Offering:
    if not offering.method.startswith("ngs"):
        return offering
    return replace(offering, tat_clock_start="order", scoring_criterion="not_stated")


def _suits(profile: LabProfile, waiting: Waiting) -> bool:
    """Whether *profile* can be the pattern of *waiting*."""
    if waiting.peculiarity == "puerto_rico":
        return profile.state == "PR"
    if waiting.peculiarity == "waiver":
        # Two states license laboratories themselves: there a certificate of waiver would prove nothing.
        return profile.lab_kind == "hospital" and profile.state not in {"NY", "WA"}
    return profile.lab_kind == waiting.kind
