"""The command `tableread`: a window where one can be opened, the terminal otherwise. Qt is imported last."""

import ctypes
import importlib.util
import os
import re
import sys
from pathlib import Path

FILE_SUFFIXES = (".tableread", ".trpack", ".png", ".json", ".gguf")


def main() -> int:
    """Starts what the arguments ask for: a command of the terminal, or the window with or without a file."""
    arguments = sys.argv[1:]
    if arguments and not _is_file(arguments[0]):
        from core.cli import main as run_command

        return run_command(arguments)
    reason = why_no_window()
    if reason is not None:
        from core.cli import play_demo_in_terminal

        return play_demo_in_terminal(reason)
    from gui.app import run

    return run([Path(argument) for argument in arguments])


def why_no_window() -> str | None:
    """Returns why no window can be opened here, in one sentence, or None.

    Qt ends the process when it cannot reach the display, so that everything is tried beforehand.
    """
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    x11, wayland = bool(os.environ.get("DISPLAY")), bool(os.environ.get("WAYLAND_DISPLAY"))
    on_unix_desktop = sys.platform.startswith(("linux", "freebsd"))
    if on_unix_desktop and not (platform or x11 or wayland):
        return "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        return _explain_missing(str(error))
    if not on_unix_desktop or platform not in ("", "xcb", "wayland"):
        return None
    reasons = []
    if wayland and platform != "xcb":
        reasons.append(_why_no_plugin("libqwayland*.so") or _why_no_wayland())
    if x11 and platform != "wayland" and None not in reasons:
        reasons.append(_why_no_plugin("libqxcb.so") or _why_no_x11())
    return None if None in reasons or not reasons else reasons[-1]


def _is_file(argument: str) -> bool:
    return not argument.startswith("-") and argument.lower().endswith(FILE_SUFFIXES)


def _why_no_plugin(pattern: str) -> str | None:
    """Loads Qt's own plugin for a kind of display, as Qt will; the loader names the library that is missing."""
    package = importlib.util.find_spec("PySide6")
    folder = Path(package.origin or "").parent if package else Path()
    try:
        for plugin in (folder / "Qt" / "plugins" / "platforms").glob(pattern):
            ctypes.CDLL(str(plugin))
    except OSError as error:
        return _explain_missing(str(error))
    return None


def _why_no_x11() -> str | None:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        return _explain_missing(str(error))
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    broken = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return f"The display {os.environ['DISPLAY']} cannot be reached." if broken else None


def _why_no_wayland() -> str | None:
    try:
        wayland = ctypes.CDLL("libwayland-client.so.0")
    except OSError as error:
        return _explain_missing(str(error))
    wayland.wl_display_connect.restype = ctypes.c_void_p
    wayland.wl_display_disconnect.argtypes = [ctypes.c_void_p]
    connection = wayland.wl_display_connect(None)
    if not connection:
        return f"The display {os.environ['WAYLAND_DISPLAY']} cannot be reached."
    wayland.wl_display_disconnect(connection)
    return None


def _explain_missing(error: str) -> str:
    """Names the system library that a loader's message speaks of, and the Debian package that has it."""
    found = re.search(r"(lib[\w.+-]+?)\.so(?:\.(\d+))?", error)
    if found is None:
        return f"Qt cannot be loaded here ({error})."
    name, version = found.group(1).lower().replace("_", "-"), found.group(2) or ""
    name = re.sub(r"-(\d+\.\d+)$", r"\1", name)
    package = f"{name}-{version}" if version and name[-1].isdigit() else f"{name}{version}"
    return (
        f"Qt needs the system library {found.group(0)}, which is missing here"
        f" (on Debian and Ubuntu: sudo apt install {package})."
    )


if __name__ == "__main__":
    sys.exit(main())
