"""Makes the pictures of every place: the real window with the demo in it, played on the house weights, dark and light.

Needs a display; without one, offscreen. Writes `assets/screenshots/PLACE-THEME.png`, or to another folder.

    python tests/screenshots.py [--out FOLDER] [--size 1440x900] [--turns 12] [--scale 100]
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
THEMES = ("dark", "light")
TIMEOUT_S = 300

sys.path[0] = str(ROOT)  # not `tests`, whose folders have the names of packages


def main() -> int:
    """Plays the demo once and takes all pictures of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "assets" / "screenshots")
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--turns", type=int, default=12)
    parser.add_argument("--scale", type=int, default=100)
    arguments = parser.parse_args()
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["TABLEREAD_HOME"] = home
        _take_pictures(arguments)
    return 0


def _take_pictures(arguments: argparse.Namespace) -> None:
    from gui import app, theme
    from gui.scenarios.header import PLAYING

    qt = app.make_application()
    window = app.open_window([], app.CrashHook(qt))
    window.resize(*(int(side) for side in arguments.size.split("x")))
    window.start()
    stage = window.show_place("stage")
    stage.acts.play.trigger()
    _wait(qt, lambda: len(stage.session.path) >= arguments.turns or stage.session.ended)
    if stage.session.is_playing:
        stage.acts.play.trigger()
    _wait(qt, lambda: not stage.session.is_playing)
    _settle(qt, 8)
    for name in THEMES:
        theme.apply(qt, name, arguments.scale)
        for place in ("stage", "fidelity", "characters", "scenarios", "lore", "library", "weights"):
            window.show_place(place)
            _settle(qt, 2)
            _save(window, arguments.out / f"{place}-{name}.png")
        place = window.show_place("scenarios")
        place.show_tab(PLAYING)
        place.tabs.playing.sections.go_to(1)
        _settle(qt, 1)
        _save(window, arguments.out / f"playing-{name}.png")
        stage = window.show_place("stage")
        stage.side.show_room("xray")
        _settle(qt, 3)
        _save(window, arguments.out / f"xray-{name}.png")
        stage.side.show_room("charts")
        _show_beats(window)
        _settle(qt, 4)
        _save(window, arguments.out / f"beats-{name}.png")
        window.show_place("stage")
        window.open_palette()
        _settle(qt, 1)
        _save(window, arguments.out / f"commands-{name}.png")
        window.setFocus()
    window.close()


def _show_beats(window: object) -> None:
    """Opens a template on its canvas."""
    from core.library.templates import add_template, list_templates

    scenario = add_template(window.workspace.project, list_templates()[-2].name)  # type: ignore[attr-defined]
    window.open_entity("scenario", scenario.id)  # type: ignore[attr-defined]
    place = window.show_place("scenarios")  # type: ignore[attr-defined]
    place.show_tab(1)


def _save(window: object, path: Path) -> None:
    """256 colours are enough for a window, and a third of the bytes."""
    window.grab().save(str(path))  # type: ignore[attr-defined]
    picture = Image.open(path).convert("RGB")
    picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path)


def _wait(qt: object, ready: Callable[[], object]) -> None:
    began = time.monotonic()
    while not ready() and time.monotonic() - began < TIMEOUT_S:
        qt.processEvents()  # type: ignore[attr-defined]
        time.sleep(0.01)


def _settle(qt: object, seconds: float) -> None:
    began = time.monotonic()
    _wait(qt, lambda: time.monotonic() - began > seconds)


if __name__ == "__main__":
    sys.exit(main())
