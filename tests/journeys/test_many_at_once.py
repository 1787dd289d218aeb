"""Several laboratories join at the same moment, over HTTP, some with a double click: each is stored once.

The same with 2,000 laboratories is ``python -m bench.submissions``.
"""

from urllib.parse import urlsplit

from sqlalchemy import select

from bench import joining, submissions
from registry.domain.suspicion import TOO_FAST
from registry.models import Submission
from tests.support.browser import Live

LABORATORIES = 32
CLIENTS = 8


def test_all_that_is_acknowledged_is_stored_once(live: Live) -> None:
    laboratories = submissions.laboratories(LABORATORIES, str(live.app.secret_key))
    assert sum(one.double for one in laboratories) == LABORATORIES // submissions.DOUBLE_CLICKS
    address = urlsplit(live.url)
    assert address.hostname is not None
    assert address.port is not None

    joining.join_all((address.hostname, address.port), laboratories, clients=CLIENTS)

    assert [what for one in laboratories for what in one.strange] == []
    assert all(one.acknowledged for one in laboratories)
    found = submissions.stored(live.settings.database, laboratories)
    assert found == submissions.Stored(
        sent=LABORATORIES, twice=0, audited=LABORATORIES, mailed=LABORATORIES, proofs=LABORATORIES
    )
    with live.session() as session:
        kept = session.scalars(select(Submission)).all()
    assert sorted(one.profile.name for one in kept) == sorted(
        f"Invented Pathology {one.number}" for one in laboratories
    )
    # The guard was on, and every proof was good.
    assert {tuple(one.flags) for one in kept} <= {(TOO_FAST,), ()}
