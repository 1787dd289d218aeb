"""The HER2 laboratory registry: ``flask --app registry`` finds ``create_app`` here."""

from registry.app import create_app, serve

__all__ = ["create_app", "serve"]
