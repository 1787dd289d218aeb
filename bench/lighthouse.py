"""Lighthouse on a phone: how the pages that people see first do, and what they weigh.

    python -m bench.lighthouse [--times N]

It makes a demonstration in a temporary folder, serves it as the product does, and asks Lighthouse (installed from
``bench/phone`` on the first run) about each page N times with its own settings for a phone: a slow fourth-generation
network and a processor four times as slow. Each score is the lowest of the runs, each time the median.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.serve import Server
from config import ROOT, Settings
from devtools import machine
from devtools.checkout import NODE, NPM
from registry import demonstration, schema
from registry.app import create_app
from registry.extensions import begin_writing, db
from registry.models import Lab
from registry.web import now

PACKAGE = ROOT / "bench" / "phone"
CHROME = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
SCORES = ("performance", "accessibility", "best-practices", "seo")
TIMES = {
    "first-contentful-paint": "first paint, s",
    "largest-contentful-paint": "largest paint, s",
    "cumulative-layout-shift": "layout shift",
}
PAGES = {
    "home": "/",
    "results": "/labs?near=30303",
    "results, Spanish": "/labs?near=30303&lang=es",
    "listing": "/labs/{slug}",
    "join": "/join",
    "learn": "/learn",
    "learn: what is HER2": "/learn/her2",
    "learn: scoring criteria": "/learn/clinicians/scoring",
    "learn: numbers": "/learn/numbers",
}


def main() -> None:
    """Measure every page and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    _install()
    print(f"load when it began: {os.getloadavg()[0]:.1f}\n")
    print("| page | " + " | ".join((*SCORES, *TIMES.values(), "kB over the wire")) + " |")
    print("|---|" + "---:|" * (len(SCORES) + len(TIMES) + 1))
    with _served() as (address, slug):
        for name, page in PAGES.items():
            url = address + page.format(slug=slug)
            runs = [_run(url) for _ in range(arguments.times)]
            print(f"| {name} | " + " | ".join(_row(runs)) + " |", flush=True)


def _row(runs: list[dict[str, Any]]) -> Iterator[str]:
    for score in SCORES:
        yield str(min(round(100 * run["categories"][score]["score"]) for run in runs))
    for time, label in TIMES.items():
        unit = 1000 if label.endswith(", s") else 1
        yield f"{statistics.median(run['audits'][time]['numericValue'] for run in runs) / unit:.2f}"
    yield f"{max(run['audits']['total-byte-weight']['numericValue'] for run in runs) / 1000:.0f}"


def _run(url: str) -> dict[str, Any]:
    chrome = machine.browser()
    if chrome is None:
        sys.exit("Lighthouse needs Chromium or Chrome.")
    command = [
        *(sys.executable, *NODE, str(PACKAGE / "node_modules" / "lighthouse" / "cli" / "index.js"), url),
        *("--quiet", "--no-enable-error-reporting", "--output=json", f"--chrome-flags={CHROME}"),
        f"--only-categories={','.join(SCORES)}",
    ]
    done = subprocess.run(command, capture_output=True, check=True, env=os.environ | {"CHROME_PATH": chrome})
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _install() -> None:
    if not (PACKAGE / "node_modules" / "lighthouse").is_dir():
        subprocess.run([sys.executable, *NPM, "ci", "--no-audit", "--no-fund"], cwd=PACKAGE, check=True)


@contextlib.contextmanager
def _served() -> Iterator[tuple[str, str]]:
    """A served demonstration: its address, and the slug of one of its laboratories."""
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        app = create_app(Settings(mode="demonstration", instance=instance))
        with app.app_context():
            schema.upgrade(db.engine)
            begin_writing(db.session)
            demonstration.load(db.session, now=now(), instance=instance)
            db.session.commit()
            slug = db.session.query(Lab.slug).order_by(Lab.id).limit(1).scalar()
        environ = os.environ | {"REGISTRY_MODE": "demonstration", "REGISTRY_INSTANCE": folder}
        with Server("registry.app:serve", environ, instance / "server.log") as server:
            yield f"http://127.0.0.1:{server.port}", slug


if __name__ == "__main__":
    main()
