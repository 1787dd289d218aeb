"""What a line of text typed by a stranger may hold, and the shapes of identifiers."""

import re
import unicodedata

CLIA_SHAPE = re.compile(r"[0-9]{2}D[0-9]{7}")
"""Two digits, the letter D, seven digits (US Core invariant us-core-18)."""

ZIP_SHAPE = re.compile(r"[0-9]{5}(?:-[0-9]{4})?")

# Pages that stand where laboratories do, such as /labs/compare.
_NO_SLUGS = frozenset({"", "compare"})
_SEPARATORS = re.compile(r"[ \t\-\u2010-\u2015]")
_SPACES = re.compile(r"\s+")
# Letters that steer direction, join invisibly or fill space: they make one name look like another.
_DECEIVING = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\ufeff\uffa0") | {
    chr(code) for span in ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F)) for code in range(span[0], span[1] + 1)
}


def plain(text: str) -> str:
    """*text* in NFC, trimmed, runs of white space folded into one space."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def plain_lines(text: str) -> str:
    """As :func:`plain` for several lines: ends of lines become ``\\n``, more than one empty line becomes one."""
    lines = [plain(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def unwelcome_character(text: str, *, lines: bool = False) -> str | None:
    """The first character of *text* that may not be stored (control, direction, zero width, lone surrogate), or None.

    A tab, and with *lines* the ends of lines, are welcome: :func:`plain` folds them.
    """
    welcome = "\t\n\r" if lines else "\t"
    for character in text:
        if character in welcome:
            continue
        if character in _DECEIVING or unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"}:
            return character
        if character in "\u2028\u2029":
            return character
    return None


def normalise_clia(text: str) -> str:
    """A CLIA number as CMS writes it: upper case, without spaces and hyphens."""
    return _SEPARATORS.sub("", text).upper()


def is_clia(text: str) -> bool:
    """Whether *text* has the shape of a CLIA number."""
    return CLIA_SHAPE.fullmatch(text) is not None


def is_zip(text: str) -> bool:
    """Whether *text* is a ZIP or a ZIP+4 in ASCII digits."""
    return ZIP_SHAPE.fullmatch(text) is not None


def digits(text: str) -> str:
    """The digits of a telephone number as it is dialed within the United States, without its extension; at most 20."""
    found = "".join(letter for letter in text.partition("ext")[0] if "0" <= letter <= "9")[:20]
    return found[1:] if len(found) == 11 and found[0] == "1" else found


def order_key(name: str) -> str:
    """*name* as lists order it: without case and accents, at most 400 characters."""
    if name.isascii():
        # Nothing to take apart; a quarter of the CMS file has hundreds of thousands of these.
        return name.lower()[:400]
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()[:400]


def slugify(text: str, *, length: int = 80) -> str:
    """*text* as lower-case ASCII words joined by hyphens, at most *length* long.

    ``laboratory`` when none is left, or when the address of a laboratory would be that of another page.
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", ascii_text)
    slug = "-".join(words)[:length].strip("-")
    return "laboratory" if slug in _NO_SLUGS else slug
