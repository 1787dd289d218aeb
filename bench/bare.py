"""A Flask endpoint that does nothing but answer: what the service is measured against."""

import os
import pickle
from pathlib import Path

from flask import Flask, Response, request

ANSWERS_FILE = "BENCH_ANSWERS"
"""Environment variable with the path of a pickled dict: path and query string to the body of the answer."""


def create_app() -> Flask:
    """The application; its views look up the same bytes that the registry answered."""
    app = Flask("bare", static_folder=None)
    answers: dict[bytes, bytes] = pickle.loads(Path(os.environ[ANSWERS_FILE]).read_bytes())

    @app.get("/api/v1/labs")
    def as_json() -> Response:
        return _answer("application/json")

    @app.get("/labs")
    def as_page() -> Response:
        return _answer("text/html")

    def _answer(mimetype: str) -> Response:
        # Who comes with a tag has the answer: the least that a conditional request can cost in Flask.
        if "HTTP_IF_NONE_MATCH" in request.environ:
            return Response(status=304)
        return Response(answers[request.path.encode() + b"?" + request.query_string], mimetype=mimetype)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app
