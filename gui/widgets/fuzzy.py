"""Fuzzy search for the command palette: the letters of the query in order, better when they begin words. No Qt."""

_FIRST, _WORD_START, _RUN, _PLAIN = 12, 10, 6, 1
_GAP_COST = 0.2


def score_match(query: str, text: str) -> float | None:
    """Returns how well a text answers a query, higher is better; None when a letter is missing.

    An empty query matches everything alike. Words of the query may come in any order.
    """
    total = 0.0
    for word in query.casefold().split():
        score = _score_word(word, text.casefold())
        if score is None:
            return None
        total += score
    return total - 0.01 * len(text)


def _score_word(word: str, text: str) -> float | None:
    found = text.find(word)
    if found >= 0:
        starts = found == 0 or not text[found - 1].isalnum()
        return _RUN * len(word) + (_FIRST if found == 0 else _WORD_START if starts else 0) + 4
    score, position = 0.0, -1
    for letter in word:
        place = _next_place(text, letter, position + 1)
        if place < 0:
            return None
        if place == 0 or not text[place - 1].isalnum():
            score += _WORD_START
        else:
            score += _RUN if place == position + 1 else _PLAIN
        score -= _GAP_COST * max(0, place - position - 1)
        position = place
    return score


def _next_place(text: str, letter: str, start: int) -> int:
    """Prefers the letter at the beginning of a word."""
    first = text.find(letter, start)
    place = first
    while place >= 0:
        if place == 0 or not text[place - 1].isalnum() or place == start:
            return place
        place = text.find(letter, place + 1)
    return first
