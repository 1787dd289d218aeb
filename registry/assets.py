"""Addresses of the built assets: hashed names from the manifest, served compressed and for ever by WhiteNoise."""

import json
import re
import zlib
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from whitenoise import WhiteNoise

from config import ROOT

BUILT = ROOT / "static" / "dist"
PREFIX = "/static/"
_HASHED = re.compile(r"-[A-Z0-9]{8}\.[a-z0-9]+\Z")


class AssetsMissing(RuntimeError):
    """The assets were never built."""


def read_manifest(folder: Path = BUILT) -> dict[str, str]:
    """Logical name (``app.css``) to built name; :class:`AssetsMissing` when there is no manifest."""
    try:
        manifest: dict[str, str] = json.loads((folder / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise AssetsMissing("static/dist holds no built assets: run `python3 dev.py run` once") from None
    return manifest


def init_assets(app: Flask) -> None:
    """Give templates ``asset(name)`` and serve ``static/dist`` under ``/static/``."""
    manifest = read_manifest()
    app.extensions["assets_build"] = f"{zlib.crc32(json.dumps(manifest, sort_keys=True).encode()):08x}"
    app.extensions["assets"] = manifest
    app.jinja_env.globals["asset"] = asset_address
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(BUILT),
        prefix=PREFIX,
        immutable_file_test=lambda path, url: bool(_HASHED.search(url)),
        add_headers_function=_headers,
    )


def asset_address(name: str) -> str:
    """Where the present application serves the asset of that logical name; ``KeyError`` for one that was not built."""
    manifest: dict[str, str] = current_app.extensions["assets"]
    return PREFIX + manifest[name]


def build_of(app: Flask) -> str:
    """What changes when the built assets do; pages that name them are not the same any more."""
    build: str = app.extensions["assets_build"]
    return build


def _headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    headers["Referrer-Policy"] = "no-referrer"
