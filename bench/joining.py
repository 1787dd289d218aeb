"""A laboratory that joins the list over HTTP, step by step, as a browser does: its cookies, the form's hidden fields,
one kept-alive connection, and sometimes a double click.
"""

import html
import http.client
import itertools
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

PATIENCE_S = 60.0

_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


@dataclass
class Joining:
    """One laboratory on its way: its mailbox, its answer to the challenge, and what it was told."""

    number: int
    proof: str
    double: bool = False
    """Whether it presses "Send" twice at the same moment, on two connections."""

    acknowledged: bool = False
    send_s: float = 0.0
    requests: int = 0
    strange: list[str] = field(default_factory=list)

    @property
    def mailbox(self) -> str:
        return f"laboratory-{self.number}@laboratory.example"


def steps(number: int) -> Sequence[tuple[str, dict[str, str | list[str]]]]:
    """What laboratory *number* types, by the page it types it into."""
    return (
        (
            "/join/you",
            {
                "contact_name": "Robin Invented",
                "contact_email": f"laboratory-{number}@laboratory.example",
                "contact_role": "Laboratory manager",
            },
        ),
        (
            "/join/laboratory",
            {
                "name": f"Invented Pathology {number}",
                "lab_kind": "hospital",
                "clia_number": f"00D{number:07d}",
                "certificate_type": "accreditation",
                "address_line1": f"{number} Invented Street",
                "city": "Atlanta",
                "state": "GA",
                "zip": "30303",
            },
        ),
        (
            "/join/test-1",
            {
                "name": "HER2 by IHC, colorectal",
                "method": "ihc",
                "assay": "ventana_4b5",
                "scoring_criterion": "heracles",
                "reflex_policy": "ihc_2plus_to_ish_auto",
                "specimens": ["ffpe_block", "unstained_slides"],
                "tat_min": "3",
                "tat_max": "5",
                "tat_unit": "business_days",
                "tat_clock_start": "specimen_receipt",
                "regulatory_status": "ldt",
                "accepts_outside_specimens": "yes",
            },
        ),
        (
            "/join/contact",
            {
                "phone": "404-555-0123",
                "contact_role": "Client services",
                "public_email": "her2@laboratory.example",
                "website": "https://laboratory.example/",
            },
        ),
    )


class Client(threading.Thread):
    """Takes one laboratory after the other through the whole form."""

    def __init__(self, address: tuple[str, int], waiting: Callable[[], Joining | None]) -> None:
        super().__init__(daemon=True)
        self._address = address
        self._waiting = waiting
        self._connection = _connection(address)
        self._cookies: dict[str, str] = {}
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Work until nobody waits; what went wrong with one is noted with it."""
        try:
            while (joining := self._waiting()) is not None:
                self._cookies = {}
                self._join(joining)
        except BaseException as error:
            self.failure = error
        finally:
            self._connection.close()

    def _join(self, joining: Joining) -> None:
        at, page = "", ""
        for path, typed in steps(joining.number):
            if at != path:
                page = self._get(joining, path)
            sent = {**_hidden(page), **typed, "then": "continue"}
            if "altcha" in sent:
                sent["altcha"] = joining.proof
            status, where, body = self._ask(joining, "POST", path, sent)
            if status != 303:
                joining.strange.append(f"{path} answered {status}: {_words(body)}")
                return
            # Where the browser is led is mostly the next step.
            at, page = urlsplit(where).path, self._get(joining, where)
        if at != "/join/check":
            page = self._get(joining, "/join/check")
        self._send(joining, {**_hidden(page), "right_today": "y", "consent": "y", "then": "send"})

    def _send(self, joining: Joining, sent: dict[str, str | list[str]]) -> None:
        if joining.double:
            second = _Second(self._address, self._cookies, sent)
            second.start()
        started = time.perf_counter()
        status, where, body = self._ask(joining, "POST", "/join/check", sent)
        joining.send_s = time.perf_counter() - started
        answers = [(status, where, body)]
        if joining.double:
            second.join(PATIENCE_S)
            answers.append(second.answer)
            joining.requests += 1
        for status, where, body in answers:
            if status == 303 and urlsplit(where).path == "/join/sent":
                joining.acknowledged = True
            else:
                joining.strange.append(f"“Send” answered {status} {where}: {_words(body)}")

    def _get(self, joining: Joining, path: str) -> str:
        status, where, body = self._ask(joining, "GET", path)
        if status == 303:
            return self._get(joining, where)
        if status != 200:
            joining.strange.append(f"{path} answered {status}: {_words(body)}")
        return body

    def _ask(
        self, joining: Joining, method: str, path: str, sent: dict[str, str | list[str]] | None = None
    ) -> tuple[int, str, str]:
        joining.requests += 1
        return _ask(self._connection, self._cookies, method, path, sent)


class _Second(threading.Thread):
    """The second of two clicks: the same form, at the same moment, on a connection of its own."""

    def __init__(self, address: tuple[str, int], cookies: dict[str, str], sent: dict[str, str | list[str]]) -> None:
        super().__init__(daemon=True)
        self._connection = _connection(address)
        self._connection.connect()
        self._cookies = dict(cookies)
        self._sent = sent
        self.answer: tuple[int, str, str] = (0, "", "no answer")

    def run(self) -> None:
        self.answer = _ask(self._connection, self._cookies, "POST", "/join/check", self._sent)
        self._connection.close()


def join_all(address: tuple[str, int], joinings: Iterable[Joining], *, clients: int) -> float:
    """Let *clients* at a time take all *joinings* through the form; the seconds it took.

    Raises what kept a client from working. What a laboratory was answered stands in its ``Joining``.
    """
    lock, shared = threading.Lock(), iter(joinings)

    def following() -> Joining | None:
        with lock:
            return next(shared, None)

    threads = [Client(address, following) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    for failure in itertools.chain(thread.failure for thread in threads):
        if failure is not None:
            raise failure
    return took


def _connection(address: tuple[str, int]) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(*address, timeout=PATIENCE_S)


def _ask(
    connection: http.client.HTTPConnection,
    cookies: dict[str, str],
    method: str,
    path: str,
    sent: dict[str, str | list[str]] | None = None,
) -> tuple[int, str, str]:
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    if sent is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, urlencode(sent, doseq=True) if sent is not None else None, headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    for cookie in answer.headers.get_all("Set-Cookie") or []:
        name, _, value = cookie.partition(";")[0].partition("=")
        cookies[name] = value
    return answer.status, answer.headers.get("Location", ""), body


def _hidden(page: str) -> dict[str, str | list[str]]:
    """The hidden fields of the page's forms, as a browser sends them."""
    found: dict[str, str | list[str]] = {}
    for tag in _INPUT.findall(page):
        attributes = dict(_ATTRIBUTE.findall(tag))
        if attributes.get("type") == "hidden" and "name" in attributes:
            found[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return found


def _words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split())[:300]
