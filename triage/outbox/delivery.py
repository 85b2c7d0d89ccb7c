"""Delivering what is queued: claim, hand over, note the outcome; several connections at once.

Knows nothing of why a mail was queued. The queue says what is due and when a failed attempt is
tried again; a wake-up makes a fresh mail leave within a second.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from triage.errors import DeliveryDeferred, DeliveryRefused, RegisterError
from triage.masking import mask
from triage.register import outbox_queue

if TYPE_CHECKING:
    from triage.outbox.smtp import SmtpSession
    from triage.register.database import Register
    from triage.register.outbox_queue import Claimed

_BATCH = 20
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
        await asyncio.to_thread(self._void_claims)
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                sent = await self.deliver_due()
            except RegisterError as error:
                log.warning("outbox waits for the register", error=str(error))
                await self._pause(_AFTER_FAULT_SECONDS)
                continue
            if not sent:
                await self._pause(_POLL_SECONDS)
        for session in self._sessions:
            await session.close()

    async def deliver_due(self) -> int:
        """Hand over what is due now, a batch at most; return how many were tried."""
        claimed = await asyncio.to_thread(self._claim)
        if not claimed:
            return 0
        todo = list(reversed(claimed))

        async def work(session: SmtpSession) -> None:
            while todo:
                await self._deliver(session, todo.pop())

        await asyncio.gather(*(work(session) for session in self._sessions[: len(claimed)]))
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
            log.warning("mail refused", message_id=mail.message_id, error=mask(str(error)))
            await asyncio.to_thread(self._failed, mail, mask(str(error)), error.address_refused)
        except DeliveryDeferred as error:
            log.warning("mail deferred", message_id=mail.message_id, error=mask(str(error)))
            await asyncio.to_thread(self._deferred, mail, mask(str(error)))
        else:
            log.info("mail sent", purpose=mail.purpose, message_id=mail.message_id)
            await asyncio.to_thread(self._sent, mail, mask(reply))

    def _claim(self) -> tuple[Claimed, ...]:
        with self._register.transaction() as session:
            now = self._register.clock.now()
            return outbox_queue.claim(session, _BATCH, self._worker, now)

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

    def _failed(self, mail: Claimed, reason: str, address_refused: bool) -> None:  # noqa: FBT001 - passed on by to_thread
        with self._register.transaction() as session:
            outbox_queue.mark_failed(
                session,
                mail.id,
                reason,
                self._register.clock.now(),
                worker=self._worker,
                address_refused=address_refused,
            )

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return
