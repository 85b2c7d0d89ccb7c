"""What the settings say about digests and teams, and what they refuse."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from schedule_samples import ANNA, NL, settings


@pytest.mark.parametrize(
    ("sections", "fault"),
    [
        ({"digest": {"to": ["compliance@alektumgroup.nl"]}}, "is a watched mailbox"),
        ({"report": {"to": ["compliance@alektumgroup.pl"]}}, "is a watched mailbox"),
        (
            {"team": [{"policy": NL, "handlers": ["compliance@alektumgroup.nl"]}]},
            "is a watched mailbox",
        ),
        ({"team": [{"policy": "alektum-no"}]}, "is no mailbox's policy"),
        ({"team": [{"policy": NL}, {"policy": NL}]}, "has two teams"),
        ({"team": [{"policy": NL, "lead": "anna"}]}, "is not an e-mail address"),
        ({"digest": {"zone": "Europe/Atlantis"}}, "is not a time zone"),
        ({"digest": {"at": "7:30"}}, "must be HH:MM"),
        ({"chase": {"lead_after": 9}}, "must rise"),
    ],
)
def test_what_cannot_work_is_refused(sections: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        settings(**sections)


def test_addresses_are_compared_in_lower_case() -> None:
    assert settings(digest={"to": [ANNA.upper()]}).digest.to == (ANNA,)
