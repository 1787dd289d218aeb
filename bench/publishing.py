"""Publications while the service is under load: is each seen by the next request, and does any request wait for it?"""

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench import load
from bench.serve import SERVICE, Server, filled, zip_codes
from registry.domain.profile import LabProfile, Offering
from registry.models import Lab

CONNECTIONS = 8
EVERY_S = 0.25
PLACE = (38.8977, -77.0365)


@dataclass(slots=True)
class Published:
    """How many publications there were, and how many the next request did not show."""

    count: int = 0
    unseen: int = 0
    seconds: list[float] = field(default_factory=list)


def tables(size: int, *, seconds: float, databases: Path) -> list[str]:
    """The figures as Markdown."""
    folder = databases / f"{size}-publishing"
    environ = filled(folder, size)
    with Server(SERVICE, environ, folder / "service.log") as service:
        questions = [load.Question(f"/api/v1/labs?near={code}&within=100&method=ngs") for code in zip_codes()]
        quiet = load.run(service.port, questions, connections=CONNECTIONS, seconds=seconds)
        published = Published()
        ended = threading.Event()
        writer = threading.Thread(
            target=_publish, args=(folder / "registry.sqlite", service.port, published, ended), daemon=True
        )
        writer.start()
        loaded = load.run(service.port, questions, connections=CONNECTIONS, seconds=seconds)
        ended.set()
        writer.join()
    lines = [
        f"### Publications under load: {size:,} laboratories, {CONNECTIONS} connections, 100 miles with a method",
        "",
        "| | answers/s | p50, ms | p99 | slowest |",
        "|---|---:|---:|---:|---:|",
    ]
    for label, figures in (("nobody publishes", quiet), (f"a publication every {EVERY_S} s", loaded)):
        p50, p99, slowest = np.percentile(figures.latencies, (50, 99, 100)) * 1e3
        lines.append(f"| {label} | {figures.rate:,.0f} | {p50:.2f} | {p99:.2f} | {slowest:.1f} |")
    middle = float(np.median(published.seconds)) * 1e3
    return [
        *lines,
        "",
        f"{published.count} publications, {published.unseen} of them not in the next answer; "
        f"from the commit to that answer {middle:.1f} ms (median).",
        "",
    ]


def _publish(database: Path, port: int, published: Published, ended: threading.Event) -> None:
    engine = create_engine(f"sqlite:///{database}", connect_args={"timeout": 10})
    lat, lon = PLACE
    while not ended.wait(EVERY_S):
        name = f"Published {time.time_ns()}"
        with Session(engine) as session:
            _new_lab(session, name, lat, lon)
            session.commit()
        committed = time.perf_counter()
        answer = next(load.answers(port, [f"/api/v1/labs?near={lat},{lon}&within=10&method=ihc"]))
        published.seconds.append(time.perf_counter() - committed)
        published.count += 1
        published.unseen += name not in {item["name"] for item in json.loads(answer.body)["items"]}
        with Session(engine) as session:
            lab = session.query(Lab).filter_by(name=name).one()
            lab.publish(session, lab.profile, lat=-lat, lon=lon, precision="zip", now=datetime.now(UTC))
            session.commit()
    engine.dispose()


def _new_lab(session: Session, name: str, lat: float, lon: float) -> None:
    moment = datetime.now(UTC)
    lab = Lab(slug=name.lower().replace(" ", "-"), demonstration=True, last_confirmed=moment.date())
    offering = Offering(name="HER2 IHC", method="ihc", accepts_outside_specimens="yes", specimens=("ffpe_block",))
    profile = LabProfile(name=name, city="Washington", state="DC", zip="20500", offerings=(offering,))
    lab.publish(session, profile, lat=lat, lon=lon, precision="zip", now=moment)
    session.add(lab)
