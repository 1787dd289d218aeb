"""A browser whose requests a test client answers: a page as people see it, without a server of its own."""

from playwright.sync_api import BrowserContext, Route

from tests.support.client import PageClient

HOST = "http://localhost"


def answer_from(client: PageClient, context: BrowserContext) -> None:
    """Let *client* answer all that the pages of *context* get from :data:`HOST`; they reach nothing else."""

    def answer(route: Route) -> None:
        request = route.request
        if request.method != "GET" or not request.url.startswith(f"{HOST}/"):
            route.abort()
            return
        found = client.get(request.url.removeprefix(HOST), headers={"Accept": request.headers.get("accept", "*/*")})
        headers = {name: value for name, value in found.headers.items() if name.lower() != "content-length"}
        route.fulfill(status=found.status_code, headers=headers, body=found.get_data())

    context.route("**/*", answer)
