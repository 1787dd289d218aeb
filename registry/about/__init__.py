"""What the service says of itself: about, privacy, terms, accessibility, contact."""
