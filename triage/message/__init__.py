"""From raw bytes to a `Message`: who wrote, what they typed, and whether a machine did.

Knows nothing of IMAP, the database or policies. `read_message` is the only way in; it never raises
for the content of a mail, however broken or hostile: what cannot be read is said in `damage`.
"""
