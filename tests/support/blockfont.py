"""A font in which each letter is the same block, so that a page looks alike on machines with different fonts."""

import base64
import struct

UNITS = 1000
ADVANCE, ASCENT, DESCENT = 550, 930, 240
# Up to here every character is a block, but for those that are blank.
LAST = 0x2FFF
_BLANK = (0x20, 0xA0)
_BLOCK, _SPACE = 1, 2
_LEFT, _RIGHT = 40, 510


def style() -> str:
    """A style sheet that sets every text in it; what is bold has higher blocks."""
    faces = "".join(
        f"@font-face {{ font-family: Blocks; font-weight: {weights};"
        f" src: url(data:font/ttf;base64,{base64.b64encode(font(height)).decode()}) }}"
        for weights, height in (("100 599", 420), ("600 900", 600))
    )
    return f"{faces} *, ::before, ::after {{ font-family: Blocks !important }}"


def font(height: int) -> bytes:
    """The font as a TrueType file; its blocks stand on the line and are *height* thousandths of the size high."""
    block = _outline(height)
    names = b"Blocks".decode().encode("utf-16-be")
    tables = {
        b"OS/2": struct.pack(
            ">HhHHHhhhhhhhhhhh10sIIII4sHHHhhhHHII", 4, ADVANCE, 400, 5, 0, *(0,) * 11, b"\0" * 10, 1, 0, 0, 0, b"OWN ",
            0x40, 0x20, LAST, ASCENT, -DESCENT, 0, ASCENT, DESCENT, 1, 0,
        ) + struct.pack(">hhHHH", height, 700, 0, 0x20, 1),
        b"cmap": _characters(),
        b"glyf": block,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, UNITS, 0, 0,
            _LEFT, 0, _RIGHT, height, 0, 8, 2, 1, 0,
        ),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, ASCENT, -DESCENT, 0, ADVANCE, *(0,) * 11, 1),
        b"hmtx": struct.pack(">Hhhh", ADVANCE, 0, _LEFT, 0),
        b"loca": struct.pack(">IIII", 0, 0, len(block), len(block)),
        b"maxp": struct.pack(">IH", 0x10000, 3) + struct.pack(">13H", 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": struct.pack(">HHH", 0, 4, 18 + 36) + b"".join(
            struct.pack(">HHHHHH", 3, 1, 0x409, number, len(names), 0) for number in (1, 2, 4, 6)
        ) + names,
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 1, 0, 0, 0, 0),
    }  # fmt: skip
    return _file(tables)


def _outline(height: int) -> bytes:
    points = ((_LEFT, 0), (_LEFT, height), (_RIGHT, height), (_RIGHT, 0))
    across = [x - before for (x, _), before in zip(points, (0, *(x for x, _ in points)), strict=False)]
    up = [y - before for (_, y), before in zip(points, (0, *(y for _, y in points)), strict=False)]
    head = struct.pack(">hhhhhHH", 1, _LEFT, 0, _RIGHT, height, 3, 0)
    return head + b"\x01" * 4 + struct.pack(">4h4h", *across, *up) + b"\0" * 2


def _characters() -> bytes:
    """A cmap of format 4: one segment for each blank and for each run of blocks between them."""
    runs: list[tuple[int, int]] = []
    first = 0x20
    for blank in (*_BLANK, LAST + 1):
        if blank > first:
            runs.append((first, blank - 1))
        if blank <= LAST:
            runs.append((blank, blank))
        first = blank + 1
    runs.append((0xFFFF, 0xFFFF))
    glyphs: list[int] = []
    deltas, offsets = [], []
    for place, (start, end) in enumerate(runs):
        if start == 0xFFFF:
            deltas.append(1)
            offsets.append(0)
        else:
            deltas.append(0)
            offsets.append(2 * (len(runs) - place + len(glyphs)))
            glyphs += [_SPACE if start in _BLANK else _BLOCK] * (end - start + 1)
    count = len(runs)
    power = 1 << (count.bit_length() - 1)
    body = struct.pack(">HHHH", 2 * count, 2 * power, power.bit_length() - 1, 2 * (count - power))
    body += struct.pack(f">{count}H", *(end for _, end in runs)) + b"\0\0"
    body += struct.pack(f">{count}H", *(start for start, _ in runs)) + struct.pack(f">{count}H", *deltas)
    body += struct.pack(f">{count}H", *offsets) + struct.pack(f">{len(glyphs)}H", *glyphs)
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + struct.pack(">HHH", 4, 6 + len(body), 0) + body


def _file(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    directory = struct.pack(">IHHHH", 0x10000, count, 16 * power, power.bit_length() - 1, 16 * (count - power))
    at, body = 12 + 16 * count, b""
    for tag in sorted(tables):
        padded = tables[tag] + b"\0" * (-len(tables[tag]) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += tag + struct.pack(">III", total, at + len(body), len(tables[tag]))
        body += padded
    return directory + body
