"""Laboratories that send their registration to a server that keeps dying under them."""

import http.client
import itertools
import random
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from tests.support.pages import Page, fill

PATIENCE = 60
"""How often a laboratory presses again before the test gives up on the server."""


@dataclass
class Registration:
    """A complete draft, the browser that holds it, and what its laboratory was told."""

    submission_id: int
    cookie: str
    acknowledged: bool = False
    told_at_once: bool = False
    lost: int = 0
    strange: list[str] = field(default_factory=list)


class Laboratory(threading.Thread):
    """Takes one registration after the other and sends it, as a person at a browser would.

    When the connection breaks, it looks again and presses again; every third one gives up at the first loss
    instead.
    """

    def __init__(
        self, address: tuple[str, int], waiting: "itertools.chain[Registration]", chance: random.Random
    ) -> None:
        super().__init__(daemon=True)
        self._address = address
        self._waiting = waiting
        self._chance = chance
        self.enough = threading.Event()
        self.answered = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            for registration in self._waiting:
                self._send(registration, gives_up=self._chance.random() < 1 / 3)
                if self.enough.is_set():
                    return
        except BaseException as error:
            self.failure = error

    def _send(self, registration: Registration, *, gives_up: bool) -> None:
        for _ in range(PATIENCE):
            try:
                if self._press(registration):
                    return
            except (OSError, http.client.HTTPException):
                registration.lost += 1
                if gives_up:
                    return
        registration.strange.append("the server never came back")

    def _press(self, registration: Registration) -> bool:
        """Open the last page and press “Send”. True when there is nothing more to do."""
        status, where, html = self._ask(registration, "GET", "/join/check")
        if status == 303 and urlsplit(where).path == "/join/sent":
            # An earlier press had worked, only its answer was lost.
            registration.acknowledged = True
            return True
        if status != 200:
            registration.strange.append(f"GET answered {status} {where}")
            return True
        form = Page(html, "/join/check").form("Send")
        body = urlencode(fill(form, {"right_today": True, "consent": True}, "Send"))
        status, where, html = self._ask(registration, "POST", "/join/check", body)
        if status == 303 and urlsplit(where).path == "/join/sent":
            registration.acknowledged = registration.told_at_once = True
        else:
            registration.strange.append(f"POST answered {status} {where} {Page(html).text[:400]}")
        return True

    def _ask(self, registration: Registration, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection(*self._address, timeout=30)
        try:
            headers = {"Cookie": f"session={registration.cookie}", "Connection": "close"}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            html = answer.read().decode()
        finally:
            connection.close()
        self.answered += 1
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if cookie.startswith("session="):
                registration.cookie = cookie.removeprefix("session=").partition(";")[0]
        return answer.status, answer.headers.get("Location", ""), html


def at_work(
    address: tuple[str, int], registrations: Iterable[Registration], *, count: int, seed: int
) -> list[Laboratory]:
    """*count* laboratories that share *registrations*, each started."""
    lock = threading.Lock()
    shared = iter(registrations)

    def one_at_a_time() -> Iterable[Registration]:
        while True:
            with lock:
                following = next(shared, None)
            if following is None:
                return
            yield following

    threads = [
        Laboratory(address, itertools.chain(one_at_a_time()), random.Random(seed + number)) for number in range(count)
    ]
    for thread in threads:
        thread.start()
    return threads
