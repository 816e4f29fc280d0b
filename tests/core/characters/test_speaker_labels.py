"""No turn contains another's line, in whatever dress it comes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.characters.reply import parse_reply
from core.characters.speaker_labels import Labels

OTHERS = ["Theo Dane", "Ann", "Teddy"]


@pytest.mark.parametrize(
    "line",
    [
        "Theo Dane: no",
        "theo dane: no",
        "THEO:no",
        "  \tTheo: no",
        "\u00a0Theo: no",
        "**Theo**: no",
        "**Theo:** no",
        "*Theo*: no",
        "__Theo Dane__ : no",
        "`Theo`: no",
        "# Theo: no",
        "### Theo",
        "> Theo: no",
        "- **Theo Dane** (softly): no",
        "1. Theo: no",
        "“Theo”: no",
        "[Theo] no",
        "<Theo Dane> no",
        "(Theo): no",
        "Theo (whispering, to Ann): no",
        "Theo [aside]: no",
        "Theo *smiles*: no",
        "Theo\u200b: no",
        "T\u200bh\u2060eo: no",
        "\ufeffTheo: no",
        "\u0422\u04bb\u0435\u043e: no",  # Cyrillic letters
        "Ｔｈｅｏ： no",
        "Théo: no",
        "The0: no",
        "Theo\uff1a no",
        "Theo\ua789 no",
        "Teddy: no",  # a nickname
        "Dane: no",
        "Narrator: it rained",
        "**Narrator** (voice over): it rained",
        "User: no",
        "Human: no",
    ],
)
@pytest.mark.parametrize("before", ["Well then.\n", "Well then.\r", "Well then.\u2028", "Well then.\n\n\n", ""])
def test_the_line_of_another_ends_the_turn(line: str, before: str) -> None:
    reply = parse_reply(f"{before}{line}\nMara Voss: And more.", "Mara Voss", OTHERS)
    assert (reply.text, reply.bled) == ("Well then." if before else "", True)


@pytest.mark.parametrize(
    "text",
    [
        "Theo, you knew: it was late.",
        "Theo knew this: no.",
        "Theo's list: bread, salt.",
        "I saw **Theo** run.",
        "Theo.\nYes, Theo!",
        "Theodora: that was her name.",
        "At nine: the bell.",
        "I asked Ann: why?",
        "*Theo* is all I heard.",
    ],
)
def test_talk_about_others_stays(text: str) -> None:
    assert parse_reply(text, "Mara Voss", OTHERS).text == text


def test_my_own_name_is_taken_off_wherever_it_opens_a_line() -> None:
    reply = parse_reply("Mara Voss: I was.\nMARA: Asleep.\n**Mara Voss** (low): Alone.", "Mara Voss", OTHERS)
    assert (reply.text, reply.bled) == ("I was.\nAsleep.\nAlone.", False)
    assert parse_reply("Mara: Theo: no", "Mara Voss", OTHERS).bled


def test_a_bold_name_cuts_in_the_middle_of_a_line() -> None:
    reply = parse_reply("I see. **Theo Dane:** You do.", "Mara Voss", OTHERS)
    assert (reply.text, reply.bled) == ("I see.", True)


def test_names_that_we_share_are_mine_unless_they_are_another_s_whole_name() -> None:
    assert parse_reply("Well.\nDane: So.", "Anna Dane", ["Theo Dane"]).text == "Well.\nSo."
    assert parse_reply("Well.\nDane: So.", "Anna Dane", ["Dane"]).text == "Well."
    assert parse_reply("Director: Action.", "The Director", ["Ann"]).text == "Action."


names = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs", "Cn", "Co")),
        min_size=1,
        max_size=12,
    )
    .map(str.strip)
    .filter(bool)
)
dresses = st.sampled_from(
    ["{}:", "**{}**:", "**{}:**", "  {}: ", "> *{}* (softly):", "[{}]", "{}\u200b:", "# {}", "{} ："]
)
written = st.lists(
    st.tuples(st.sampled_from(["\n", "\r\n", "\r", "\u2028", " "]), dresses, st.integers(0, 4), st.text(max_size=20)),
    max_size=6,
)


@given(names, st.lists(names, min_size=1, max_size=4), written, st.text(max_size=30))
@example("Mara", ["Theo"], [("\n", "# {}", 1, " **Theo:** x")], "")
@example("0", ["O"], [("\n", "{}:", 1, "x")], "")
def test_no_line_of_a_turn_begins_as_anothers(me, others, pieces, begins) -> None:
    cast = [me, *others]
    text = begins + "".join(f"{gap}{dress.format(cast[who % len(cast)])}{rest}" for gap, dress, who, rest in pieces)
    reply = parse_reply(text, me, others)
    labels = Labels.of(me, others)
    assert not [line for line in reply.text.splitlines() if labels.owner(line) is False]
    assert parse_reply(reply.text, me, others).text == reply.text or reply.text.startswith("<think>")


plain_names = st.lists(
    st.sampled_from(["Mara", "Theo Dane", "Ann", "Борис", "李雷", "Zoë", "R2-D2", "O'Hara"]), unique=True
)


@given(plain_names.filter(lambda found: len(found) > 1), written, st.text(max_size=30))
def test_no_line_is_a_name_and_a_colon_by_a_check_of_its_own(cast, pieces, begins) -> None:
    text = begins + "".join(f"{gap}{dress.format(cast[who % len(cast)])}{rest}" for gap, dress, who, rest in pieces)
    reply = parse_reply(text, cast[0], cast[1:])
    for line in reply.text.splitlines():
        bare = re.sub(r"^[\W_]+", "", line).replace("\u200b", "").casefold()
        assert not [name for name in cast[1:] if re.match(re.escape(name.casefold()) + r"[\s*]*[:：]", bare)]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (
            "I will write it down as it is. Ilse Ruud: I have been out of the lamp room.",
            "I will write it down as it is.",
        ),
        ("Ilse Ruud, it was you. Ilse Ruud: I am sorry.", "Ilse Ruud, it was you."),
        ("“Is it late?” Ilse: No.", "“Is it late?”"),
        ("*He nods.* Mara (softly): Come.", "*He nods.*"),
        ("Well… NARRATOR: A door.", "Well…"),
    ],
)
def test_a_label_behind_a_sentence_ends_the_turn(written: str, kept: str) -> None:
    reply = parse_reply(written, "Theo Dane", ["Ilse Ruud", "Mara Voss"])
    assert (reply.text, reply.bled) == (kept, True)


@pytest.mark.parametrize(
    "written",
    [
        "I asked Ilse. She said: no.",
        "It was late. Ilse had gone: the lamp was out.",
        "Mr. Dane, sit down. One thing: the key.",
        "Listen. Ilse, what is it?",
    ],
)
def test_names_in_sentences_end_nothing(written: str) -> None:
    reply = parse_reply(written, "Theo Dane", ["Ilse Ruud", "Mara Voss"])
    assert (reply.text, reply.bled) == (written, False)


def test_a_thought_holds_nobody_else_either() -> None:
    reply = parse_reply("<think>I wonder. Ilse Ruud: Me too.</think>Yes.", "Theo Dane", ["Ilse Ruud"])
    assert (reply.thought, reply.text, reply.bled) == ("I wonder.", "Yes.", True)
