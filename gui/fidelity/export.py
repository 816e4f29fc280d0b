"""A chart as a file: a picture of dots, a picture of lines, or its numbers."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from core.errors import UserError
from gui import theme
from gui.fidelity.chart import Chart
from gui.fidelity.chart_data import format_csv
from gui.fidelity.views.worst import WorstView
from gui.widgets.ask import ask_save_file, file_name

View = Chart | WorstView
SCALE = 2
"""Of a PNG: sharp on paper and on screens of twice the density."""
HEAD_PX, PAD_PX = 34, 14
LEAST = QSize(640, 320)


def ask_export(parent: QWidget, view: View, suffix: str, on_written: Callable[[Path], object]) -> None:
    """Asks for a file and writes the chart to it, as its suffix says."""
    translate = QCoreApplication.translate
    csv = translate("ChartExport", "Numbers (*.csv)")
    pictures = [translate("ChartExport", "Picture (*.png)"), translate("ChartExport", "Drawing (*.svg)")]
    filters = [*pictures, csv] if isinstance(view, Chart) else [csv]
    filters.sort(key=lambda one: f"*{suffix}" not in one)
    title = translate("ChartExport", "Export chart")

    def write(path: Path) -> None:
        try:
            write_chart(view, path)
        except OSError as error:
            raise UserError(
                translate("ChartExport", "The chart could not be written."), f"{path}: {error.strerror}"
            ) from error
        on_written(path)

    board = view.board
    suggestion = f"{file_name(view.title())}{suffix}"
    ask_save_file(
        parent, title, ";;".join(filters), suggestion, lambda path: board.workspace.attempt(lambda: write(path))
    )


def write_chart(view: View, path: Path) -> None:
    """Writes a chart; the end of the name says how. Raises OSError, and UserError for another end."""
    match path.suffix.lower():
        case ".csv":
            path.write_text(format_csv(ready_data(view)), encoding="utf-8", newline="")
        case ".svg" if isinstance(view, Chart):
            path.write_bytes(render_svg(view))
        case ".png" if isinstance(view, Chart):
            path.write_bytes(render_png(view))
        case _:
            raise UserError(f"A chart cannot be written as “{path.suffix}”.", "Choose .png, .svg or .csv.")


def ready_data(view: View):  # type: ignore[no-untyped-def]
    """Returns the table of a view, worked out by now."""
    view.ready()
    return view.data()


def render_svg(view: Chart) -> bytes:
    """Returns the chart as SVG."""
    size = _size(view)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(view.title())
    generator.setDescription(view.summary())
    painter = QPainter(generator)
    _paint(view, painter, size)
    painter.end()
    return bytes(buffer.data().data())


def render_png(view: Chart) -> bytes:
    """Returns the chart as PNG."""
    size = _size(view)
    image = QImage(size * SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(SCALE)
    painter = QPainter(image)
    _paint(view, painter, size)
    painter.end()
    found = QByteArray()
    buffer = QBuffer(found)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(found.data())


def _size(view: Chart) -> QSize:
    wanted = view.size().expandedTo(QSize(LEAST.width(), view.wide_height()))
    return QSize(wanted.width() + 2 * PAD_PX, wanted.height() + HEAD_PX + 2 * PAD_PX)


def _paint(view: Chart, painter: QPainter, size: QSize) -> None:
    """Paints the chart with its title on the card's ground; the view's own places are worked out anew after that."""
    colors = theme.colors()
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), QColor(colors.card))
    painter.setPen(QColor(colors.text))
    painter.setFont(theme.ui_font(14, QFont.Weight.DemiBold))
    painter.drawText(QRectF(PAD_PX, PAD_PX, size.width() - 2 * PAD_PX, HEAD_PX), view.title())
    area = QRectF(PAD_PX, PAD_PX + HEAD_PX, size.width() - 2 * PAD_PX, size.height() - 2 * PAD_PX - HEAD_PX)
    view.paint_whole(painter, area)
    view.refresh()
