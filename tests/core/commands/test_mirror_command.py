"""`tableread mirror`: played conversations beside people's."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.cli import main
from core.commands.mirror import MirrorRequest, compare, document, read_pairs, show
from core.errors import UserError
from tests.scripted_judge import scripted_judge

REAL = [["hm dunno", "Can I help?", "ok whatever"], ["nah", "Why?", "just no"]]
PLAYED = [["I would be most grateful.", "Can I help?", "Thank you indeed."], ["I decline.", "Why?", "By conviction."]]


def write_chats(path: Path, chats: list[list[str]]) -> Path:
    lines = [json.dumps({"messages": [_message(at, text) for at, text in enumerate(chat)]}) for chat in chats]
    path.write_text("\n".join(lines))
    return path


def _message(at: int, text: str) -> dict[str, str]:
    return {"role": ("user", "assistant")[at % 2], "content": text}


@pytest.fixture
def request_of(tmp_path: Path) -> MirrorRequest:
    """Both files."""
    return MirrorRequest(write_chats(tmp_path / "real.jsonl", REAL), write_chats(tmp_path / "played.jsonl", PLAYED))


def weigh(chat: str, options: tuple[str, ...]) -> list[float]:
    """Knows people by their small letters, and gives the same style 9, another one 3."""
    if options == ("a person", "a machine"):
        person = "The one: hm" in chat or "The one: nah" in chat
        return [float(person), float(not person)]
    if options == ("A", "B", "Tie"):
        first, second = ("The one: hm" in part or "The one: nah" in part for part in chat.split("Conversation B:"))
        return [float(first > second), float(second > first), float(first == second)]
    halves = chat.split("Another conversation:")
    alike = ("The one: I" in halves[0]) == ("The one: I" in halves[1])
    return [float(option == ("9" if alike else "3")) for option in options]


def test_four_judges_and_their_controls(request_of: MirrorRequest, capsys: pytest.CaptureFixture[str]) -> None:
    judge = scripted_judge(weigh, lambda *_: json.dumps({"words": ["nah"], "why": "Short."}))
    pairs = read_pairs(request_of)
    steps: list[tuple[int, int]] = []
    found = compare(judge, pairs, lambda *step: steps.append(step))
    document_of = json.loads(json.dumps(document(judge, found, len(pairs))))
    assert (document_of["judge"]["name"], document_of["badge"]) == ("Scripted judge", None)
    read = document_of["metrics"]
    assert steps[-1] == (4, 4)
    assert read["likeness.style"]["mean"] == pytest.approx(1 / 3)
    assert (read["likeness.style"]["real_real"], read["likeness.style"]["played_played"]) == pytest.approx((1.0, 1.0))
    assert (read["likeness.pair"]["mean"], read["likeness.pair"]["real_real"]) == pytest.approx((-0.5, 0.0))
    assert read["likeness.pair"]["calibrated"] is None
    assert (read["likeness.rnr"]["mean"], read["likeness.rnr"]["real_real"]) == pytest.approx((0.0, 1.0))
    assert (read["likeness.ctr"]["mean"], read["likeness.ctr"]["real_real"]) == pytest.approx((0.0, 1.0))
    show(found, len(pairs))
    assert "Style like the person's" in capsys.readouterr().out


def test_a_judge_that_cannot_be_read_says_so(request_of: MirrorRequest, capsys: pytest.CaptureFixture[str]) -> None:
    found = compare(scripted_judge(write=lambda *_: "x"), read_pairs(request_of), lambda *_: None)
    assert {one.n_failed for one in found.values()} == {2}
    show(found, 2)
    assert capsys.readouterr().out.count("No pair could be judged.") == 4


def test_speakers_and_numbers_must_fit(request_of: MirrorRequest, tmp_path: Path) -> None:
    assert len(read_pairs(replace(request_of, n=1))) == 1
    assert read_pairs(replace(request_of, played_speaker="assistant"))[0][1].speaker == "assistant"
    with pytest.raises(UserError) as caught:
        read_pairs(replace(request_of, real_speaker="Ann"))
    assert "user" in caught.value.hint
    shorter = write_chats(tmp_path / "short.jsonl", PLAYED[:1])
    with pytest.raises(UserError, match="has 2 conversations"):
        read_pairs(replace(request_of, played=shorter))
    assert main(["mirror", str(request_of.real), str(shorter)]) == 1
