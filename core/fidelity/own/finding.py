"""Own measures that count what stands in a turn: phrases of a list, or matches of a regular expression.

An expression is not trusted: it may be long, broken, or take for ever.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence

import regex

from core.fidelity.conversation import Line
from core.fidelity.own.definition import PHRASES, OwnDefinition
from core.fidelity.score import ScoreValue

MAX_PATTERN_CHARS = 10_000
MAX_PHRASES = 1_000
MAX_LIST_CHARS = 50_000
"""Of all phrases of a list."""
MAX_REPEATS = 10_000
"""Product of all least counts, such as 6 of `(a{2}b){3,9}`: the library unrolls them, and a million end the process."""
TIMEOUT_S = 0.2
"""For all matches of one turn."""
MAX_SLOW_TURNS = 3
"""So many turns that took too long, and the others of the conversation are not tried."""
MAX_MATCHES = 1_000
"""In one turn; where there are more, the score is this many and its evidence says `at_least`."""
_LEAST_COUNT = regex.compile(r"\{\s*([0-9]{1,4000})")
_MAX_QUOTED = 20
_MAX_QUOTED_CHARS = 200
_TOO_SLOW = f"The expression takes longer than {TIMEOUT_S:g} s for this turn."
_GIVEN_UP = "The expression took too long for several turns, so the others were not tried."


class Finding:
    """Counts matches turn by turn."""

    def __init__(self, metric: str, compiled: "regex.Pattern[str] | None", reason: str = "") -> None:
        """Takes an expression, or the reason why there is none."""
        self._metric = metric
        self._compiled = compiled
        self._reason = reason
        self._n_slow = 0

    def add(self, line: Line) -> list[ScoreValue]:
        """Scores a turn; see `Measuring.add`."""
        if self._compiled is None:
            return [ScoreValue(self._metric, None, self._reason)]
        try:
            return [_count(self._metric, self._compiled, line.text.replace("’", "'"))]
        except (TimeoutError, MemoryError, RecursionError):
            self._n_slow += 1
            if self._n_slow >= MAX_SLOW_TURNS:
                self._compiled, self._reason = None, _GIVEN_UP
            return [ScoreValue(self._metric, None, _TOO_SLOW)]

    def sum_up(self) -> Mapping[str, Sequence[ScoreValue]]:
        """Leaves the mean of the turns."""
        return {}


def begin_finding(definition: OwnDefinition) -> Callable[[], Finding]:
    """Returns what begins with a conversation; the expression is made once for all of them."""
    make = _phrases if definition.kind == PHRASES else _expression
    compiled, reason = make(definition.body)
    return lambda: Finding(definition.metric_name, compiled, reason)


def _phrases(body: str) -> tuple["regex.Pattern[str] | None", str]:
    """Makes an expression of a list: whole words, in any case, blanks of any width; longer phrases first."""
    phrases = {" ".join(line.split()) for line in body.replace("’", "'").splitlines() if line.strip()}
    if not phrases:
        return None, "The list has no phrase."
    if len(phrases) > MAX_PHRASES or sum(map(len, phrases)) > MAX_LIST_CHARS:
        return None, f"The list has more than {MAX_PHRASES:,} phrases, or {MAX_LIST_CHARS:,} characters."
    alternatives = (regex.escape(phrase, literal_spaces=True) for phrase in sorted(phrases, key=_longest_first))
    either = "|".join(one.replace(" ", r"\s+") for one in alternatives)
    return regex.compile(rf"(?<!\w)(?:{either})(?!\w)", regex.IGNORECASE | regex.VERSION0), ""


def _longest_first(phrase: str) -> tuple[int, str]:
    return -len(phrase), phrase


def _expression(body: str) -> tuple["regex.Pattern[str] | None", str]:
    if not body:
        return None, "There is no expression."
    if len(body) > MAX_PATTERN_CHARS:
        return None, f"The expression is longer than {MAX_PATTERN_CHARS:,} characters."
    if math.prod(max(1, int(count)) for count in _LEAST_COUNT.findall(body)) > MAX_REPEATS:
        return None, f"The expression asks for more than {MAX_REPEATS:,} repeats in all."
    try:
        return regex.compile(body, regex.VERSION0), ""
    except (regex.error, OverflowError, RecursionError, ValueError, MemoryError) as error:
        return None, f"The expression cannot be read: {error}."


def _count(metric: str, compiled: "regex.Pattern[str]", text: str) -> ScoreValue:
    """Counts matches that are not empty, up to `MAX_MATCHES`. Raises TimeoutError."""
    places: list[dict[str, object]] = []
    n_found = 0
    is_cut = False
    until = time.monotonic() + TIMEOUT_S
    for match in compiled.finditer(text, timeout=TIMEOUT_S):
        if time.monotonic() > until:
            raise TimeoutError
        if match.end() == match.start():
            continue
        if n_found == MAX_MATCHES:
            is_cut = True
            break
        n_found += 1
        if len(places) < _MAX_QUOTED:
            places.append({"start": match.start(), "end": match.end(), "words": match[0][:_MAX_QUOTED_CHARS]})
    words = list(dict.fromkeys(str(place["words"]) for place in places))
    evidence: dict[str, object] = {"words": words, "places": places} if places else {}
    return ScoreValue(metric, float(n_found), evidence=evidence | {"at_least": True} if is_cut else evidence)
