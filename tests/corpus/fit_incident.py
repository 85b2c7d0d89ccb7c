#!/usr/bin/env python3
"""Fit the weights by which a date is taken for the incident's, and print them as TOML.

Usage: fit_incident.py FILE.jsonl ... [--cross]

Logistic regression (Newton's method, L2) over the features of `triage/understanding/incident.py`, on complaints and
disputes only: every date of the mail is an example, true when the gold names it. --cross prints the
F1 of five-fold cross-validation by mail instead. Same input, same weights: nothing is random.
"""
import hashlib
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "understanding"), str(HERE.parent.parent)]

from evaluate import GRIEVED, records  # noqa: E402
from understanding_mails import mail_of  # noqa: E402

from triage.understanding.incident import LIKELY, described_dates  # noqa: E402
from triage.understanding.layout import read_layout  # noqa: E402

PENALTY = 2.0
FOLDS = 5


def examples(paths):
    """Each mail's id, gold and dates: [(features, iso)]."""
    for record in records(paths):
        gold = record["gold"]
        if not {gold["kind"], *gold["also"]} & GRIEVED:
            continue
        mail = mail_of(record)
        if mail.fields("incident_date"):
            continue
        found = described_dates(mail, read_layout(mail.typed))
        yield record["id"], gold["fields"]["incident_date"], [(features, each.iso) for features, each, _ in found]


def fit(mails, names):
    rows, truth = [], []
    for _, gold, found in mails:
        for features, iso in found:
            rows.append([features.get(name, 0.0) for name in names])
            truth.append(float(iso == gold))
    x, y = np.array(rows), np.array(truth)
    weights = np.zeros(len(names))
    ridge = np.full(len(names), PENALTY)
    ridge[names.index("bias")] = 0.01
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (p - y) + ridge * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def predict(found, names, weights):
    if not found:
        return None, 0.0
    scores = [1 / (1 + np.exp(-np.dot([f.get(n, 0.0) for n in names], weights))) for f, _ in found]
    total, merged = max(1.0, sum(scores)), {}
    for (_, iso), score in zip(found, scores):
        merged[iso] = 1 - (1 - merged.get(iso, 0.0)) * (1 - score / total)
    best = max(merged, key=merged.get)
    return (best, merged[best]) if merged[best] >= LIKELY else (None, merged[best])


def main(argv):
    cross = "--cross" in argv
    mails = list(examples([arg for arg in argv if arg != "--cross"]))
    names = sorted({name for _, _, found in mails for features, _ in found for name in features})
    if not cross:
        weights = fit(mails, names)
        print(f"# Fitted by tests/corpus/fit_incident.py on {len(mails)} complaints and disputes; do not edit.")
        print("[weights]")
        for name, weight in zip(names, weights):
            print(f'"{name}" = {weight:.3f}')
        return 0
    tp = fp = fn = 0
    outcome = []
    for fold in range(FOLDS):
        inside = [m for m in mails if int(hashlib.md5(m[0].encode()).hexdigest(), 16) % FOLDS != fold]
        weights = fit(inside, names)
        for mail_id, gold, found in mails:
            if int(hashlib.md5(mail_id.encode()).hexdigest(), 16) % FOLDS == fold:
                guess, confidence = predict(found, names, weights)
                tp += bool(guess) and guess == gold
                fp += bool(guess) and guess != gold
                fn += bool(gold) and guess != gold
                outcome.append((confidence, guess, gold, mail_id))
    print(f"{len(mails)} mails, F1 {2 * tp / (2 * tp + fp + fn):.3f}, precision {tp / (tp + fp):.3f}, recall {tp / (tp + fn):.3f}")
    sure = [guess == gold for confidence, guess, gold, _ in outcome if guess and confidence >= 0.9]
    print(f"sure: {sum(sure)} of {len(sure)} right")
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
