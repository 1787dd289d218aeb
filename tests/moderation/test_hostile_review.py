"""Nothing that a stranger wrote acts on the page of the moderator who reads it."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.support.client import PageClient
from tests.support.hostile import ARABIC, BORROWED, SCRIPT, SCRIPTED, TEMPLATE, a_hostile_edit
from tests.support.pages import Page

Staff = Callable[..., PageClient]


def test_what_a_stranger_wrote_is_text(staff: Staff, session: Session) -> None:
    submission = a_hostile_edit(session)
    # The client finds every page sound: no inline script, handler or style, no scripted address.
    review = staff("moderator").load(f"/staff/submissions/{submission.id}")

    assert SCRIPT in review.main.text
    assert TEMPLATE in review.main.text
    assert [element for element in review.main.walk() if element.tag in {"script", "img", "i", "b", "style"}] == []
    assert review.h1 == ARABIC
    _turns_nothing(review)
    _says_where_links_lead(review)
    _tells_letters_apart(review)


def _turns_nothing(review: Page) -> None:
    """Characters that turn or hide text are written out."""
    for hidden in "\u202e\u202c\u200b\u2066":
        assert hidden not in review.html
        assert f"⟨U+{ord(hidden):04X}⟩" in review.main.text


def _says_where_links_lead(review: Page) -> None:
    """Only what a browser opens as a page is a link, and the host that it opens stands in it."""
    away = [link for link in review.main.all("a") if not link["href"].startswith(("/", "#"))]

    assert {link["href"] for link in away} == {BORROWED}
    for link in away:
        assert {"nofollow", "noopener", "noreferrer"} <= set(link["rel"].split())
        assert link.text == "Open the sender’s site: xn--80ak6aa92e.example"
    assert SCRIPTED in review.main.text
    assert "No web address: nothing opens" in review.main.text


def _tells_letters_apart(review: Page) -> None:
    checks = review.main.one("section", aria_labelledby="checks")
    [found] = [check for check in checks.all("li", class_="check") if "Letters of web" in check.one("h3").text]

    assert "Problem" in found.one("h3").text
    assert "xn--80ak6aa92e.example" in found.text
    assert "аррӏе.example" in found.text
