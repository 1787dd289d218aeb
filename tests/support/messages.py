"""The messages of the program, as Babel finds them in its source."""

from functools import lru_cache
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg

from config import ROOT

KEYWORDS = ("_l", "lazy_gettext")
"""What marks text beyond Babel's own ``_``, ``N_``, ``gettext`` and ``ngettext``; the command in
CONTRIBUTING.md names them too.
"""


@lru_cache(maxsize=1)
def messages() -> frozenset[str | tuple[str, ...]]:
    """Every message of the source, a plural one as the pair of its forms."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # of Babel
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(KEYWORDS)}
    found = extract_from_dir(ROOT, methods, options, keywords=keywords, directory_filter=_ours)
    return frozenset(message for _, _, message, _, _ in found)


def _ours(folder: str) -> bool:
    path = Path(folder)
    return path.name != "__pycache__" and bool({ROOT / "registry", ROOT / "templates"} & {path, *path.parents})
