"""What leaves the house in a digest: escaped, masked, and the same in both forms."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schedule_samples import ATTACKS, Tags, at, case, desk, entry, everything, frame, policies, task

from triage import resources
from triage.outbox.render import Templates
from triage.schedule import digest_view
from triage.schedule.digest import Digest, Words, build, with_words
from triage.schedule.rows import Desk

TEMPLATES = Templates(resources.templates())


def digest(told: Desk, gist: str = "") -> Digest:
    made = build(told, policies(), everything(), frame())
    return with_words(made, dict.fromkeys(made.entries, Words("", gist)))


def hostile(text: str) -> Digest:
    late = case(
        received=at("2026-02-16 09:00"),
        entry=1,
        sender=text,
        owner=text,
        message_id=f"{text}@mail.example",
        tasks=(task(text=text),),
    )
    return digest(desk(late, entries=(entry(error=text, message_id=text),)), gist=text)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_from_a_mail_becomes_a_tag_or_a_template(attack: str) -> None:
    tame = Tags(digest_view.as_html(hostile("tame"), TEMPLATES))
    page = Tags(digest_view.as_html(hostile(attack), TEMPLATES))
    assert page.tags == tame.tags
    assert [name for name, _ in page.values] == [name for name, _ in tame.values]
    assert attack.split("\u202e", maxsplit=1)[0].strip() in page.text
    assert "49" not in page.text


@settings(max_examples=50)
@given(st.text(min_size=1, max_size=200))
def test_whatever_text_stands_in_a_mail_the_page_keeps_its_shape(text: str) -> None:
    tame = Tags(digest_view.as_html(hostile("tame"), TEMPLATES))
    assert Tags(digest_view.as_html(hostile(text), TEMPLATES)).tags == tame.tags


def test_nothing_remote_is_loaded_and_only_mails_are_linked() -> None:
    page = Tags(digest_view.as_html(hostile('<img src="https://evil.example/">'), TEMPLATES))
    assert not {"img", "script", "link", "iframe", "object", "form"} & set(page.tags)
    links = [value for name, value in page.values if name in {"href", "src", "background"}]
    assert links
    assert all(link.startswith("mid:") for link in links)
    assert not any("url(" in value for name, value in page.values if name == "style")


def test_both_forms_tell_the_same() -> None:
    told = desk(
        case("NL26-00001", received=at("2026-02-16 09:00"), missing=("phone",)),
        case("NL26-00002", received=at("2026-03-03 09:00"), owner="anna@office.example"),
        case("NL26-00003"),
        entries=(entry(),),
    )
    made = digest(told)
    html, text = digest_view.as_html(made, TEMPLATES), digest_view.as_text(made, TEMPLATES)
    page = " ".join(Tags(html).text.split())
    for section in made.sections:
        assert section.title in page
        assert section.title.upper() in text
        for line in section.lines:
            for words in (line.ref, line.badge.text, line.when, line.owner, *line.todo):
                assert words in page
                assert words in text
    assert made.summary in text


def test_the_plain_text_has_no_markup_and_no_gaps() -> None:
    text = digest_view.as_text(digest(desk(case(entry=1)), gist="a < b & c"), TEMPLATES)
    assert not re.search(r"\n{4,}|[ \t]\n|\{[{%]", text)
    assert "&lt;" not in text


def test_an_empty_digest_says_so() -> None:
    made = digest(Desk())
    assert "Nothing needs you today." in digest_view.as_text(made, TEMPLATES)
    assert "Nothing needs you today." in digest_view.as_html(made, TEMPLATES)
