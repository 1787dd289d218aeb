"""The tables. SQLAlchemy only; each class carries the rules that keep its own row true."""

from registry.models.account import Role, StaffSession, User
from registry.models.audit import AuditEvent
from registry.models.base import Base
from registry.models.clia import CliaQuarter, CliaRecord
from registry.models.contact import ContactSession, LabContact
from registry.models.guard import MailStop, SpentChallenge
from registry.models.lab import DirectoryVersion, Lab, LabOffering
from registry.models.link import OneUseLink
from registry.models.outbox import OutboxMessage
from registry.models.place import GeocodeCache
from registry.models.report import Report
from registry.models.submission import DraftKey, Submission

__all__ = [
    "AuditEvent",
    "Base",
    "CliaQuarter",
    "CliaRecord",
    "ContactSession",
    "DirectoryVersion",
    "DraftKey",
    "GeocodeCache",
    "Lab",
    "LabContact",
    "LabOffering",
    "MailStop",
    "OneUseLink",
    "OutboxMessage",
    "Report",
    "Role",
    "SpentChallenge",
    "StaffSession",
    "Submission",
    "User",
]
