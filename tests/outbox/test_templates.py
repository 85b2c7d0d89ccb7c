"""Templates: the operator's own in place of shipped ones, faults told with file and line."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from outbox_samples import TEMPLATES, answered, plain

from triage import resources
from triage.errors import TemplateError
from triage.outbox.render import LANGUAGES, PURPOSES, VARIABLES, Templates, blocks_of, plain_of

if TYPE_CHECKING:
    from pathlib import Path

VALUES = dict.fromkeys(VARIABLES, "x") | {"missing": [], "kind": "question"}
ACKNOWLEDGEMENT = "nl/acknowledgement.txt"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "nl").mkdir()
    return tmp_path


def templates_with(own: Path, text: str, name: str = ACKNOWLEDGEMENT) -> Templates:
    (own / name).write_text(text, encoding="utf-8")
    return Templates(resources.templates(), own)


def test_shipped_templates_are_sound() -> None:
    TEMPLATES.check()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_language_has_every_text(language: str, purpose: str) -> None:
    text = TEMPLATES.render(purpose, (language,), {language: VALUES})
    assert text.subject
    assert len(text.plain) > 100


def test_the_readme_names_every_variable() -> None:
    readme = (resources.templates() / "README.md").read_text(encoding="utf-8")
    assert {name for name in VARIABLES if f"`{name}`" not in readme} == set()


# --- the operator's own files


def test_an_own_file_replaces_the_shipped_one_and_no_other(own: Path) -> None:
    templates = templates_with(own, "Dag\n\nUw nummer is {{ case_number }}.\n")
    templates.check()
    assert plain(answered(templates=templates)) == "Uw nummer is NL26-00042.\n"
    assert templates.render("service", ("nl",), {"nl": VALUES}).subject == (
        "Wij hebben uw bericht ontvangen"
    )


def test_an_own_part_is_taken_by_the_shipped_texts(own: Path) -> None:
    templates = templates_with(own, "Meer weten wij niet.\n", "nl/missing.txt")
    assert "Meer weten wij niet." in plain(answered(templates=templates))


def test_an_own_frame_is_taken_for_the_html(own: Path) -> None:
    templates = templates_with(own, "<p>{{ subject }}</p>", "layout.html")
    assert templates.render("service", ("nl",), {"nl": VALUES}).html == (
        "<p>Wij hebben uw bericht ontvangen</p>"
    )


# --- faults


FAULTS = {
    "unknown variable": (
        "Dag\n\n{{ name }}\n",
        3,
        "unknown variable 'name'. Known: agency, answer",
    ),
    "unknown in a block": (
        "Dag\n\n{% if due %}\n{{ due ~\n  whom }}\n{% endif %}",
        5,
        "unknown variable 'whom'",
    ),
    "no end": ("Dag\n{% if due %}\n", 2, "Unexpected end of template"),
    "no such tag": ("Dag\n\n{% iff due %}\n", 3, "Encountered unknown tag 'iff'"),
    "brace": ("Dag\n\n{{ due }\n", 3, "unexpected '}'"),
    "no such filter": ("Dag\n\n{{ due | shout }}\n", 3, "No filter named 'shout'"),
    "no such part": (
        'Dag\n\n{% include "nl/mising.txt" %}\n',
        3,
        "template nl/mising.txt does not exist",
    ),
    "part of itself": (f'Dag\n\n{{% include "{ACKNOWLEDGEMENT}" %}}\n', 3, "cannot be rendered"),
    "no such key": ("Dag\n\n{{ {}[due] }}\n", 3, "has no attribute 'example'. Known: agency"),
    "not possible": ("Dag\n\n{{ due / 0 }}\n", 3, "cannot be rendered: unsupported operand"),
    "forbidden": ("Dag\n\n{{ due.__class__ }}\n", 3, "is unsafe"),
}


@pytest.mark.parametrize(("text", "line", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_line_with_file_line_and_remedy(
    own: Path, text: str, line: int, told: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        templates_with(own, text).check()
    assert str(caught.value).startswith(f"{own / ACKNOWLEDGEMENT}:{line}: ")
    assert told in str(caught.value)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_utf8_is_named(own: Path) -> None:
    (own / ACKNOWLEDGEMENT).write_bytes("Dag\n\ngeïnd".encode("latin-1"))
    with pytest.raises(TemplateError, match=r"nl/acknowledgement\.txt: is not UTF-8"):
        Templates(resources.templates(), own).check()


def test_a_text_that_the_installation_lacks_is_named(tmp_path: Path) -> None:
    shipped = tmp_path / "templates"
    shutil.copytree(resources.templates(), shipped)
    (shipped / "sv" / "service.txt").unlink()
    with pytest.raises(TemplateError, match=r"template sv/service\.txt does not exist"):
        Templates(shipped).check()


def test_a_fault_while_rendering_is_told_in_the_same_way(own: Path) -> None:
    templates = templates_with(own, "Dag\n\n{{ due / 0 }}\n")
    with pytest.raises(TemplateError, match=r"nl/acknowledgement\.txt:3: cannot be rendered"):
        answered(templates=templates)


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ [].append.__self__.__class__ }}",
    ],
)
def test_a_template_cannot_reach_beyond_its_values(own: Path, attack: str) -> None:
    with pytest.raises(TemplateError):
        templates_with(own, f"Dag\n\n{attack}\n").check()


# --- from text to both forms


def test_the_first_line_is_the_subject_and_not_in_the_text(own: Path) -> None:
    text = templates_with(own, "  Een   onderwerp \n\nTekst\n").render(
        "acknowledgement", ("nl",), {"nl": VALUES}
    )
    assert (text.subject, text.plain) == ("Een onderwerp", "Tekst\n")


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("", []),
        ("One\ntwo\n\n\n\nThree", ["paragraph", "paragraph"]),
        ("- one\n- two", ["list"]),
        ("Now:\n\n- one", ["heading", "list"]),
        ("Now:\nand then:\n\n- one", ["paragraph", "list"]),
        ("Now:\n\nText", ["paragraph", "paragraph"]),
        ("- one\n\n- two", ["list"]),
        ("- one\nmore", ["paragraph"]),
        ("One\n \t \nTwo", ["paragraph", "paragraph"]),
    ],
)
def test_paragraphs_headings_and_lists_are_told_apart(body: str, kinds: list[str]) -> None:
    assert [block.kind for block in blocks_of(body)] == kinds


def test_plain_text_has_one_empty_line_between_blocks() -> None:
    body = "Hello,\n\n\nNow:\n\n- one\n\n- two\n\n\n\nBye\nX\n"
    assert plain_of(blocks_of(body)) == "Hello,\n\nNow:\n\n- one\n- two\n\nBye\nX\n"


def test_two_languages_stand_one_below_the_other_and_the_reader_is_told() -> None:
    text = TEMPLATES.render("service", ("pl", "en"), {"pl": VALUES, "en": VALUES})
    assert text.subject == "Otrzymaliśmy Państwa wiadomość / We have received your message"
    assert text.plain.startswith("(English below)\n\nSzanowni Państwo,\n")
    polish, english = text.plain.split("\n" + "-" * 40 + "\n")
    assert "Z poważaniem" in polish
    assert english.startswith("\nDear Sir or Madam,")
