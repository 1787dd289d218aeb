"""Laboratories that are known before they join: records of the CMS file, and claims of a listing."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.domain.workflow import State
from registry.links import Purpose, issue
from registry.models import Lab
from tests.support.cms import a_record, file_away
from tests.support.factories import a_submission

ENDED = "00D0099001"
"""A number that ended, by the file."""


def set_known(own: Session, *, listed: Lab, draft: LabProfile, moment: datetime) -> dict[str, str]:
    """Write what the looks show of it; *draft* is filled in otherwise than the file has it. Commits.

    The names for addresses: the numbers ``listed_number`` and ``ended_number``, the links ``proves_claim`` and
    ``allows_claim``.
    """
    file_away(
        own,
        a_record(
            ENDED,
            name="INVENTED LABORATORY OF MOLECULAR PATHOLOGY AND A LONG NAME",
            program_status="terminated",
            certificate_type="waiver",
            expires_or_terminated=date(2024, 5, 1),
        ),
        a_record(draft.clia_number, name="ANOTHER NAME", zip=draft.zip, certificate_type="ppm"),
    )
    person = {"contact_phone": "(404) 555-0199", "note": "I manage the laboratory since May."}
    asks = a_submission(own, LabProfile(), kind="claim", lab_id=listed.id, state=State.AWAITING_EMAIL, **person)
    waits = a_submission(own, LabProfile(), kind="claim", lab_id=listed.id, **person)
    tokens = {
        "proves_claim": issue(
            own, purpose=Purpose.CONFIRM_EMAIL, submission_id=asks.id, email=asks.contact_email, now=moment
        ),
        "allows_claim": issue(
            own, purpose=Purpose.ALLOW_CLAIM, submission_id=waits.id, email=listed.profile.public_email, now=moment
        ),
    }
    own.commit()
    return {"listed_number": listed.clia_number, "ended_number": ENDED, "claim": str(waits.id), **tokens}
