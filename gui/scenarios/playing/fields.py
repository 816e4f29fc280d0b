"""Fields of the rules of a stage: shares, real numbers, thoughts to choose, and what is said role by role."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from gui import theme
from gui.characters.field import Field, LineField
from gui.scenarios.choices import ListedField, NumberField
from gui.scenarios.open_story import NamedRole
from gui.widgets.growing_edit import EditWatch
from models.stage import ThoughtState


class RoleField(ListedField):
    """One of the roles of the scenario, or none."""

    def __init__(self, label: str, nobody: str) -> None:
        super().__init__(label)
        self._nobody = nobody

    def show_roles(self, roles: Sequence[NamedRole]) -> None:
        """Takes the roles to choose from."""
        self.show_choices([("", self._nobody), *((role.id, role.name) for role in roles)])


class PercentField(NumberField):
    """A share in [0, 1], shown in per cent."""

    def __init__(self, label: str) -> None:
        super().__init__(label, 0, 100, " %")

    def value(self) -> float:  # type: ignore[override]
        """Returns the share."""
        return super().value() / 100

    def set_value(self, value: float) -> None:
        """Shows a share."""
        super().set_value(round(value * 100))


class _CalmDoubleSpinBox(QDoubleSpinBox):
    """A number that the wheel passes by."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls the page."""
        event.ignore()


class RealField(Field):
    """A number with decimals."""

    def __init__(self, label: str, lowest: float, highest: float, suffix: str = "", decimals: int = 1) -> None:
        self._box = _make_box(lowest, highest, suffix, decimals)
        self._showing = False
        super().__init__(label, self._box)
        self._box.valueChanged.connect(self._on_changed)
        self.watch(EditWatch(self._box))

    def value(self) -> float:
        """Returns the number."""
        return self._box.value()

    def set_value(self, value: float) -> None:
        """Shows a number."""
        self._showing = True
        self._box.setValue(value)
        self._showing = False

    def _on_changed(self, _value: float) -> None:
        if not self._showing:
            self._on_edited()


