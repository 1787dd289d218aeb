"""A real SMTP server on this machine that keeps what it receives."""

import email
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default as modern
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Letter:
    """A mail as it arrived."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The plain part."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part."""
        return self._part("html")

    @property
    def addresses(self) -> list[str]:
        """Every web address in the plain part, in order."""
        return _ADDRESS.findall(self.text)

    @property
    def link(self) -> str:
        """The path of the one-use link in the plain part: ``/links/<token>``."""
        paths = [urlsplit(address).path for address in self.addresses if "/links/" in address]
        assert paths, f"no one-use link in: {self.text}"
        return paths[0]

    def _part(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        assert part is not None, f"the mail has no {subtype} part"
        return str(part.get_content())


class Mailbox:
    """What has arrived, in order."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=modern)
        assert isinstance(message, EmailMessage)
        self.letters.append(Letter(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        return "250 kept"

    def to(self, recipient: str) -> list[Letter]:
        """The letters that *recipient* got."""
        return [letter for letter in self.letters if recipient in letter.recipients]


class _AnyPort(Controller):
    """A controller that takes whatever port is free; the library's own asks port 0 whether it is ready."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    """The server and its mailbox; it listens on a free port of 127.0.0.1."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        self._controller = _AnyPort(self.mailbox, hostname="127.0.0.1", port=0)
        self._controller.start()
        self.port: int = self._controller.port

    def stop(self) -> None:
        self._controller.stop()
