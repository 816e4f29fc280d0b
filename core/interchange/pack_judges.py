"""Who gave the judged scores of a pack: the judge stands in each score's evidence, and is found or added again.

Licences stay behind: a judge is examined by whoever believes it.
"""

from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, col, select

from core.fidelity.catalogue import METRICS
from models.judge import Judge, JudgeBase

KEY = "judge"
UNKNOWN = "A judge that the pack does not name"


def with_judge(evidence: dict[str, Any], judge: Judge | None) -> dict[str, Any]:
    """Returns evidence that names its judge; what a judged score says itself stays."""
    if judge is None or isinstance(evidence.get(KEY), dict):
        return evidence
    named = {"name": judge.name, "weights_sha256": judge.weights_sha256, "is_server": judge.is_server}
    return {**evidence, KEY: named}


class PackJudges:
    """Finds the judges of the scores of one pack."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[str, str, bool], str] = {}

    def id_of(self, metric: str, evidence: dict[str, Any]) -> str | None:
        """Returns the id of the judge that gave a score; None for one that was computed."""
        named = evidence.get(KEY)
        known = METRICS.get(metric)
        if not isinstance(named, dict) and (known is None or known.needs != "judge"):
            return None
        base = _read(named if isinstance(named, dict) else {})
        key = (base.name, base.weights_sha256, base.is_server)
        if key not in self._known:
            self._known[key] = self._find(base) or self._add(base)
        return self._known[key]

    def _find(self, base: JudgeBase) -> str | None:
        same = (
            Judge.name == base.name,
            Judge.weights_sha256 == base.weights_sha256,
            Judge.is_server == base.is_server,
        )
        return self._session.exec(select(Judge.id).where(*same).order_by(col(Judge.created_at))).first()

    def _add(self, base: JudgeBase) -> str:
        judge = Judge.model_validate(base.model_dump())
        self._session.add(judge)
        self._session.flush()
        return judge.id


def _read(named: dict[str, Any]) -> JudgeBase:
    """Reads what a stranger's pack says of a judge."""
    fields = {name: named[name] for name in ("name", "weights_sha256", "is_server") if name in named}
    try:
        return JudgeBase.model_validate({"name": UNKNOWN} | fields)
    except ValidationError:
        return JudgeBase(name=UNKNOWN)
