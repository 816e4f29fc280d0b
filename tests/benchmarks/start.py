"""Cold start: to the first painted window, and to the first word of the demo. Prints JSON lines.

Both sides in one run: the app on a home folder that has never been used, and a bare Qt window from the same Python.
Each run is a new process; times count from just before it is started.

    python tests/benchmarks/start.py [--runs 5]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
class Window(QMainWindow):
    def paintEvent(self, event):
        print(time.time(), flush=True)
        sys.exit(0)
window = Window()
window.show()
app.exec()
"""


def main() -> None:
    """Runs both sides in turn and prints medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--child", action="store_true")
    arguments = parser.parse_args()
    if arguments.child:
        run_app()
        return
    bare, window, word = [], [], []
    for _ in range(arguments.runs):
        bare.append(_time([sys.executable, "-c", BARE])[0])
        first_window, first_word = _time([sys.executable, __file__, "--child"])
        window.append(first_window)
        word.append(first_word)
    for what, ours, limit in (("first_window", window, 3.0), ("first_word", word, 5.0)):
        peer = statistics.median(bare)
        row = {"what": what, "ours_s": round(statistics.median(ours), 2), "worst_s": round(max(ours), 2)}
        row |= {"bare_window_s": round(peer, 2), "ratio": round(statistics.median(ours) / peer, 1), "limit_s": limit}
        print(json.dumps(row | {"runs": arguments.runs, "cores": os.cpu_count()}))


def _time(command: list[str]) -> list[float]:
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"TABLEREAD_HOME": home, "PYTHONPATH": str(ROOT)}
        if not os.environ.get("DISPLAY"):
            environment["QT_QPA_PLATFORM"] = "offscreen"
        started = time.time()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    return [float(moment) - started for moment in done.stdout.split()]


def run_app() -> None:
    """Opens the app as a new user would, presses Play when the window is there, and prints both moments."""
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication

    from core.events import TextStreamed
    from gui import app as application

    app = application.make_application()
    crash = application.CrashHook(app)
    window = application.open_window([], crash)
    moments: list[float] = []

    class FirstPaint(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and not moments:
                moments.append(time.time())
                QTimer.singleShot(0, window.show_place("stage").acts.play.trigger)
            return False

    def on_event(event: object) -> None:
        if isinstance(event, TextStreamed) and len(moments) == 1:
            moments.append(time.time())
            window.close()
            QApplication.quit()

    paint = FirstPaint()
    window.installEventFilter(paint)
    window.workspace.event_received.connect(on_event)
    QTimer.singleShot(60_000, QApplication.quit)
    window.start()
    app.exec()
    print(*moments, sep="\n", flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
