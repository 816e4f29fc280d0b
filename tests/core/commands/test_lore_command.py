"""`tableread lore test`, run as a script runs it."""

import json
from pathlib import Path

import pytest

from core.cli import main
from core.interchange.cards import write_card
from models.character import CharacterBase

WORLD = {
    "entries": {
        "0": {"uid": 0, "key": ["lamp"], "comment": "Lamp", "content": "It is out."},
        "1": {"uid": 1, "key": ["sea"], "keysecondary": ["gull"], "selective": True, "content": "Grey.", "position": 4},
        "2": {"uid": 2, "key": ["never"], "content": "No."},
        "3": {"uid": 3, "constant": True, "content": "@@depth 0\nAlways."},
    }
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    book, chat = tmp_path / "w.json", tmp_path / "chat.txt"
    book.write_text(json.dumps(WORLD))
    chat.write_text("Ann: The lamp.\n  And oil.\nBob: The sea.\n", encoding="utf-8")
    return book, chat


def test_json_says_of_every_entry_what_became_of_it(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    book, chat = files
    assert main(["lore", "test", str(book), "--chat", str(chat), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {entry["rule"] for entry in report["entries"]} == {"key", "secondary", "no_key", "constant"}
    assert (report["fired"], report["dropped"]) == ([0, 3], [1])
    assert all(entry["why"] for entry in report["entries"])
    assert report["entries"][0] | {"key": "lamp", "place": "message", "number": 1} == report["entries"][0]
    assert {"where": "depth", "depth": 0, "role": "system", "text": "Always."} in report["inserted"]


def test_words_name_what_fired_and_what_was_dropped(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    book, chat = files
    assert main(["lore", "test", str(book), "--chat", str(chat), "--all"]) == 0
    out = capsys.readouterr().out
    assert "Lamp: Found “lamp” in message −1." in out
    assert "secondary keys" in out
    assert "None of its keys" in out


def test_chats_of_other_programs_and_books_in_cards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chat = tmp_path / "c.jsonl"
    lines = [{"user_name": "You", "character_name": "Mara"}, {"name": "Mara", "mes": "The lamp.", "is_user": False}]
    chat.write_text("\n".join(json.dumps(line) for line in lines))
    card = tmp_path / "mara.png"
    book = {"entries": [{"keys": ["lamp"], "content": "Out.", "enabled": True, "insertion_order": 1}]}
    write_card(card, CharacterBase(name="Mara", card_extra={"book": book}), None)
    assert main(["lore", "test", str(card), "--chat", str(chat), "--as", "Mara", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["fired"] == [0]


def test_faults_are_a_sentence(files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, chat = files
    empty = tmp_path / "empty.txt"
    empty.write_text("\n# nothing\n")
    assert main(["lore", "test", str(tmp_path / "no.json"), "--chat", str(chat)]) == 1
    assert main(["lore", "test", str(book), "--chat", str(empty)]) == 1
    assert main(["lore", "test", str(chat), "--chat", str(chat)]) == 1
    said = capsys.readouterr().err
    assert "does not exist" in said
    assert "Nobody says anything" in said
    assert "Traceback" not in said
    assert main(["lore", "test", str(book)]) == 2
    assert main(["lore", "test", str(book), "--chat", str(chat), "--depth", "-1"]) == 2
