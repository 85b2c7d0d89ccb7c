"""See the module docstrings of this room."""
