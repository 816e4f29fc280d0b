"""Which statements playtests have shown."""

from pathlib import Path

from core.authoring.statement_use import count_uses, spoken_words
from core.fidelity.words.tokens import content_words, tokenise
from core.project import Project
from models.playtest import Origin, Playtest, SpeakerKind, Turn


def words(*texts: str) -> list[frozenset[str]]:
    return [content_words(tokenise(text)) for text in texts]


def test_a_turn_shows_a_statement_with_half_of_its_words() -> None:
    spoken = words("I kept the light at Skarholm.", "The light is out.", "Tea?")
    statements = ["Mara has kept the Skarholm light for eleven winters.", "Mara likes tea.", "Mara"]
    assert count_uses(statements, "Mara Voss", spoken) == [1, 0, 0]
    assert count_uses(["Tea"], "Mara", spoken) == [1]


def test_only_what_the_character_said_counts(tmp_path: Path) -> None:
    project = Project(tmp_path / "a.tableread")
    script = {"parts": [{"role_id": "r", "role": {"character_id": "mara"}}, {"role_id": "x", "role": None}, "odd"]}
    with project.append() as session:
        session.add(Playtest(id="p", name="P", script=script))
        session.add(Playtest(id="gone", name="G", script=script, deleted_at="now"))
        session.add(Playtest(id="odd", name="O", script={"parts": 3}))
        session.flush()
        for playtest, speaker, text in (("p", "r", "The lamp."), ("p", "x", "The sea."), ("gone", "r", "The rope.")):
            session.add(
                Turn(
                    playtest_id=playtest,
                    number=1,
                    speaker_id=speaker,
                    speaker="S",
                    kind=SpeakerKind.CHARACTER,
                    text=text,
                    origin=Origin.WEIGHTS,
                )
            )
    assert spoken_words(project, "mara", "Mara") == [frozenset({"lamp"})]
    assert spoken_words(project, "bo", "Bo") == []
    project.close()
