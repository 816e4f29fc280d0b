"""Which actions of the Stage can be done now, and how the one that plays and pauses is called."""

from PySide6.QtCore import QCoreApplication

from gui import theme
from gui.stage.action_button import ICON_NAME
from gui.stage.session import StageSession
from gui.stage.stage_actions import StageActions
from models.playtest import SpeakerKind

translate = QCoreApplication.translate


def refresh_actions(acts: StageActions, session: StageSession, *, has_scenario: bool) -> None:
    """Enables what can be done.

    Args:
        has_scenario: Play would begin a new playtest where none is open.
    """
    is_open = session.playtest is not None
    can_write = session.can_write
    can_play = can_write and (session.script is not None or (not is_open and has_scenario))
    is_busy = (session.live is not None and not session.is_held) or session.is_playing
    head = session.head
    acts.play.setEnabled(can_play)
    _name_play(acts, session.is_playing)
    acts.hold.setEnabled(is_busy)
    acts.step.setEnabled(can_play and not is_busy)
    acts.stop.setEnabled(is_busy or session.live is not None or session.awaited is not None)
    acts.retry_last.setEnabled(can_play and head is not None and head.kind == SpeakerKind.CHARACTER and not is_busy)
    for act in (acts.new_playtest, acts.export):
        act.setEnabled(is_open)
    for act in (acts.rename, acts.delete):
        act.setEnabled(is_open and can_write)
    acts.what_if.setEnabled(can_play and head is not None)
    acts.name_branch.setEnabled(can_write and head is not None)
    acts.compare.setEnabled(head is not None)
    for act in (acts.speak, acts.audience, *acts.of_director()):
        act.setEnabled(can_write and session.script is not None)
    acts.hand_back.setEnabled(can_write and bool(session.taken_roles))
    acts.let_pass.setEnabled(session.awaited is not None)
    for act in acts.on_turn():
        act.setEnabled(can_write)
    for act in acts.of_transcript():
        act.setEnabled(is_open)


def _name_play(acts: StageActions, is_playing: bool) -> None:
    name = translate("StageActions", "Pause") if is_playing else translate("StageActions", "Play")
    if acts.play.text() != name or acts.play.iconText() != name:
        icon = "mdi6.pause" if is_playing else "mdi6.play"
        acts.play.setProperty(ICON_NAME, icon)
        acts.play.setText(name)
        acts.play.setIconText(name)
        acts.play.setIcon(theme.icon(icon))
