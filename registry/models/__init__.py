"""The tables. SQLAlchemy only; each class carries the rules that keep its own row true."""

from registry.models.account import Passkey, PasskeyChallenge, Role, StaffSession, UnknownName, User
from registry.models.audit import AuditEvent, AuditHead, AuditSeal
from registry.models.base import Base
from registry.models.clia import CliaQuarter, CliaRecord
from registry.models.contact import ContactSession, LabContact
from registry.models.duplicate import DuplicatePair, LabIdentifier, LabMerge
from registry.models.guard import MailStop, SpentChallenge
from registry.models.lab import DirectoryVersion, Lab, LabOffering
from registry.models.link import OneUseLink
from registry.models.outbox import OutboxMessage
from registry.models.place import GeocodeCache
from registry.models.report import Report
from registry.models.submission import DraftKey, Submission
from registry.models.task import JobMark, ReviewLease, Task
from registry.models.version import LabVersion

__all__ = [
    "AuditEvent",
    "AuditHead",
    "AuditSeal",
    "Base",
    "CliaQuarter",
    "CliaRecord",
    "ContactSession",
    "DirectoryVersion",
    "DraftKey",
    "DuplicatePair",
    "GeocodeCache",
    "JobMark",
    "Lab",
    "LabContact",
    "LabIdentifier",
    "LabMerge",
    "LabOffering",
    "LabVersion",
    "MailStop",
    "OneUseLink",
    "OutboxMessage",
    "Passkey",
    "PasskeyChallenge",
    "Report",
    "ReviewLease",
    "Role",
    "SpentChallenge",
    "StaffSession",
    "Submission",
    "Task",
    "UnknownName",
    "User",
]
