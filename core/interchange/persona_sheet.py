"""A persona sheet: one character on paper, as one HTML file that needs nothing else and prints well."""

import base64
import math
from collections.abc import Sequence
from pathlib import Path

from jinja2.sandbox import SandboxedEnvironment

from core.characters.readable import ReadableField, readable_fields
from core.characters.relations import Relation, relations_text
from core.interchange.files import new_file
from models.character import CharacterBase
from models.persona import BigFive

_SHORT_CHARS = 60
"""Fields up to this long stand in the table at the top."""
_SIDE, _RADIUS = 240, 84

_TEMPLATE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ name }}</title>
<style>
@page{size:A4;margin:16mm}
*{box-sizing:border-box}
body{margin:0 auto;max-width:760px;padding:24px;color:#1d2026;background:#fff;
 font:14px/1.5 Inter,'Segoe UI','Helvetica Neue',Arial,sans-serif}
header{display:flex;gap:20px;align-items:flex-start;border-bottom:2px solid #1d2026;padding-bottom:16px}
header img{width:120px;height:120px;object-fit:cover;border-radius:12px}
h1{font-size:30px;line-height:1.15;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:12px;letter-spacing:.08em;text-transform:uppercase;color:#5c6270;margin:20px 0 4px}
p{margin:0;white-space:pre-line;overflow-wrap:anywhere}
.lead{font-size:16px;color:#5c6270}
.facts{display:flex;gap:24px;align-items:flex-start;justify-content:space-between;margin-top:16px}
table{border-collapse:collapse}
th,td{text-align:left;vertical-align:top;padding:2px 16px 2px 0;overflow-wrap:anywhere}
th{font-weight:400;color:#5c6270;white-space:nowrap}
td{white-space:pre-line}
ol{margin:4px 0 0;padding-left:24px}
section{break-inside:avoid}
svg{flex:none}
@media print{body{padding:0}}
</style>
</head>
<body>
<header>{% if portrait %}<img alt="" src="{{ portrait }}">{% endif %}
<div><h1>{{ name }}</h1>{% if summary %}<p class="lead">{{ summary }}</p>{% endif %}</div></header>
<div class="facts"><table>{% for field in short %}
<tr><th scope="row">{{ field.title }}</th><td>{{ field.text }}</td></tr>{% endfor %}</table>{{ radar }}</div>
{% if statements %}<section><h2>Statements</h2>
<ol>{% for line in statements %}<li>{{ line }}</li>{% endfor %}</ol></section>
{% endif %}{% for field in long %}<section><h2>{{ field.title }}</h2><p>{{ field.text }}</p></section>
{% endfor %}{% if relations %}<section><h2>Others</h2><p>{{ relations }}</p></section>{% endif %}
</body>
</html>
"""


def render_sheet(
    character: CharacterBase, relations: Sequence[Relation] = (), portrait: tuple[bytes, str] | None = None
) -> str:
    """Renders the sheet.

    Args:
        character: With what it inherits.
        relations: What it is to others, by their names.
        portrait: A picture and its media type.
    """
    from markupsafe import Markup

    fields = [field for field in readable_fields(character) if field.path not in _APART]
    short = [field for field in fields if _is_short(field)]
    environment = SandboxedEnvironment(autoescape=True)
    return environment.from_string(_TEMPLATE).render(
        name=character.name,
        summary=character.summary.strip(),
        portrait=f"data:{portrait[1]};base64,{base64.b64encode(portrait[0]).decode()}" if portrait else "",
        short=short,
        radar=Markup(_radar(character.persona.personal.big_five)),
        statements=character.statements,
        long=[field for field in fields if field not in short],
        relations=relations_text(relations),
    )


def write_sheet(path: Path, html: str, *, overwrite: bool = False) -> None:
    """Writes a sheet. Raises UserError when the file exists already or cannot be written."""
    with new_file(path, overwrite=overwrite) as file:
        file.write(html.encode())


_FACTS = frozenset({"nickname", "tags", "creator", "character_version"})
_APART = frozenset({"name", "summary", "statements", "layers.personal.big_five"})


def _is_short(field: ReadableField) -> bool:
    lines = field.text.splitlines()
    is_fact = field.path.startswith("layers.") or field.path in _FACTS
    return is_fact and len(lines) <= 4 and all(len(line) <= _SHORT_CHARS for line in lines)


def _radar(big_five: BigFive) -> str:
    """Draws the five factors; a factor that is not said lies in the middle of its axis, hollow."""
    degrees = big_five.model_dump()
    if all(degree is None for degree in degrees.values()):
        return ""
    centre = _SIDE / 2
    points, texts, dots = [], [], []
    for place, (name, degree) in enumerate(degrees.items()):
        turn = 2 * math.pi * place / len(degrees) - math.pi / 2
        reach = _RADIUS * (50 if degree is None else degree) / 100
        x, y = centre + reach * math.cos(turn), centre + reach * math.sin(turn)
        points.append(f"{x:.1f},{y:.1f}")
        fill = "#fff" if degree is None else "#2a5bd7"
        dots.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}" stroke="#2a5bd7" stroke-width="1.5"/>')
        tx, ty = centre + (_RADIUS + 18) * math.cos(turn), centre + (_RADIUS + 18) * math.sin(turn) + 4
        said = "" if degree is None else f" {degree}"
        texts.append(
            f'<text x="{tx:.1f}" y="{ty:.1f}" font-size="11" text-anchor="middle" fill="#5c6270">'
            f"{name[0].upper()}{said}</text>"
        )
    rings = "".join(
        f'<circle cx="{centre}" cy="{centre}" r="{_RADIUS * part:.1f}" fill="none" stroke="#d5d8df"/>'
        for part in (0.5, 1.0)
    )
    words = ", ".join(f"{name} {degree}" for name, degree in degrees.items() if degree is not None)
    return (
        f'<svg width="{_SIDE}" height="{_SIDE}" role="img" aria-label="Big Five: {words}">{rings}'
        f'<polygon points="{" ".join(points)}" fill="#2a5bd7" fill-opacity=".15" stroke="#2a5bd7"/>'
        f"{''.join(dots)}{''.join(texts)}</svg>"
    )
