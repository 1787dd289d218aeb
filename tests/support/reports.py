"""Problems that somebody told of, as rows."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from registry.links import hash_of, new_secret
from registry.models import Lab, Report
from tests.support.factories import publish


def a_report(session: Session, lab: Lab | None = None, *, now: datetime | None = None, **changes: Any) -> Report:
    """An open report about *lab*, or about a laboratory of its own. Commits."""
    lab = lab or publish(session)
    columns: dict[str, Any] = {
        "kind": "wrong_contact",
        "message": "The number reaches a bakery.",
        "email": "nurse@example.org",
        "once_key_hash": hash_of(new_secret()),
        **changes,
    }
    report = Report(lab_id=lab.id, created_at=now or datetime.now(UTC), **columns)
    session.add(report)
    session.commit()
    return report
