"""Put the rows of ``references.csv`` in the order in which the pages first cite them, as their numbers say.

``python -m seed_data.order_references`` rewrites the file; what no page cites goes last and is named.
"""

import csv
import re
import sys
import tempfile
from pathlib import Path

from flask import Flask

from config import Settings
from registry.app import create_app
from registry.education.pages import PAGES
from registry.education.references import FILE, references

_CITED = re.compile(r'<sup class="cite">.*?</sup>', re.DOTALL)
_NUMBER = re.compile(r'href="#reference-(\d+)"')


def in_order_of_citation(app: Flask) -> list[str]:
    """The keys of the references that the pages of *app* cite, in the order of their first citation."""
    client = app.test_client()
    texts = [client.get(page.address).get_data(as_text=True) for page in PAGES]
    numbers = [int(number) for text in texts for mark in _CITED.findall(text) for number in _NUMBER.findall(mark)]
    keys = {reference.number: reference.key for reference in references().values()}
    return [keys[number] for number in dict.fromkeys(numbers)]


def reordered(rows: list[dict[str, str]], keys: list[str]) -> list[dict[str, str]]:
    """*rows* in the order of *keys*; those of no key last, in the order they had."""
    places = {key: place for place, key in enumerate(keys)}
    return sorted(rows, key=lambda row: places.get(row["key"], len(keys)))


def main() -> int:
    """Rewrite the file; 1 when a row is cited by no page."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(mode="test", instance=Path(folder), base_url="http://localhost"))
        keys = in_order_of_citation(app)
    with FILE.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, restval="")
        columns, rows = list(reader.fieldnames or ()), list(reader)
    with FILE.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(reordered(rows, keys))
    orphans = sorted(references().keys() - set(keys))
    sys.stdout.writelines(f"No page cites {key}.\n" for key in orphans)
    return 1 if orphans else 0


if __name__ == "__main__":
    sys.exit(main())
