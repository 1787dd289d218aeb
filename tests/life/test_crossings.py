"""Letters that cross: what one person does while the other's link is on its way. Each of these was a server error."""

from registry.links import Purpose
from tests.life import deeds
from tests.life.chances import a_version
from tests.life.plays import Life
from tests.life.world import Request

ADA, BEN = "ada@example.org", "ben@example.org"


def another_version(life: Life, request: Request) -> Request:
    """The draft that is to replace *request*, as its sender opens it."""
    made = life.act("change", True, deeds.change, request.id, by=request.sender)
    assert made is not None
    life.opened(made, replaced=request)
    return life.world.requests[made.id]


def test_a_version_that_waits_for_its_mailbox_is_a_draft_again_where_another_is_begun(life: Life) -> None:
    first = life.proved(ADA, a_version(1, 0, 0, ""))
    second = another_version(life, first)
    life.readdressed(second, BEN)
    life.sent(second)
    assert second.state == "awaiting_email"
    assert another_version(life, first) is second
    life.all_is_as_it_should_be()
    life.readdressed(second, ADA)
    life.sent(second)
    assert (first.state, second.state) == ("superseded", "submitted")
    life.all_is_as_it_should_be()


def test_a_change_that_is_sent_back_leads_to_the_draft_that_a_colleague_has_open(life: Life) -> None:
    first = life.proved(ADA, a_version(1, 0, 0, ""))
    second = another_version(life, first)
    life.readdressed(second, BEN)
    life.sent(second)
    life.approved(life.page_of(first))
    lab = first.lab or 0
    life.opened(life.act("edit", True, deeds.edit, lab, by=ADA), lab)
    life.press_latest(Purpose.CONFIRM_EMAIL)
    assert (second.kind, second.state, second.sender) == ("edit", "submitted", ADA)
    life.sent_back(life.page_of(second))
    life.press_latest(Purpose.REVISE)
    life.all_is_as_it_should_be()
    drafts = [one for one in life.world.requests.values() if one.state == "draft"]
    assert [draft.revises for draft in drafts] == [None]


def test_of_two_changes_the_second_is_not_approved_beside_an_entry_that_is_no_more(life: Life) -> None:
    first = life.proved(ADA, a_version(1, 0, 0, ""))
    second = another_version(life, first)
    life.rewritten(second, a_version(1, 0, 1, ""))
    life.readdressed(second, BEN)
    life.sent(second)
    life.approved(life.page_of(first))
    lab = first.lab or 0
    life.opened(life.act("edit", True, deeds.edit, lab, by=ADA), lab)
    third = life.world.open_edit(lab)
    assert third is not None
    life.rewritten(third, a_version(1, 1, 2, ""))
    life.sent(third)
    life.press_latest(Purpose.CONFIRM_EMAIL)
    assert (second.kind, second.state, third.state) == ("edit", "submitted", "submitted")
    pages = [life.page_of(second), life.page_of(third)]
    for page in pages:
        # The second is refused: the world says so, and so must the services.
        life.approved(page)
    life.all_is_as_it_should_be()
    assert [one.state for one in (second, third)] == ["approved", "submitted"]
    life.approved(life.page_of(third))
    life.all_is_as_it_should_be()
    assert life.world.entries[lab].profile == third.profile
