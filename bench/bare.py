"""A Flask endpoint that does nothing but answer: what the service is measured against."""

import os
import pickle
from pathlib import Path

from flask import Flask, Response, request

ANSWERS_FILE = "BENCH_ANSWERS"
"""Environment variable with the path of a pickled dict: query string to the body of the answer."""


def create_app() -> Flask:
    """The application; its one view looks up the same bytes that the registry answered."""
    app = Flask("bare", static_folder=None)
    answers: dict[bytes, bytes] = pickle.loads(Path(os.environ[ANSWERS_FILE]).read_bytes())

    @app.get("/api/v1/labs")
    def labs() -> Response:
        return Response(answers[request.query_string], mimetype="application/json")

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app
