"""The demonstration: real servers inside this process, and mails of its own."""
