"""What dev.py is made of: Python's standard library only, for it runs before anything is installed."""
