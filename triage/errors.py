"""The errors of this product, by what the operator must do.

    TriageError
     ├── BadInput              mend the file or value it names, then start again
     │    ├── SettingsError
     │    ├── PolicyError
     │    └── TemplateError
     ├── MailboxError
     │    ├── MailboxUnavailable   nothing: it is tried again by itself
     │    └── LoginRefused         mend the account: tried again only every few minutes
     ├── DeliveryError
     │    ├── DeliveryDeferred     nothing: the outbox tries again
     │    └── DeliveryRefused      a person: the address or the mail is not accepted
     ├── MailUnreadable       a person: reading this mail fails, each time again
     └── RegisterError
          ├── RegisterUnavailable  nothing: it is tried again by itself
          └── NotInRegister        name another case or mail

Errors of libraries do not pass the module that adapts them; the cause is chained.
"""

from __future__ import annotations


class TriageError(Exception):
    """The root of all errors of our own; its text is one line for a person."""


class BadInput(TriageError):
    """Something a person wrote cannot be used.

    Says what is wrong, where (file, line or key) and how to mend it, on one line.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        head = f"{where}: {what}" if where else what
        super().__init__(f"{head.rstrip('.')}. {remedy}" if remedy else head)


class SettingsError(BadInput):
    """The settings file has a fault."""


class PolicyError(BadInput):
    """A policy file has a fault."""


class TemplateError(BadInput):
    """A template has a fault."""


class MailboxError(TriageError):
    """Something is wrong between us and an IMAP server."""


class MailboxUnavailable(MailboxError):
    """The server cannot be reached or hung up; the watcher tries again by itself."""


class LoginRefused(MailboxError):
    """The server does not accept our credentials; a person must look."""


class DeliveryError(TriageError):
    """A mail could not be handed over by SMTP."""


class DeliveryDeferred(DeliveryError):
    """Not now: network fault or 4xx; the outbox tries again."""


class DeliveryRefused(DeliveryError):
    """Not ever: 5xx; a person must look.

    `address_refused` says that the server refused the recipient, not the mail or us.
    """

    def __init__(self, message: str, *, address_refused: bool = False) -> None:
        self.address_refused = address_refused
        super().__init__(message)


class MailUnreadable(TriageError):
    """Reading a mail broke off; it would do so again. The cause is chained."""


class RegisterError(TriageError):
    """Something is wrong with the database or with what was asked of it."""


class RegisterUnavailable(RegisterError):
    """The database cannot be reached or is locked for too long."""


class NotInRegister(RegisterError):
    """No such case, mail or task."""
