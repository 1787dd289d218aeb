"""The tests cannot reach the world: connections and look-ups beyond this machine raise."""

import ipaddress
import sys
from typing import Any


class NetworkForbidden(RuntimeError):
    """A test, or the code under it, tried to talk to another machine."""


def _is_local(host: object) -> bool:
    if host in {None, "", b"", "localhost", b"localhost", "::"}:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        # A path or bytes is a Unix socket; a number or other tuple is the system's own business (netlink).
        named = isinstance(address, tuple) and address and isinstance(address[0], str)
        if named and not _is_local(address[0]):
            raise NetworkForbidden(f"no test may connect to {address[0]}")
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"} and not _is_local(arguments[0]):
        raise NetworkForbidden(f"no test may look up {arguments[0]}")


def forbid() -> None:
    """Guard this process until its end; an audit hook sees every connection that Python makes."""
    sys.addaudithook(_watch)
