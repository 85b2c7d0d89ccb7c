"""A complaint procedure as data, and the arithmetic of its terms.

Knows nothing of mail. A policy is a TOML file; a sixth procedure needs no Python.
"""
