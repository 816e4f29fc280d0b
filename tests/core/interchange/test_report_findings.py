"""What a report says first: findings with their turns, people's labels, and who judged."""

from core.fidelity.judging.licence import Licence, items_version, licence_items
from core.interchange.playtest_charts import metrics_to_chart
from core.interchange.report import format_report
from core.interchange.report_findings import (
    latest_scores,
    read_branch_scores,
    read_findings,
    read_judges,
    read_labels,
)
from core.interchange.transcript import Said, Transcript, read_transcript
from models.branch_score import BranchScore
from models.judge import Judge
from models.label import Label, Verdict
from models.playtest import SpeakerKind
from models.score import Score
from tests.core.interchange.samples import SampleProject

LICENCE = Licence(
    top1=0.55,
    low=0.42,
    high=0.67,
    top2=0.8,
    mean_rank=1.7,
    brier=0.15,
    ece=0.1,
    badge="amber",
    position_bias=0.1,
    self_agreement=0.9,
    alpha=0.8,
    n=60,
    n_failed=0,
    how="probabilities",
    items=items_version(licence_items()),
)


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
    found = transcript([0.0, 0.1] * 10 + [50.0], "talk.words")
    assert "talk.words" in metrics_to_chart(found)
    assert "talk.words" not in metrics_to_chart(transcript([0.5] * 18, "talk.words"))


def test_judges_and_labels_come_with_the_branch(sample: SampleProject) -> None:
    project = sample.project
    said = read_transcript(project, sample.playtest_id)
    with project.append() as session:
        session.add(Judge(id="j", name="Careful", weights_sha256="ab" * 32, licence=LICENCE.record()))
        session.add(Judge(id="k", name="Elsewhere"))
        turn_id = next(score.turn_id for turn in said.turns for score in turn.scores)
        session.flush()
        session.add(Score(turn_id=turn_id, metric="judged.rubric", value=4.0, judge_id="j"))
        session.add(
            BranchScore(
                playtest_id=sample.playtest_id,
                head_id=turn_id,
                metric="goals",
                value=0.6,
                judge_id="k",
                evidence={"judge": {}},
            )
        )
        session.add(Label(turn_id=turn_id, verdict=Verdict.OFF, why="<b>not</b> her", metric="echo"))
    found = read_transcript(project, sample.playtest_id)
    judge, elsewhere = read_judges(found)
    assert (elsewhere["name"], elsewhere["badge"], elsewhere["n_scores"]) == ("Elsewhere", "none", "1")
    [whole] = read_branch_scores(found)
    assert (whole["who"], whole["value"], whole["judge"]) == ("the branch", "0.60", "Elsewhere, badge: none")
    assert (judge["name"], judge["badge"], judge["n_scores"]) == ("Careful", "amber", "1")
    assert "55 of 100" in judge["licence"]
    [label] = read_labels(found)
    assert (label["verdict"], label["about"]) == ("off", "Echo")
    page = format_report(found)
    assert "&lt;b&gt;not&lt;/b&gt; her" in page
    assert 'class="badge amber"' in page
    assert "judged.rubric (Careful, badge: amber)" in page


def test_an_asking_that_failed_takes_no_verdict_away() -> None:
    scores = (
        Score(turn_id=1, metric="own.x", value=4.0, judge_id="j"),
        Score(
            turn_id=1, metric="own.x", value=None, reason="The server is gone.", judge_id="j", evidence={"failed": True}
        ),
        Score(turn_id=1, metric="own.x", value=2.0, judge_id="k"),
    )
    said = Said(1, "Mara", SpeakerKind.CHARACTER, "Line.", None, "weights", scores)
    assert [score.value for score in latest_scores(said)] == [4.0, 2.0]
