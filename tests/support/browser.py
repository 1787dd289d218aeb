"""The system's Chromium, the application in a real server process, and axe."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from flask import Flask
from playwright.sync_api import BrowserContext, Page
from sqlalchemy.orm import Session

from config import ROOT, Settings
from devtools import machine
from registry.app import create_app
from registry.extensions import db
from tests.support.client import PageClient
from tests.support.databases import ENGINES, Databases, connections_closed
from tests.support.smtp import MailServer

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever a page asks of another host finds nobody.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
WIDTHS = (320, 768, 1280)
# WCAG 2.2 A and AA, what axe calls best practice, and what it holds to be an experiment and finds none the less.
AXE_RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "rules": {
        rule: {"enabled": True}
        for rule in (
            "css-orientation-lock",
            "label-content-name-mismatch",
            "table-fake-caption",
            "target-size",
            "td-has-header",
        )
    },
    "resultTypes": ["violations"],
}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
START_SECONDS = 60.0
_ON_POSTGRESQL: set[str] = set()
"""The servers of this process that have their data there."""
STOP_SECONDS = 3.0


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's Chromium or Chrome."""
    found = machine.browser()
    assert found, f"install one of {', '.join(machine.BROWSERS)}"
    return {**browser_type_launch_args, "executable_path": found, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Every context speaks American English and wants no movement, so that what is looked at stands still."""
    return {**browser_context_args, "locale": "en-US", "reduced_motion": "reduce"}


@dataclass(frozen=True)
class Live:
    """The application in a server process of its own; ``app`` is the same application in this process, on
    the same database.
    """

    url: str
    settings: Settings
    app: Flask

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """A session on the server's database."""
        with self.app.app_context():
            engine = db.engine
        with Session(engine) as session:
            yield session


def environment(settings: Settings) -> dict[str, str]:
    """The variables from which another process reads *settings*."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}
    for name in ("mode", "instance", "database_url", "base_url", "smtp_host", "smtp_port", "contact_email"):
        own[f"REGISTRY_{name.upper()}"] = str(getattr(settings, name))
    own["REGISTRY_UNDO_MINUTES"] = str(settings.undo_for.total_seconds() / 60)
    for name in ("limits_enabled", "staff_second_factor"):
        own[f"REGISTRY_{name.upper()}"] = str(getattr(settings, name)).lower()
    return own


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(arguments: list[str], settings: Settings, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A Python process of the checkout with *settings*; it and its children end with the block."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The address of granian serving the application with *settings*, whose ``base_url`` names the port."""
    port = settings.base_url.rpartition(":")[2]
    settings.instance.mkdir(parents=True, exist_ok=True)
    log = settings.instance / "server.log"
    arguments = [
        *("-m", "granian", "--interface", "wsgi", "--factory", "--workers", "1", "--blocking-threads", "4"),
        *("--log-level", "warning", "--no-ws", "--host", "127.0.0.1", "--port", port),
        "registry.app:create_app",
    ]
    with running(arguments, settings, log) as process:
        limit = time.monotonic() + START_SECONDS
        while not _answers(f"{settings.base_url}/healthz"):
            stuck = process.poll() is not None or time.monotonic() > limit
            assert not stuck, f"the server did not start: {log.read_text()}"
            time.sleep(0.05)
        yield settings.base_url


def _answers(url: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
        return bool(answer.status == 200)
    return False


@pytest.fixture(scope="module", params=ENGINES)
def live(
    request: pytest.FixtureRequest,
    databases: Databases,
    mail_server: MailServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Live]:
    """The application served by granian, once for SQLite and once for PostgreSQL; the module's tests share
    its database.

    A test that only looks asks for one: ``@pytest.mark.parametrize("live", ["sqlite"], indirect=True)``.
    """
    with served(request.param, databases, mail_server, tmp_path_factory) as found:
        yield found


@contextlib.contextmanager
def served(
    engine: str,
    databases: Databases,
    mail_server: MailServer,
    tmp_path_factory: pytest.TempPathFactory,
    **changes: Any,
) -> Iterator[Live]:
    """As ``live``, with settings that differ in *changes*."""
    mail_server.mailbox.letters.clear()
    with databases.fresh(engine) as url:
        settings = Settings(
            mode="test",
            instance=tmp_path_factory.mktemp("live"),
            database_url=url,
            base_url=f"http://127.0.0.1:{free_port()}",
            smtp_host="127.0.0.1",
            smtp_port=mail_server.port,
            limits_enabled=False,
            staff_second_factor=False,
            undo_minutes=0,
            contact_email="registry@example.org",
        ).model_copy(update=changes)
        app = create_app(settings)
        app.test_client_class = PageClient
        with connections_closed(app), serving(settings) as address:
            if settings.database.startswith("postgresql"):
                _ON_POSTGRESQL.add(address)
            yield Live(address, settings, app)


def watch(context: BrowserContext, live: Live) -> list[str]:
    """A list that fills with what no page may do: requests to other machines, errors of scripts, refusals by
    the policy.
    """
    found: list[str] = []

    def request(address: str) -> None:
        if not address.startswith((f"{live.url}/", "data:", "about:", "blob:")):
            found.append(f"a request to {address}")

    def console(kind: str, text: str) -> None:
        # A page that answers 4xx is an error in the console too; the test looks at the page.
        if kind == "error" and "Failed to load resource" not in text:
            found.append(text)

    context.on("request", lambda one: request(one.url))
    context.on("console", lambda one: console(one.type, one.text))
    context.on("weberror", lambda one: found.append(str(one.error)))
    return found


def accessibility_faults(
    page: Page, widths: tuple[int, ...] = WIDTHS, examined: Container[int] | None = None
) -> list[str]:
    """Whether anything makes *page* scroll sideways at any of *widths* in CSS pixels, and what axe finds at those of
    them in *examined*; without it at the least and the most.
    """
    # The layouts between have the same elements; axe takes seconds for a long list.
    examined = {min(widths), max(widths)} if examined is None else examined
    found = []
    before = page.viewport_size
    page.evaluate(AXE_SCRIPT)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        if width in examined:
            results = AxeResults(page.evaluate("rules => axe.run(rules)", AXE_RULES))
            if results.violations_count:
                found.append(f"{page.url} at {width} px: {results.generate_report()}")
        wide = page.evaluate(SIDEWAYS)
        if wide > 0:
            found.append(f"{page.url} at {width} px is {wide} px too wide")
    if before is not None:
        page.set_viewport_size(before)
    return found


def assert_accessible(page: Page, widths: tuple[int, ...] = WIDTHS) -> None:
    """Fail with the report when axe or the width of the page finds a fault; a page is the same on both databases, so
    one of them is enough.
    """
    if any(page.url.startswith(address) for address in _ON_POSTGRESQL):
        return
    found = accessibility_faults(page, widths)
    assert not found, "\n".join(found)
