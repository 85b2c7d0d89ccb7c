"""A power of attorney is held against what the Norwegian procedure says it must contain."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_mails import NOTHING, message, reading, shipped, sure

from triage.message.model import Attachment
from triage.understanding.model import Fields, Kind
from triage.understanding.proxy import LONGEST, Content, Proxy, Status, read_proxy

if TYPE_CHECKING:
    from collections.abc import Sequence

POLICY = shipped()["alektum-no"]
WRITTEN = date(2026, 3, 5)
FORM = """FULLMAKT

Fullmaktsgiver (debitor)
Navn: Kari Nordmann
Fødselsdato: 12.03.1985
Fullmaktshaver
Navn: Ola Hansen
Fødselsdato: 01.02.1980
Telefon: 912 34 567
Fullmakten gjelder: innsyn og forhandling i sak 4071825
Varighet: til 31.12.2026
Sted og dato: Oslo, 2. mars 2026
Underskrift: ______________
"""
LETTER = """FULLMAKT

Jeg, Olaug Bergseng, født 12.04.1941, gir med dette min sønn Geir Bergseng, født 3. mars 1976,
fullmakt til å opptre på mine vegne overfor Alektum i sak 8590617. Fullmakten gjelder fra i dag og
til 31. desember 2026.

Geir nås på 951 40 277, e-post geir.bergseng@anleggpost.example.

