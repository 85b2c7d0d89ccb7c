"""The courtesy to people who look into the mailbox: handled mail bears a keyword, and may move.

Nothing depends on it. What is to be filed is read from the ledger, so that it is caught up after a
crash; a mail that a person moved or deleted meanwhile is passed over by the server (RFC 3501
section 6.4.8) and counts as filed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from triage.mailbox.connection import CommandRefused
from triage.register.ledger import mark_filed, unfiled
from triage.register.states import EntryState

if TYPE_CHECKING:
    from triage.mailbox.connection import Connection
    from triage.mailbox.folder import Folder
    from triage.register.database import Register
    from triage.settings import Mailbox

_AT_ONCE = 200

log = structlog.get_logger(__name__)


def file_handled(
    register: Register, connection: Connection, mailbox: Mailbox, folder: Folder
) -> bool:
    """Flag and move the mails of the selected folder that are handled; return whether all are.

    A mail that was set aside stays as it is: a person must look. When the server refuses a move,
    the mails stay and are tried again at the next scan. Raises MailboxUnavailable, RegisterError.
    """
    while True:
        with register.reading() as session:
            entries = unfiled(session, mailbox.address, folder.name, folder.uidvalidity, _AT_ONCE)
        if not entries:
            return True
        handled = [entry.uid for entry in entries if entry.state is not EntryState.SET_ASIDE]
        if not _flag_and_move(connection, mailbox, folder, handled):
            return False
        with register.transaction() as session:
            mark_filed(session, [entry.entry_id for entry in entries], register.clock.now())


def _flag_and_move(
    connection: Connection, mailbox: Mailbox, folder: Folder, uids: list[int]
) -> bool:
    """Return whether nothing is left to do for these mails."""
    if not uids or not folder.writable:
        return True
    if mailbox.keyword and folder.takes(mailbox.keyword):
        try:
            connection.add_keyword(uids, mailbox.keyword)
        except CommandRefused as error:
            log.warning("keyword refused", mailbox=mailbox.address, error=str(error))
    if mailbox.move_to and connection.can_move:
        try:
            connection.move(uids, mailbox.move_to)
        except CommandRefused as error:
            log.warning("move refused", mailbox=mailbox.address, error=str(error))
            return False
    return True
