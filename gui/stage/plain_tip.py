"""Words of strangers as a tooltip: Qt takes what looks like markup for markup, so it is escaped."""

from html import escape


def plain_tip(text: str) -> str:
    """Returns a tooltip that shows a text as it is, with its lines."""
    return f"<qt>{escape(text).replace(chr(10), '<br>')}</qt>" if text else ""
