"""Who is to be interviewed, with which questionnaire, when in the scene, and how."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFormLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from core.fidelity.interviews.digits import MAX_ORDERS
from core.fidelity.interviews.questionnaire import list_questionnaires, load_life_talk, load_questionnaire
from core.lab.interviews import SCENE_NUMBERS, Plan
from gui import theme
from gui.fidelity.panels.elided import ElidedTick
from gui.fidelity.panels.lab_panel import offer_cast, say, wide_combo, words
from gui.fidelity.panels.open_branch import BranchAt
from gui.stage.fill import fill

TWO_STAGES = "stages"
"""A talk about a life, then the form item by item and whole."""
BESIDE_PX = 270
"""Width, at 100 %, from which on there is room for a name beside what is chosen."""
AT_END, AT_TURN, AT_START, OVER_SCENE = "end", "turn", "start", "scene"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An interview that was asked for."""

    plan: Plan
    over_scene: bool
    """At turns 0, 10 and 20 of the branch, not once."""
    in_two_stages: bool = False
    """With a talk before it; once."""


class AskingForm(QWidget):
    """Choices. The button that begins is laid out by whoever shows what it begins."""

    wanted = Signal(object)
    """A `Wanted`."""
    allowed = Signal(bool)
    """Whether it can be asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._at: BranchAt | None = None
        self._turn = (0, 0)
        self._is_busy = False
        self._why_not = ""
        self.who = wide_combo(self.tr("Who is asked"))
        self.questionnaire = wide_combo(self.tr("Questionnaire"))
        for name in list_questionnaires():
            one = load_questionnaire(name)
            mark = self.tr(" (sensitive)") if one.is_sensitive else ""
            self.questionnaire.addItem(one.title + mark, name)
        self.mode = wide_combo(self.tr("How it is asked"))
        self.mode.addItem(self.tr("by digits, item by item"), "digits")
        self.mode.addItem(self.tr("freely, item by item; judged"), "free")
        self.mode.addItem(self.tr("the whole form at once"), "whole")
        self.mode.addItem(self.tr("two stages: a talk first"), TWO_STAGES)
        self.when = wide_combo(self.tr("When in the scene"))
        self.orders = QSpinBox()
        self.orders.setRange(1, MAX_ORDERS)
        self.orders.setAccessibleName(self.tr("In how many orders of the digits each item is asked"))
        self.orders.setToolTip(
            self.tr("In how many orders of the digits each item is asked; their mean evens out a liking for one place")
        )
        theme.pad_spin_box(self.orders)
        self.sensitive = ElidedTick(self.tr("I ask this for research"))
        self.notice = words()
        self.refused = words()
        self.ask_button = QPushButton(theme.icon("mdi6.comment-question-outline", "accent_text"), self.tr("Interview"))
        theme.set_kind(self.ask_button, "primary")
        self._lay_out()
        for box in (self.questionnaire, self.mode):
            box.currentIndexChanged.connect(self._refresh)
        self.sensitive.toggled.connect(self._refresh)
        self.ask_button.clicked.connect(self.ask)
        self._fill_when()
        self._refresh()

    def show_branch(self, at: BranchAt | None, cast: Mapping[str, str], turn: tuple[int, int]) -> None:
        """Offers the cast of a branch; `turn` is the id and the number of the turn that is open, 0 for none."""
        self._at, self._turn = at, turn
        offer_cast(self.who, cast)
        self._fill_when()
        self._refresh()

    @property
    def _is_free(self) -> bool:
        return not self._is_busy and not self._why_not

    @property
    def role_id(self) -> str:
        """Who is chosen."""
        return str(self.who.currentData() or "")

    def set_busy(self, is_busy: bool) -> None:
        """Nothing more can be asked while an interview is held."""
        self._is_busy = is_busy
        self._refresh()

    def set_refused(self, why: str) -> None:
        """Nothing can be asked, and why; empty: it can."""
        self._why_not = why
        self._refresh()

    def ask(self) -> None:
        """Asks for what is chosen."""
        if self._at is None or not self.ask_button.isEnabled():
            return
        when = self.when.currentData()
        turn_id = {AT_START: None, AT_TURN: self._turn[0]}.get(when, self._at.head_id)
        mode = self.mode.currentData()
        plan = Plan(
            self._at.playtest_id,
            self.role_id,
            turn_id,
            self.questionnaire.currentData(),
            "digits" if mode == TWO_STAGES else mode,
            self.orders.value() if mode == "digits" else 1,
            allow_sensitive=self.sensitive.isChecked(),
        )
        self.wanted.emit(Wanted(plan, when == OVER_SCENE and mode != TWO_STAGES, mode == TWO_STAGES))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is chosen stands under its name where there is no room beside it."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < theme.text_px(BESIDE_PX)
        policy = QFormLayout.RowWrapPolicy.WrapAllRows if is_narrow else QFormLayout.RowWrapPolicy.DontWrapRows
        if self._form.rowWrapPolicy() != policy:
            self._form.setRowWrapPolicy(policy)

    def _lay_out(self) -> None:
        self._form = form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(self.tr("Who"), self.who)
        form.addRow(self.tr("Form"), self.questionnaire)
        form.addRow(self.tr("When"), self.when)
        form.addRow(self.tr("How"), self.mode)
        form.addRow(self.tr("Orders"), self.orders)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(form)
        column.addWidget(self.notice)
        column.addWidget(self.sensitive)
        column.addWidget(self.refused)

    def _fill_when(self) -> None:
        chosen = self.when.currentData() or AT_END
        self.when.clear()
        self.when.addItem(self.tr("at the end of the branch"), AT_END)
        if self._turn[0]:
            self.when.addItem(fill(self.tr("after turn %1 (open)"), self._turn[1]), AT_TURN)
        self.when.addItem(self.tr("before the first turn"), AT_START)
        numbers = ", ".join(map(str, SCENE_NUMBERS))
        self.when.addItem(fill(self.tr("at turns %1"), numbers), OVER_SCENE)
        self.when.setCurrentIndex(max(0, self.when.findData(chosen)))

    def _refresh(self) -> None:
        one = load_questionnaire(self.questionnaire.currentData())
        said = one.notice
        if self.mode.currentData() == TWO_STAGES:
            said = f"{load_life_talk().notice} {said}"
        say(self.notice, said, "warning" if one.is_sensitive else "small")
        self.sensitive.setVisible(one.is_sensitive)
        self._form.setRowVisible(self.orders, self.mode.currentData() == "digits")
        say(self.refused, self._why_not, "small")
        may_ask = not one.is_sensitive or self.sensitive.isChecked()
        self.ask_button.setEnabled(self._at is not None and bool(self.role_id) and may_ask and self._is_free)
        self.allowed.emit(self.ask_button.isEnabled())
