"""Transcripts for people: complete, and dead whatever the words are."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.errors import UserError
from core.interchange.transcript import (
    Transcript,
    clean_text,
    escape_markdown,
    format_markdown,
    format_text,
    one_line,
    read_transcript,
    write_transcript,
)
from core.library.playtests import list_turns, rename_playtest
from core.playtest.script import Script
from models.playtest import Playtest
from models.scenario import TurnPolicy
from tests.core.interchange.samples import HOSTILE_WORDS, SampleProject

HARMLESS = {"text", "text_special", "softbreak", "hardbreak", "em_open", "em_close", "strong_open", "strong_close"}
markup = st.text("*_`[](){}<>!#+-=.|~&;:\\/ \t\nab1$\"'@\x1b", max_size=40) | st.text(max_size=40)


def inline_kinds(markdown: str) -> set[str]:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    return {child.type for token in tokens for child in token.children or []}


def block_kinds(markdown: str) -> set[str]:
    tokens: list[Token] = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    return {token.type for token in tokens}


@given(markup)
def test_escaped_text_is_only_text_and_emphasis(text: str) -> None:
    escaped = escape_markdown(text)
    assert inline_kinds(escaped) <= HARMLESS
    assert block_kinds(escaped) <= {"paragraph_open", "inline", "paragraph_close"}


@given(st.text("_`[](){}<>!#+-=.|~&;:\\/ \nab1$\"'@", max_size=40))
def test_escaped_text_reads_as_it_was(text: str) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(escape_markdown(text))
    shown = "".join(child.content or " " for token in tokens for child in token.children or [])
    assert "".join(shown.split()) == "".join(text.split())


def test_hostile_words_are_dead_in_the_whole_document(sample: SampleProject) -> None:
    rename_playtest(sample.project, sample.playtest_id, HOSTILE_WORDS[:150])
    transcript = read_transcript(sample.project, sample.playtest_id)
    markdown = format_markdown(transcript, thoughts=True)
    assert HOSTILE_WORDS in [turn.text for turn in transcript.turns]
    assert inline_kinds(markdown) <= HARMLESS
    kinds = {kind.removesuffix("_open").removesuffix("_close") for kind in block_kinds(markdown)}
    assert kinds <= {"heading", "paragraph", "inline", "bullet_list", "list_item", "blockquote"}
    for text in (markdown, format_text(transcript)):
        assert not set("\x00\x07\x1b\u202e") & set(text)


def test_reads_the_branch_being_played_or_another(sample: SampleProject) -> None:
    turns = list_turns(sample.project, sample.playtest_id)
    main = read_transcript(sample.project, sample.playtest_id)
    assert [turn.number for turn in main.turns] == list(range(1, 9))
    assert [score.metric for score in main.turns[0].scores] == ["grounding", "drift"]
    other = next(turn for turn in turns if turn.text.startswith("Line 3, take 1"))
    branch = read_transcript(sample.project, sample.playtest_id, other.id)
    assert [turn.text[:14] for turn in branch.turns][-1] == "Line 3, take 1"
    assert len(branch.turns) == 3


def test_says_what_it_was_played_with(sample: SampleProject) -> None:
    transcript = read_transcript(sample.project, sample.playtest_id)
    facts = dict(transcript.facts)
    assert facts["Seed"] == "7"
    assert facts["Weights"].startswith("house, 0 MB, SHA-256 abab")
    assert facts["Ended"] == "at the turn limit"
    assert [(member.name, member.role) for member in transcript.cast] == [
        ("Mara Quill", "keeper"),
        ("Ivo", "guest"),
        ("The gull", "bird"),
    ]


def test_says_whose_turn_it_was_by_which_rules_and_why_it_ended(sample: SampleProject) -> None:
    with sample.project.append() as session:
        playtest = session.get_one(Playtest, sample.playtest_id)
        script = Script.model_validate(playtest.script)
        role_id = script.parts[0].role_id
        rules = {
            "memory": {"recall": "generative", "n_recalled": 2},
            "turns": {"order": [role_id], "weights": {role_id: 0.5}},
            "thought": {"states": ["belief", "desire"], "about_others": True},
        }
        scenario = script.scenario.model_copy(update={"stage": rules, "turn_policy": TurnPolicy.NAME_NEXT})
        playtest.script = script.model_copy(update={"scenario": scenario}).model_dump(mode="json")
        playtest.ended, playtest.ended_why = "cap", "The scene has reached its 8 turns."
        session.add(playtest)
    transcript = read_transcript(sample.project, sample.playtest_id)
    name = script.parts[0].character.name
    told = format_text(transcript)
    for line in (
        "Whose turn: name next",
        "Rule memory.recall: generative",
        "Rule memory.n_recalled: 2",
        "Rule thought.states: belief, desire",
        "Rule thought.about_others: yes",
        f"Rule turns.order: {one_line(name)}",
        f"Rule turns.weights: {one_line(name)}: 0.5",
        "Ended: at the turn limit (The scene has reached its 8 turns.)",
    ):
        assert f"  {line}\n" in told
    assert "Rules" not in dict(transcript.facts)
    with sample.project.append() as session:
        playtest = session.get_one(Playtest, sample.playtest_id)
        scenario = script.scenario.model_copy(update={"stage": {}})
        playtest.script = script.model_copy(update={"scenario": scenario}).model_dump(mode="json")
        playtest.ended = None
        session.add(playtest)
    facts = dict(read_transcript(sample.project, sample.playtest_id).facts)
    assert facts["Rules"] == "all as they are by default"
    assert facts["Ended"] == "not yet, it was played to turn 8"


def test_markdown_and_text_are_complete(sample: SampleProject) -> None:
    transcript = read_transcript(sample.project, sample.playtest_id)
    markdown, text = format_markdown(transcript), format_text(transcript)
    for document in (markdown, text):
        assert "Nobody may know." not in document
        for turn in transcript.turns:
            assert turn.speaker in document
        assert "Line 8, take 0." in document
        assert "*looks away*" in document
    assert markdown.startswith(
        "# First try\n\n**The lighthouse**\n\nNight. *Rain.*\n\n## Cast\n\n- **Mara Quill** as keeper\n"
    )
    assert "**4. Ivo**\n\nLine 4, take 0.\n\n*looks away*\n" in markdown
    assert "[4] Ivo\n  Line 4, take 0.\n\n  *looks away*\n" in text
    assert "> (thinks) Nobody may know." in format_markdown(transcript, thoughts=True)
    assert "  (thinks) Nobody may know." in format_text(transcript, thoughts=True)


def test_words_cannot_pass_for_a_new_turn_in_plain_text() -> None:
    assert clean_text("a\r\n[2] Ivo\u2028b\x1b[1m") == "a\n[2] Ivo\nb[1m"


def test_a_playtest_without_a_script_or_turns_is_fine(sample: SampleProject) -> None:
    with sample.project.append() as session:
        session.add(Playtest(id="bare", name="Bare", script={"odd": 1}, settings={}, weights={}))
    transcript = read_transcript(sample.project, "bare")
    assert (transcript.cast, transcript.turns, transcript.scenario) == ((), (), "")
    assert format_markdown(transcript).endswith("## Transcript\n")
    assert format_text(transcript).startswith("Bare\n====\n")


def test_a_playtest_that_is_gone_is_said(sample: SampleProject) -> None:
    with pytest.raises(UserError, match="not in the project any more"):
        read_transcript(sample.project, "gone")


def test_writes_by_suffix_and_never_overwrites(tmp_path: Path) -> None:
    transcript = Transcript("T", "", "", (), (), ())
    write_transcript(tmp_path / "a.md", transcript)
    write_transcript(tmp_path / "a.TXT", transcript)
    assert (tmp_path / "a.md").read_text() == "# T\n\n## Transcript\n"
    with pytest.raises(UserError, match="exists already"):
        write_transcript(tmp_path / "a.md", transcript)
    with pytest.raises(UserError, match=r"should end in \.md or \.txt"):
        write_transcript(tmp_path / "a.docx", transcript)
