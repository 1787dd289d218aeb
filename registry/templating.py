"""Templates compiled once for each language: what a language settles is settled then, not on every page.

A constant message is translated while its template is compiled and becomes part of the page's fixed text; so do the
addresses of pages and assets that are named by constants. Filters and functions whose answer follows from their
arguments and the language get the language as an argument, by which they can remember their answers.
"""

from collections.abc import Callable, MutableMapping
from typing import Any, cast

from flask import has_request_context, request, url_for
from flask.templating import Environment
from flask_babel import get_translations
from jinja2 import nodes
from jinja2.utils import LRUCache
from jinja2.visitor import NodeTransformer
from markupsafe import Markup
from werkzeug.routing import BuildError

from registry.assets import asset_address
from registry.language import chosen_language, current_language

BY_LANGUAGE = frozenset({"shown", "day", "turnaround_text"})
"""Filters and functions that take ``language``."""

_ADDRESSES: dict[str, Callable[[str], str]] = {"url_for": url_for, "asset": asset_address}
_GETTEXT = frozenset({"_", "gettext"})
_TEMPLATES = 400
_VARIANTS = 16
"""More only where somebody asks under many host names."""


class PageEnvironment(Environment):
    """The environment of the pages and mails. A template is rendered in the language that is in force when it is
    taken, so it must not be kept for a request in another one.
    """

    @property
    def cache(self) -> MutableMapping[Any, Any]:
        """The compiled templates for what settles them: the language, and what addresses begin and end with."""
        caches: dict[tuple[str | None, ...], MutableMapping[Any, Any]] = self.__dict__.setdefault("_caches", {})
        settling = (current_language(), *((chosen_language(), request.root_path) if has_request_context() else ()))
        if settling not in caches:
            if len(caches) >= _VARIANTS:
                caches.clear()
            caches[settling] = cast(MutableMapping[Any, Any], LRUCache(_TEMPLATES))
        return caches[settling]

    @cache.setter
    def cache(self, value: object) -> None:
        """The library's own cache knows no languages."""

    def _generate(self, source: nodes.Template, name: str | None, *arguments: Any, **options: Any) -> str:
        escapes = self.autoescape(name) if callable(self.autoescape) else self.autoescape
        settled = _Settled(current_language(), Markup if escapes else str).visit(source)
        return super()._generate(settled, name, *arguments, **options)


class _Settled(NodeTransformer):
    """Rewrites a template for one language."""

    def __init__(self, language: str, text: type[str]) -> None:
        """*text* is Markup where the template escapes: what is put into a message is then escaped."""
        self._language = language
        self._text = text

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name):
            return node
        if node.node.name in BY_LANGUAGE:
            self._tell(node)
        if node.node.name in _ADDRESSES:
            return self._address(node, _ADDRESSES[node.node.name])
        if node.node.name not in _GETTEXT or node.dyn_args or node.dyn_kwargs or len(node.args) != 1:
            return node
        message = node.args[0]
        if not isinstance(message, nodes.Const) or not isinstance(message.value, str):
            return node
        # Each percent sign of a message is written twice, whether it has places to fill or not.
        translated = self._text(get_translations().ugettext(message.value))
        if not node.kwargs:
            return nodes.Const(translated % {}, lineno=node.lineno)
        pairs = [nodes.Pair(nodes.Const(each.key), each.value, lineno=node.lineno) for each in node.kwargs]
        return nodes.Mod(nodes.Const(translated), nodes.Dict(pairs), lineno=node.lineno)

    def _address(self, node: nodes.Call, make: Callable[[str], str]) -> nodes.Node:
        name = node.args[0] if len(node.args) == 1 else None
        settled = not (node.kwargs or node.dyn_args or node.dyn_kwargs) and has_request_context()
        if not settled or not isinstance(name, nodes.Const):
            return node
        try:
            return nodes.Const(make(name.value), lineno=node.lineno)
        except BuildError:
            # A page of another mode, named in a branch that this one never takes.
            return node

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:
        self.generic_visit(node)
        if node.name in BY_LANGUAGE:
            self._tell(node)
        return node

    def _tell(self, node: nodes.Call | nodes.Filter) -> None:
        # The library's annotation of a filter's arguments is that of a dictionary's pairs.
        arguments: list[Any] = node.kwargs
        if all(keyword.key != "language" for keyword in arguments):
            arguments.append(nodes.Keyword("language", nodes.Const(self._language)))
