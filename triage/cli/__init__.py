"""What a person types: `triage COMMAND`. Each command is a few lines over the rooms below."""

from __future__ import annotations

import sys

from triage.errors import TriageError


def main() -> None:
    """Run the command line; our own errors are one line on stderr and exit code 1."""
    from triage.cli.app import app

    try:
        app()
    except TriageError as error:
        sys.stderr.write(f"triage: {error}\n")
        raise SystemExit(1) from None
    except BrokenPipeError:
        # `triage explain ... | head`: the reader has gone, which is no fault.
        sys.stderr.close()
        raise SystemExit(0) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"triage: {where}{error.strerror or error}\n")
        raise SystemExit(1) from None
