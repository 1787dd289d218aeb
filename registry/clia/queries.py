"""What the imported file says."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from registry.domain.text import order_key
from registry.models import CliaQuarter, CliaRecord

_LAST_CHARACTER = "\U0010ffff"
# A name of one or two letters would name half of the file.
_SHORTEST_PREFIX = 3


def record(session: Session, clia_number: str) -> CliaRecord | None:
    """What the file says of *clia_number*; None when it does not stand there, or no file was imported."""
    return session.get(CliaRecord, clia_number) if clia_number else None


def records(session: Session, clia_numbers: Collection[str]) -> dict[str, CliaRecord]:
    """As :func:`record` for several numbers; what is not in the file is not in the answer."""
    wanted = set(clia_numbers) - {""}
    if not wanted:
        return {}
    found = session.scalars(select(CliaRecord).where(CliaRecord.clia_number.in_(wanted)))
    return {one.clia_number: one for one in found}


def quarter(session: Session) -> CliaQuarter | None:
    """Which quarter's file was imported, and when; None before the first import."""
    return session.get(CliaQuarter, 1)


def candidates(session: Session, *, name: str, zip: str, state: str, limit: int) -> list[CliaRecord]:
    """At most *limit* laboratories that a stranger may mean: first those whose name begins so, then those of the ZIP.

    *state* (USPS code) narrows the names; each of the three may be empty. Active ones first, then by name.
    """
    key, code = order_key(name.strip()), zip.strip()[:5]
    named = select(CliaRecord).where(CliaRecord.name_key >= key, CliaRecord.name_key < key + _LAST_CHARACTER)
    if state:
        named = named.where(CliaRecord.state == state.upper())
    found: dict[str, CliaRecord] = {}
    if len(key) >= _SHORTEST_PREFIX:
        if code:
            _add(session, named.where(CliaRecord.zip == code), found, limit)
        _add(session, named, found, limit)
    if code:
        _add(session, select(CliaRecord).where(CliaRecord.zip == code), found, limit)
    return list(found.values())


def _add(session: Session, wanted: Select[CliaRecord], found: dict[str, CliaRecord], limit: int) -> None:
    missing = limit - len(found)
    if missing <= 0:
        return
    rows: Sequence[CliaRecord] = session.scalars(
        wanted.where(CliaRecord.clia_number.not_in(list(found)))
        .order_by(CliaRecord.program_status != "active", CliaRecord.name_key, CliaRecord.clia_number)
        .limit(missing)
    ).all()
    found.update((one.clia_number, one) for one in rows)
