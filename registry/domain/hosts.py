"""Hosts of web and mail addresses."""


def host_of(web: str) -> str:
    """The host of a web or mail address, without ``www.``; an empty string when there is none."""
    address = web.strip().lower()
    # The first: an address in the query is another's.
    rest = (address.partition("://")[2] or address).partition("/")[0].partition("?")[0]
    return rest.rpartition("@")[2].partition(":")[0].removeprefix("www.").strip(".")


def related_hosts(one: str, other: str) -> bool:
    """Whether two hosts are the same, or one lies within the other."""
    return bool(one and other) and (one == other or one.endswith(f".{other}") or other.endswith(f".{one}"))
