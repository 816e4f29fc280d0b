"""Puts values into a translated sentence, each in the place that the translator gave it."""


def fill(text: str, *values: object) -> str:
    """Returns the text with `%1`, `%2` and so on replaced. A value that looks like a place is left as it is."""
    parts = text.split("%")
    filled = [parts[0]]
    for part in parts[1:]:
        place = int(part[0]) if part[:1].isdecimal() else 0
        filled.append(f"{values[place - 1]}{part[1:]}" if 0 < place <= len(values) else f"%{part}")
    return "".join(filled)
