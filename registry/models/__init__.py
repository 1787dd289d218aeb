"""The tables. SQLAlchemy only; each class carries the rules that keep its own row true."""

from registry.models.account import Role, StaffSession, User
from registry.models.audit import AuditEvent
from registry.models.base import Base
from registry.models.lab import DirectoryVersion, Lab, LabOffering
from registry.models.link import OneUseLink
from registry.models.outbox import OutboxMessage
from registry.models.submission import Submission

__all__ = [
    "AuditEvent",
    "Base",
    "DirectoryVersion",
    "Lab",
    "LabOffering",
    "OneUseLink",
    "OutboxMessage",
    "Role",
    "StaffSession",
    "Submission",
    "User",
]
