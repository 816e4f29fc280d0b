"""The page of a report: its style and its template. Everything that is put in is escaped by the template engine."""

STYLE = """
:root{color-scheme:light dark;--radius:12px}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);line-height:1.55;
 font:15px/1.55 Inter,'Segoe UI','Helvetica Neue',Arial,sans-serif;-webkit-font-smoothing:antialiased}
main{max-width:1080px;margin:0 auto;padding:48px 24px 80px}
h1{font-size:32px;line-height:1.2;margin:0 0 4px;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:20px;margin:48px 0 16px;letter-spacing:-.01em}
p{margin:0}
.eyebrow{color:var(--accent);font-weight:600;font-size:13px;margin-bottom:8px}
.scenario{font-size:18px;color:var(--dim);overflow-wrap:anywhere}
.setting{margin-top:16px;max-width:72ch;white-space:pre-line;overflow-wrap:anywhere}
.card{background:var(--card);border:1px solid var(--line);border-radius:var(--radius)}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:16px 24px;margin:0;padding:16px 20px}
dl div.wide{grid-column:1/-1}
dt{color:var(--dim);font-size:13px}
dd{margin:2px 0 0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.cast{display:grid;grid-template-columns:repeat(auto-fill,minmax(280px,1fr));gap:12px}
.member{padding:14px 16px;border-left:3px solid var(--who)}
.member b{color:var(--who)}
.member span{color:var(--dim)}
.member p{margin-top:4px;overflow-wrap:anywhere}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:10px 16px;border-bottom:1px solid var(--line);vertical-align:top}
tbody tr:last-child>*{border-bottom:0}
th:first-child{text-align:left;font-weight:500;min-width:260px}
thead th{font-size:13px;font-weight:600;color:var(--dim);overflow-wrap:anywhere}
th small,td small{display:block;color:var(--dim);font-weight:400;font-size:12.5px}
.charts{display:flex;flex-wrap:wrap;gap:16px}
figure{margin:0;max-width:100%}
figure svg{display:block;max-width:100%;height:auto}
figcaption{color:var(--dim);font-size:13.5px;margin:0 4px 8px;overflow-wrap:anywhere}
figcaption b{display:block;color:var(--text);font-size:15px}
div+figcaption{margin:8px 4px 0}
.on-dark{display:none}
ol.turns{list-style:none;margin:0;padding:0}
.turn{display:grid;grid-template-columns:160px 1fr;gap:4px 24px;padding:18px 20px;border-bottom:1px solid var(--line)}
.turn:last-child{border-bottom:0}
.who{color:var(--who);font-weight:600;overflow-wrap:anywhere}
.who small{display:block;color:var(--dim);font-weight:400;font-size:12.5px}
.words{min-width:0;max-width:72ch}
.said{white-space:pre-line;overflow-wrap:anywhere}
.narrator .said,.empty{font-style:italic;color:var(--dim)}
.thought{color:var(--dim);border-left:2px solid var(--edge);padding-left:12px;margin-bottom:8px;font-size:14px;
 white-space:pre-line;overflow-wrap:anywhere}
.scores{display:flex;flex-wrap:wrap;gap:4px 16px;margin:10px 0 0;padding:0;list-style:none;font-size:12.5px;
 color:var(--dim);font-variant-numeric:tabular-nums}
.scores b{color:var(--text);font-weight:600}
.note{color:var(--dim);margin-bottom:12px;max-width:72ch}
.findings{margin:0;padding:16px 20px 16px 38px}
.findings li+li{margin-top:14px}
.quote{border-left:3px solid var(--who);padding-left:12px;margin-top:6px;font-size:14px;overflow-wrap:anywhere}
.quote b{color:var(--who)}
.quote small{color:var(--dim)}
.quote span{display:block}
.words-table td{text-align:left}
.words-table th{text-align:left}
.badge{border:1px solid var(--edge);border-radius:8px;padding:1px 8px;font-weight:600}
.limits{margin:0;padding:16px 20px 16px 38px}
.limits li+li{margin-top:6px}
footer{color:var(--dim);font-size:13px;margin-top:48px}
@media (max-width:640px){main{padding:24px 14px 48px}
 .turn{grid-template-columns:1fr;padding:14px 16px}h1{font-size:26px}}
@media (prefers-color-scheme:dark){.on-dark{display:block}.on-light{display:none}}
@media print{.card,figure,.turn{break-inside:avoid}body{background:#fff}}
"""

TEMPLATE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{{ transcript.title }}</title>
<style>{{ style }}</style>
</head>
<body>
<main>
<header>
<p class="eyebrow">Tableread playtest</p>
<h1>{{ transcript.title }}</h1>
{% if transcript.scenario and transcript.scenario != transcript.title -%}
<p class="scenario">{{ transcript.scenario }}</p>
{% endif -%}
{% if transcript.setting.strip() -%}
<p class="setting">{{ transcript.setting.strip() }}</p>
{% endif -%}
</header>

<h2>How it was played</h2>
<dl class="card">
{% for what, value in transcript.facts -%}
<div{% if value | length > 40 %} class="wide"{% endif %}><dt>{{ what }}</dt><dd>{{ value }}</dd></div>
{% endfor -%}
</dl>

