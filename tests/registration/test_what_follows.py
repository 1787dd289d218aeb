"""Without JavaScript too, an answer that follows from another need not be given; one that means nothing is dropped."""

from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.registration.walk import NEXT, TEST, fill_in, only
from tests.support.client import PageClient, page_of

BLOOD: dict[str, Any] = {
    "name": "HER2 in blood",
    "method": "ngs_ctdna",
    "assay": "guardant360_cdx",
    "reports_copy_number": "yes",
    "scoring_criterion": "ngs_copy_number_lab",
    "reflex_policy": "ngs_positive_to_ihc",
    "specimens": ["whole_blood_cfdna"],
}


def test_the_method_follows_from_the_assay_and_that_is_said(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    answer = without(client, "method")
    assert answer.request.path == "/join/tests"
    assert only(session).profile.offerings[0].method == "ihc"
    said = page_of(answer).main.text
    assert "Method: set to “Immunohistochemistry (IHC)”, because you chose “PATHWAY anti-HER-2/neu, clone 4B5" in said


@pytest.mark.parametrize("assay", ["", "lab_developed"])
def test_an_assay_of_any_method_leaves_the_method_to_be_chosen(client: PageClient, assay: str) -> None:
    fill_in(client, "you")
    assert page_of(without(client, "method", assay=assay)).one(id="method-error").text == "Error: Choose the method."


def test_a_method_that_contradicts_the_assay_is_not_overruled(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    page = page_of(fill_in(client, "test-1", method="fish"))
    assert set(page.errors()) == {"assay"}
    assert only(session).unfinished["test-1"]["method"] == ["fish"]


def test_a_filled_in_method_is_shown_while_something_else_is_wrong(client: PageClient) -> None:
    fill_in(client, "you")
    page = page_of(without(client, "method", tat_max="soon"))
    assert set(page.errors()) == {"tat_max"}
    assert "checked" in page.one("input", name="method", value="ihc").attributes
    again = client.load("/join/test-1")
    assert set(again.errors()) == {"tat_max"}
    assert "checked" in again.one("input", name="method", value="ihc").attributes


def test_reflex_need_not_be_answered_for_blood(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    assert without(client, "reflex_policy", **BLOOD).request.path == "/join/tests"
    assert only(session).profile.offerings[0].reflex_policy == "not_applicable"
    fill_in(client, "test-1", **BLOOD)
    assert only(session).profile.offerings[0].reflex_policy == BLOOD["reflex_policy"]


def test_reflex_must_be_answered_for_tissue(client: PageClient) -> None:
    fill_in(client, "you")
    assert page_of(without(client, "reflex_policy")).one(id="reflex_policy-error")


def test_what_means_nothing_with_the_method_is_neither_kept_nor_refused(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    fill_in(client, "test-1", **BLOOD, slides_min="a few", tumor_content_min_pct="20")
    fill_in(client, "test-2", reports_copy_number="yes", slides_min="5", tumor_content_min_pct="20")
    blood, tissue = only(session).profile.offerings
    assert (blood.slides_min, blood.tumor_content_min_pct, blood.reports_copy_number) == (None, None, "yes")
    assert (tissue.slides_min, tissue.tumor_content_min_pct, tissue.reports_copy_number) == (5, 20, "")


def test_it_is_kept_as_typed_while_the_test_is_not_in_order(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    fill_in(client, "test-1", **BLOOD, slides_min="5", tat_max="soon")
    fill_in(client, "test-1", **{**TEST, "slides_min": "5"})
    assert only(session).profile.offerings[0].slides_min == 5


def test_an_unusual_combination_is_as_good_as_any(client: PageClient, session: Session) -> None:
    fill_in(client, "you")
    unusual = {**BLOOD, "scoring_criterion": "heracles", "reflex_policy": "both_always", "specimens": ["ffpe_block"]}
    assert fill_in(client, "test-1", **unusual).request.path == "/join/tests"
    offering = only(session).profile.offerings[0]
    assert (offering.scoring_criterion, offering.specimens) == ("heracles", ("ffpe_block",))


def without(client: PageClient, left_out: str, **changes: Any) -> TestResponse:
    """The first test sent as one types it, but for *changes* and with nothing chosen of *left_out*."""
    typed = {field: value for field, value in {**TEST, **changes}.items() if field != left_out}
    return client.submit(client.load("/join/test-1"), button=NEXT, **typed)
