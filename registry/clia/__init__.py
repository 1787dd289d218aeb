"""The CMS file of laboratories: reading it, loading it, asking it, comparing a laboratory with it."""
