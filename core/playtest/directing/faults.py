"""What the threads of a playtest do about bugs: the crash hook and the user are told, and the app goes on."""

import sys

from core.events import Failed


def failed_by_bug(playtest_id: str) -> Failed:
    """Hands the exception being handled to `sys.excepthook`, which writes it down; returns what to tell the user."""
    sys.excepthook(*sys.exc_info())
    return Failed(
        "Something went wrong inside Tableread, and the playtest was stopped.",
        "Every turn that was shown as finished is kept; press Play to go on.",
        playtest_id,
    )
