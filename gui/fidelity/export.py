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
from gui.stage.fill import fill
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

    workspace = view.board.workspace

    def write(path: Path) -> None:
        compose = compose_chart(view, path.suffix)
        workspace.jobs.run(lambda: _write(path, compose), lambda _none: on_written(path))

    suggestion = f"{file_name(view.title())}{suffix}"
    ask_save_file(parent, title, ";;".join(filters), suggestion, lambda path: workspace.attempt(lambda: write(path)))


def _write(path: Path, compose: Callable[[], bytes]) -> None:
    try:
        path.write_bytes(compose())
    except OSError as error:
        said = QCoreApplication.translate("ChartExport", "The chart could not be written.")
        raise UserError(said, f"{path}: {error.strerror}") from error


def write_chart(view: View, path: Path) -> None:
    """Writes a chart at once; the end of the name says how. Raises UserError where that cannot be done."""
    _write(path, compose_chart(view, path.suffix))


def compose_chart(view: View, suffix: str) -> Callable[[], bytes]:
    """Returns what makes the bytes of a file. Any thread: it takes what the view shows now.

    Pictures are painted by the time it returns, which takes some milliseconds; a PNG is packed later, which takes more.
    Raises UserError for a suffix that is none of a chart's.
    """
    view.ready()
    match suffix.lower():
        case ".csv":
            data = view.data()
            return lambda: format_csv(data).encode()
        case ".svg" if isinstance(view, Chart):
            drawing = render_svg(view)
            return lambda: drawing
        case ".png" if isinstance(view, Chart):
            picture = paint_picture(view)
            return lambda: pack_png(picture)
        case _:
            said = fill(QCoreApplication.translate("ChartExport", "A chart cannot be written as “%1”."), suffix)
            raise UserError(said, QCoreApplication.translate("ChartExport", "Choose .png, .svg or .csv."))


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


def paint_picture(view: Chart) -> QImage:
    """Returns the chart as a picture of dots."""
    size = _size(view)
    image = QImage(size * SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(SCALE)
    painter = QPainter(image)
    _paint(view, painter, size)
    painter.end()
    return image


def pack_png(picture: QImage) -> bytes:
    """Returns a picture as PNG. Any thread."""
    found = QByteArray()
    buffer = QBuffer(found)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]
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
