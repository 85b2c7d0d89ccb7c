"""Every page that is mailed uses only what Outlook's Word engine shows as others do.

It knows tables, attributes and a part of CSS 2: no flex, grid, float or position, no relative units,
no variables, padding on cells only, and widths of cells and tables but not `max-width`; that needs a
table of fixed width around it, which a comment shows to Outlook alone. What it passes over without
harm is named here, too.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from sample_mails import shipped
from schedule_samples import (
    NOW,
    at,
    case,
    day,
    desk,
    entry,
    everything,
    frame,
    outgoing,
    policies,
    task,
)
from test_report import registered

from triage import resources
from triage.outbox.render import VARIABLES, Templates
from triage.register.states import CaseState, Outcome
from triage.schedule import digest_view, report_view
from triage.schedule.digest import Words, build, with_words
from triage.schedule.report import month_before, report
from triage.schedule.rows import Double

TEMPLATES = Templates(resources.templates())
TAGS = frozenset(
    "html head meta title style body table tr td div p span b a br ul li hr".split()  # noqa: SIM905 - a list of tags reads so
)
SHOWN = frozenset(
    {
        *("background-color", "color", "font-family", "font-size", "font-weight", "line-height"),
        *("text-align", "text-decoration", "border", "border-top", "border-left", "border-bottom"),
        *("margin", "margin-bottom", "display"),
    }
)
PASSED_OVER = frozenset(
    {
        *("word-break", "overflow-wrap", "white-space", "-webkit-text-size-adjust"),
        *("border-radius", "max-height", "overflow", "mso-hide", "max-width"),
    }
)
"""Their loss changes nothing that a reader needs."""
PADDED = frozenset({"td", "ul", "body"})
_GHOST = re.compile(
    r'<!--\[if mso\]><table role="presentation" width="\d+"[^>]*><tr><td><!\[endif\]-->'
    r'\s*<table [^>]*style="max-width:'
)
_NOT_KNOWN = re.compile(
    r"\b(?:flex|grid|float|position|var\(|calc\(|url\()|\d(?:rem|em|vw|vh)\b|@media"
)


class Page(HTMLParser):
    """Tags with their declarations, attributes, and the style block."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.declared: set[tuple[str, str]] = set()
        self.roles: list[dict[str, str | None]] = []
        self._in_style = False
        self.block = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._in_style = tag == "style"
        values = dict(attrs)
        if tag == "table":
            self.roles.append(values)
        for declaration in filter(str.strip, (values.get("style") or "").split(";")):
            self.declared.add((tag, declaration.partition(":")[0].strip()))

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.block += data

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False


def digest_page() -> str:
    told = desk(
        case("NL26-00001", received=at("2026-02-10 09:00"), collection_paused=True, entry=1),
        case("NL26-00002", tasks=(task(),), owner="anna@office.example"),
        case("NL26-00003", state=CaseState.ANSWERED, answered_at=NOW),
        case("NL26-00004", missing=("phone",)),
        *(case(f"NL26-1000{n}") for n in range(4)),
        entries=(entry(),),
        outgoing=(outgoing(),),
        doubles=(Double(("NL26-00001", "NL26-00002"), "dossier 12345678"),),
    )
    made = build(told, policies(), everything(), frame(rows=1))
    return digest_view.as_html(
        with_words(made, {1: Words("Jan", "Uw brief klopt niet.")}), TEMPLATES
    )


def report_page() -> str:
    ended = {"settled_at": at("2026-02-26 09:00"), "outcome": Outcome.UPHELD}
    told = {"outcome_reason": "Wrong letter", "remedy": "Excuses", "improvement": "Better letters"}
    cases = [registered(channels=("phone",), **ended, **told)]
    zone = shipped()["alektum-nl"].zone
    return report_view.as_html(report(cases, month_before(day("2026-03-04"), zone)), TEMPLATES)


def letter_page() -> str:
    values = dict.fromkeys(VARIABLES, "x") | {"missing": ["name"], "kind": "question"}
    return TEMPLATES.render("acknowledgement", ("nl", "en"), {"nl": values, "en": values}).html


PAGES = {"digest": digest_page(), "report": report_page(), "letter": letter_page()}


@pytest.mark.parametrize("name", PAGES)
def test_every_tag_and_declaration_is_one_that_outlook_shows_or_passes_over(name: str) -> None:
    page = Page(PAGES[name])
    assert page.tags <= TAGS
    known = SHOWN | PASSED_OVER
    unknown = {(tag, key) for tag, key in page.declared if key not in known}
    assert {tag for tag, key in unknown if key.startswith("padding")} <= PADDED
    assert {key for _, key in unknown} <= {"padding", "padding-left", "padding-top"}
    block = re.findall(r"([\w-]+)\s*:", page.block)
    assert {*block} <= known


@pytest.mark.parametrize("name", PAGES)
def test_nothing_that_outlook_does_not_know_is_relied_on(name: str) -> None:
    styles = re.findall(r'style="([^"]*)"|<style>([^<]*)</style>', PAGES[name])
    assert styles
    assert not [each for each in styles if _NOT_KNOWN.search("".join(each))]


@pytest.mark.parametrize("name", PAGES)
def test_the_width_that_others_take_from_max_width_outlook_takes_from_a_table(name: str) -> None:
    assert PAGES[name].count("max-width:") == 1
    assert _GHOST.search(PAGES[name])
    assert PAGES[name].count("<!--[if mso]>") == PAGES[name].count("<![endif]-->") == 2


@pytest.mark.parametrize("name", PAGES)
def test_tables_are_laid_out_by_attributes_and_said_to_be_no_data(name: str) -> None:
    tables = Page(PAGES[name]).roles
    assert tables
    for table in tables:
        assert table["role"] == "presentation"
        assert (table["cellpadding"], table["cellspacing"], table["border"]) == ("0", "0", "0")
        assert table["width"] == "100%"
