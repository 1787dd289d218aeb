"""How a laboratory joins: the steps, the draft, the mailed links."""
