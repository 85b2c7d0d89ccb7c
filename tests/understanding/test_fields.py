"""All field rules together: on the corpus, on nonsense, and on each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from understanding_mails import mail, mail_of

from triage.understanding.fields import read_fields
from triage.understanding.model import Fields, Finding, Kind, Source

CORPUS = sorted((Path(__file__).parents[1] / "corpus" / "dev").glob("*.jsonl"))


def records():
    for path in CORPUS:
        yield from map(json.loads, filter(str.strip, path.read_text(encoding="utf-8").splitlines()))


def findings(fields: Fields):
    for name in Fields.__dataclass_fields__:
        value = getattr(fields, name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Finding) and each.evidence:
                yield name, each


def test_all_the_fields_of_one_mail():
    read = mail(
        "Geachte heer, mevrouw,\n\nGisteren heeft uw medewerker mij op mijn werk gebeld. Mijn BSN is 406016926, geboren 14-08-1988.\n\n"
        "Met vriendelijke groet,\nKhaled Al Najjar\nLindenlaan 7\n7551 AB Hengelo\n06-84282942\nkhaled@werk.example",
        subject="Klacht dossier 49122623",
        sender="Khaled",
    )
    fields = read_fields(read, Kind.COMPLAINT)
    assert fields.name.value == "Khaled Al Najjar"
    assert (fields.street.value, fields.postcode.value, fields.city.value) == (
        "Lindenlaan 7",
        "7551 AB",
        "Hengelo",
    )
    assert [each.value for each in fields.phones] == ["+31684282942"]
    assert [each.value for each in fields.emails] == ["khaled@werk.example"]
    assert [each.value for each in fields.dossier_numbers] == ["49122623"]
    assert (fields.national_id.value, fields.birth_date.value) == ("406016926", "1988-08-14")
    assert fields.incident_date.value == "2026-03-10"


@pytest.mark.parametrize(
    ("kind", "also", "given"),
    [(Kind.QUESTION, (), False), (Kind.BALANCE, (Kind.COMPLAINT,), True), (Kind.DISPUTE, (), True)],
)
def test_there_is_an_incident_only_where_the_mail_complains_or_contests(kind, also, given):
    read = mail("Gisteren heeft uw medewerker mij op mijn werk gebeld.")
    assert (read_fields(read, kind, also).incident_date is not None) is given


def test_no_number_is_used_twice():
    for record in records():
        fields = read_fields(mail_of(record), Kind.COMPLAINT)
        spans = [
            (words.source, words.start, words.end)
            for name, each in findings(fields)
            if name in {"phones", "dossier_numbers", "national_id"}
            for words in each.evidence
        ]
        for at, (source, start, end) in enumerate(spans):
            for other, low, high in spans[at + 1 :]:
                assert source is not other or end <= low or high <= start, record["id"]


def test_the_evidence_stands_in_the_mail():
    for record in records():
        read = mail_of(record)
        texts = {
            Source.TYPED: read.typed,
            Source.SUBJECT: read.subject,
            Source.QUOTED: read.message.quoted,
            Source.SENDER: record["from_name"],
        }
        for name, each in findings(read_fields(read, Kind.COMPLAINT)):
            for words in each.evidence:
                assert texts[words.source][words.start : words.end] == words.words, (
                    record["id"],
                    name,
                )
            assert 0 < each.confidence <= 1


FLOORS = {
    "dossier_numbers": 0.98,
    "phones": 0.98,
    "emails": 0.97,
    "national_id": 0.97,
    "birth_date": 0.97,
    "name": 0.95,
    "street": 0.97,
    "postcode": 0.97,
    "city": 0.95,
    "incident_date": 0.85,
}


def test_the_corpus_is_read_as_its_careful_reader_did():
    counts = {row: [0, 0] for row in FLOORS}
    for record in records():
        gold = record["gold"]
        if gold["kind"] in {"automatic", "spam"}:
            continue
        fields = read_fields(mail_of(record), Kind(gold["kind"]), tuple(map(Kind, gold["also"])))
        for row in FLOORS:
            value = getattr(fields, row)
            have = {
                each.value.casefold()
                for each in (value if isinstance(value, tuple) else (value,))
                if each
            }
            want = gold["fields"][row]
            want = {
                each.casefold() for each in (want if isinstance(want, list) else [want]) if each
            }
            counts[row][0] += 2 * len(have & want)
            counts[row][1] += len(have) + len(want)
    for row, floor in FLOORS.items():
        assert counts[row][0] / counts[row][1] >= floor, row


@settings(max_examples=150)
@given(
    st.text(max_size=300),
    st.text(max_size=60),
    st.text(max_size=100),
    st.sampled_from(["alektum-nl", "alektum-pl", "alektum-no", "pro-actief"]),
    st.sampled_from(
        [*("nl", "pl", "no", "sv", "da", "de", "en", "fr", "xx"), *("es", "it", "pt", "ro")]
    ),
    st.sampled_from(["noreply@alektumgroup.nl", "jan@x.example"]),
)
def test_no_text_makes_a_rule_fail(typed, subject, quoted, of, language, address):
    read = mail(
        typed,
        of=of,
        language=language,
        subject=subject,
        quoted=quoted,
        sender=subject,
        address=address,
    )
    read_fields(read, Kind.COMPLAINT)


PIECES = [
    "Naam:",
    "dossier ",
    "54730908",
    "06 12345678",
    "\n",
    "Jan Lis",
    ", ",
    "3 maart",
    "gisteren",
    "1234 AB Delft",
    "Dorpsweg 1",
    "BSN ",
    "406016926",
    " - ",
    "(",
    "€ 12,50",
    "mvg",
    "a@b.example",
    "vorige week ",
    "dinsdag",
    "P24-018273",
    "ul. ",
    "58-302",
    "0",
    ".",
    "f. 230188",
]


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from(PIECES), max_size=40),
    st.sampled_from(["alektum-nl", "alektum-pl", "pro-actief"]),
)
def test_no_heap_of_fragments_makes_a_rule_fail(pieces, of):
    read = mail("".join(pieces), of=of, subject="".join(pieces[:5]))
    read_fields(read, Kind.DISPUTE)


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "12-",
        "a.",
        "Jan ",
        "\n",
        "(0) ",
        "1234 AB ",
        "Naam: x\n",
        "dossier ",
        "@a.b",
        "- ",
        "5. ",
        "ul. ",
        "I. ",
        "og 3. ",
    ],
)
def test_reading_is_linear_in_the_text(piece):
    """Twenty thousand characters of any one thing are read without backtracking without end."""
    read_fields(mail(piece * (20000 // len(piece))), Kind.COMPLAINT)
