"""The page of a report for paper: the same parts in the little HTML that a text layout knows; pictures by number."""

STYLE = """
body{font-family:Inter;font-size:9.5pt;color:#1b1f27}
h1{font-size:20pt;margin-bottom:2pt}
h2{font-size:13pt;margin-top:18pt;margin-bottom:4pt}
.dim{color:#5b6270}
table{border-collapse:collapse}
td,th{padding:3pt 6pt;border-bottom:0.5pt solid #d7dae0;vertical-align:top;text-align:left}
th{font-weight:600}
.quote{margin-left:14pt;color:#3a4150}
"""

TEMPLATE = """<html><head><style>{{ style }}</style></head><body>
<p class="dim">Tableread playtest</p>
<h1>{{ transcript.title }}</h1>
{% if transcript.scenario and transcript.scenario != transcript.title %}<p>{{ transcript.scenario }}</p>{% endif %}
{% if transcript.setting.strip() %}<p class="dim">{{ transcript.setting.strip() }}</p>{% endif %}
<h2>How it was played</h2>
<table width="100%">
{% for what, value in transcript.facts %}<tr><th width="28%">{{ what }}</th><td>{{ value }}</td></tr>{% endfor %}
</table>
{% if transcript.cast %}<h2>Cast</h2>
{% for member in transcript.cast %}<p><b>{{ member.name }}</b>{% if member.role %}, {{ member.role }}{% endif %}
{%- if member.summary %}<br>{{ member.summary }}{% endif %}</p>{% endfor %}{% endif %}
<h2>Findings</h2>
<p class="dim">{{ findings.note }}</p>
{% for finding in findings.shown %}<p>{{ loop.index }}. {{ finding.sentence }}</p>
{% for quote in finding.quotes %}<p class="quote"><b>{{ quote.speaker }}</b>, turn {{ quote.number }}
({{ "%.2f" | format(quote.value) }}): {{ quote.words | actions }}</p>{% endfor %}{% endfor %}
{% if labels %}<h2>What people said</h2>
{% for label in labels %}<p>Turn {{ label.number }}, {{ label.speaker }}: <b>{{ label.verdict }}</b>
{%- if label.about %} about {{ label.about }}{% endif %}{% if label.why %} – {{ label.why }}{% endif %}<br>
<span class="dim">{{ label.words | actions }}</span></p>{% endfor %}{% endif %}
{% if judges %}<h2>Who judged</h2>
{% for judge in judges %}<p><b>{{ judge.name }}</b> ({{ judge.weights }}; {{ judge.n_scores }} scores), badge:
<b>{{ judge.badge }}</b>. {{ judge.licence }}</p>{% endfor %}{% endif %}
{% if means %}<h2>Means over the branch</h2>
<table width="100%"><tr><th width="46%">Measure</th>{% for name in speakers %}<th>{{ name }}</th>{% endfor %}</tr>
{% for row in means %}<tr><td>{{ row.title }}<br><span class="dim">{{ row.note }}</span></td>
{% for cell in row.cells %}<td>{{ cell.value }}<br><span class="dim">{{ cell.note }}</span></td>{% endfor %}</tr>
{% endfor %}
</table>{% endif %}
{% if branch_scores %}<h2>Over the whole branch</h2>
{% for score in branch_scores %}<p>{{ score.title }} of {{ score.who }}: <b>{{ score.value }}</b> {{ score.note }}
<span class="dim">({{ score.judge }})</span></p>{% endfor %}{% endif %}
{% if charts %}<h2 style="page-break-before:always">Turn by turn</h2>
{% for chart in charts %}<p>{% if chart.title %}<b>{{ chart.title }}</b><br>{% endif %}
<img src="chart:{{ loop.index0 }}" width="{{ chart_width }}">
{%- if chart.sentence %}<br><span class="dim">{{ chart.sentence }}</span>{% endif %}</p>{% endfor %}{% endif %}
<h2 style="page-break-before:always">Transcript</h2>
{% for turn in turns %}<p><b>{{ turn.number }}. {{ turn.speaker }}</b><span class="dim">{{ turn.note }}</span><br>
{% if turn.thought %}<span class="dim"><i>{{ turn.thought }}</i></span><br>{% endif %}
{{ turn.text | actions if turn.text else "says nothing" }}
{%- if turn.scores %}<br><span class="dim">
{%- for score in turn.scores %}{{ score.title }} {{ score.value }}{{ "" if loop.last else " · " }}{% endfor %}</span>
{%- endif %}</p>
{% endfor %}
<h2>What this does not show</h2>
{% for limit in limits %}<p>• {{ limit }}</p>{% endfor %}
</body></html>
"""
