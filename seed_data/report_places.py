"""What the build of the places did, in Markdown: counts, and every source that disagreed."""

from collections import Counter
from collections.abc import Iterable, Mapping

from seed_data.describe_places import Zip
from seed_data.fuse_places import DECIDED, NEAR_KM, Fused
from seed_data.index_places import SAME_PLACE_KM, PlaceIndex


def report(zips: Iterable[Zip], fused: Mapping[str, Fused], index: PlaceIndex, *, left_out: Iterable[Zip]) -> str:
    """The report; the same places give the same text."""
    by_code = {z.code: z for z in zips}
    kinds = Counter(z.kind for z in by_code.values())
    precisions = Counter(z.precision or "none (military)" for z in by_code.values())
    chosen = Counter(result.source for result in fused.values())
    places = Counter(place.kind for place in index.places)
    outliers = [(code, result) for code, result in sorted(fused.items()) if result.outliers]
    stand_in = [z for z in by_code.values() if z.precision not in {"zip", ""}]
    lines = [
        "# Report of the last build of the places",
        "",
        f"{len(by_code):,} ZIP codes, {len(index.places):,} places, {len(index.entries):,} names of places.",
        "",
        *_table(("kind of ZIP code", "count"), kinds.most_common()),
        *_table(("what its point stands for", "count"), precisions.most_common()),
        *_table(("source of a ZIP code's own point", "count"), chosen.most_common()),
        *_table(("kind of place", "count"), places.most_common()),
        "Left out, for no source and no neighbour gives a place: "
        + ", ".join(f"{z.code} ({z.city}, {z.state})" for z in left_out)
        + ".",
        "",
        "## ZIP codes without a point of their own",
        "",
        *_table(("ZIP", "city", "state", "stands for"), [(z.code, z.city, z.state, z.precision) for z in stand_in]),
        f"## Sources farther than {NEAR_KM:.0f} km from the median of all ({len(outliers)} ZIP codes)",
        "",
        "Decided by hand, because no majority exists: " + ", ".join(sorted(DECIDED)) + ".",
        "",
        *_table(
            ("ZIP", "city", "state", "taken", "outliers, km from the median"),
            [
                (code, by_code[code].city, by_code[code].state, result.source, _outliers(result))
                for code, result in outliers
            ],
        ),
        f"## Towns and post offices of one name farther apart than {SAME_PLACE_KM:.0f} km",
        "",
        "Both are kept; the post office comes first.",
        "",
        *_table(
            ("name", "state", "km apart", "population of the town"),
            [(name, state, f"{km:.0f}", population) for name, state, km, population in index.apart],
        ),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _outliers(result: Fused) -> str:
    return ", ".join(f"{name} {km:.0f}" for name, km in result.outliers)


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ("---",) * len(head))]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return [*lines, ""]
