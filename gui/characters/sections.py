"""A long form in sections: tabs above that go to each of them, and follow when the form is scrolled."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QScrollArea, QTabBar, QVBoxLayout, QWidget

from gui import theme
from gui.characters.field_row import FieldRow

MAX_WIDTH_PX = 880
_MARGIN_PX = 24


class Sections(QWidget):
    """Sections of fields in one scrolling column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        theme.notifier.theme_changed.connect(self._style_tabs)
        self._style_tabs()
        self.tabs.setAccessibleName(self.tr("Sections"))
        self.tabs.tabBarClicked.connect(self.go_to)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self._following = False
        self._heads: list[QWidget] = []
        self._tab_of: list[int] = []
        """The tab of each section."""
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.verticalScrollBar().valueChanged.connect(self._follow)
        self._area.viewport().installEventFilter(self)
        self._foot = QWidget()
        self._lay_out()

    def add_section(self, name: str, title: str = "", explanation: str = "") -> QVBoxLayout:
        """Adds a section at the end; returns the layout that its fields go into.

        Args:
            name: On the tab; empty: it goes with the section before it.
            title: Over the fields; empty when the first field says what the section is.
        """
        head = QWidget()
        section = QVBoxLayout(head)
        section.setContentsMargins(0, 0, 0, 0)
        section.setSpacing(14)
        titles = QVBoxLayout()
        titles.setSpacing(4)
        for text, kind in ((title, "subtitle"), (explanation, "small")):
            if text:
                label = QLabel(text)
                label.setWordWrap(True)
                theme.set_kind(label, kind)
                titles.addWidget(label)
        if title:
            section.addLayout(titles)
        self._column.insertWidget(self._column.count() - 1, head)
        self._heads.append(head)
        self._tab_of.append(self.tabs.addTab(name) if name else self._tab_of[-1])
        return section

    def name_tab_of(self, widget: QWidget, name: str) -> None:
        """Gives the tab of the section that a widget is in another name."""
        place = next((place for place, head in enumerate(self._heads) if head.isAncestorOf(widget)), None)
        if place is not None and self.tabs.tabText(self._tab_of[place]) != name:
            self.tabs.setTabText(self._tab_of[place], name)

    def go_to(self, tab: int) -> None:
        """Scrolls the first section of a tab to the top."""
        if tab not in self._tab_of:
            return
        section = self._tab_of.index(tab)
        self._fit_foot()
        self._area.widget().layout().activate()
        self._following = True
        self.tabs.setCurrentIndex(tab)
        place = self._heads[section].y() - 16 if section else 0
        self._area.verticalScrollBar().setValue(max(0, place))
        self._following = False

    def step(self, by: int) -> None:
        """Goes to the next (+1) or the previous (-1) tab, and into its first field."""
        tab = (self.tabs.currentIndex() + by) % self.tabs.count()
        self.go_to(tab)
        head = self._heads[self._tab_of.index(tab)]
        target = head.nextInFocusChain()
        while target is not None and not (target.focusPolicy() & Qt.FocusPolicy.TabFocus and target.isVisible()):
            target = target.nextInFocusChain()
        if target is not None and head.isAncestorOf(target):
            target.setFocus(Qt.FocusReason.TabFocusReason)
            self.go_to(tab)

    def mark(self, widget: QWidget) -> None:
        """Makes the tab of the section current that a widget is in; nothing scrolls."""
        section = next((place for place, head in enumerate(self._heads) if head.isAncestorOf(widget)), None)
        if section is not None:
            self._following = True
            self.tabs.setCurrentIndex(self._tab_of[section])
            self._following = False

    def show_widget(self, widget: QWidget) -> None:
        """Scrolls until a widget of the form is in sight."""
        self._area.ensureWidgetVisible(widget, 0, 48)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leaves room under the last section, so that it can be scrolled to the top."""
        if event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self, self._fit_foot)
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        page = QWidget()
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 20, 0, 0)
        self._column.setSpacing(36)
        self._column.addWidget(self._foot, 1)
        inner = QWidget()
        inner.setMaximumWidth(MAX_WIDTH_PX)
        inner.setLayout(self._column)
        row = QHBoxLayout(page)
        row.setContentsMargins(_MARGIN_PX, 0, _MARGIN_PX, 0)
        row.addWidget(inner, 1)
        self._area.setWidget(page)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(_MARGIN_PX, 6, _MARGIN_PX, 0)
        tabs.addWidget(self.tabs)
        line = QFrame()
        theme.set_kind(line, "hairline")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tabs)
        column.addWidget(line)
        column.addWidget(self._area, 1)

    def _style_tabs(self) -> None:
        """A size smaller than elsewhere: a form has many sections."""
        self.tabs.setStyleSheet(
            f"QTabBar {{ font-size: {theme.text_px(13)}px; }} QTabBar::tab {{ margin-right: 0; padding: 8px 4px; }}"
            "QTabBar QToolButton { padding: 0; border: none; border-radius: 4px; }"
        )

    def _fit_foot(self) -> None:
        if self._heads:
            self._foot.setMinimumHeight(max(0, self._area.viewport().height() - self._heads[-1].height() - 60))

    def _follow(self, scrolled: int) -> None:
        if self._following or not self._heads:
            return
        passed = [tab for head, tab in zip(self._heads, self._tab_of, strict=True) if head.y() - 80 <= scrolled]
        self._following = True
        self.tabs.setCurrentIndex(passed[-1] if passed else 0)
        self._following = False

    def _on_tab_changed(self, tab: int) -> None:
        if not self._following:
            self.go_to(tab)


def row_of(*widgets: QWidget, stretches: tuple[int, ...] = ()) -> QLayout:
    """Returns a row of fields, aligned at the top, that wraps where there is no room for all."""
    return FieldRow(widgets, stretches)
