"""What a report says first: findings with their turns, people's labels, and who judged."""

from core.interchange.playtest_charts import metrics_to_chart
from core.interchange.report import format_report
from core.interchange.report_findings import read_findings, read_judges, read_labels
from core.interchange.transcript import Said, Transcript, read_transcript
from models.judge import Judge
from models.label import Label, Verdict
from models.playtest import SpeakerKind
from models.score import Score
from tests.core.interchange.samples import SampleProject


def transcript(values: list[float], metric: str = "grounding") -> Transcript:
    turns = tuple(
        Said(
            number,
            "Mara",
            SpeakerKind.CHARACTER,
            f"Line {number}.",
            None,
            "weights",
            (Score(turn_id=number, metric=metric, value=9.0), Score(turn_id=number, metric=metric, value=value)),
        )
        for number, value in enumerate(values, start=1)
    )
    return Transcript("The inquest", "The inquest", "", (), (), turns)


def test_a_fall_is_the_first_thing_said_with_the_words_that_show_it() -> None:
    falling = transcript([1.0 - 0.05 * number for number in range(18)])
    [finding] = read_findings(falling).shown
    page = format_report(falling)
    assert finding.sentence in page
    assert page.index(finding.sentence) < page.index("Transcript</h2>")
    assert "Line 18." in page[page.index(finding.sentence) : page.index("Means over the branch")]


def test_the_last_score_of_a_measure_counts() -> None:
    assert read_findings(transcript([0.5] * 18)).note.endswith("Nothing does beyond chance.")
    assert "18 values of 1 computed measures" in read_findings(transcript([0.5] * 18)).note


def test_a_measure_that_something_was_found_in_gets_a_chart() -> None:
    found = transcript([0.0, 0.1] * 9 + [50.0], "talk.words")
    assert "talk.words" in metrics_to_chart(found)
    assert "talk.words" not in metrics_to_chart(transcript([0.5] * 18, "talk.words"))


def test_judges_and_labels_come_with_the_branch(sample: SampleProject) -> None:
    project = sample.project
    said = read_transcript(project, sample.playtest_id)
    with project.append() as session:
        session.add(Judge(id="j", name="Careful", weights_sha256="ab" * 32, licence={"badge": "amber", "top1": 0.55}))
        session.add(Judge(id="k", name="Elsewhere"))
        turn_id = next(score.turn_id for turn in said.turns for score in turn.scores)
        session.flush()
        session.add(Score(turn_id=turn_id, metric="judged.rubric", value=4.0, judge_id="j"))
        session.add(Label(turn_id=turn_id, verdict=Verdict.OFF, why="<b>not</b> her", metric="echo"))
    found = read_transcript(project, sample.playtest_id)
    [judge] = read_judges(found)
    assert (judge["name"], judge["badge"], judge["n_scores"]) == ("Careful", "amber", "1")
    assert "55 of 100" in judge["licence"]
    [label] = read_labels(found)
    assert (label["verdict"], label["about"]) == ("off", "Echo")
    page = format_report(found)
    assert "&lt;b&gt;not&lt;/b&gt; her" in page
    assert 'class="badge amber"' in page
