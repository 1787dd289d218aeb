"""What keeps the demonstration from being loaded."""


class DemonstrationError(RuntimeError):
    """The demonstration cannot be loaded; the message is a sentence for the operator."""
