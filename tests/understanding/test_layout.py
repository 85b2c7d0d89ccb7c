"""Lines, closing, signature and letterhead of a mail."""

from __future__ import annotations

import pytest

from triage.understanding.layout import read_layout


def signature(text):
    layout = read_layout(text)
    first, last = layout.signature
    return [line.text for line in layout.lines[first:last]]


@pytest.mark.parametrize(
    "closing",
    [
        "Met vriendelijke groet,",
        "mvg",
        "Hoogachtend,",
        "Z poważaniem",
        "Pozdrawiam",
        "Med vennlig hilsen",
        "mvh",
        "Vänliga hälsningar",
        "Venlig hilsen",
        "Mit freundlichen Grüßen",
        "Kind regards,",
        "Cordialement",
        "Je vous prie d'agréer mes salutations distinguées.",
        "Un cordial saludo,",
        "Atentamente,",
        "Distinti saluti",
        "Com os melhores cumprimentos,",
        "Atenciosamente",
        "Cu stimă,",
        "Vă mulțumesc",
    ],
)
def test_the_signature_follows_the_closing_in_every_language(closing):
    assert signature(f"Dit is een klacht.\n\n{closing}\n\nJan Lis\nDorpsweg 1") == [
        "Jan Lis",
        "Dorpsweg 1",
    ]


def test_a_name_may_follow_the_closing_on_its_line():
    layout = read_layout("Klacht.\n\nGroet, Annelies")
    assert (
        layout.lines[layout.signature[0]].text[layout.closing_end - layout.lines[-1].start :]
        == "Annelies"
    )


def test_without_a_closing_the_short_lines_at_the_end_are_the_signature():
    prose = "Dit is een lange zin over wat er gebeurd is en waarom ik daar niet tevreden over ben geweest."
    assert signature(f"{prose}\n\nJan Lis\nDorpsweg 1\n06 12345678") == [
        "Jan Lis",
        "Dorpsweg 1",
        "06 12345678",
    ]


def test_what_the_mail_program_adds_is_no_part_of_it():
    assert signature("Klacht.\n\nGroeten\nJan Lis\n\nVerzonden vanaf mijn iPhone") == ["Jan Lis"]


def test_thanks_in_the_middle_of_a_mail_close_nothing():
    prose = "Daarna kreeg ik nog een brief, en toen nog een, en nu is het genoeg geweest wat mij betreft, want zo ga je niet met mensen om, vind ik."
    assert signature(f"Dank\n{prose}\n{prose}\n\nJan Lis") == ["Jan Lis"]


def test_a_letterhead_is_the_short_lines_above_the_prose():
    text = "Zygmunt Hreczański\nul. Armii Krajowej 41 m. 9\n58-302 Wałbrzych\n\nDo Działu Zgodności\n\nNiniejszym wnoszę zażalenie na pracownika.\n\nZ poważaniem\nZygmunt"
    assert read_layout(text).head == 3


@pytest.mark.parametrize("text", ["", "\n\n", " ", "a", "\u00a0\n-\n"])
def test_any_text_has_a_layout(text):
    layout = read_layout(text)
    assert layout.signature[0] <= layout.signature[1] <= len(layout.lines)
