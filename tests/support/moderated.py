"""What moderators decide on beside new entries: a change of a listing, sent again, and a claim of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile, Offering
from registry.models import AuditEvent, LabVersion
from registry.moderation import versions
from tests.support.cms import a_record, file_away
from tests.support.elements import INLINE, Element
from tests.support.factories import a_contact, a_profile, a_submission, an_offering, publish
from tests.support.pages import Page


def changed_rows(page: Page, caption: str) -> list[tuple[str, str, str]]:
    """The rows of the table of changes whose caption begins with *caption*: label, before, after, as the eye reads
    them.
    """
    table = next(one for one in page.main.all("table") if one.one("caption").text.startswith(caption))
    found = []
    for part in table.all("tbody"):
        heading, *rows = part.all("tr")
        for row in rows:
            before, after = row.all("td")
            found.append((f"{seen(heading)}: {seen(row.one('th'))}", seen(before), seen(after)))
    return found


def seen(element: Element) -> str:
    """The text that is seen: nothing that only screen readers read, links that lead away and folded forms left out."""
    return " ".join("".join(_seen(element)).split())


def _seen(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif not {"visually-hidden", "leads-away", "field-acts"} & set(child.get("class").split()):
            yield from (*([" "] if child.tag not in INLINE | {"del", "ins", "bdi"} else []), *_seen(child))


LONG_NOTES = (
    "One block with at least 20 percent tumor, or ten unstained slides of 4 micrometers on charged glass. Fixation in "
    "10 percent neutral buffered formalin for 6 to 72 hours. Write the time of fixation on the request. Decalcified "
    "bone is not taken. Ship at room temperature, and in summer with a cool pack."
)
NEW_NOTES = (
    "One block with at least 10 percent tumor, or five unstained slides of 4 micrometers on charged glass. Fixation in "
    "10 percent neutral buffered formalin for 6 to 72 hours. Write the time of fixation on the request. Bone "
    "decalcified in EDTA is taken. Ship at room temperature, and in summer with a cool pack."
)


def set_moderated(own: Session, *, moment: datetime) -> dict[str, str]:
    """Write them. The names for addresses: the submissions ``edit`` and ``claimed``, the laboratory ``entry`` and an
    older ``version`` of it.
    """
    fish = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none")
    ihc = an_offering(specimen_notes=LONG_NOTES)
    lab = publish(own, a_profile(name="Invented Laboratory that Changes", offerings=(ihc, fish)))
    publish(own, replace(lab.profile, name="Invented Laboratory That Changes Inc", clia_number="00D7654321"))
    file_away(
        own,
        a_record(
            lab.clia_number,
            name="INVENTED LABORATORY THAT CHANGES",
            address_line1=lab.profile.address_line1.upper(),
            expires_or_terminated=date(2028, 1, 31),
        ),
    )
    sender = a_contact(own, lab).email
    before = replace(lab.profile, website="https://old.example/")
    asked = a_submission(
        own,
        replace(lab.profile, phone="(404) 555-0101"),
        kind="edit",
        state="superseded",
        lab_id=lab.id,
        email=sender,
        base=before.to_dict(),
        message="Which number is it?",
        remarks={"phone": "This is a fax.", "offerings.1.assay": "Which probe?"},
    )
    panel = an_offering(
        name="Tissue panel", method="ngs_tissue", assay="other", assay_name="Invented 500", tat_min=None
    )
    edit = a_submission(
        own,
        _ten_changes(lab.profile, ihc, panel),
        kind="edit",
        lab_id=lab.id,
        email=sender,
        base=before.to_dict(),
        revises_id=asked.id,
        note="The number is that of the new building.",
        flags=["too_fast"],
    )
    claimed = a_submission(own, LabProfile(), kind="claim", lab_id=lab.id, contact_phone="(404) 555-0123")
    own.add(
        AuditEvent(
            at=moment,
            actor_kind="staff",
            actor="moderator@example.org",
            action="add_contact",
            subject_type="lab",
            subject_id=lab.id,
            after={"contact": sender},
        )
    )
    kept = versions.keep_standing(own, lab)
    older = LabVersion(
        lab_id=lab.id,
        at=moment,
        actor_kind="staff",
        actor="moderator@example.org",
        action="publish",
        profile_data=before.to_dict(),
        attestations=kept.attestations,
        lat=lab.lat,
        lon=lab.lon,
        location_precision="zip",
    )
    own.add(older)
    own.commit()
    return {"edit": str(edit.id), "claimed": str(claimed.id), "entry": str(lab.id), "version": str(older.id)}


def _ten_changes(listed: LabProfile, ihc: Offering, panel: Offering) -> LabProfile:
    """*listed* with ten things changed, as a moderator counts them."""
    changed = replace(
        ihc,
        assay="hercept_mab_dg44",
        specimens=("ffpe_block", "resection", "core_biopsy"),
        specimen_notes=NEW_NOTES,
        tat_max=4,
        catalogue_url="https://example.org/tests/her2-crc?version=2027",
    )
    return replace(
        listed,
        phone="(212) 555-0102",
        address_line2="Suite 200",
        contact_role="Molecular pathology",
        state_permits=("ny_clep", "pa_bol"),
        offerings=(changed, *listed.offerings[1:], panel),
    )
