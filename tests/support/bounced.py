"""Mails that come back, as mail servers write them (RFC 3464)."""

RETURNED = """\
From: MAILER-DAEMON@mx.example
To: registry@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

This is a MIME-encapsulated message.

--=_b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
X-Queue-ID: 4XYZ
Arrival-Date: Fri, 3 Mar 2028 00:05:00 +0000 (UTC)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx2.example
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: Recipient address rejected

"""

HEADERS = """\
--=_b
Content-Type: {returns}

Message-ID: {message_id}
From: HER2 laboratory registry <registry@example.org>
To: {recipient}
Subject: Is the entry still right?
"""

END = "\n--=_b--\n"


def a_report(
    recipient: str,
    message_id: str = "",
    *,
    status: str = "5.1.1",
    action: str = "failed",
    returns: str = "text/rfc822-headers",
) -> bytes:
    """A report that the mail *message_id* to *recipient* came back; without one it returns no header."""
    text = RETURNED.format(recipient=recipient, action=action, status=status)
    if message_id:
        text += HEADERS.format(returns=returns, message_id=message_id, recipient=recipient)
    return (text + END).encode()
