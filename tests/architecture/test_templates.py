"""Templates hold no style, no script and no text that cannot be translated away from them."""

import re
from pathlib import Path

from config import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = re.compile(r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:|<style\b|<script(?![^>]*\bsrc=)""", re.I)
# Mail programs read styles in attributes alone; JSON-LD is data, its `<` escaped where it is made.
MAY_STYLE = {"email"}
DATA_BLOCK = re.compile(r"<script\b[^>]*application/ld\+json[^>]*>")

FORM = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL)
UNESCAPED = re.compile(r"\|\s*safe\b|autoescape\s+false")
PARTS = ["body.html", "body.txt", "subject.txt"]
# Its JSON-LD is JSON with `<` written as an escape: HTML's own escapes would break it.
ESCAPED_BEFORE = {"directory/listing.html"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT / "templates").as_posix()


def _sources() -> dict[str, str]:
    return {_name(path): path.read_text("utf-8") for path in TEMPLATES}


def test_no_inline_style_or_script() -> None:
    found = {
        name: INLINE.findall(DATA_BLOCK.sub("", source))
        for name, source in _sources().items()
        if name.partition("/")[0] not in MAY_STYLE
    }

    assert {name: inline for name, inline in found.items() if inline} == {}


def test_every_form_that_posts_carries_a_token() -> None:
    bare = [
        (name, form)
        for name, source in _sources().items()
        for form in FORM.findall(source)
        if "csrf_token" not in form and "hidden_tag" not in form
    ]

    assert bare == []


def test_nothing_that_people_typed_can_be_marked_safe() -> None:
    marked = {name for name, source in _sources().items() if UNESCAPED.search(source)}

    assert marked <= ESCAPED_BEFORE


def test_a_mail_is_a_subject_a_text_and_a_page() -> None:
    kinds = {path.name: path for path in (ROOT / "templates" / "email").iterdir() if path.is_dir()}

    parts = {kind: sorted(part.name for part in folder.iterdir()) for kind, folder in kinds.items()}

    assert {kind: names for kind, names in parts.items() if names != PARTS} == {}
