"""The leak alarm, on a table of lines: what is marked, what is not, and how often it is wrong."""

import pytest

from core.hearing.leaks import Alarm, AlarmKind, Secret, find_leaks, split_secrets
from core.hearing.learning import Knowing, Learnt, Minds, learn
from core.hearing.telling import People, Said, Sayable, Spoken, how_said
from models.world import Fact, FactStatus

PEOPLE = People(
    {
        "mara": ("Mara Voss", "keeper"),
        "theo": ("Theo Brand",),
        "ilse": ("Ilse Ruud",),
        "nils": ("Nils Brandt", "the old sailor"),
    }
)
CAST = ("mara", "theo", "ilse", "nils")
FACTS = [
    Fact(id="boat", text="Mara sold the boat to a stranger.", is_secret=True, known_by={"mara": FactStatus.DENIES}),
    Fact(id="log", text="Theo forged the lighthouse log.", known_by={"theo": FactStatus.KNOWS}),
    Fact(id="key", text="The key lies under the third stone.", is_secret=True, known_by={"ilse": FactStatus.KNOWS}),
    Fact(id="storm", text="Nils never sailed on the night of the storm.", known_by={"nils": FactStatus.KNOWS}),
    Fact(id="wed", text="Ilse and Nils will marry in June.", known_by={"ilse": FactStatus.SUSPECTS}),
]
SECRETS = [
    *split_secrets("mara", ["I owe the harbour master two hundred crowns."]),
    *split_secrets("theo", ["He cannot swim.", "You burned the chapel down as a boy."]),
]
KNOWING = {FactStatus.SUSPECTS: Knowing.SUSPECTS}
MINDS = Minds(
    CAST,
    lambda role_id, fact_id: next(
        (
            KNOWING.get(known, Knowing.KNOWS)
            for fact in FACTS
            if fact.id == fact_id
            if (known := fact.known_by.get(role_id))
        ),
        Knowing.UNKNOWN,
    ),
)

LEAKS = [
    ("theo", "You sold the boat to a stranger, Mara."),
    ("theo", "Mara sold our boat. To a stranger, of all people!"),
    ("ilse", "She sold the boat to that stranger, everybody knows it."),
    ("nils", "I saw it: Mara took the stranger's money and sold him the boat."),
    ("nils", "Mara's boat has been sold to a stranger."),
    ("ilse", "I'm not surprised that Mara sold the boat to a stranger."),
    ("theo", "No, Mara sold the boat to a stranger."),
    ("mara", "Theo, you forged that log of the lighthouse."),
    ("ilse", "The log of the lighthouse is forged, and it was Theo who did it."),
    ("nils", "He forged the lighthouse log. I know his hand."),
    ("mara", "The key is under the third stone."),
    ("theo", "Look under the third stone, that is where the key lies."),
    ("nils", "Ilse keeps the key under the third stone, by the door."),
    ("theo", "Did you know that the key lies under the third stone?"),
    ("mara", "Nils never sailed that night of the storm."),
    ("theo", "You never sailed on the night of the storm, Nils."),
    ("ilse", "Nils did not sail on the night of the storm."),
    ("theo", "Ilse and Nils will marry in June."),
    ("mara", "So you two, Ilse and Nils, are marrying in June."),
    ("theo", "You owe the harbour master two hundred crowns, Mara."),
    ("nils", "Mara owes two hundred crowns to the harbour master."),
    ("mara", "Theo can't swim."),
    ("nils", "Theo cannot swim, he would drown."),
    ("ilse", "As a boy Theo burned down the chapel."),
    # said in other words: what no rule on words can find
    ("theo", "You let it go to the first stranger who had cash in hand."),
    ("nils", "Whoever wants in only has to lift that third rock."),
]
HARMLESS = [
    ("mara", "I sold the boat to a stranger."),
    ("mara", "I never sold the boat to any stranger!"),
    ("theo", "Did Mara sell the boat to a stranger?"),
    ("theo", "Perhaps Mara sold the boat to a stranger."),
    ("ilse", "If Mara sold the boat to a stranger, she will regret it."),
    ("theo", "Who sold the boat to a stranger?"),
    ("nils", "It is not true that Mara sold the boat to a stranger."),
    ("theo", "Mara would never sell a boat to a stranger."),
    ("ilse", "The boat is gone, and a stranger walks on the pier."),
    ("nils", "I sold my boat to a stranger once, in Bergen."),
    ("theo", "Nils sold his boat to a stranger."),
    ("mara", "Mara Voss, pleased to meet you. Is this your boat?"),
    ("theo", "I forged the lighthouse log."),
    ("ilse", "Theo keeps the lighthouse log."),
    ("mara", "Theo, bring me the log of the lighthouse."),
    ("nils", "Somebody forged the log? Not Theo, surely."),
    ("ilse", "The key lies under the third stone."),
    ("theo", "I have lost my key somewhere by the stones."),
    ("mara", "I don't know whether the key lies under the third stone."),
    ("theo", "Is the key under the third stone?"),
    ("nils", "I never sailed on the night of the storm."),
    ("theo", "Nils sailed on the night of the storm."),
    ("mara", "It was a night of storm, and nobody sailed."),
    ("ilse", "Nils and I will marry in June."),
    ("theo", "Will Ilse and Nils marry in June?"),
    ("mara", "June is a fine month to marry."),
    ("mara", "I owe the harbour master two hundred crowns."),
    ("theo", "The harbour master wants two hundred crowns for the mooring."),
    ("theo", "I cannot swim."),
    ("ilse", "I can't swim in this cold."),
    ("nils", "The chapel burned down when I was a boy."),
    ("mara", "Can you swim, Theo?"),
    ("theo", "Good evening. The rain will not stop before dawn."),
    ("nils", "I've got crowns enough, and masters too many."),
]