Øyer, 12. november 2025
Olaug Bergseng
"""
WHOLE = dict.fromkeys(Content, Status.FOUND) | {Content.SIGNED: Status.LOOK}


def document(
    text: str, name: str = "fullmakt.pdf", kind: str = "application/pdf", size: int = 80_000
) -> Attachment:
    return Attachment(name, kind, size, "0" * 64, text)


def proxy(
    typed: str = "", *documents: Attachment, fields: Fields = NOTHING, language: str = "no"
) -> Proxy:
    mail = message(POLICY, typed=typed, attachments=documents)
    read = reading(Kind.AUTHORISATION, fields, language=sure(language))
    return read_proxy(mail, read, POLICY, WRITTEN)


def statuses(found: Proxy) -> dict[Content, Status]:
    return {item.content: item.status for item in found.items}


def words(found: Proxy) -> dict[Content, str]:
    return {item.content: item.words for item in found.items}


def without(text: str, *lines: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith(lines))


def test_a_filled_form_in_a_document_has_all_and_its_signature_is_a_persons_to_see() -> None:
    found = proxy("Hei, se vedlagt fullmakt.", document(FORM))
    assert statuses(found) == WHOLE
    assert words(found) == {
        Content.DEBTOR_NAME: "Kari Nordmann",
        Content.DEBTOR_BIRTH: "12.03.1985",
        Content.PROXY_NAME: "Ola Hansen",
        Content.PROXY_BIRTH: "01.02.1980",
        Content.PROXY_CONTACT: "912 34 567",
        Content.SCOPE: "innsyn og forhandling i sak 4071825",
        Content.DURATION: "Varighet: til 31.12.2026",
        Content.DATED: "2. mars 2026",
        Content.SIGNED: "Underskrift: ______________",
    }
    assert {item.where for item in found.items} == {"fullmakt.pdf"}
    assert found.missing == ()


def test_a_letter_in_running_text_is_read_too() -> None:
    found = proxy("", document(LETTER, "fullmakt.docx"))
    assert statuses(found) == WHOLE
    assert words(found)[Content.DEBTOR_BIRTH] == "12.04.1941"
    assert words(found)[Content.PROXY_BIRTH] == "3. mars 1976"
    assert words(found)[Content.PROXY_CONTACT] == "951 40 277"
    assert words(found)[Content.DATED] == "12. november 2025"


def test_one_typed_into_the_mail_is_read_and_a_typed_name_is_no_signature() -> None:
    found = proxy(LETTER)
    assert statuses(found) == WHOLE | {Content.SIGNED: Status.NOT_FOUND}
    assert found.missing == (Content.SIGNED,)
    assert {item.where for item in found.items if item.where} == {"the mail"}


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (("Fullmakten gjelder",), [Content.SCOPE]),
        (("Varighet",), [Content.DURATION]),
        (("Sted og dato",), [Content.DATED]),
        (("Telefon",), [Content.PROXY_CONTACT]),
        (
            ("Fødselsdato", "Telefon"),
            [Content.DEBTOR_BIRTH, Content.PROXY_BIRTH, Content.PROXY_CONTACT],
        ),
    ],
    ids=str,
)
def test_just_what_is_not_in_it_is_missing(lines: Sequence[str], missing: list[Content]) -> None:
    assert list(proxy("", document(without(FORM, *lines))).missing) == missing


@pytest.mark.parametrize(
    ("line", "content"),
    [
        ("Varighet: til 31.12.2026", Content.DURATION),
        ("Telefon: 912 34 567", Content.PROXY_CONTACT),
        ("Sted og dato: Oslo, 2. mars 2026", Content.DATED),
        ("Navn: Ola Hansen", Content.PROXY_NAME),
    ],
)
def test_a_label_with_nothing_behind_it_gives_nothing(line: str, content: Content) -> None:
    blank = FORM.replace(line, f"{line.partition(':')[0]}: ____________")
    assert content in proxy("", document(blank)).missing


def test_whose_a_birth_date_is_says_the_person_named_before_it() -> None:
    debtors = FORM.replace("Fødselsdato: 01.02.1980\n", "")
    proxys = FORM.replace("Fødselsdato: 12.03.1985\n", "")
    assert proxy("", document(debtors)).missing == (Content.PROXY_BIRTH,)
    assert proxy("", document(proxys)).missing == (Content.DEBTOR_BIRTH,)


def test_a_national_number_holds_the_birth_date() -> None:
    numbered = FORM.replace("Fødselsdato: 12.03.1985", "Fødselsnummer: 15076500565")
    assert statuses(proxy("", document(numbered))) == WHOLE


def test_the_agencys_own_phone_is_nobodys_contact() -> None:
    ours = FORM.replace("912 34 567", "33 74 45 00")
    assert proxy("", document(ours)).missing == (Content.PROXY_CONTACT,)


def test_what_is_not_in_the_texts_may_be_in_a_scan_and_is_not_asked_for() -> None:
    found = proxy("Hei, fullmakten ligger ved.", document("", "scan.jpg", "image/jpeg"))
    assert set(statuses(found).values()) == {Status.LOOK}
    assert found.missing == ()


def test_a_logo_in_a_signature_is_no_scan() -> None:
    logo = document("", "image001.png", "image/png", size=9_000)
    assert proxy("Hvordan gir jeg fullmakt?", logo) == Proxy()


def test_an_electronic_signature_is_found_in_a_document_only() -> None:
    signed = FORM.replace("Underskrift: ______________", "Signert elektronisk med BankID")
    assert statuses(proxy("", document(signed)))[Content.SIGNED] is Status.FOUND
    assert statuses(proxy(signed))[Content.SIGNED] is Status.LOOK


@pytest.mark.parametrize(
    "typed",
    [
        "Hei, hvordan kan jeg gi fullmakt til broren min Per Hansen?\n\nMvh Kari Nordmann",
        "Kva skal stå i ei fullmakt for at de skal godta henne?",
        "Jeg vil gjerne snakke om saken min.",
        "",
    ],
)
def test_to_speak_of_one_is_not_to_give_one(typed: str) -> None:
    assert proxy(typed) == Proxy()


def test_the_proxy_who_writes_gives_name_and_phone_by_the_mail() -> None:
    typed = "Jeg bistår Mona Haugerud (f. 07.10.1967). Fullmakt er vedlagt.\n\nGro Anette Sætre"
    named = Fields(name=sure("Gro Anette Sætre"), phones=(sure("+4769158802"),))
    found = proxy(typed, document("", "fullmakt.pdf"), fields=named)
    assert words(found)[Content.DEBTOR_NAME] == "Mona Haugerud"
    assert words(found)[Content.DEBTOR_BIRTH] == "07.10.1967"
    assert words(found)[Content.PROXY_NAME] == "Gro Anette Sætre"
    assert words(found)[Content.PROXY_CONTACT] == "+4769158802"


IN_OTHER_LANGUAGES = {
    "en": """I, the undersigned, Mary Brown, date of birth 12 March 1985, hereby authorise Peter Brown,
