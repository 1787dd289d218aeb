"""What a listing says of its CLIA number in the CMS file."""

import pytest
from sqlalchemy.orm import Session

from tests.directory.test_listing import facts
from tests.support.client import PageClient
from tests.support.cms import a_record, file_away
from tests.support.factories import publish

LABEL = "Matched with the CMS file"


def shown(client: PageClient, slug: str) -> str:
    return facts(client.load(f"/labs/{slug}"))[LABEL]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("active", "Found as active in the CMS file of 2026-Q2, read on August 3, 2026."),
        ("terminated", "In the CMS file of 2026-Q2, read on August 3, 2026, but not as active."),
        ("closed", "In the CMS file of 2026-Q2, read on August 3, 2026, but not as active."),
        ("unknown", "In the CMS file of 2026-Q2, read on August 3, 2026, but not as active."),
    ],
)
def test_a_listing_says_what_the_file_of_which_quarter_has(
    status: str, said: str, session: Session, client: PageClient
) -> None:
    lab = publish(session)
    file_away(session, a_record(lab.clia_number, program_status=status))

    assert shown(client, lab.slug).startswith(said)


def test_a_number_that_the_file_lacks_is_said_to_be_missing(session: Session, client: PageClient) -> None:
    lab = publish(session)
    file_away(session, a_record("00D9999999"))

    assert shown(client, lab.slug).startswith("Not found in the CMS file of 2026-Q2, read on August 3, 2026.")


def test_without_a_number_there_is_nothing_to_match(session: Session, client: PageClient) -> None:
    lab = publish(session, clia_number="", clia_absence_reason="dod_clip")
    file_away(session, a_record("00D9999999"))

    assert shown(client, lab.slug).startswith("Not yet")


def test_a_listing_that_was_kept_is_asked_for_again_after_an_import(session: Session, client: PageClient) -> None:
    lab = publish(session)
    address = f"/labs/{lab.slug}"
    tag = {"If-None-Match": client.get(address).headers["ETag"]}
    assert client.get(address, headers=tag).status_code == 304

    file_away(session, a_record(lab.clia_number))

    assert client.get(address, headers=tag).status_code == 200
