"""A test client that looks at every page like a careful reader and fills forms like a browser."""

from typing import Any
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.support.checks import faults
from tests.support.pages import Page, fill


class PageClient(FlaskClient):
    """``client.get("/labs").page`` is the parsed page; loading a page that is not sound fails the test at
    once.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # Read to the end: an answer that streams a file would keep it open.
        response = super().open(*args, **{"buffered": True, **kwargs})
        shown = not 300 <= response.status_code < 400 and response.request.method != "HEAD"
        if shown and response.mimetype == "text/html":
            self._look_at(response)
        return response

    def load(self, address: str, status: int = 200, **kwargs: Any) -> Page:
        """The page at *address*, redirects followed; it must answer *status*."""
        response = self.get(address, follow_redirects=True, **kwargs)
        assert response.status_code == status, f"{address} answered {response.status}: {response.text[:2000]}"
        return page_of(response)

    def submit(
        self,
        page: Page | TestResponse,
        button: str | None = None,
        follow: bool = True,
        **fields: Any,
    ) -> TestResponse:
        """Change *fields* in the form of *page* that holds *button* (the only form when None) and press it.

        Hidden fields, defaults and unchanged values are sent as a browser sends them; a value that the page
        does not offer is an AssertionError. Names that are no Python names go in as
        ``**{"offerings-0-method": "ihc"}``. Redirects are followed unless *follow* is False.
        """
        page = page if isinstance(page, Page) else page_of(page)
        form = page.form(button)
        sent = fill(form, fields, button)
        address = urljoin(page.url, form.get("action") or page.url)
        data = MultiDict(sent)
        if form.get("method").lower() == "post":
            came_from = {"Referer": urljoin("http://localhost", page.url)}
            return self.post(address, data=data, follow_redirects=follow, headers=came_from)
        return self.get(urlsplit(address).path, query_string=data, follow_redirects=follow)

    def _look_at(self, response: TestResponse) -> None:
        page = Page(response.get_data(as_text=True), response.request.full_path.rstrip("?"))
        response.page = page  # type: ignore[attr-defined]
        found = faults(page, response.headers)
        where = f"{response.request.method} {page.url} ({response.status_code})"
        assert not found, "\n- ".join([where, *found])


def page_of(response: TestResponse) -> Page:
    """The parsed page of an answer that :class:`PageClient` loaded."""
    page = getattr(response, "page", None)
    told = f"{response.request.path} answered {response.status} {response.mimetype}, no page"
    assert isinstance(page, Page), told
    return page
