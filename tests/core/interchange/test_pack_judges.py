"""A judged score stays a judged one in a pack, whoever made the pack."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from core.fidelity.judged.catalogue import METRICS
from core.interchange.pack_documents import ScoreDocument
from core.interchange.pack_judges import UNKNOWN, PackJudges, with_judge
from core.interchange.packs import build_pack, import_pack, read_pack
from core.project import Project
from models.judge import Judge
from models.score import Score
from tests.core.interchange.samples import SampleProject

JUDGED = next(iter(METRICS)).name


def test_judges_come_with_their_scores_and_without_their_licence(sample: SampleProject, tmp_path: Path) -> None:
    with sample.project.append() as session:
        turn_id = session.exec(select(Score.turn_id)).first()
        session.add(Judge(id="j", name="Careful", weights_sha256="ab" * 32, licence={"badge": "green"}))
        session.flush()
        session.add(Score(turn_id=turn_id, metric=JUDGED, value=4.0, judge_id="j"))
        session.add(Score(turn_id=turn_id, metric=JUDGED, value=2.0))
    build_pack(sample.project, sample.scenario_id, tmp_path / "a.trpack", [sample.playtest_id])
    other = Project(tmp_path / "other.tableread")
    import_pack(other, read_pack(tmp_path / "a.trpack"))
    with other.reading() as session:
        names = {judge.id: (judge.name, judge.licence) for judge in session.exec(select(Judge))}
        found = [names[score.judge_id or ""] for score in session.exec(select(Score).where(Score.metric == JUDGED))]
        computed = session.exec(select(Score.judge_id).where(Score.metric != JUDGED)).all()
    assert found == [("Careful", {}), (UNKNOWN, {})]
    assert set(computed) == {None}
    other.close()


evidences = st.dictionaries(
    st.sampled_from(["judge", "words"]),
    st.none() | st.text() | st.dictionaries(st.sampled_from(["name", "weights_sha256", "is_server"]), st.text()),
)


@given(evidences)
def test_whatever_a_pack_says_a_judged_score_has_a_judge(evidence: dict[str, Any]) -> None:
    judges = PackJudges(Session())
    judges._find = lambda _base: None  # type: ignore[method-assign]
    judges._add = lambda base: base.name  # type: ignore[method-assign]
    assert judges.id_of(JUDGED, evidence)
    assert (judges.id_of("echo", evidence) is None) == (not isinstance(evidence.get("judge"), dict))


def test_what_a_score_says_of_its_judge_stays() -> None:
    judge = Judge(name="Careful")
    assert with_judge({"judge": {"name": "Other"}}, judge) == {"judge": {"name": "Other"}}
    assert with_judge({}, judge)["judge"]["name"] == "Careful"
    assert with_judge({"words": []}, None) == {"words": []}


@pytest.mark.parametrize("value", [1e308, -1e13])
def test_no_score_is_as_great_as_that(value: float) -> None:
    with pytest.raises(ValueError, match="between"):
        ScoreDocument(metric="echo", value=value, created_at="2026-01-01T00:00:00.000000+00:00")
