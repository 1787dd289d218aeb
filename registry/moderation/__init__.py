"""Moderation: what waits, what speaks for and against it, and the decision."""