class StatesField(Field):
    """Which of the five states thoughts are in."""

    def __init__(self, label: str) -> None:
        editor = QWidget()
        row = QGridLayout(editor)
        row.setContentsMargins(0, 2, 0, 0)
        row.setHorizontalSpacing(16)
        super().__init__(label, editor)
        names = {
            ThoughtState.BELIEF: self.tr("belief – I think"),
            ThoughtState.INTENTION: self.tr("intention – I will"),
            ThoughtState.DESIRE: self.tr("desire – I want"),
            ThoughtState.EMOTION: self.tr("emotion – I feel"),
            ThoughtState.KNOWLEDGE: self.tr("knowledge – I know"),
        }
        self._boxes = {state: QCheckBox(name) for state, name in names.items()}
        for place, box in enumerate(self._boxes.values()):
            row.addWidget(box, place // 3, place % 3)
            box.clicked.connect(self._on_chosen)
            self.watch(EditWatch(box))

    def value(self) -> list[str]:
        """Returns the states that are wanted, in their order."""
        return [state.value for state, box in self._boxes.items() if box.isChecked()]

    def set_value(self, value: Sequence[str]) -> None:
        """Shows which are wanted."""
        for state, box in self._boxes.items():
            box.setChecked(state.value in value)

    def focus_editor(self) -> None:
        """Goes to the first of them."""
        self._boxes[ThoughtState.BELIEF].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_chosen(self) -> None:
        self.edited.emit()
        self.left.emit()


class OrderField(LineField):
    """Roles by name, one after the other, with commas between them."""

    keeps_refused = True

    def __init__(self, label: str, placeholder: str) -> None:
        super().__init__(label, placeholder)
        self._roles: Sequence[NamedRole] = ()
        self._ids: list[str] = []
        self.check = self._find_fault

    def show_roles(self, roles: Sequence[NamedRole]) -> None:
        """Takes the roles that can be named."""
        self._roles = roles
        if not self.editor.hasFocus():
            self.set_value(self._ids)

    def value(self) -> Any:
        """Returns the ids of the roles, or the text when it names nobody."""
        text = super().value()
        ids = [self._id_of(name) for name in text.split(",") if name.strip()]
        return text if None in ids else ids

    def set_value(self, value: Any) -> None:
        """Shows roles."""
        self._ids = list(value) if not isinstance(value, str) else self._ids
        names = {role.id: role.name for role in self._roles}
        super().set_value(value if isinstance(value, str) else ", ".join(names.get(one, "?") for one in value))

    def texts(self) -> tuple[str, ...]:
        """Returns what is written."""
        return (super().value(),)

    def _id_of(self, name: str) -> str | None:
        wanted = name.strip().casefold()
        return next((role.id for role in self._roles if role.name.casefold() == wanted), None)

    def _find_fault(self, value: Any) -> str | None:
        if not isinstance(value, str):
            return None
        names = [name.strip() for name in value.split(",") if name.strip() and self._id_of(name) is None]
        known = ", ".join(role.name for role in self._roles)
        text = self.tr("No role is called “%1”. The roles are: %2.")
        return text.replace("%1", names[0] if names else value).replace("%2", known)


class PerRoleField(Field):
    """A value for each role of the scenario; those that are not set are not kept."""

    def __init__(self, label: str) -> None:
        editor = QWidget()
        self._grid = QGridLayout(editor)
        self._grid.setContentsMargins(0, 2, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._kept: dict[str, Any] = {}
        self._editors: dict[str, QWidget] = {}
        super().__init__(label, editor)

    def show_roles(self, roles: Sequence[NamedRole]) -> None:
        """Shows a row for each role."""
        if [role.id for role in roles] == list(self._editors) and not self._renamed(roles):
            return
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._editors = {}
        for place, role in enumerate(roles):
            name = QLabel(role.name)
            name.setTextFormat(Qt.TextFormat.PlainText)
            editor = self._make_editor()
            editor.setAccessibleName(f"{self._label.text()}: {role.name}")
            self.watch(EditWatch(editor))
            self._editors[role.id] = editor
            self._grid.addWidget(name, place, 0)
            self._grid.addWidget(editor, place, 1)
        self.set_value(self._kept)

    def value(self) -> dict[str, Any]:
        """Returns what is set, by role id; roles that are not in the scenario keep theirs."""
        others = {role_id: one for role_id, one in self._kept.items() if role_id not in self._editors}
        shown = {role_id: self._read(editor) for role_id, editor in self._editors.items()}
        return others | {role_id: one for role_id, one in shown.items() if one is not None}

    def set_value(self, value: dict[str, Any]) -> None:
        """Shows what is set."""
        self._kept = dict(value)
        for role_id, editor in self._editors.items():
            if self._read(editor) != value.get(role_id):
                self._write(editor, value.get(role_id))

    def focus_editor(self) -> None:
        """Goes to the first role."""
        if self._editors:
            next(iter(self._editors.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def _renamed(self, roles: Sequence[NamedRole]) -> bool:
        return any(not self._editors[role.id].accessibleName().endswith(f": {role.name}") for role in roles)

    def _make_editor(self) -> QWidget:
        raise NotImplementedError

    def _read(self, editor: QWidget) -> Any:
        raise NotImplementedError

    def _write(self, editor: QWidget, value: Any) -> None:
        raise NotImplementedError


class PerRoleNumbers(PerRoleField):
    """A number for each role; 0 stands for one that is not set."""

    def __init__(self, label: str, highest: float, unset: str) -> None:
        self._highest, self._unset = highest, unset
        super().__init__(label)

    def _make_editor(self) -> QWidget:
        box = _make_box(-0.1, self._highest, "", 1)
        box.setSpecialValueText(self._unset)
        box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        box.setMinimumWidth(theme.text_px(150))
        box.setValue(box.minimum())
        box.valueChanged.connect(lambda _value: self._on_edited())
        return box

    def _read(self, editor: QWidget) -> Any:
        assert isinstance(editor, QDoubleSpinBox)
        return round(editor.value(), 1) if editor.value() > editor.minimum() else None

    def _write(self, editor: QWidget, value: Any) -> None:
        assert isinstance(editor, QDoubleSpinBox)
        editor.blockSignals(True)
        editor.setValue(editor.minimum() if value is None else value)
        editor.blockSignals(False)


class PerRoleTexts(PerRoleField):
    """A line for each role."""

    def __init__(self, label: str, placeholder: str) -> None:
        self._placeholder = placeholder
        super().__init__(label)

    def _make_editor(self) -> QWidget:
        line = QLineEdit()
        line.setPlaceholderText(self._placeholder)
        line.textEdited.connect(lambda _text: self._on_edited())
        return line

    def _read(self, editor: QWidget) -> Any:
        assert isinstance(editor, QLineEdit)
        return editor.text().strip() or None

    def _write(self, editor: QWidget, value: Any) -> None:
        assert isinstance(editor, QLineEdit)
        editor.setText(value or "")


def _make_box(lowest: float, highest: float, suffix: str, decimals: int) -> QDoubleSpinBox:
    box = _CalmDoubleSpinBox()
    box.setDecimals(decimals)
    box.setRange(lowest, highest)
    box.setSingleStep(10.0**-decimals)
    box.setSuffix(suffix)
    box.setAccelerated(True)
    box.lineEdit().setTextMargins(8, 0, 0, 0)
    return box
