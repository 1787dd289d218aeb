"""The parsed elements of a page."""

from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = {"a", "abbr", "b", "em", "i", "small", "span", "strong", "sub", "sup", "wbr"}
UNSEEN = frozenset({"script", "style", "template", "head"})


class Element:
    """A node of the parsed page; ``children`` holds elements and strings in order."""

    __slots__ = ("_by_tag", "_document", "_place", "attributes", "children", "parent", "tag")

    def __init__(self, tag: str, attributes: dict[str, str], parent: "Element | None" = None) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Element | str] = []
        # All elements of the document, in its order and by their tags: those below an element follow it.
        self._document: list[Element] = parent._document if parent is not None else []
        self._by_tag: dict[str, list[Element]] = parent._by_tag if parent is not None else {}
        self._place = len(self._document)
        self._document.append(self)
        self._by_tag.setdefault(tag, []).append(self)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def __repr__(self) -> str:
        shown = "".join(f' {name}="{value}"' for name, value in self.attributes.items())
        return f"<{self.tag}{shown}>"

    def walk(self) -> list["Element"]:
        """Every element below this one, in document order."""
        return self._document[self._place + 1 : self._last + 1]

    @property
    def _last(self) -> int:
        """The place of the last element below this one; its own where there is none."""
        if self.parent is None:
            return len(self._document) - 1
        node = self
        while True:
            below = next((child for child in reversed(node.children) if isinstance(child, Element)), None)
            if below is None:
                return node._place
            node = below

    def all(self, *tags: str, **attributes: str) -> list["Element"]:
        """The elements below with one of *tags* (any when none is named) and these attributes; ``class_``
        asks for one class.
        """
        if len(tags) != 1:
            return [element for element in self.walk() if element.matches(tags, attributes)]
        last = self._last
        return [
            element
            for element in self._by_tag.get(tags[0], ())
            if self._place < element._place <= last and element.matches(tags, attributes)
        ]

    def one(self, *tags: str, **attributes: str) -> "Element":
        """The only such element; AssertionError otherwise."""
        found = self.all(*tags, **attributes)
        assert len(found) == 1, f"{len(found)} elements {tags} {attributes}: {found}"
        return found[0]

    def matches(self, tags: tuple[str, ...], attributes: dict[str, str]) -> bool:
        if tags and self.tag not in tags:
            return False
        for name, value in attributes.items():
            if name == "class_":
                if value not in self.get("class").split():
                    return False
            elif self.get(name.rstrip("_").replace("_", "-"), "\0") != value:
                return False
        return True

    @property
    def ancestors(self) -> Iterator["Element"]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    @property
    def raw_text(self) -> str:
        """The text below as it stands."""
        return "".join(child if isinstance(child, str) else child.raw_text for child in self.children)

    @property
    def text(self) -> str:
        """The readable text below: white space as one blank, nothing of scripts and styles."""
        return " ".join("".join(self._readable()).split())

    def _readable(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in UNSEEN:
                # Blocks do not run into each other; words broken by inline marks stay whole.
                gap = "" if child.tag in INLINE else " "
                yield from (gap, *child._readable(), gap)


class Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document", {})
        self._open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.children.append(element)
        if tag not in VOID:
            self._open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        node: Element | None = self._open
        while node is not None and node.tag != tag:
            node = node.parent
        if node is not None and node.parent is not None:
            self._open = node.parent

    def handle_data(self, data: str) -> None:
        self._open.children.append(data)