{% if transcript.cast -%}
<h2>Cast</h2>
<div class="cast">
{% for member in transcript.cast -%}
<div class="card member who-{{ who[member.name] }}"><b>{{ member.name }}</b>
{%- if member.role %} <span>{{ member.role }}</span>{% endif %}
{%- if member.summary %}<p>{{ member.summary }}</p>{% endif %}</div>
{% endfor -%}
</div>
{% endif -%}

<h2>Findings</h2>
<p class="note">{{ findings.note }}</p>
{% if findings.shown -%}
<ol class="findings card">
{% for finding in findings.shown -%}
<li><p>{{ finding.sentence }}</p>
{%- for quote in finding.quotes %}
<p class="quote who-{{ who[quote.speaker] }}"><b>{{ quote.speaker }}</b>
<small>turn {{ quote.number }} · {{ "%.2f" | format(quote.value) }}</small>
<span>{{ quote.words | actions }}</span></p>
{%- endfor %}</li>
{% endfor -%}
</ol>
{% endif -%}

{% if labels -%}
<h2>What people said</h2>
<div class="card table"><table class="words-table">
<thead><tr><th scope="col">Turn</th><th scope="col">Verdict</th><th scope="col">Words</th></tr></thead>
<tbody>
{% for label in labels -%}
<tr><th scope="row">{{ label.number }} · {{ label.speaker }}</th>
<td>{{ label.verdict }}{% if label.about %}<small>about {{ label.about }}</small>{% endif %}</td>
<td>{{ label.words | actions }}{% if label.why %}<small>{{ label.why }}</small>{% endif %}</td></tr>
{% endfor -%}
</tbody></table></div>
{% endif -%}

{% if judges -%}
<h2>Who judged</h2>
<div class="card table"><table class="words-table">
<thead><tr><th scope="col">Judge</th><th scope="col">Badge</th><th scope="col">How far to trust it</th></tr></thead>
<tbody>
{% for judge in judges -%}
<tr><th scope="row">{{ judge.name }}<small>{{ judge.weights }} · {{ judge.n_scores }} scores</small></th>
<td><span class="badge {{ judge.badge }}">{{ judge.badge }}</span></td><td>{{ judge.licence }}</td></tr>
{% endfor -%}
</tbody></table></div>
{% endif -%}

{% if means -%}
<h2>Means over the branch</h2>
<div class="card table"><table>
<thead><tr><th scope="col">Measure</th>
{%- for name in speakers %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in means -%}
<tr><th scope="row">{{ row.title }}<small>{{ row.note }}</small></th>
{%- for cell in row.cells %}<td>{{ cell.value }}<small>{{ cell.note }}</small></td>{% endfor %}</tr>
{% endfor -%}
</tbody></table></div>
{% endif -%}

{% if branch_scores -%}
<h2>Over the whole branch</h2>
<div class="card table"><table class="words-table">
<thead><tr><th scope="col">Measure</th><th scope="col">Of</th><th scope="col">Value</th>
<th scope="col">By</th></tr></thead>
<tbody>
{% for score in branch_scores -%}
<tr><th scope="row">{{ score.title }}</th><td>{{ score.who }}</td>
<td>{{ score.value }}<small>{{ score.note }}</small></td><td>{{ score.judge }}</td></tr>
{% endfor -%}
</tbody></table></div>
{% endif -%}

{% if charts -%}
<h2>Turn by turn</h2>
<div class="charts">
{% for chart in charts -%}
<figure>
{%- if chart.title %}<figcaption><b>{{ chart.title }}</b></figcaption>{% endif %}
<div{% if chart.dark %} class="on-light"{% endif %}>{{ chart.light }}</div>
{%- if chart.dark %}<div class="on-dark">{{ chart.dark }}</div>{% endif %}
{%- if chart.sentence %}<figcaption>{{ chart.sentence }}</figcaption>{% endif %}
</figure>
{% endfor -%}
</div>
{% endif -%}

<h2>Transcript</h2>
<ol class="turns card">
{% for turn in turns -%}
<li class="turn {{ turn.kind }} who-{{ who[turn.speaker] }}">
<div class="who">{{ turn.speaker }}<small>{{ turn.number }}{{ turn.note }}</small></div>
<div class="words">
{%- if turn.thought %}<p class="thought">{{ turn.thought | actions }}</p>{% endif %}
{%- if turn.text %}<p class="said">{{ turn.text | actions }}</p>{% else %}<p class="empty">says nothing</p>{% endif %}
{%- if turn.scores %}<ul class="scores">
{%- for score in turn.scores %}<li title="{{ score.hint }}">{{ score.title }} <b>{{ score.value }}</b></li>{% endfor -%}
</ul>{% endif %}
</div>
</li>
{% else -%}
<li class="turn"><p class="empty">Nothing has been said yet.</p></li>
{% endfor -%}
</ol>

<h2>What this does not show</h2>
<ul class="limits card">
{% for limit in limits -%}
<li>{{ limit }}</li>
{% endfor -%}
</ul>
<footer>Made by Tableread. This page loads nothing from anywhere.</footer>
</main>
</body>
</html>
"""
