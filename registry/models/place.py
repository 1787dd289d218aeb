"""Looked-up addresses: what an online geocoder answered, under a keyed hash of what was asked."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base


class GeocodeCache(Base):
    """An answer of a geocoder. The address itself is nowhere in the row, and an answer may be "not found".

    `lat` and `lon` are degrees, WGS84, rounded to a thousandth (about 100 m), so that the row does not name the
    house; both are None when the provider knew no such address. `fetched_at` is the day of the answer.
    """

    __tablename__ = "geocode_cache"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    provider: Mapped[str] = mapped_column(String(16), primary_key=True)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    precision: Mapped[str] = mapped_column(String(16))
    fetched_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
