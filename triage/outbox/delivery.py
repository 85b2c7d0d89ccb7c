"""Delivering what is queued: claim, hand over, note the outcome; several connections at once.

Knows nothing of why a mail was queued. The queue says what is due and when a failed attempt is
tried again; a wake-up makes a fresh mail leave within a second.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import structlog

from triage.errors import DeliveryDeferred, DeliveryRefused, RegisterError, RegisterUnavailable
from triage.masking import mask
from triage.register import outbox_queue

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.outbox.smtp import SmtpSession
    from triage.register.database import Register
    from triage.register.outbox_queue import Claimed

_PER_SESSION = 4
"""How many mails a connection has claimed at most: what is claimed is sent well before the claims
expire, also where the server takes its time."""
_POLL_SECONDS = 1.0
"""How often the queue is looked at without a wake-up: retries come due, other machines queue."""
_AFTER_FAULT_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Delivery:
    """The senders of one process."""

    def __init__(self, register: Register, sessions: tuple[SmtpSession, ...], worker: str) -> None:
        self._register = register
        self._sessions = sessions
        self._worker = worker
        self._at_once = _PER_SESSION * len(sessions)
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()

    def wake(self) -> None:
        """Say that mail has been queued; call it in the event loop's thread."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the mails in hand, then end `run`."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Deliver until `stop`; faults of the register are waited out."""
        held = True
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if held:
                    await asyncio.to_thread(self._void_claims)
                    held = False
                sent = await self.deliver_due()
            except RegisterError as error:
                log.warning("outbox waits for the register", error=str(error))
                await self._pause(_AFTER_FAULT_SECONDS)
                continue
            if sent < self._at_once:  # nothing more was due; what is queued meanwhile wakes
                await self._pause(_POLL_SECONDS)
        await self.close()

    async def once(self) -> None:
        """Deliver all that is due now, and hang up, also after a stop. Raises RegisterError."""
        self._stopping.clear()
        await asyncio.to_thread(self._void_claims)
        while await self.deliver_due():
            pass
        await self.close()

    async def deliver_due(self) -> int:
        """Hand over some of what is due now; return how many were claimed. Raises RegisterError.

        After a stop, what is not in hand is given back: a server that takes its time must not
        keep us until we are killed. So is what has waited for half as long as claims hold: another
        sender might else begin upon it while we do.
        """
        claimed = await asyncio.to_thread(self._claim)
        todo = list(reversed(claimed))
        clock = self._register.clock
        begin_by = clock.now() + outbox_queue.CLAIM_HOLDS / 2

        async def work(session: SmtpSession) -> None:
            while todo and not self._stopping.is_set() and clock.now() < begin_by:
                await self._deliver(session, todo.pop())

        async with asyncio.TaskGroup() as tasks:
            for session in self._sessions[: len(claimed)]:
                tasks.create_task(work(session))
        if todo:
            await asyncio.to_thread(self._give_back, tuple(mail.id for mail in todo))
        return len(claimed)

    async def close(self) -> None:
        """Hang up all connections."""
        for session in self._sessions:
            await session.close()

    async def _deliver(self, session: SmtpSession, mail: Claimed) -> None:
        try:
            reply = await session.send(
                mail.content, envelope_from=mail.envelope_from, recipient=mail.recipient
            )
        except DeliveryRefused as error:
            reason = mask(str(error))
            log.warning("mail refused", message_id=mail.message_id, error=reason)
            await self._note(partial(self._failed, mail, reason, refused=error.address_refused))
        except DeliveryDeferred as error:
            reason = mask(str(error))
            log.warning("mail deferred", message_id=mail.message_id, error=reason)
            await self._note(partial(self._deferred, mail, reason))
        except Exception as error:
            # Whatever is wrong with one mail, the others go on; it is tried again like any other.
            log.exception("mail not sent", message_id=mail.message_id)
            await session.close()
            reason = mask(f"{type(error).__name__}: {error}")
            await self._note(partial(self._deferred, mail, reason))
        else:
            log.info("mail sent", purpose=mail.purpose, message_id=mail.message_id)
            await self._note(partial(self._sent, mail, mask(reply)))

    async def _note(self, outcome: Callable[[], None]) -> None:
        """Store what became of a mail, however long the register is away.

        Were it forgotten, the mail would be sent again when its claim expires. A stop does not
        wait: the next start then finds the claim.
        """
        while True:
            try:
                await asyncio.to_thread(outcome)
            except RegisterUnavailable as error:
                log.warning("outbox waits for the register", error=str(error))
                if self._stopping.is_set():
                    return
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), _AFTER_FAULT_SECONDS)
            except RegisterError as error:
                log.error("outcome not stored", error=str(error))  # noqa: TRY400 - one line says it
                return
            else:
                return

    def _claim(self) -> tuple[Claimed, ...]:
        with self._register.transaction() as session:
            now = self._register.clock.now()
            return outbox_queue.claim(session, self._at_once, self._worker, now)

    def _give_back(self, ids: tuple[int, ...]) -> None:
        with self._register.transaction() as session:
            outbox_queue.give_back(session, ids, self._worker)

    def _void_claims(self) -> None:
        with self._register.transaction() as session:
            outbox_queue.void_sender_claims(session, self._worker, self._register.clock.now())

    def _sent(self, mail: Claimed, reply: str) -> None:
        with self._register.transaction() as session:
            outbox_queue.mark_sent(session, mail.id, reply, self._register.clock.now())

    def _deferred(self, mail: Claimed, reason: str) -> None:
        with self._register.transaction() as session:
            now = self._register.clock.now()
            outbox_queue.mark_deferred(session, mail.id, reason, now, worker=self._worker)

    def _failed(self, mail: Claimed, reason: str, *, refused: bool) -> None:
        with self._register.transaction() as session:
            now = self._register.clock.now()
            outbox_queue.mark_failed(
                session, mail.id, reason, now, worker=self._worker, address_refused=refused
            )

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)
