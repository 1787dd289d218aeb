"""What a returned mail says, whoever wrote it."""

import time

import pytest

from registry.bounces.reading import LARGEST, Returned, is_of_the_mailbox, read
from tests.support.bounced import END, a_report

ROBIN = "robin@laboratory.example"
ID = "<outbox-17.1835000000@registry.example>"


@pytest.mark.parametrize("returns", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_names_the_mail_the_mailbox_and_the_status(returns: str) -> None:
    assert read(a_report(ROBIN, ID, returns=returns)) == Returned((17, 1835000000), (ROBIN,), "5.1.1")


def test_without_the_header_it_names_the_mailbox() -> None:
    assert read(a_report("Robin@Laboratory.example")) == Returned(None, (ROBIN,), "5.1.1")


def test_what_the_report_answers_to_counts_too() -> None:
    raw = a_report(ROBIN).replace(b"Subject: Und", b"References: <a@b.example> " + ID.encode() + b"\nSubject: Und", 1)
    report = read(raw)
    assert report is not None
    assert report.message == (17, 1835000000)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "4.2.2"},
        {"status": "2.0.0"},
        {"status": "5.7.1"},
        {"status": "5.1"},
        {"status": "55.1.1"},
        {"status": "５.1.1"},
        {"action": "delayed"},
        {"action": "delivered"},
        {"action": ""},
    ],
)
def test_what_is_not_for_good_is_passed_over(changes: dict[str, str]) -> None:
    assert read(a_report(ROBIN, ID, **changes)) is None


@pytest.mark.parametrize(
    ("status", "is_so"),
    [
        ("5.1.1", True), ("5.2.1", True), ("5.2.2", True), ("5.4.1", True), ("5.0.0", True), ("5.3.0", True),
        ("5.5.0", False), ("5.6.1", False), ("5.7.26", False), ("4.1.1", False), ("5.1.1\n", False),
        ("5.1.1111", False),
    ],
)  # fmt: skip
def test_which_status_is_of_the_mailbox(status: str, is_so: bool) -> None:
    assert is_of_the_mailbox(status) is is_so


def test_the_first_that_failed_counts_among_several() -> None:
    other = b"\nFinal-Recipient: rfc822; other@laboratory.example\nAction: delayed\nStatus: 4.4.1\n"
    raw = a_report(ROBIN, ID).replace(b"Recipient address rejected\n", b"rejected\n" + other, 1)
    assert read(raw) == Returned((17, 1835000000), (ROBIN,), "5.1.1")


def nested(depth: int) -> bytes:
    lines = ["Content-Type: multipart/report; report-type=delivery-status; boundary=b0", ""]
    for level in range(depth):
        lines += [f"--b{level}", f"Content-Type: multipart/mixed; boundary=b{level + 1}", ""]
    return "\n".join(lines).encode()


HOSTILE = {
    "nothing": b"",
    "no report": b"Subject: Hello\n\nHello",
    "a lie": b"Content-Type: multipart/report\n\nStatus: 5.1.1",
    "noise": bytes(range(256)) * 2000,
    "nul": a_report(ROBIN, ID).replace(b"Status: 5.1.1", b"Status: \x005.1.1"),
    "deep": nested(3000),
    "not quite so deep": nested(9),
    "many parts": b"Content-Type: multipart/report; boundary=b\n\n" + b"--b\n\n" * 40_000,
    "many recipients": a_report(ROBIN).replace(b"Action: failed", b"Action: none")
    + b"Final-Recipient: rfc822; x@y.example\nAction: failed\nStatus: 4.1.1\n\n" * 3000,
    "long header": a_report(ROBIN, ID, status="5.1.1" + "1" * 200_000),
    "no boundary": b"Content-Type: multipart/report; boundary=\n\n",
    "long message-id": a_report(ROBIN, "<outbox-" + "9" * 100_000 + ".1@x>", status="4.0.0"),
    "too large": a_report(ROBIN, ID).replace(b"This is a MIME", b"x" * LARGEST + b"This is a MIME"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_passed_over_quickly(name: str) -> None:
    began = time.monotonic()
    assert read(HOSTILE[name]) is None
    # A guard against what runs away, not a measurement.
    assert time.monotonic() - began < 20


def test_a_broken_charset_hides_nothing() -> None:
    raw = a_report(ROBIN, ID).replace(b"charset=us-ascii", b"charset=\xff\xfe; x*=%00''")
    assert read(raw) == Returned((17, 1835000000), (ROBIN,), "5.1.1")


def test_a_huge_number_is_no_number_of_ours() -> None:
    report = read(a_report(ROBIN, "<outbox-" + "9" * 19 + ".1@x.example>"))
    assert report is not None
    assert report.message is None


def test_the_end_of_a_large_report_is_not_needed() -> None:
    raw = a_report(ROBIN, ID, returns="message/rfc822").removesuffix(END.encode()) + b"\n" + b"x" * 2 * LARGEST
    assert read(raw) == Returned((17, 1835000000), (ROBIN,), "5.1.1")
