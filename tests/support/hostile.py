"""What a stranger sends who wants the review page to act: in new rows, and in old ones from before the checks."""

from dataclasses import replace

from sqlalchemy.orm import Session

from registry.domain.profile import LabProfile
from registry.models import Submission
from tests.support.factories import a_contact, a_profile, a_submission, an_offering, publish

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
TEMPLATE = "{{7*7}}{% raw %}${7*7}<%= 7*7 %>"
ARABIC = ("مختبر الأنسجة المخترع " * 10)[:199].strip()
TURNED = "Fair \u202egnp.exe\u202c and \u200b\u2066square"
UNBROKEN = "W" * 300
NOTE = f"{SCRIPT} {TEMPLATE} {UNBROKEN} {TURNED} ".ljust(4_000, "n")

SCRIPTED = "javascript:alert(document.domain)//https://example.org"
BORROWED = "https://bank.example.com@xn--80ak6aa92e.example/her2?x=<script>"


def a_hostile_edit(session: Session) -> Submission:
    """A change of a listing each of whose fields is meant to do harm. Commits."""
    lab = publish(session, a_profile(name="Invented Victim", offerings=(an_offering(),)))
    proposed = replace(
        lab.profile,
        name=ARABIC,
        address_line1=SCRIPT,
        address_line2=TURNED,
        city=UNBROKEN,
        contact_role=TEMPLATE,
        website=SCRIPTED,
        phone=f'"><script>alert(3)</script>{TURNED}',
        clia_number="00D<b>bold</b>",
        offerings=(
            an_offering(
                name=f"{SCRIPT} {ARABIC}",
                specimen_notes=NOTE,
                order_code=UNBROKEN,
                assay_name=TURNED,
                catalogue_url=BORROWED,
                method="<i>made up</i>",
                specimens=("ffpe_block", SCRIPT, TURNED),
            ),
        ),
    )
    return _sent(session, proposed, lab_id=lab.id, base=lab.profile_data, email=a_contact(session, lab).email)


def _sent(session: Session, proposed: LabProfile, **about: object) -> Submission:
    return a_submission(
        session,
        proposed,
        kind="edit",
        contact_name=f"{TURNED}{SCRIPT}",
        contact_role=TEMPLATE,
        contact_phone=SCRIPT,
        note=NOTE,
        flags=["<script>flag</script>", "honeypot"],
        **about,  # type: ignore[arg-type]
    )


def set_hostile(own: Session) -> dict[str, str]:
    """Write it for the looks. The name for addresses: ``hostile``."""
    return {"hostile": str(a_hostile_edit(own).id)}
