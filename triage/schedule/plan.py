"""What every job is given beside the register and the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from triage.outbox.compose import Envelope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triage.outbox.render import Templates
    from triage.policy.model import Policy
    from triage.settings import Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings of this installation, as the jobs need them."""

    settings: Settings
    policies: Mapping[str, Policy]
    templates: Templates
    instance: str
    """Id of this installation, in the loop header of all its mails."""

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the digest's time."""
        return ZoneInfo(self.settings.digest.zone)

    @property
    def own(self) -> Mapping[str, Policy]:
        """The policies of the watched mailboxes."""
        names = {mailbox.policy for mailbox in self.settings.mailbox}
        return {name: policy for name, policy in self.policies.items() if name in names}

    def envelope(self, mailbox: str = "") -> Envelope:
        """Return who sends: to a case's sender for its mailbox, without one to our own people."""
        smtp, digest = self.settings.smtp, self.settings.digest
        if mailbox:
            sender = smtp.sender or mailbox
        else:
            sender = digest.sender or smtp.sender or self.settings.mailbox[0].address
        return Envelope(sender, smtp.bounce_address, self.instance)
