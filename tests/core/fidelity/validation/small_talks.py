"""Small made-up dialogues, each about something of its own."""

from core.fidelity.validation.dialogues import Dialogue, find_dialogue

THINGS = ("dogs", "boats", "pianos", "bakeries", "rockets", "gardens", "trains", "violins")


def make_talk(number: int, n_turns: int = 14, facts: bool = True) -> Dialogue:
    """Makes a dialogue of Ann and Ben about the thing with that number."""
    thing = THINGS[number % len(THINGS)]
    turns = [
        (("Ann", "Ben")[place % 2], f"I have {place} {thing} at home. My {place}th {thing} story is long, isn't it?")
        for place in range(n_turns)
    ]
    personas = {
        "Ann": [f"I love {thing}.", f"I sell {thing}.", f"My mother paints {thing}."],
        "Ben": [f"I fear {thing}.", f"I study {thing}.", f"I have never seen {thing}."],
    }
    talk = find_dialogue(f"{thing}:{number}", "made-up", turns, personas if facts else {})
    assert talk is not None
    return talk
