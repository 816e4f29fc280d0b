"""The process that checks stories: one JSON line in for each story, one out for each report. Knows no Qt.

A search over millions of states would hold Python's lock and with it the window; here it holds nobody.
"""

import json
import sys
from typing import Any, TextIO

from core.errors import UserError
from core.world.checker import Report, check_story
from core.world.exploring import Limits
from core.world.graph import Story


def main(lines_in: TextIO = sys.stdin, lines_out: TextIO = sys.stdout) -> None:
    """Answers until its input ends."""
    for line in lines_in:
        if line.strip():
            print(json.dumps(answer(json.loads(line))), file=lines_out, flush=True)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Checks one story; a fault of the world is said in place of a report."""
    limits = Limits(n_states=int(request["n_states"]), time_s=float(request["time_s"]))
    try:
        report = check_story(Story.model_validate(request["story"]), limits)
    except (UserError, ValueError, MemoryError) as error:
        return {"number": request["number"], "fault": str(error) or type(error).__name__}
    return {"number": request["number"], "report": report_document(report)}


def report_document(report: Report) -> dict[str, Any]:
    """Returns a report as the window reads it."""
    return report.to_document() | {"stopped": report.stopped}


if __name__ == "__main__":
    main()