def alarms_of(speaker: str, text: str, heard: frozenset[tuple[str, str]] = frozenset()) -> list[Alarm]:
    spoken = Spoken(text, speaker, tuple(one for one in CAST if one != speaker))
    learnt = learn(spoken, FACTS, MINDS, PEOPLE)

    def has_heard(role_id: str, secret: Secret) -> bool:
        return (role_id, secret.owner_id) in heard

    return find_leaks(spoken, learnt, FACTS, MINDS, SECRETS, PEOPLE, has_heard)


def is_marked(speaker: str, text: str) -> bool:
    return any(alarm.kind == AlarmKind.CANNOT_KNOW for alarm in alarms_of(speaker, text))


def test_the_alarm_is_seldom_wrong() -> None:
    found = [line for line in LEAKS if is_marked(*line)]
    false = [line for line in HARMLESS if is_marked(*line)]
    precision, recall = len(found) / (len(found) + len(false)), len(found) / len(LEAKS)
    print(f"precision {precision:.3f}, recall {recall:.3f} on {len(LEAKS)} leaks and {len(HARMLESS)} harmless lines")
    print("missed", [line for line in LEAKS if line not in found], "false", false)
    assert precision >= 0.9
    assert recall >= 0.85


@pytest.mark.parametrize(
    ("speaker", "text", "kinds"),
    [
        ("ilse", "The key lies under the third stone.", [("secret_out", "key")]),
        ("theo", "The key lies under the third stone.", [("cannot_know", "key"), ("secret_out", "key")]),
        ("theo", "I forged the lighthouse log.", []),
        ("narrator", "Ilse finds the key under the third stone.", [("secret_out", "key")]),
        ("mara", "I owe the harbour master two hundred crowns.", [("secret_out", "mara")]),
        ("theo", "Mara owes the harbour master two hundred crowns.", [("cannot_know", "mara"), ("secret_out", "mara")]),
        ("ilse", "Ilse and Nils will marry in June.", []),
    ],
)
def test_what_is_marked_and_how(speaker: str, text: str, kinds: list[tuple[str, str]]) -> None:
    assert [(one.kind.value, one.fact_id or one.secret_of) for one in alarms_of(speaker, text)] == kinds


def test_a_secret_that_was_heard_may_be_said_and_reaches_only_those_who_have_not_heard_it() -> None:
    text = "Mara owes the harbour master two hundred crowns."
    heard = frozenset({("theo", "mara"), ("ilse", "mara")})
    assert alarms_of("theo", text, heard) == [Alarm(AlarmKind.SECRET_OUT, ("nils",), secret_of="mara")]
    assert alarms_of("theo", text, heard | {("nils", "mara")}) == []


def test_the_record_of_an_alarm() -> None:
    first, second = alarms_of("theo", "The key lies under the third stone.")
    assert first.record == {"kind": "cannot_know", "fact": "key", "role": "theo"}
    assert second.record == {"kind": "secret_out", "fact": "key", "roles": ["mara", "nils"]}


@pytest.mark.parametrize(
    ("speaker", "text", "learnt"),
    [
        (
            "theo",
            "I forged the lighthouse log.",
            Learnt({"log": Said.TOLD}, {one: ["log"] for one in CAST if one != "theo"}),
        ),
        (
            "theo",
            "Perhaps I forged the lighthouse log.",
            Learnt({"log": Said.GUESSED}, {}, {one: ["log"] for one in CAST if one != "theo"}),
        ),
        ("mara", "Theo forged the lighthouse log.", Learnt({"log": Said.TOLD}, {}, {"ilse": ["log"], "nils": ["log"]})),
        ("mara", "Perhaps Theo forged the lighthouse log.", Learnt({"log": Said.GUESSED})),
        ("theo", "I never forged the lighthouse log.", Learnt({"log": Said.DENIED})),
        ("mara", "Did Theo forge the lighthouse log?", Learnt({"log": Said.ASKED})),
        (
            "ilse",
            "Nils and I will marry in June.",
            Learnt({"wed": Said.TOLD}, {}, {"mara": ["wed"], "theo": ["wed"], "nils": ["wed"]}),
        ),
        (
            "user",
            "Theo forged the lighthouse log.",
            Learnt({"log": Said.TOLD}, {one: ["log"] for one in CAST if one != "theo"}),
        ),
        ("theo", "Good evening.", Learnt()),
    ],
)
def test_what_is_heard_is_known_as_well_as_its_teller_knows_it(speaker: str, text: str, learnt: Learnt) -> None:
    spoken = Spoken(text, speaker, tuple(one for one in CAST if one != speaker))
    assert learn(spoken, FACTS, MINDS, PEOPLE) == learnt


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The key lies under the third stone.", Said.TOLD),
        ("“The key lies under the third stone.”", Said.TOLD),
        ("The key? Under the third stone.", Said.TOLD),
        ("The key lies under the third stone, doesn't it?", Said.GUESSED),
        ("Is the key under the third stone? Yes, the key lies under the third stone.", Said.TOLD),
        ("Haven't you heard the key lies under the third stone?", Said.TOLD),
        ("Do you know whether the key lies under the third stone?", Said.GUESSED),
        ("The key isn't under the third stone.", Said.DENIED),
        ("The key lies under the third stone? Nonsense.", Said.ASKED),
        ("Stones everywhere. I walked for a third of the day. My key is safe.", None),
        ("", None),
    ],
)
def test_how_a_line_says_something(text: str, said: Said | None) -> None:
    assert how_said(Spoken(text, "theo", ("ilse",)), Sayable(FACTS[2].text), PEOPLE) == said
