"""Staff accounts, their roles and their sessions; the columns are those that flask-security reads."""

from datetime import datetime

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table
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
    confirmed_at: Mapped[datetime | None] = mapped_column(doc="When the account got its first password.")
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
    passkey_handle: Mapped[str | None] = mapped_column(
        String(64), unique=True, index=True, doc="Under which passkeys know the account; says nothing of the person."
    )
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
    proved_at: Mapped[datetime | None] = mapped_column(doc="When the password or a passkey was last shown.")
    address: Mapped[str] = mapped_column(String(64), default="", server_default="", doc="Network address at sign-in.")
    agent: Mapped[str] = mapped_column(String(300), default="", server_default="", doc="The browser's own description.")


class Passkey(Base):
    """A public key with which a member of staff signs in; what belongs to it never leaves their device."""

    __tablename__ = "staff_passkey"

    id: Mapped[intpk]
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("staff_user.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigKey)
    name: Mapped[str] = mapped_column(String(60), doc="What its owner calls it.")
    synced: Mapped[bool] = mapped_column(doc="Whether the device may copy it to others of its owner.")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """What a browser was asked to sign: answered once, soon, for one purpose."""

    __tablename__ = "staff_passkey_challenge"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    challenge: Mapped[bytes] = mapped_column(LargeBinary(64))
    purpose: Mapped[str] = mapped_column(String(12), doc="register, sign_in, second or verify.")
    user_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("staff_user.id", ondelete="CASCADE"), index=True, doc="Whose passkey alone may answer."
    )
    expires_at: Mapped[datetime] = mapped_column(index=True)


class UnknownName(Base):
    """Failed sign-ins under a name that no account has, counted as for accounts, so that both cost the same."""

    __tablename__ = "staff_unknown_name"

    name_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failed_logins: Mapped[int]
    locked_until: Mapped[datetime | None]
    failed_at: Mapped[datetime] = mapped_column(index=True)
