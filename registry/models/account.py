"""Staff accounts, their roles and their sessions; the columns are those that flask-security reads."""

from datetime import datetime

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.models.base import Base, BigKey, intpk

ROLES = ("admin", "moderator", "outreach", "reader")

staff_user_role = Table(
    "staff_user_role",
    Base.metadata,
    Column("user_id", ForeignKey("staff_user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("staff_role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """What a member of staff may do: one of ``ROLES``."""

    __tablename__ = "staff_role"

    id: Mapped[intpk]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    description: Mapped[str | None] = mapped_column(String(255))
    permissions: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    users: Mapped[list["User"]] = relationship(secondary=staff_user_role, back_populates="roles")


class User(Base, UserMixin):
    """A member of staff. Laboratories have no accounts.

    The ignored types are the library's own, which knows no empty columns.
    """

    __tablename__ = "staff_user"

    id: Mapped[intpk]
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]  # type: ignore[assignment]
    current_login_at: Mapped[datetime | None]  # type: ignore[assignment]
    last_login_ip: Mapped[str | None] = mapped_column(String(64))
    current_login_ip: Mapped[str | None] = mapped_column(String(64))
    login_count: Mapped[int | None] = mapped_column(default=0)  # type: ignore[assignment]
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None] = mapped_column(BigKey, doc="Time step of the last code used.")
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    create_datetime: Mapped[datetime]
    roles: Mapped[list[Role]] = relationship(secondary=staff_user_role, back_populates="users", lazy="selectin")  # type: ignore[assignment]


class StaffSession(Base):
    """A signed-in browser, known to the server, so that signing out ends it whatever the cookie says."""

    __tablename__ = "staff_session"

    id: Mapped[intpk]
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("staff_user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
