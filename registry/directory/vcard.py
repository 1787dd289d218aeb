"""A laboratory's contact as a vCard 4.0 (RFC 6350)."""

from datetime import datetime

from registry.directory.listing_text import web_page
from registry.domain.profile import LabProfile

MEDIA_TYPE = "text/vcard"

LONGEST_LINE = 75
"""Octets of one line without its end (RFC 6350, 3.2)."""


def vcard(profile: LabProfile, *, tel: str, url: str, note: str, revised: datetime) -> str:
    """The contact of *profile*, whose listing is *url*; *tel* is its phone as a ``tel:`` address, or empty.

    *revised* is the time in UTC of the last change; *note* is text for people.
    """
    street = ", ".join(filter(None, (profile.address_line1, profile.address_line2)))
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:org",
        # The listing's address never changes: importing it again replaces the contact.
        f"UID:{_uri(url)}",
        f"SOURCE:{_uri(url)}",
        f"REV:{revised:%Y%m%dT%H%M%SZ}",
        f"FN:{_text(profile.name)}",
        # Who answers there is a unit of the organization.
        f"ORG:{';'.join(_component(part) for part in (profile.name, profile.contact_role) if part)}",
    ]
    lines.append(f"TEL;VALUE=uri;TYPE=work:{_uri(tel)}" if tel else f"TEL;VALUE=text;TYPE=work:{_text(profile.phone)}")
    if profile.public_email:
        lines.append(f"EMAIL;TYPE=work:{_text(profile.public_email)}")
    # Post-office box and extended address stay empty, as RFC 6350, 6.3.1 recommends.
    address = ("", "", street, profile.city, profile.state, profile.zip, "United States")
    lines.append(f"ADR;TYPE=work:{';'.join(_component(part) for part in address)}")
    if website := web_page(profile):
        lines.append(f"URL;TYPE=work:{_uri(website)}")
    lines += [f"NOTE:{_text(note)}", "END:VCARD"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _text(value: str) -> str:
    """*value* where one text is expected (RFC 6350, 3.4 and 4.1)."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\\n".join(_printable(line).replace("\\", "\\\\").replace(",", "\\,") for line in lines)


def _component(value: str) -> str:
    """*value* as one component of several, which semicolons part."""
    return _text(value).replace(";", "\\;")


def _uri(value: str) -> str:
    return "".join(letter for letter in value if letter.isprintable() and letter != " ")


def _printable(line: str) -> str:
    # The grammar takes no control character but the tab.
    return "".join(" " if (ord(letter) < 0x20 and letter != "\t") or ord(letter) == 0x7F else letter for letter in line)


def _folded(line: str) -> str:
    """*line* in pieces of at most ``LONGEST_LINE`` octets, never parted within a character."""
    pieces = [""]
    room = LONGEST_LINE
    for letter in line:
        size = len(letter.encode("utf-8"))
        if size > room:
            pieces.append("")
            # The space that marks a continuation counts too.
            room = LONGEST_LINE - 1
        pieces[-1] += letter
        room -= size
    return "\r\n ".join(pieces)
