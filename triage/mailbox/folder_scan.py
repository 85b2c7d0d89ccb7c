"""One watched folder: unknown mails are found, fetched and committed to the ledger in batches.

Whatever happens, and wherever it is broken off, a mail is either in the ledger or found again by
the next whole look, for that asks the ledger which of all UIDs are unknown. Three things keep one
mail from delaying the others: new mail goes before old; a mail that fails is tried alone, and last;
and every step takes in a batch at most, so that new mail can be looked for in between.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

import structlog

from triage.errors import MailboxUnavailable, RegisterUnavailable, TriageError
from triage.mailbox.connection import CommandRefused
from triage.mailbox.intake import (
    START_OCTETS,
    Batch,
    Suspect,
    arrival,
    batches,
    most_octets,
    receipt_time,
    suspect,
)
from triage.register.events import record
from triage.register.ledger import highest_uid, take_in, unknown_uids
from triage.register.mailboxes import is_backlog, note_scan, start_watching

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from triage.mailbox.connection import Connection
    from triage.mailbox.folder import Fetched, Folder
    from triage.mailbox.intake import Identify
    from triage.register.database import Register
    from triage.register.tables import MailboxState
    from triage.settings import Mailbox

log = structlog.get_logger(__name__)


class FolderScan:
    """What is known of a folder between looks; it outlives connections.

    All methods that take a connection expect the folder to be the selected one, but for `look`,
    which selects it, and raise MailboxUnavailable, CommandRefused and RegisterError.
    """

    def __init__(
        self,
        register: Register,
        mailbox: Mailbox,
        folder: str,
        *,
        identify: Identify,
        on_taken: Callable[[int], None],
        keyword: str = "",
        known_as: str = "",
    ) -> None:
        """With `keyword`, only mails that bear it are found; the ledger's folder is `known_as`."""
        self.folder = known_as or folder
        self._name = folder
        self._keyword = keyword
        self._register = register
        self._mailbox = mailbox
        self._identify = identify
        self._on_taken = on_taken
        self._state: MailboxState | None = None
        self._selected: Folder | None = None
        self._highest = 0
        self._newer: deque[int] = deque()
        self._older: deque[int] = deque()
        self._suspects: dict[int, Suspect] = {}
        self._uids_given_again = False
        self.look_is_pending = False
        """Whether new mail found by the last look is not all in the ledger."""

    @property
    def name(self) -> str:
        """The folder's name on the server."""
        return self._name

    @property
    def selected(self) -> Folder:
        """The folder as it was last selected."""
        if self._selected is None:
            raise RuntimeError("look at the folder first")
        return self._selected

    @property
    def has_work(self) -> bool:
        """Whether there is anything for `take_some`."""
        return self.has_news or bool(self._older)

    @property
    def has_news(self) -> bool:
        """Whether there is more for `take_some` than old mail."""
        return bool(self._newer) or self.look_is_pending

    @property
    def faults(self) -> tuple[str, ...]:
        """What cannot be taken in at present, or may be overlooked; a line each."""
        stuck = tuple(
            f"Mail UID {uid} in {self.folder} cannot be taken in, tried {known.failures} times: "
            f"{known.reason}"
            for uid, known in sorted(self._suspects.items())
            if known.is_stuck
        )
        if not self._uids_given_again:
            return stuck
        again = (
            f"{self.folder} was numbered anew without a new UIDVALIDITY, so that new mail may be "
            "overlooked: have the mail server give the folder a new one"
        )
        return (again, *stuck)

    def look(self, connection: Connection) -> None:
        """Select the folder and find all its mails that are not in the ledger."""
        self._newer.clear()
        self._older.clear()
        self.look_is_pending = False
        self._selected = folder = connection.select(self._name)
        if self._keyword:
            uids = connection.uids_marked(self._keyword, folder)
        else:
            uids = connection.uids_above(0, folder)
        state = self._watched(folder, uids)
        where = (self._mailbox.address, self.folder, folder.uidvalidity)
        with self._register.reading() as session:
            unknown = unknown_uids(session, *where, uids)
            highest = highest_uid(session, *where)
        again = 0 < folder.uidnext <= highest
        if again and not self._uids_given_again:
            log.warning("folder numbered anew without a new UIDVALIDITY", folder=self.folder)
        self._uids_given_again = again
        self._suspects = {uid: self._suspects[uid] for uid in unknown if uid in self._suspects}
        fresh = [uid for uid in unknown if uid not in self._suspects]
        newer = [uid for uid in fresh if _arrived_since_start(state, uid)]
        self._newer = deque(newer)
        self._older = deque(sorted(set(fresh).difference(newer), reverse=True))
        self._highest = max(uids, default=0)
        self.look_is_pending = True

    def select_again(self, connection: Connection) -> None:
        """Select the folder after another was; looks when the server numbers it anew."""
        folder = connection.select(self._name)
        if folder.uidvalidity == self.selected.uidvalidity:
            self._selected = folder
        else:
            self.look(connection)

    def look_for_newer(self, connection: Connection) -> bool:
        """Find what came since the last look; return whether there was anything."""
        uids = connection.uids_above(self._highest, self.selected)
        self._newer.extend(uids)
        self._highest = max(uids, default=self._highest)
        return bool(uids)

    def take_some(self, connection: Connection) -> None:
        """Take in one batch: new mail, else mails that failed before, else old mail."""
        if self._newer:
            self._take(connection, self._next_of(self._newer))
        elif self.look_is_pending:
            self._take_suspects(connection)
            with self._register.transaction() as session:
                now = self._register.clock.now()
                note_scan(session, self._mailbox.address, self.folder, now)
            self.look_is_pending = False
        elif self._older:
            self._take(connection, self._next_of(self._older))

    def _next_of(self, queue: deque[int]) -> list[int]:
        return [queue.popleft() for _ in range(min(len(queue), self._mailbox.batch))]

    def _watched(self, folder: Folder, uids: Collection[int] = ()) -> MailboxState:
        if self._state is None or self._state.uidvalidity != folder.uidvalidity:
            highest = folder.uidnext - 1 if folder.uidnext else max(uids, default=0)
            with self._register.transaction() as session:
                self._state = start_watching(
                    session,
                    self._mailbox.address,
                    self.folder,
                    uidvalidity=folder.uidvalidity,
                    highest_uid=highest,
                    now=self._register.clock.now(),
                )
            self._suspects.clear()
        return self._state

    def _take(self, connection: Connection, uids: Sequence[int]) -> None:
        sizes = self._sizes(connection, uids)
        largest = most_octets(self._mailbox)
        for batch in batches(uids, sizes, mails=self._mailbox.batch, largest=largest):
            if not self._try(connection, batch):
                for uid in batch.uids:
                    self._try(connection, Batch((uid,), whole=batch.whole))

    def _take_suspects(self, connection: Connection) -> None:
        due = [uid for uid, known in self._suspects.items() if known.next_try <= time.monotonic()]
        sizes = self._sizes(connection, due)
        for uid in due:
            if uid in sizes:
                whole = self._suspects[uid].whole and sizes[uid] <= most_octets(self._mailbox)
                self._try(connection, Batch((uid,), whole=whole))

    def _sizes(self, connection: Connection, uids: Sequence[int]) -> dict[int, int]:
        """Return the sizes of mails; one of which it is refused is suspected, and left out."""
        try:
            return connection.sizes(uids)
        except CommandRefused as error:
            if len(uids) == 1:
                self._suspect(uids, str(error))
                return {}
        return {uid: size for one in uids for uid, size in self._sizes(connection, [one]).items()}

    def _try(self, connection: Connection, batch: Batch) -> bool:
        """Take in one batch; return False when its mails must be tried one by one."""
        try:
            if batch.whole:
                fetched = connection.fetch(batch.uids)
            else:
                fetched = connection.fetch_start(batch.uids, START_OCTETS)
            self._commit(fetched)
        except MailboxUnavailable as error:
            # Perhaps it was one of these mails that the server or the network could not bear.
            self._suspect(batch.uids, str(error))
            raise
        except RegisterUnavailable:
            raise
        except Exception as error:
            # Whatever is wrong with one mail, the others go on.
            if len(batch.uids) > 1:
                return False
            if not isinstance(error, TriageError):
                log.exception("taking in broke off", mailbox=self._mailbox.address, uids=batch.uids)
            self._suspect(batch.uids, str(error) or type(error).__name__)
            return True
        self._suspect(set(batch.uids).difference(mail.uid for mail in fetched), "no content came")
        return True

    def _suspect(self, uids: Collection[int], reason: str) -> None:
        for uid in uids:
            known = suspect(self._suspects.get(uid), reason, time.monotonic())
            self._suspects[uid] = known
            if known.is_stuck:
                log.warning(
                    "mail cannot be taken in",
                    mailbox=self._mailbox.address,
                    folder=self.folder,
                    uid=uid,
                    failures=known.failures,
                    error=reason,
                )

    def _commit(self, fetched: Sequence[Fetched]) -> None:
        """Commit mails to the ledger in one transaction; nothing has been flagged before."""
        if not fetched:
            return
        now = self._register.clock.now()
        validity = self.selected.uidvalidity
        state = self._watched(self.selected)
        arrivals = [
            arrival(
                mail,
                self._mailbox,
                self.folder,
                validity,
                identify=self._identify,
                backlog=is_backlog(
                    state,
                    uidvalidity=validity,
                    uid=mail.uid,
                    received_at=receipt_time(mail, now),
                ),
                now=now,
            )
            for mail in fetched
        ]
        with self._register.transaction() as session:
            taken = take_in(session, arrivals, now)
            for mail, entry in zip(fetched, taken, strict=True):
                if not mail.whole:
                    text = f"Only the first {len(mail.raw)} bytes of the mail were taken in"
                    record(session, now, "cut", text, ledger_id=entry.entry_id)
        for mail in fetched:
            self._suspects.pop(mail.uid, None)
        self._on_taken(len(fetched))


def _arrived_since_start(state: MailboxState, uid: int) -> bool:
    return state.uidvalidity == state.first_uidvalidity and uid > state.high_water_uid
