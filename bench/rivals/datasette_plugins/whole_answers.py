"""Send each answer whole, with its length: the load's client reads no chunks."""

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


@hookimpl
def asgi_wrapper(datasette: object) -> Callable[[Application], Application]:
    """Datasette's hook around its application."""

    def wrap(application: Application) -> Application:
        async def whole(scope: Message, receive: Receive, send: Send) -> None:
            start: Message = {}
            body = b""

            async def gather(message: Message) -> None:
                nonlocal start, body
                if message["type"] == "http.response.start":
                    start = message
                    return
                body += message.get("body", b"")
                if not message.get("more_body"):
                    length = (b"content-length", str(len(body)).encode("ascii"))
                    await send({**start, "headers": [*start["headers"], length]})
                    await send({"type": "http.response.body", "body": body})

            await application(scope, receive, gather if scope["type"] == "http" else send)

        return whole

    return wrap
