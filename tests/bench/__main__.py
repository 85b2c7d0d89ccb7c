"""`make bench`: how fast the service is, as ratios within one run.

What is measured on this machine now means little elsewhere; a ratio to a floor that does the same
work without understanding anything means more. Needs Dovecot.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.delay import measure_delay
from bench.explaining import measure_explain
from bench.throughput import measure_throughput
from bench.town import Town


def main() -> None:
    """Run the three measurements and print a table of each."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--mails", type=int, default=300, help="mails that wait (default 300)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of it (default 3)")
    parser.add_argument("--seconds", type=int, default=20, help="of 10 mails each (default 20)")
    parser.add_argument("--only", choices=["throughput", "delay", "explain"])
    chosen = parser.parse_args()
    if chosen.only in {None, "throughput", "delay"}:
        with Town() as town:
            if chosen.only != "delay":
                measure_throughput(town, chosen.mails, chosen.rounds)
            if chosen.only != "throughput":
                measure_delay(town, chosen.seconds)
    if chosen.only in {None, "explain"}:
        measure_explain()


if __name__ == "__main__":
    main()