date of birth 1 February 1980, phone +47 912 34 567, to act on my behalf in case 4071825, valid
until 31 December 2026.

Oslo, 2 March 2026
Signature: Mary Brown""",
    "nl": """Ik, Jan de Boer, geboren op 12-03-1985, machtig hierbij Piet de Boer, geboren op 01-02-1980,
telefoon +47 912 34 567, om mij te vertegenwoordigen in zaak 4071825. Deze machtiging is geldig tot
31-12-2026.

Oslo, 2 maart 2026
Handtekening: Jan de Boer""",
    "fr": """Je soussignée Claire Dubois, née le 12/03/1985, donne procuration à Luc Dubois, né le
01/02/1980, téléphone +47 912 34 567, pour me représenter dans le dossier 4071825. Valable jusqu'au
31/12/2026.

Oslo, le 2 mars 2026
Signature : Claire Dubois""",
    "es": """Yo, Ana Ruiz Ortega, nacida el 12/03/1985, por la presente autorizo a Luis Ruiz Ortega, nacido
el 01/02/1980, teléfono +47 912 34 567, para actuar en mi nombre en el expediente 4071825. Esta
autorización es válida hasta el 31/12/2026.

Oslo, 2 de marzo de 2026
Firma: Ana Ruiz Ortega""",
    "it": """Io, Sara Neri, nata il 12/03/1985, con la presente autorizzo Marco Neri, nato il 01/02/1980,
telefono +47 912 34 567, a rappresentarmi nella pratica 4071825. La presente delega è valida fino al
31/12/2026.

Oslo, 2 marzo 2026
Firma: Sara Neri""",
    "pt": """Eu, Maria Costa, nascida em 12/03/1985, confiro poderes por esta procuração a Rui Costa, nascido
em 01/02/1980, telefone +47 912 34 567, para me representar no processo 4071825. Válida até
31/12/2026.

Oslo, 2 de março de 2026
Assinatura: Maria Costa""",
    "ro": """Eu, Ioana Marin, născută la 12.03.1985, prin prezenta împuternicesc pe Andrei Marin, născut la
01.02.1980, telefon +47 912 34 567, să mă reprezinte în dosarul 4071825. Această împuternicire este
valabilă până la 31.12.2026.

Oslo, 2 martie 2026
Semnătura: Ioana Marin""",
}


@pytest.mark.parametrize("language", IN_OTHER_LANGUAGES)
def test_one_in_another_language_is_read_as_well(language: str) -> None:
    text = IN_OTHER_LANGUAGES[language]
    assert statuses(proxy("", document(text), language=language)) == WHOLE


def test_a_text_is_looked_at_as_far_as_a_power_of_attorney_goes() -> None:
    before = "Til den det gjelder. " * (LONGEST // 20)
    assert proxy("", document(before + FORM)) == Proxy()


@given(st.text(max_size=300), st.text(max_size=300), st.booleans())
def test_whatever_stands_there_every_content_has_one_line_or_none_has(
    typed: str, text: str, fullmakt: Any
) -> None:
    found = proxy(typed, document(f"Fullmakt {text}" if fullmakt else text))
    assert [item.content for item in found.items] in ([], list(Content))
