"""A server that can be killed and is back at once: each child is forked from a process that has everything
loaded.

``multiprocessing``'s fork server imports this module once; it opens no database. A child makes the
application, and with it its own engines, after the fork.
"""

import multiprocessing
import socket
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import configure_mappers
from werkzeug.serving import WSGIRequestHandler, make_server

from config import Settings
from registry.app import create_app
from registry.places.gazetteer import gazetteer

gazetteer()
configure_mappers()
with tempfile.TemporaryDirectory() as _folder:
    # Makes the libraries load what they load late. Its engines never connect, and no child uses it.
    create_app(Settings(mode="test", instance=Path(_folder), database_url="sqlite://"))


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


def serve(settings: Settings, listener: socket.socket) -> None:
    """Answer on *listener* until killed; what waits in its queue is the next child's."""
    app = create_app(settings)
    # The next child need not compile the templates again.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(settings.instance))
    host, port = listener.getsockname()
    make_server(host, port, app, threaded=True, request_handler=_Quiet, fd=listener.fileno()).serve_forever()


class Phoenix:
    """A serving process that is killed with SIGKILL and rises again on the same port."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__])
        self._settings = settings
        self._listener = listener
        self._process = self._rise()

    def _rise(self) -> multiprocessing.process.BaseProcess:
        process = self._context.Process(target=serve, args=(self._settings, self._listener), daemon=True)
        process.start()
        return process

    def wait_until_ready(self) -> None:
        """Return when it answers."""
        host, port = self._listener.getsockname()
        with urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=60):
            pass

    def kill(self) -> None:
        """SIGKILL, and a successor."""
        self.end()
        self._process = self._rise()

    def end(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.join()
