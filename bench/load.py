"""A small HTTP client that keeps connections busy: on each one request at a time, then at once the next."""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

_READ = 1 << 17
_HEAD_END = b"\r\n\r\n"


@dataclass(slots=True)
class Load:
    """What a load found: seconds of each answer, and how long it all took."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: "Load") -> None:
        self.latencies += other.latencies
        self.seconds += other.seconds

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a path, and the tag of an answer that the asker has already."""

    path: str
    etag: str = ""

    @property
    def request(self) -> bytes:
        condition = f"If-None-Match: {self.etag}\r\n" if self.etag else ""
        return f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\n{condition}\r\n".encode("ascii")


def run(port: int, questions: Sequence[str | Question], *, connections: int, seconds: float) -> Load:
    """Ask in turn for so long; a path is a question without a tag. Raises RuntimeError for an answer but 200 or 304."""
    requests = cycle([(Question(each) if isinstance(each, str) else each).request for each in questions])
    load = Load()
    with selectors.DefaultSelector() as selector:
        opened = [_Connection(port) for _ in range(connections)]
        started = time.perf_counter()
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(next(requests))
        end = started + seconds
        waiting = len(opened)
        while waiting:
            for key, _ in selector.select(timeout=30):
                connection = key.data
                if not connection.read():
                    continue
                now = time.perf_counter()
                load.latencies.append(now - connection.asked_at)
                if now < end:
                    connection.ask(next(requests))
                else:
                    # A server may close it while slower answers are still awaited on the others.
                    selector.unregister(connection.socket)
                    waiting -= 1
        load.seconds = time.perf_counter() - started
        for connection in opened:
            connection.socket.close()
    return load


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's body and tag."""

    body: bytes
    etag: str


def answers(port: int, paths: list[str]) -> Iterator[Answer]:
    """The answer to each path, over one connection."""
    connection = _Connection(port)
    for path in paths:
        connection.ask(Question(path).request)
        while not connection.read():
            pass
        yield Answer(connection.body, connection.etag)
    connection.socket.close()


def bodies(port: int, paths: list[str]) -> Iterator[bytes]:
    """The body of each path's answer, over one connection."""
    return (answer.body for answer in answers(port, paths))


class _Connection:
    """One kept-alive connection with at most one question under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked_at = 0.0
        self.body = b""
        self.etag = ""
        self._received = b""

    def ask(self, request: bytes) -> None:
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Take what has come; whether the answer is whole."""
        received = self.socket.recv(_READ)
        if not received:
            raise RuntimeError("the server closed the connection")
        self._received += received
        head_end = self._received.find(_HEAD_END)
        if head_end < 0:
            return False
        whole_head = self._received[:head_end]
        head = whole_head.lower()
        if not head.startswith((b"http/1.1 200", b"http/1.1 304")):
            raise RuntimeError(self._received[:300].decode("latin-1"))
        length = 0
        if not head.startswith(b"http/1.1 304"):
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        tag_at = head.find(b"\r\netag:")
        self.etag = whole_head[tag_at + 7 :].partition(b"\r\n")[0].strip().decode("latin-1") if tag_at >= 0 else ""
        start = head_end + len(_HEAD_END)
        if len(self._received) < start + length:
            return False
        self.body, self._received = self._received[start:], b""
        return True
