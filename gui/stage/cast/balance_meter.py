"""How evenly the cast shares the scene: a bar of words with a part for each speaker, and what it means in words."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.turn_taking.balance import Balance
from gui import theme
from gui.stage.fill import fill
from gui.stage.plain_tip import plain_tip

translate = QCoreApplication.translate

BAR_HEIGHT = 8
GAP = 2
LINES_EACH = 2
"""Before the cast has spoken this often, each one counted, nothing can be said of how it shares the scene."""
EVEN_FROM, UNEVEN_BELOW = 0.9, 0.6
"""Of the entropy of speakers: how the scene is called."""


class BalanceMeter(QWidget):
    """The balance of one branch. Out of sight until each of the cast could have spoken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel(self.tr("Balance"))
        theme.set_kind(self._title, "heading")
        self._word = QLabel()
        theme.set_kind(self._word, "small")
        self._bar = _Bar()
        self._numbers = QLabel()
        theme.set_kind(self._numbers, "small")
        self._numbers.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._word)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._bar)
        layout.addWidget(self._numbers)
        self.hide()

    def show_balance(self, balance: Balance, names: dict[str, str]) -> None:
        """Shows how a branch is shared.

        Args:
            names: Role id -> the speaker's name, of the whole cast.
        """
        n_lines = sum(share.n_turns for share in balance.shares)
        has_enough = balance.gini is not None and n_lines >= LINES_EACH * len(balance.shares)
        self.setVisible(has_enough)
        if not has_enough:
            return
        self._bar.show_shares([share.word_share or 0.0 for share in balance.shares])
        self._word.setText(name_balance(balance))
        self._numbers.setText(say_numbers(balance))
        sentence = say_balance(balance, names)
        self.setAccessibleName(sentence)
        self.setToolTip(plain_tip(f"{sentence}\n{explain()}"))


def name_balance(balance: Balance) -> str:
    """Returns one word for how even it is, by the entropy of speakers."""
    if balance.entropy is None:
        return ""
    if balance.entropy >= EVEN_FROM:
        return translate("BalanceMeter", "even")
    return (
        translate("BalanceMeter", "one-sided") if balance.entropy < UNEVEN_BELOW else translate("BalanceMeter", "mixed")
    )


def say_numbers(balance: Balance) -> str:
    """Returns the measures in a line."""
    said = [fill(translate("BalanceMeter", "Gini %1"), f"{balance.gini or 0:.2f}")]
    if balance.entropy is not None:
        said.append(fill(translate("BalanceMeter", "entropy %1"), f"{balance.entropy:.2f}"))
    if balance.n_silences:
        one, many = translate("BalanceMeter", "%1 silence"), translate("BalanceMeter", "%1 silences")
        said.append(fill(one if balance.n_silences == 1 else many, balance.n_silences))
    if balance.bleed_rate:
        said.append(fill(translate("BalanceMeter", "%1 cut"), f"{balance.bleed_rate:.0%}"))
    return " · ".join(said)


def say_balance(balance: Balance, names: dict[str, str]) -> str:
    """Returns all of it as one sentence."""
    shares = ", ".join(
        fill(translate("BalanceMeter", "%1 %2"), names.get(one.role_id, one.role_id), f"{one.word_share or 0:.0%}")
        for one in balance.shares
    )
    return fill(translate("BalanceMeter", "Words of the cast: %1; %2."), shares, say_numbers(balance))


def explain() -> str:
    """Returns how to read the measures."""
    return translate(
        "BalanceMeter",
        "Gini: 0 where all say as much, near 1 where one says everything. Entropy: 1 where all speak as often. Cut: "
        "turns in which the weights went on as somebody else.",
    )


class _Bar(QWidget):
    """A part for each speaker, in their colours, as long as their share."""

    def __init__(self) -> None:
        super().__init__()
        self._shares: list[float] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_shares(self, shares: Sequence[float]) -> None:
        """Takes the shares of words, in the order of the cast; they sum to 1."""
        self._shares = list(shares)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, BAR_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        painter.setClipPath(shape)
        left = 0.0
        for place, share in enumerate(self._shares):
            width = self.width() * share
            right = left + width
            end = right - GAP if right < self.width() - 0.5 else right
            if end > left:
                painter.fillRect(QRectF(left, 0, end - left, self.height()), QColor(theme.character_color(place)))
            left = right
