"""How the service speaks: one line an event, ids masked, JSON unless a person watches."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import structlog

from triage.masking import mask

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from triage.settings import Log

_LONGEST = 2000
_NUMBER = 100
"""More characters than a number has, that may stand where a text is cut."""


def _masked(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask every text of a log line, tracebacks too, and bound its length."""
    for key, value in event.items():
        if isinstance(value, str) and key != "timestamp":
            # Masked before it is cut: half a number is not known for one.
            if key == "exception":
                event[key] = mask(value[-_LONGEST - _NUMBER :])[-_LONGEST:]
            else:
                event[key] = mask(value[: _LONGEST + _NUMBER])[:_LONGEST]
    return event


def configure(log: Log) -> None:
    """Set up logging for this process; called once, by a command."""
    as_json = log.format == "json" or (log.format == "auto" and not sys.stderr.isatty())
    level = logging.getLevelNamesMapping()[log.level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _masked,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    # Below WARNING, libraries would put whole mails or every tick into the log; a level of the
    # handler holds whatever they set on their loggers.
    handler.setLevel(max(level, logging.WARNING))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
