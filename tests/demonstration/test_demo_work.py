"""The moderators of the demonstration find work of each kind."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.changes import changes
from registry.models import Lab, Report, Submission
from tests.demonstration.conftest import Load


def test_there_is_work_of_each_kind_once(load_demo: Load, session: Session) -> None:
    load_demo()
    load_demo()

    kinds = session.scalars(select(Submission.kind).where(Submission.kind != "new").order_by(Submission.id)).all()
    assert kinds == ["edit", "edit", "claim"]
    changed = session.scalars(select(Submission).where(Submission.kind == "edit").order_by(Submission.id)).first()
    assert changed is not None
    assert changed.started_from is not None
    assert len(changes(changed.started_from, changed.profile)) >= 10
    assert sorted(session.scalars(select(Report.kind))) == ["closed", "wrong_contact"]
    twins = session.scalars(select(Lab).where(Lab.clia_number == "", Lab.name.contains("Lab."))).all()
    assert len(twins) == 1
