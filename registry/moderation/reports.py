"""Problems with listings: what can be told, how it can end, and keeping what somebody tells. The caller commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import mail
from registry.domain.vocabulary import N_, Term, Vocabulary
from registry.links import hash_of
from registry.models import Lab, Report

MESSAGE_MAX = 1000
NOTE_MAX = 1000

REPORT_KIND = Vocabulary(
    "report_kind",
    Term("wrong_contact", N_("The phone number or address is wrong")),
    Term("closed", N_("The laboratory has closed")),
    Term("not_this_test", N_("The laboratory does not do this test")),
    Term("wrong_test_facts", N_("The turnaround or the specimens are wrong")),
    Term("other", N_("Something else")),
)
"""What can be wrong with a listing."""

NO_REPORT = "no_report"

REPORT_OUTCOME = Vocabulary(
    "report_outcome",
    Term("fixed", N_("It was so: the entry was put right"), N_("You were right. The entry has been put right.")),
    Term(
        "not_so",
        N_("It is not so: the entry is right"),
        N_("As far as we could find out, the entry is right as it stands."),
    ),
    Term("hidden", N_("It was so: the entry was taken off the list"), N_("You were right. We took the entry down.")),
    Term(
        "cannot_tell",
        N_("It cannot be found out"),
        N_("We could not find out how it is. Please call the laboratory before you send a specimen."),
    ),
    Term(NO_REPORT, N_("It is no report, such as advertising")),
)
"""How a report ends: the label is what staff choose, the explanation what its writer reads."""


def tell(
    session: Session,
    *,
    lab: Lab,
    kind: str,
    message: str,
    email: str,
    once_key: str,
    inform: str,
    now: datetime,
    flags: Sequence[str] = (),
    language: str = "en",
) -> bool:
    """Keep what somebody says is wrong with *lab*, and write so to the operator at *inform* (nobody when empty).

    *flags* are what spoke against a person at the form. False when the form of *once_key* was sent before: then
    nothing is added.
    """
    report = Report(
        lab_id=lab.id,
        kind=kind,
        message=message,
        email=email,
        language=language,
        once_key_hash=hash_of(once_key),
        flags=list(flags),
        created_at=now,
    )
    if session.scalar(select(Report.id).where(Report.once_key_hash == report.once_key_hash)) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(report)
            session.flush()
    except IntegrityError:
        # The second of two clicks at the same moment.
        return False
    if inform:
        # The words stay here: what a stranger writes may be somebody's secret, and mailboxes keep it for ever.
        mail.enqueue(
            session,
            kind="problem_reported",
            recipient=inform,
            context={"name": lab.name, "slug": lab.slug, "kind": kind, "report": report.id},
            now=now,
            once_key=f"problem_reported:{report.id}",
        )
    return True
