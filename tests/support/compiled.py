"""Compiled templates, kept for all applications of a test process.

Each test has an application of its own, and compiling the templates of its first page would take longer than the test.
"""

from types import CodeType
from typing import Any

from flask import Flask, has_request_context, request
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

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
