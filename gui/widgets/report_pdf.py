"""A report on paper: laid out by Qt, as PDF with real text."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import QFont, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument
from PySide6.QtSvg import QSvgRenderer

from core.interchange.files import write_file
from core.interchange.report import Chart, format_print
from core.interchange.transcript import Transcript

POINTS_PER_INCH = 72
MARGIN_MM = 16
FOOTER_POINTS = 24
CHART_SCALE = 3
"""Pixels of a chart's picture for each point of its width."""


def write_pdf(path: Path, transcript: Transcript, charts: Sequence[Chart]) -> None:
    """Writes a report as PDF, over what is there. Any thread.

    Raises:
        UserError: The file cannot be written.
    """
    write_file(path, make_pdf(transcript, charts), overwrite=True)


def make_pdf(transcript: Transcript, charts: Sequence[Chart]) -> bytes:
    """Returns a report as PDF: A4, with page numbers."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(POINTS_PER_INCH)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    writer.setTitle(transcript.title)
    writer.setCreator("Tableread")
    page = QSizeF(writer.width(), writer.height() - FOOTER_POINTS)
    document = _lay_out(transcript, charts, page)
    painter = QPainter(writer)
    n_pages = document.pageCount()
    for number in range(n_pages):
        if number:
            writer.newPage()
        _paint_page(painter, document, number, page)
        painter.drawText(
            QRectF(0, page.height(), page.width(), FOOTER_POINTS),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom,
            f"{number + 1} / {n_pages}",
        )
    painter.end()
    buffer.close()
    return bytes(data.data())


def _lay_out(transcript: Transcript, charts: Sequence[Chart], page: QSizeF) -> QTextDocument:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setDefaultFont(QFont("Inter", 10))
    width = int(page.width())
    for number, chart in enumerate(charts):
        picture = _draw(chart.svg, width)
        document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(f"chart:{number}"), picture)
    document.setHtml(format_print(transcript, charts, width))
    document.setPageSize(page)
    return document


def _paint_page(painter: QPainter, document: QTextDocument, number: int, page: QSizeF) -> None:
    painter.save()
    painter.translate(0, -number * page.height())
    document.drawContents(painter, QRectF(0, number * page.height(), page.width(), page.height()))
    painter.restore()


def _draw(svg: str, width: int) -> QImage:
    renderer = QSvgRenderer(svg.encode())
    size = renderer.defaultSize()
    height = round(width * size.height() / max(size.width(), 1))
    picture = QImage(width * CHART_SCALE, height * CHART_SCALE, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    renderer.render(painter)
    painter.end()
    return picture
