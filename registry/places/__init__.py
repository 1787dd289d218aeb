"""From what a person types to a point, offline."""
