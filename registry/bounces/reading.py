"""What a returned mail says: whose it was, and why it came back. Pure functions on what strangers may have written.

A mail server says "it could not be delivered" with a mail of its own: a ``multipart/report`` (RFC 6522) whose second
part lists recipients with a status (RFC 3464, RFC 3463), and whose third mostly has the returned mail or its header.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.errors import MessageError
from email.message import Message

LARGEST = 256 * 1024
"""Bytes that are read of a message. The status stands before what is returned, so nothing that counts is cut off."""

MOST_PARTS = 50
MOST_RECIPIENTS = 20

_DEEPEST = 10
_STATUS = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9.])")
_OURS = re.compile(r"<outbox-([0-9]{1,18})\.([0-9]{1,12})@[^<>\s]{1,255}>")
_ADDRESS = re.compile(r"[^\s<>;,\"]{1,64}@[^\s<>;,\"]{1,189}")
_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)

# Of the subjects of RFC 3463 the protocol, the content and the policy say something of our mail or our server, not of
# the mailbox: a block on our address must not make every mailbox behind it look dead.
_NOT_OF_THE_MAILBOX = frozenset({5, 6, 7})


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail that came back for good.

    ``message`` is the number of ours and the second in which it was written, None where the report does not tell;
    ``recipients`` are the mailboxes that it names, in lower case; ``status`` is as in 5.1.1.
    """

    message: tuple[int, int] | None
    recipients: tuple[str, ...]
    status: str


def is_of_the_mailbox(status: str) -> bool:
    """Whether *status*, as in 5.1.1, says for good that a mailbox takes no mail."""
    found = _STATUS.fullmatch(status)
    return found is not None and found[1] == "5" and int(found[2]) not in _NOT_OF_THE_MAILBOX


def read(raw: bytes) -> Returned | None:
    """What the message *raw* says of a mail that came back for good.

    None for all else: mail of people, mail that waits or was delivered, what cannot be understood. At most ``LARGEST``
    bytes are looked at.
    """
    raw = raw[:LARGEST]
    # Each part within a part costs the parser a comparison for every line: no report has that many.
    if len(_BOUNDARY.findall(raw)) > _DEEPEST:
        return None
    try:
        message = message_from_bytes(raw)
        if message.get_content_type() != "multipart/report":
            return None
        return _report(message)
    except (MessageError, ValueError, LookupError, RecursionError, AttributeError, TypeError):
        # The parser promises to take anything, and breaks that promise now and then.
        return None


def _report(message: Message) -> Returned | None:
    recipients: list[str] = []
    status = ""
    for group in _groups(message):
        told = _STATUS.match(_value(group, "Status"))
        if _value(group, "Action").lower() != "failed" or told is None or not is_of_the_mailbox(told[0]):
            continue
        status = status or told[0]
        for name in ("Original-Recipient", "Final-Recipient"):
            found = _ADDRESS.search(_value(group, name))
            if found is not None:
                recipients.append(found[0].lower())
    if not status:
        return None
    return Returned(_ours(message), tuple(dict.fromkeys(recipients)), status)


def _groups(message: Message) -> list[Message]:
    """The headers of each recipient; those of the whole report, the first, have no recipient and no status."""
    found: list[Message] = []
    for part in _parts(message):
        if part.get_content_type() == "message/delivery-status":
            found += _parts(part)
    return found[: MOST_RECIPIENTS + 1]


def _ours(message: Message) -> tuple[int, int] | None:
    """The number in the ``Message-ID`` that we gave the mail, from its header or from what the report answers to."""
    told = [_value(message, name) for name in ("In-Reply-To", "References", "X-Failed-Message-ID")]
    for part in _parts(message):
        if part.get_content_type() == "message/rfc822":
            told += [_value(inner, "Message-ID") for inner in _parts(part)]
        elif part.get_content_type() in {"text/rfc822-headers", "message/rfc822-headers"}:
            told.append(_value(message_from_string(str(part.get_payload())), "Message-ID"))
    for text in reversed(told):
        found = _OURS.search(text)
        if found is not None:
            return int(found[1]), int(found[2])
    return None


def _parts(message: Message) -> Iterator[Message]:
    """What *message* consists of, not what its parts consist of."""
    parts = message.get_payload()
    if isinstance(parts, list):
        yield from (part for part in parts[:MOST_PARTS] if isinstance(part, Message))


def _value(message: Message, name: str) -> str:
    return str(message.get(name, ""))[:1000].strip()
