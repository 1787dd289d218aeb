"""What applications compile and look up when they start, kept for all applications of a test process.

Each test has an application of its own; making all of it anew would take longer than the test.
"""

from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

from flask import Flask, has_request_context, request
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from werkzeug.routing import Rule
from whitenoise import WhiteNoise

from config import Settings
from registry.assets import build_of
from registry.language import chosen_language, current_language

_KEPT: dict[str, tuple[str, CodeType]] = {}


class KeptTemplates(BytecodeCache):
    """What was compiled in this process, for applications that would compile it to the same."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._of = (settings.mode, settings.base_url, build_of(app))

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        asked = (chosen_language(), request.root_path, request.host) if has_request_context() else ()
        key = repr((*self._of, current_language(), *asked, name, filename))
        bucket = Bucket(environment, key, self.get_source_checksum(source))
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = _KEPT.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        code: Any = bucket.code
        _KEPT[bucket.key] = (bucket.checksum, code)


def keep_routes() -> None:
    """Compile the routes once for a whole test process: they are the same for all of its applications."""
    compile_builder = Rule._compile_builder
    kept: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        converters = tuple((name, type(converter)) for name, converter in rule._converters.items())
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), converters, append_unknown)
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = builder  # type: ignore[method-assign]


def keep_assets() -> None:
    """Look at the built assets once for a whole test process, as long as the same ones are there."""
    add_files = WhiteNoise.add_files
    kept: dict[tuple[object, ...], dict[str, object]] = {}

    def added(served: WhiteNoise, root: str, prefix: str | None = None) -> None:
        manifest = Path(root) / "manifest.json"
        key = (root, prefix, served.add_headers_function, manifest.stat().st_mtime_ns if manifest.exists() else 0)
        if key not in kept:
            add_files(served, root, prefix)
            kept[key] = dict(served.files)
        served.files.update(kept[key])

    WhiteNoise.add_files = added
