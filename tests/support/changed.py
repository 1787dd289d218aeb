"""A laboratory whose entry is being changed: a request that came back, and the draft that answers it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from registry.domain.workflow import State
from registry.links import Purpose, issue
from registry.registration import contacts
from tests.support.factories import a_profile, a_submission, an_offering, publish
from tests.support.managed import MAILBOX

COLLEAGUE = "editor@scene.example"
KEY = "e" * 43
"""The key of the browser that holds the draft."""

REMARKS = {
    "city": "Is it not Decatur? The ZIP code you give belongs to both.",
    "offerings.1.method": "The name says dual ISH, the method says FISH.",
    "npi": "This number is another laboratory’s.",
}


def set_changed(own: Session, *, moment: datetime) -> dict[str, str]:
    """Write what the looks show of it. Commits.

    The names for addresses: the slug ``changed``, the number ``request``, the link ``asks``.
    """
    fish = an_offering(name="HER2 FISH", method="fish", assay="pathvysion", reflex_policy="none", order_code="F")
    lab = publish(own, a_profile(offerings=(an_offering(), fish)), now=moment - timedelta(days=380))
    names = {MAILBOX: "Kim Invented", COLLEAGUE: "Alex Invented"}
    speaking = {
        email: contacts.ensure(own, lab=lab, email=email, name=name, role="Manager", language="en", now=moment)
        for email, name in names.items()
    }
    asked = replace(lab.profile, zip="30309", phone="(404) 555-0199", offerings=(fish, an_offering(tat_max=9)))
    base = {**lab.profile_data, "phone": "(404) 555-0100"}
    about = {"kind": "edit", "lab_id": lab.id, "base": base, "contact_name": "Alex Invented"}
    request = a_submission(
        own,
        asked,
        state=State.CHANGES_REQUESTED,
        email=COLLEAGUE,
        message="Please see the remarks.",
        remarks=REMARKS,
        **about,
    )
    a_submission(
        own,
        asked,
        state=State.DRAFT,
        email=COLLEAGUE,
        draft_key=KEY,
        revises_id=request.id,
        remarks=REMARKS,
        email_verified_at=moment,
        **about,
    )
    asks = issue(own, purpose=Purpose.CONFIRM_LISTING, contact_id=speaking[COLLEAGUE].id, email=COLLEAGUE, now=moment)
    own.commit()
    return {"changed": lab.slug, "request": str(request.id), "asks": asks}
