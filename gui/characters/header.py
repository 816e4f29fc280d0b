"""The bar over the form of a character: who it is, where it plays, and a role to be had."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from gui import theme
from gui.characters.prompt_source import Casting

_MAX_CHIPS = 2
_WIDE_PX = 720
"""From this width, at a text size of 100 %, there is room for more than one casting."""


class ElidedLabel(QLabel):
    """A label of one line that gives way to its neighbours."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._text = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(48)
        theme.set_kind(self, kind)

    def show_text(self, text: str) -> None:
        """Shows a text, cut where there is no room for it."""
        self._text = " ".join(text.split())
        self.setToolTip(self._text)
        self.setText(self._text)
        self._elide()

    def resizeEvent(self, event: object) -> None:
        """Cuts again."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._elide()

    def sizeHint(self) -> object:  # type: ignore[override]
        """Asks for room for the whole text."""
        hint = super().sizeHint()
        hint.setWidth(self.fontMetrics().horizontalAdvance(self._text) + 4)
        return hint

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, max(self.width(), 48))
        if shown != self.text():
            self.setText(shown)


class CharacterHeader(QWidget):
    """Name, castings and actions of the character that is open."""

    casting_opened = Signal(str)
    """Id of a scenario to go to."""
    role_menu_requested = Signal(object)
    """A QMenu to be filled with roles to take."""
    fragment_menu_requested = Signal(object)
    """A QMenu to be filled with fragments to inherit from."""

    def __init__(self, more: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._castings: list[Casting] = []
        self._n_chips = _MAX_CHIPS
        self._name = ElidedLabel("subtitle")
        self._name.setMinimumWidth(theme.text_px(96))
        self._chips = QHBoxLayout()
        self._chips.setSpacing(8)
        self.fragments = QPushButton()
        self.fragments.setToolTip(self.tr("What this character inherits, from fragments that others can share"))
        theme.set_kind(self.fragments, "chip")
        self._fragment_menu = QMenu(self.fragments)
        self._fragment_menu.aboutToShow.connect(lambda: self.fragment_menu_requested.emit(self._fragment_menu))
        self.fragments.setMenu(self._fragment_menu)
        self.show_fragments(())
        self.give_role = QPushButton(self.tr("Give a role"))
        self.give_role.setIcon(theme.icon("mdi6.drama-masks"))
        self.give_role.setToolTip(self.tr("Cast this character in a scenario, and play"))
        self._roles = QMenu(self.give_role)
        self._roles.aboutToShow.connect(lambda: self.role_menu_requested.emit(self._roles))
        self.give_role.setMenu(self._roles)
        button = QToolButton()
        button.setIcon(theme.icon("mdi6.dots-horizontal"))
        button.setToolTip(self.tr("More"))
        button.setAccessibleName(self.tr("More actions"))
        button.clicked.connect(lambda: more.popup(button.mapToGlobal(button.rect().bottomLeft())))
        theme.set_kind(button, "ghost")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._name)
        row.addLayout(self._chips)
        row.addWidget(self.fragments)
        row.addStretch(1)
        row.addWidget(self.give_role)
        row.addWidget(button)

    def show_name(self, name: str) -> None:
        """Shows whose form it is."""
        self._name.show_text(name)

    def show_fragments(self, names: Sequence[str]) -> None:
        """Shows what the character inherits from."""
        quoted = [f"“{_shorten(name, 18)}”" for name in names]
        more = [] if len(quoted) <= _MAX_CHIPS else [self.tr("%1 more").replace("%1", str(len(quoted) - _MAX_CHIPS))]
        text = self.tr("from %1").replace("%1", " + ".join([*quoted[:_MAX_CHIPS], *more]))
        self.fragments.setText((text if names else self.tr("inherits nothing")).replace("&", "&&"))
        self.fragments.setAccessibleName(self.tr("Fragments: %1").replace("%1", ", ".join(names)))

    def show_castings(self, castings: Sequence[Casting]) -> None:
        """Shows where the character plays."""
        self._castings = list(castings)
        self._n_chips = self._count_room()
        while self._chips.count():
            item = self._chips.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for casting in castings[: self._n_chips]:
            self._chips.addWidget(self._make_chip(casting))
        if len(castings) > self._n_chips:
            n_more = str(len(castings) - self._n_chips)
            rest = QLabel(self.tr("and %1 more").replace("%1", n_more) if self._n_chips > 1 else f"+{n_more}")
            rest.setToolTip("\n".join(_words_of(casting, self.tr(" in ")) for casting in castings[self._n_chips :]))
            theme.set_kind(rest, "small")
            self._chips.addWidget(rest)
        if not castings:
            nobody = QLabel(self.tr("not cast yet"))
            theme.set_kind(nobody, "small")
            self._chips.addWidget(nobody)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows fewer castings where there is little room."""
        super().resizeEvent(event)
        if self._count_room() != self._n_chips:
            self.show_castings(self._castings)

    def _count_room(self) -> int:
        return _MAX_CHIPS if self.width() >= theme.text_px(_WIDE_PX) else 1

    def _make_chip(self, casting: Casting) -> QPushButton:
        text = _words_of(casting, self.tr(" in "))
        chip = QPushButton(_shorten(text, 30 if self._n_chips > 1 else 16).replace("&", "&&"))
        chip.setToolTip(f"{text}\n{self.tr('Go to this scenario')}")
        theme.set_kind(chip, "chip")
        chip.setMinimumWidth(chip.sizeHint().width())
        chip.clicked.connect(lambda: self.casting_opened.emit(casting.scenario_id))
        return chip


def _words_of(casting: Casting, between: str) -> str:
    return between.join(word for word in (casting.role_name, casting.scenario_name) if word)


def _shorten(text: str, n_chars: int) -> str:
    return text if len(text) <= n_chars else f"{text[: n_chars - 1]}…"
