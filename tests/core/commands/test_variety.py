"""`tableread coverage` and `opinions`: alike is 1, one voice for all is less, and a group that agrees is flagged."""

import json
from pathlib import Path

import pytest

from core.cli import main

LINES = [
    ["Hello there, how are you today?", "I am fine.", "No."],
    ["Please tell me where the station is, sir.", "Thank you very much indeed, that is kind."],
    ["What?", "I do not believe a word of it!", "You are wrong.", "Prove it."],
    ["Perhaps it was the wind.", "I am not sure, maybe we should wait and see what happens tomorrow."],
]


def write(path: Path, talks: list[list[str]]) -> Path:
    rows = [{"turns": [{"speaker": "A", "text": text} for text in talk]} for talk in talks]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def found(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_people_cover_themselves_and_one_voice_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people, same = write(tmp_path / "p.jsonl", LINES), write(tmp_path / "s.jsonl", LINES)
    one = write(tmp_path / "o.jsonl", [LINES[0]] * 4)
    alike = found(capsys, "coverage", people, same)
    assert (alike["coverage"], alike["n_people"]) == (1.0, 4)
    apart = found(capsys, "coverage", people, one)
    assert apart["coverage"] < 0.8
    assert apart["spread_of_played"] == 0
    assert main(["coverage", str(people), str(same), "--speaker", "Nobody"]) == 1
    assert main(["coverage", str(people), str(same)]) == 0


def test_a_group_that_agrees_too_soon(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "o.jsonl"
    file.write_text(
        "".join(
            json.dumps({"name": name, "opinions": values}) + "\n"
            for name, values in {"Ann": [-2.5, -0.5], "Bob": [2.5, 0.5], "Cid": [0.5, 0.5]}.items()
        )
    )
    moved = found(capsys, "opinions", file)
    assert moved["is_premature"]
    assert moved["sd"][1] < moved["sd"][0]
    assert main(["opinions", str(file)]) == 0
    assert "too soon" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["{}", '{"name":"Ann","opinions":["x"]}', '{"name":"Ann","opinions":[1]}', "nothing"])
def test_what_is_no_opinion_is_said(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "o.jsonl").write_text(line + "\n")
    assert main(["opinions", str(tmp_path / "o.jsonl")]) == 1
    assert "o.jsonl" in capsys.readouterr().err
