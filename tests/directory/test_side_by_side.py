"""Which tests stand beside which, and that the page of comparisons keeps its address."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from registry.directory.compare import side_by_side
from registry.domain.profile import LabProfile, Offering
from registry.domain.text import slugify
from tests.support.client import page_of
from tests.support.factories import a_profile, a_submission


def _methods(*of_each: str) -> list[LabProfile]:
    return [a_profile(offerings=tuple(Offering(method=method) for method in methods.split())) for methods in of_each]


@pytest.mark.parametrize(
    ("of_each", "expected"),
    [
        (("ihc", "ihc"), {"ihc": [(True, True)]}),
        (("ihc ihc", "ihc", "fish"), {"ihc": [(True, True, False), (True, False, False)], "fish": [(0, 0, 1)]}),
        (("", "ihc"), {"ihc": [(False, True)]}),
        (("", ""), {}),
        (("old_method", "ihc"), {"ihc": [(False, True)], "old_method": [(True, False)]}),
    ],
)
def test_each_test_stands_once_in_one_line_of_its_method(of_each: tuple[str, ...], expected: dict[str, Any]) -> None:
    found = side_by_side(_methods(*of_each))

    assert {method: [tuple(test is not None for test in line) for line in lines] for method, lines in found} == expected
    assert [method for method, _ in found] == list(expected)


@pytest.mark.parametrize("name", ["Compare", "compare!", " COMPARE "])
def test_no_laboratory_is_given_the_address_of_this_page(name: str) -> None:
    assert slugify(name) == "laboratory"


def test_an_approved_laboratory_called_compare_has_a_page_of_its_own(session: Session, staff: Any) -> None:
    submission = a_submission(session, a_profile(name="Compare", city="アトランタ"))
    client = staff("moderator")
    page = client.load(f"/staff/submissions/{submission.id}")

    done = client.submit(page, button="Save the decision", decision="approve")

    assert page_of(done).text.count("Approved")
    assert client.load("/labs/laboratory").h1 == "Compare"
