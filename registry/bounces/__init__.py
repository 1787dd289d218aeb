"""Mail that a mailbox does not take: refused while it was sent, or returned afterwards (RFC 3464)."""
