"""Mail services where anybody opens a mailbox: an address there says nothing about a laboratory."""

FREE_MAIL = frozenset(
    {
        "aol.com",
        "att.net",
        "bellsouth.net",
        "comcast.net",
        "duck.com",
        "fastmail.com",
        "gmail.com",
        "gmx.com",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "hushmail.com",
        "icloud.com",
        "live.com",
        "mac.com",
        "mail.com",
        "me.com",
        "msn.com",
        "outlook.com",
        "pm.me",
        "proton.me",
        "protonmail.com",
        "rocketmail.com",
        "sbcglobal.net",
        "tutanota.com",
        "verizon.net",
        "yahoo.com",
        "ymail.com",
        "zoho.com",
    }
)


def is_free(host: str) -> bool:
    """Whether mailboxes at *host* are open to anybody."""
    return host.lower() in FREE_MAIL
