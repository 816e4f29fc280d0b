"""What became of an entry, as a sentence. The window translates the templates."""

from collections.abc import Callable, Mapping

from core.lore.verdicts import Match, Rule, Verdict

TEMPLATES: dict[Rule, str] = {
    Rule.KEY: "Found “{key}” in {place}{with_secondary}.",
    Rule.CONSTANT: "It is always on.",
    Rule.ACTIVATED: "Its decorator @@activate turns it on.",
    Rule.KEPT: "It fired before, and @@keep_activate_after_match keeps it.",
    Rule.STICKY: "It fired before and stays for {number} more messages, this one included.",
    Rule.DISABLED: "It is off.",
    Rule.TRIGGER: "It is for other kinds of turns.",
    Rule.CHARACTER: "It is for other characters.",
    Rule.DELAY: "It waits for {number} more messages.",
    Rule.COOLDOWN: "It fired before and rests for {number} more messages, this one included.",
    Rule.RECURSION_ONLY: "Only what other entries say can find it, at level {number}.",
    Rule.RECURSION_EXCLUDED: "What other entries say cannot find it.",
    Rule.DEACTIVATED: "Its decorator @@dont_activate turns it off.",
    Rule.MATCHED_BEFORE: "It fired before, and @@dont_activate_after_match allows it once.",
    Rule.TOO_EARLY: "Its decorator @@activate_only_after waits for {number} more messages of the character.",
    Rule.NOT_THIS_TURN: "Its decorator @@activate_only_every allows it after each {number} messages of the character.",
    Rule.GREETING: "Its decorator @@is_greeting is for another greeting.",
    Rule.NO_KEYS: "It has no keys and is not always on.",
    Rule.NO_KEY: "None of its keys was found.",
    Rule.BAD_REGEX: "The expression “{secondary}” cannot be read.",
    Rule.SLOW_REGEX: "The expression “{secondary}” took too long and was given up.",
    Rule.SECONDARY: "Found “{key}” in {place}, but the secondary keys were against it{with_secondary}.",
    Rule.ADDITIONAL: "Found “{key}” in {place}, but none of its @@additional_keys.",
    Rule.EXCLUDED: "Found “{key}” in {place}, but also “{secondary}” of its @@exclude_keys.",
    Rule.GROUP_STICKY: "Another entry of the group “{group}” stays from before: {rival}.",
    Rule.GROUP_SCORE: "Another entry of the group “{group}” has more keys found: {rival}.",
    Rule.GROUP_USED: "Another entry of the group “{group}” is used already: {rival}.",
    Rule.GROUP_OVERRIDE: "Another entry of the group “{group}” goes first: {rival}.",
    Rule.GROUP_DRAW: "Another entry of the group “{group}” was drawn: {rival}.",
    Rule.PROBABILITY: "The draw was {number} %, above its probability.",
    Rule.BUDGET: "The budget is used up: it would take {number} tokens.",
    Rule.BOOK_BUDGET: "The budget of its book is used up: it would take {number} tokens.",
}

PLACES = {
    "message": "message −{number}",
    "last_message": "the last message",
    "entry": "what “{title}” says",
    "persona_description": "the description of the user",
    "character_description": "the description",
    "character_personality": "the personality",
    "character_depth_prompt": "the character's note",
    "scenario": "the scenario",
    "creator_notes": "the creator's notes",
}
WITH_SECONDARY = " (“{secondary}”)"

Translate = Callable[[str], str]


def explain(
    verdict: Verdict,
    titles: Mapping[str, str],
    said: list[str] | None = None,
    translate: Translate = lambda text: text,
) -> str:
    """Returns what became of an entry, as a sentence.

    Args:
        titles: Id of an entry -> what it is called.
        said: Ids of the entries whose text was searched, in the order that matches count.
    """
    match = verdict.match
    words = {
        "key": match.key if match else "",
        "place": place_words(match, titles, said or [], translate) if match else "",
        "secondary": verdict.secondary,
        "with_secondary": _fill(translate(WITH_SECONDARY), {"secondary": verdict.secondary})
        if verdict.secondary
        else "",
        "group": verdict.group,
        "rival": titles.get(verdict.rival, verdict.rival),
        "number": f"{verdict.number:,g}" if verdict.number == int(verdict.number) else f"{verdict.number:,.1f}",
    }
    return _fill(translate(TEMPLATES[verdict.rule]), words)


def place_words(match: Match, titles: Mapping[str, str], said: list[str], translate: Translate) -> str:
    """Says where a key was found."""
    if match.place == "message" and match.number == 0:
        return translate(PLACES["last_message"])
    source = said[match.number] if match.place == "entry" and match.number < len(said) else ""
    words = {"number": str(match.number), "title": titles.get(source, source)}
    return _fill(translate(PLACES.get(match.place, match.place)), words)


def _fill(template: str, words: Mapping[str, str]) -> str:
    """Puts words in at once, so that braces in them mean nothing."""
    parts = template.split("{")
    out = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        out.append(words.get(name, f"{{{name}}}") + rest)
    return "".join(out)
