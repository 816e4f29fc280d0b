"""Each policy by itself, and what is true of all of them."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.playtest.minds import draw_from
from core.turn_taking.bids import rule_bid
from core.turn_taking.occasion import MAX_SILENCES, Candidate, Line, Occasion
from core.turn_taking.policies import POLICIES, decide
from models.scenario import TurnPolicy
from models.stage import TurnTakingRules
from tests.core.turn_taking.occasions import NAMES, Answers, cast, chance, occasion, said

N_DRAWS = 2000


@st.composite
def occasions(draw: st.DrawFn) -> Occasion:
    ids = draw(st.permutations("mtin"))[: draw(st.integers(1, 4))]
    candidates = [Candidate(one, NAMES[one], talkativeness=draw(st.sampled_from([0, 0.2, 1]))) for one in ids]
    away = frozenset(draw(st.lists(st.sampled_from(ids), max_size=len(ids) - 1, unique=True)))
    speakers = st.sampled_from([*ids, "user", "narrator"])
    texts = st.sampled_from(["Well?", "Theo!", "Mara and Nils.", "", "Ilse Ruud"])
    hearers = st.none() | st.sets(st.sampled_from(ids)).map(frozenset)
    lines = [
        said(draw(speakers), draw(texts), draw(hearers), draw(st.none() | st.integers(1, 3)))
        for _ in range(draw(st.integers(0, 8)))
    ]
    rules = TurnTakingRules(
        weights=draw(st.dictionaries(st.sampled_from(ids), st.floats(0, 10), max_size=3)),
        order=tuple(draw(st.lists(st.sampled_from([*ids, "gone"]), max_size=5))),
        reply_probability=draw(st.floats(0, 1)),
        gate=draw(st.floats(0, 1)),
        allows_silence=draw(st.booleans()),
        facilitator=draw(st.sampled_from(["", *ids])),
        facilitate_every=draw(st.integers(1, 3)),
    )
    wants = {one: draw(st.none() | st.tuples(st.floats(0, 1))) for one in ids}

    class Drawn(Answers):
        def weigh(self, role_id, question, answers):
            base = wants[role_id]
            if base is None:
                return None
            return tuple(base[0] if place == 0 else (1 - base[0]) / (len(answers) - 1) for place in range(len(answers)))

        choose = weigh

    return Occasion(
        candidates,
        lines,
        rules,
        draw_from(str(draw(st.integers(0, 50)))),
        away,
        queue=draw(st.lists(st.sampled_from([*ids, "gone"]), max_size=3)),
        n_silences=draw(st.integers(0, 3)),
        ask=draw(st.sampled_from([None, Drawn({})])),
    )


@given(occasions(), st.sampled_from(TurnPolicy))
def test_nobody_who_is_away_is_chosen_and_the_same_occasion_has_the_same_answer(
    found: Occasion, policy: TurnPolicy
) -> None:
    decision = decide(policy, found)
    assert decision == decide(policy, found)
    assert decision.why
    assert "\n" not in decision.why
    assert len(decision.why) < 120
    here = {one.role_id for one in found.candidates} - found.away
    assert decision.role_id is None or decision.role_id in here
    assert decision.role_id not in decision.queue
    if decision.role_id is None and not decision.waits:
        assert found.rules.allows_silence
        assert found.n_silences < MAX_SILENCES
        assert policy in (TurnPolicy.SPEAK_GATE, TurnPolicy.BIDDING)


@given(occasions())
def test_looking_asks_nobody(found: Occasion) -> None:
    class Never(Answers):
        def weigh(self, role_id, question, answers):
            raise AssertionError

    looking = Occasion(found.candidates, found.lines, found.rules, found.draw, found.away, ask=None)
    for policy in TurnPolicy:
        decision = decide(policy, looking)
        assert decision.role_id is not None or decision.waits


def test_every_policy_has_its_file() -> None:
    assert set(POLICIES) == set(TurnPolicy)


def test_round_robin_goes_past_those_away_and_the_facilitator() -> None:
    found = occasion(said("m", "Well."), said("user", "Hm."), away=frozenset("t"), rules={"facilitator": "i"})
    assert decide(TurnPolicy.ROUND_ROBIN, found).role_id == "n"


@pytest.mark.parametrize("weights", [{"m": 1, "t": 2, "i": 3, "n": 4}, {"m": 0, "t": 1, "i": 1, "n": 8}])
def test_weighted_speakers_come_as_often_as_their_weights_say(weights: dict[str, float]) -> None:
    counts = Counter(
        decide(TurnPolicy.WEIGHTED, occasion(rules={"weights": weights}, draw=draw_from(f"7/{number}"))).role_id
        for number in range(N_DRAWS)
    )
    for role_id, weight in weights.items():
        share = weight / sum(weights.values())
        error = 4 * math.sqrt(share * (1 - share) / N_DRAWS)
        assert abs(counts[role_id] / N_DRAWS - share) <= error


def test_weighted_never_repeats_a_speaker_and_falls_back_to_cards() -> None:
    found = occasion(said("m", "Well."), candidates=cast("mt"), draw=chance(0.99))
    assert decide(TurnPolicy.WEIGHTED, found).role_id == "t"
    quiet = occasion(candidates=cast("mt", {"m": 0.0, "t": 1.0}), draw=chance(0.0))
    assert decide(TurnPolicy.WEIGHTED, quiet).role_id == "t"
    none = occasion(candidates=cast("mt", {"m": 0.0, "t": 0.0}), draw=chance(0.6))
    assert decide(TurnPolicy.WEIGHTED, none).role_id == "t"


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9])
def test_replies_come_back_as_often_as_p(p: float) -> None:
    """2,000 turns of one talk of four: the one before answers within four standard errors of p."""
    lines = [said("m", "One."), said("t", "Two.")]
    n_replies = 0
    for number in range(N_DRAWS):
        found = occasion(*lines[-4:], rules={"reply_probability": p}, draw=draw_from(f"3/{number}"))
        speaker = decide(TurnPolicy.REPLY_BACK, found).role_id
        assert speaker is not None
        assert speaker != lines[-1].speaker_id
        n_replies += speaker == lines[-2].speaker_id
        lines.append(said(speaker, "And so on."))
    assert abs(n_replies / N_DRAWS - p) <= 4 * math.sqrt(p * (1 - p) / N_DRAWS)


def test_two_alone_always_answer_each_other() -> None:
    found = occasion(
        said("m", "A"), said("t", "B"), candidates=cast("mt"), rules={"reply_probability": 0}, draw=chance(0.5)
    )
    decision = decide(TurnPolicy.REPLY_BACK, found)
    assert (decision.role_id, decision.why) == ("m", "answers Theo")


@pytest.mark.parametrize(
    ("spoken", "away", "expected"),
    [
        ("", "", "m"),
        ("m", "", "t"),
        ("mt", "", "m"),  # the list is m t m i
        ("mtm", "", "i"),
        ("mtmi", "", "m"),
        ("m", "t", "m"),  # who is away is passed over, also where the same speaks twice
        ("i", "", "m"),  # out of order: the list goes on behind that place
        ("mn", "", "t"),  # not in the list: it stays where it was
    ],
)
def test_a_script_goes_round(spoken: str, away: str, expected: str) -> None:
    lines = [said(one, "Well.") for one in spoken]
    found = occasion(*lines, rules={"order": tuple("mtmi")}, away=frozenset(away))
    assert decide(TurnPolicy.SCRIPTED, found).role_id == expected


def test_without_a_list_the_script_is_the_order_of_the_cast() -> None:
    assert decide(TurnPolicy.SCRIPTED, occasion(said("m", "Well."), rules={"order": ("gone",)})).role_id == "t"


def test_the_one_named_last_is_next() -> None:
    found = occasion(said("m", "Theo told me. What do you say, Ilse?"))
    decision = decide(TurnPolicy.NAME_NEXT, found)
    assert (decision.role_id, decision.why) == ("i", "named by Mara Voss")


def test_who_names_nobody_is_asked_to_choose() -> None:
    ask = Answers({"m": (0.1, 0.2, 0.7)})
    decision = decide(TurnPolicy.NAME_NEXT, occasion(said("m", "Well?"), ask=ask))
    assert (decision.role_id, decision.why) == ("n", "chosen by Mara Voss (70%)")
    assert ask.asked == [("m", "Mara Voss, who should speak next?")]
    assert decide(TurnPolicy.NAME_NEXT, occasion(said("m", "Well?"))).waits
    cannot = decide(TurnPolicy.NAME_NEXT, occasion(said("m", "Well?"), ask=Answers({})))
    assert (cannot.role_id, cannot.details) == ("t", {"asked": "nobody"})


def test_the_gate_lets_the_likeliest_through_or_nobody() -> None:
    line = said("m", "Well?")
    ask = Answers({"t": (0.3, 0.7), "i": (0.8, 0.2), "n": (0.6, 0.4)})
    decision = decide(TurnPolicy.SPEAK_GATE, occasion(line, ask=ask))
    assert (decision.role_id, decision.bids) == ("i", {"t": 0.3, "i": 0.8, "n": 0.6})
    assert [role_id for role_id, _ in ask.asked] == ["t", "i", "n"]
    shy = Answers(dict.fromkeys("tin", (0.3, 0.7)))
    silent = decide(TurnPolicy.SPEAK_GATE, occasion(line, ask=shy))
    assert (silent.role_id, silent.waits, silent.why) == (None, False, "nobody wants to speak (30% at most)")
    talks = decide(TurnPolicy.SPEAK_GATE, occasion(line, ask=shy, rules={"allows_silence": False}))
    assert talks.role_id == "t"
    after = decide(TurnPolicy.SPEAK_GATE, occasion(line, ask=shy, n_silences=MAX_SILENCES))
    assert after.role_id == "t"
    assert decide(TurnPolicy.SPEAK_GATE, occasion(line)).why == "the cast decides"


def test_a_person_is_not_asked_by_weights_but_can_be_chosen() -> None:
    taken = [Candidate("m", "Mara"), Candidate("t", "Theo", is_taken=True), Candidate("i", "Ilse")]
    ask = Answers({"i": (0.1, 0.9)})
    decision = decide(TurnPolicy.SPEAK_GATE, occasion(said("m", "Theo?"), candidates=taken, ask=ask))
    assert decision.role_id == "t"
    assert [role_id for role_id, _ in ask.asked] == ["i"]


def test_bids_are_expectations_over_the_digits() -> None:
    ask = Answers({"t": (1, 0, 0, 0, 0), "i": (0, 0, 0, 0.5, 0.5), "n": (0.2, 0.2, 0.2, 0.2, 0.2)})
    decision = decide(TurnPolicy.BIDDING, occasion(said("m", "Well?"), ask=ask))
    assert (decision.role_id, decision.bids, decision.why) == (
        "i",
        {"t": 1.0, "i": 4.5, "n": 3.0},
        "bids most: 4.5 of 5",
    )


@given(st.lists(st.floats(1, 5), min_size=3, max_size=3), st.booleans())
def test_nobody_present_is_left_out_of_bidding(wants: list[float], by_rules: bool) -> None:
    shares = {one: ((5 - want) / 4, 0, 0, 0, (want - 1) / 4) for one, want in zip("mti", wants, strict=True)}
    lines: list[Line] = []
    silent = dict.fromkeys("mti", 0)
    while len(lines) < 60:
        ask = Answers({}) if by_rules else Answers(shares)
        found = occasion(*lines, candidates=cast("mti"), ask=ask, rules={"allows_silence": False})
        decision = decide(TurnPolicy.BIDDING, found)
        assert decision.role_id is not None
        assert all(1 <= bid <= 5 for bid in decision.bids.values())
        lines.append(said(decision.role_id, "Hm."))
        silent = {one: 0 if one == decision.role_id else n + 1 for one, n in silent.items()}
        assert max(silent.values()) <= 18


def test_a_bid_says_what_it_has_grown_by_in_silence() -> None:
    lines = [said("mt"[place % 2], "Hm.") for place in range(7)]
    ask = Answers({"t": (0, 0, 0.6, 0.4, 0), "i": (0, 0, 1, 0, 0), "m": (0, 0, 1, 0, 0)})
    decision = decide(TurnPolicy.BIDDING, occasion(*lines, candidates=cast("mti"), ask=ask))
    assert (decision.role_id, decision.bids["t"]) == ("i", 3.4)
    assert decision.bids["i"] == pytest.approx(3 + 4 / 3, abs=1e-3)
    assert decision.why == "bids most: 4.3 of 5, 1.3 of it for having waited"
    assert decision.details["for_waiting"] == {"i": 1.3333}


def test_rules_bid_where_weights_cannot_be_asked() -> None:
    found = occasion(said("m", "Well?"), said("t", "Nils, the ledger is gone."), ask=Answers({}))
    decision = decide(TurnPolicy.BIDDING, found)
    assert (decision.role_id, decision.details) == ("n", {"asked": "rules"})


def test_a_bid_by_rules_is_the_sum_of_its_parts() -> None:
    goal = Candidate("n", "Nils", goal="Find the ledger")  # two words of four letters or more: find, ledger
    found = occasion(said("n", "Hm."), said("m", "Nils, the ledger is gone."), candidates=[*cast("mti"), goal])
    assert rule_bid(found, goal) == pytest.approx(1 + 2 + 1 / 2 + 1 / 8)
    deaf = occasion(said("n", "Hm."), said("m", "Nils, the ledger!", hearers="t"), candidates=[*cast("mti"), goal])
    assert rule_bid(deaf, goal) == pytest.approx(1 + 1 / 8)


def test_the_director_is_waited_for() -> None:
    decision = decide(TurnPolicy.DIRECTOR, occasion(said("m", "Theo?"), rules={"facilitator": "n"}))
    assert (decision.role_id, decision.waits) == (None, True)


def test_a_round_ends_when_all_have_spoken() -> None:
    lines = []
    seen = []
    for _ in range(9):
        decision = decide(TurnPolicy.SIMULTANEOUS, occasion(*lines, away=frozenset("t")))
        seen.append((decision.role_id, decision.in_round))
        lines.append(said(decision.role_id or "", "I choose.", in_round=decision.in_round))
    assert seen == [(one, number) for number in (1, 2, 3) for one in "min"]


def test_a_line_of_a_person_within_a_round_counts_for_it() -> None:
    lines = [said("m", "Ten.", in_round=4), said("user", "Go on."), said("i", "Six.")]
    decision = decide(TurnPolicy.SIMULTANEOUS, occasion(*lines))
    assert (decision.role_id, decision.in_round) == ("t", 4)
    assert decision.why == "round 4, 3 of 4: nobody hears the others yet"


def test_who_waits_speaks_before_the_policy_is_asked() -> None:
    found = occasion(said("m", "Ilse!"), queue=["gone", "n", "t"])
    decision = decide(TurnPolicy.MENTION, found)
    assert (decision.role_id, decision.queue, decision.why) == ("n", ("t",), "was waiting to speak")


class _Read(tuple[str, ...]):
    """Counts the places that are looked at."""

    n_looks = 0

    def __getitem__(self, at: Any) -> Any:
        _Read.n_looks += 1
        return super().__getitem__(at)

    def __iter__(self) -> Iterator[str]:
        for one in super().__iter__():
            _Read.n_looks += 1
            yield one


def test_a_long_script_is_read_once_whoever_speaks() -> None:
    order = _Read(["m", "t"] * 500)
    lines = [said("x" if place % 2 else "i", "Well.") for place in range(200)]
    found = occasion(*lines)
    rules = found.rules.model_copy(update={"order": order})
    assert decide(TurnPolicy.SCRIPTED, replace(found, rules=rules)).role_id == "m"
    assert _Read.n_looks <= 2 * len(order)


@given(st.lists(st.sampled_from("mtin"), max_size=8), st.lists(st.sampled_from("mtinx"), max_size=12))
def test_a_script_stands_behind_the_next_place_of_each_speaker(order: list[str], spoken: list[str]) -> None:
    place = 0
    for one in spoken:
        ahead = [at % len(order) for at in range(place, place + len(order))]
        place = next((at + 1 for at in ahead if order[at] == one), place)
    found = occasion(*[said(one, "Well.") for one in spoken], rules={"order": tuple(order)})
    decision = decide(TurnPolicy.SCRIPTED, found)
    assert not order or decision.role_id == order[place % len(order)]
