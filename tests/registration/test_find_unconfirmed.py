"""Who looks for an entry that is hidden because nobody confirmed it is led to confirming it."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from registry.domain.hiding import UNCONFIRMED
from registry.extensions import begin_writing
from tests.registration.test_find import NUMBER, look_up
from tests.support.client import PageClient
from tests.support.cms import a_record, file_away
from tests.support.factories import publish

NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)


def test_the_laboratory_is_told_that_its_entry_waits_for_it(client: PageClient, session: Session) -> None:
    lab = publish(session, name="Invented Dormouse Laboratory", clia_number=NUMBER, phone="(404) 555-0188")
    file_away(session, a_record(NUMBER, name="INVENTED DORMOUSE LABORATORY"))
    begin_writing(session)
    lab.hide(session, reason=UNCONFIRMED, now=NOW)
    session.commit()

    page = look_up(client, clia_number=NUMBER)

    assert "As soon as you confirm it, it is on the list again" in page.text
    assert page.link("change or confirm it") == "/manage"
    assert page.link("no access") == f"/manage/labs/{lab.slug}/claim"
    # Its facts may be old, and there is nothing to start anew.
    assert "555-0188" not in page.text
    assert not [button for button in page.all("button") if "Start with this" in button.text]
