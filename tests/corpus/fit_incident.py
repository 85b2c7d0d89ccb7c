#!/usr/bin/env python3
"""Fit the weights by which a date is taken for the incident's, and print them as TOML.

Usage: fit_incident.py FILE.jsonl ... [--cross]

A conditional logit over the features of `triage/understanding/incident.py`, on complaints and disputes
only: the dates of a mail vie with each other and with "none". Newton's method with an L2 penalty; nothing
is random. --cross prints the figures of cross-validation by mail instead.
"""
import hashlib
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "understanding"), str(HERE.parent.parent)]

from evaluate import GRIEVED, records  # noqa: E402 - the path comes first
from understanding_mails import mail_of  # noqa: E402 - the path comes first

from triage.understanding.incident import LIKELY, described_dates  # noqa: E402 - the path comes first
from triage.understanding.layout import read_layout  # noqa: E402 - the path comes first
from triage.understanding.model import Kind  # noqa: E402 - the path comes first

PENALTY = 1.5
FOLDS = 10


def examples(paths):
    """Each mail's id, gold and dates: [(features, iso)]."""
    for record in records(paths):
        gold = record["gold"]
        if not {gold["kind"], *gold["also"]} & GRIEVED:
            continue
        mail = mail_of(record)
        if mail.fields("incident_date"):
            continue
        found = described_dates(mail, read_layout(mail.typed), Kind(gold["kind"]))
        yield record["id"], gold["fields"]["incident_date"], [(features, each.iso) for features, each, _ in found]


def matrix(found, names):
    return np.array([[features.get(name, 0.0) for name in names] for features, _ in found])


def softmax(scores):
    """Each date's share, the rest being that none is the incident."""
    top = max(0.0, scores.max())
    odds = np.exp(scores - top)
    return odds / (odds.sum() + np.exp(-top))


def fit(mails, names):
    data = [
        (np.array([iso == gold for _, iso in found]), matrix(found, names)) for _, gold, found in mails if found
    ]
    weights, ridge = np.zeros(len(names)), np.full(len(names), float(PENALTY))
    ridge[names.index("bias")] = 0.01
    for _ in range(60):
        gradient, hessian = ridge * weights, np.diag(ridge.astype(float))
        for right, x in data:
            share = softmax(x @ weights)
            mean = x.T @ share
            gradient += mean
            hessian += (x * share[:, None]).T @ x - np.outer(mean, mean)
            if right.any():
                gradient -= x.T @ (share * right / (share * right).sum())
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def predict(found, names, weights):
    if not found:
        return None, 0.0
    merged = {}
    for (_, iso), share in zip(found, softmax(matrix(found, names) @ weights)):
        merged[iso] = merged.get(iso, 0.0) + share
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
    for level in (0.8, 0.9, 0.95, 0.97, 0.98):
        sure = [guess == gold for confidence, guess, gold, _ in outcome if guess and confidence >= level]
        print(f"at {level} and above: {sum(sure)} of {len(sure)} right")
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
