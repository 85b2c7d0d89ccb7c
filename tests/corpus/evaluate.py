#!/usr/bin/env python3
"""Score the field rules on corpus records as they stand: nothing is rendered, nothing is parsed.

Usage: evaluate.py FILE.jsonl ... [--errors FIELD] [--kind gold|complaint]

Typed and quoted text, language and policy are the record's own, so that the figures say what the
rules of `triage/understanding/` do, apart from the reading of mails. Counts as score.py does.
The incident's date is read for complaints and disputes only: `--kind gold` (default) tells the rules the gold
kind, `--kind complaint` pretends that every mail is a complaint.
"""
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "understanding"), str(HERE.parent.parent)]

from score import MACHINE, values  # noqa: E402 - the path comes first
from understanding_mails import mail_of  # noqa: E402 - the path comes first

from triage.understanding.fields import read_fields  # noqa: E402 - the path comes first
from triage.understanding.model import SURE, Kind  # noqa: E402 - the path comes first

ROWS = [
    "dossier_numbers", "phones", "emails", "national_id", "birth_date", "name", "street", "postcode", "city",
    "incident_date",
]  # fmt: skip
GRIEVED = {"complaint", "management_complaint", "dispute"}


def found(fields, row):
    """The findings of one row, as a list."""
    value = getattr(fields, row)
    return list(value) if isinstance(value, tuple) else [value] if value else []


def records(paths):
    for path in paths:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def main(argv):
    options = {}
    for name in ("--errors", "--kind"):
        if name in argv:
            at = argv.index(name)
            options[name] = argv[at + 1]
            del argv[at : at + 2]
    counts = defaultdict(lambda: defaultdict(int))
    sure = defaultdict(lambda: [0, 0])
    spent = mails = 0
    for record in records(argv):
        gold = record["gold"]
        if gold["kind"] in MACHINE:
            continue
        mails += 1
        begin = time.perf_counter()
        mail = mail_of(record)
        kind = Kind("complaint" if options.get("--kind") == "complaint" else gold["kind"])
        fields = read_fields(mail, kind, tuple(map(Kind, gold["also"])))
        spent += time.perf_counter() - begin
        for row in ROWS:
            want = values(gold["fields"], row)
            findings = found(fields, row)
            have = values({row: [finding.value for finding in findings]}, row)
            for column in ("all", gold["language"]):
                counts[row, column]["tp"] += len(want & have)
                counts[row, column]["fp"] += len(have - want)
                counts[row, column]["fn"] += len(want - have)
            for finding in findings:
                if finding.confidence >= SURE:
                    sure[row][0] += values({row: finding.value}, row) <= want
                    sure[row][1] += 1
            if options.get("--errors") == row and want != have:
                shown = [(finding.value, round(finding.confidence, 2)) for finding in findings]
                print(f"{record['id']} {record['date'][:10]}: gold {gold['fields'][row]!r}, found {shown}")
    columns = ["all", *sorted({column for _, column in counts} - {"all"})]
    print(f"{'':16}{'P':>7}{'R':>7}" + "".join(f"{column:>7}" for column in columns) + f"{'sure':>7}{'share':>7}")
    for row in ROWS:
        tally = counts[row, "all"]
        figures = [ratio(tally["tp"], tally["tp"] + tally["fp"]), ratio(tally["tp"], tally["tp"] + tally["fn"])]
        for column in columns:
            each = counts[row, column]
            figures.append(ratio(2 * each["tp"], 2 * each["tp"] + each["fp"] + each["fn"]))
        figures += [ratio(*sure[row]), ratio(sure[row][1], tally["tp"] + tally["fp"])]
        print(f"{row:16}" + "".join(f"{figure:7.3f}" if figure is not None else f"{'-':>7}" for figure in figures))
    print(f"{mails} mails, {1000 * spent / max(1, mails):.2f} ms each (first mail's start-up included)")
    return 0


def ratio(part, whole):
    return part / whole if whole else None


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
