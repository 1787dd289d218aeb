"""What stands in the queue beside submissions and reports."""

from datetime import datetime

from sqlalchemy.orm import Session

from registry.models import Lab
from registry.tasks import open_task


def set_queued(own: Session, *, lab: Lab, moment: datetime) -> dict[str, str]:
    """Write a task about *lab*; the name for its address is ``task``. Commits."""
    facts = {"finding": "expired", "certificate": "accreditation", "ends": "2026-01-02"}
    task = open_task(own, kind="cms", lab_id=lab.id, facts=facts, now=moment)
    own.commit()
    return {"task": str(task.id)}
