"""From a `Message` to a `Reading`: language, marker, kind and fields, each with its evidence.

Knows nothing of the database, the network or the clock: relative dates are resolved against the
mail's own date, which the caller hands in.
"""
