"""The tab "Playing": every rule by which the cast of a scenario is run, each with what it means and what it costs."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.library.scenarios import get_scenario, update_scenario
from gui import theme
from gui.characters.autosave import Autosave
from gui.characters.field import Field
from gui.characters.sections import Sections, row_of
from gui.scenarios.choices import NumberField, SentencesField, SwitchField
from gui.scenarios.open_story import OpenStory
from gui.scenarios.playing.cost import describe_cost
from gui.scenarios.playing.fields import (
    OrderField,
    PercentField,
    PerRoleField,
    PerRoleNumbers,
    PerRoleTexts,
    RealField,
    RoleField,
    StatesField,
)
from gui.scenarios.playing.wording import choices_of
from models.scenario import ScenarioBase, TurnPolicy
from models.stage import EVERYTHING, PLAIN, NarratorMode, Reasoning, Recall, StageRules

MAX_TURNS = 100_000
COLUMNS = ("turn_policy", "thoughts", "max_turns")
"""Fields of the scenario itself; all others are paths of `StageRules`."""


class PlayingTab(QWidget):
    """Rules of the open scenario. Every change is kept at once, and holds for new playtests."""

    undo_requested = Signal()
    redo_requested = Signal()
    drafted = Signal()
    """What the fields hold has changed, kept or not."""

    def __init__(self, story: OpenStory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._story = story
        self._workspace = story.workspace
        self.fields: dict[str, Field] = {}
        """By the name of the column, or by the path of the rule."""
        self.sections = Sections()
        self._add_presets()
        self._add_turns()
        self._add_thoughts()
        self._add_minds()
        self._add_memory()
        self._add_hearing()
        self._add_narrator()
        self._add_endings()
        self._autosave = Autosave(self.fields, self)
        self._autosave.faulted.connect(self._workspace.faulted)
        self._autosave.drafted.connect(self._on_drafted)
        for field in self.fields.values():
            field.undo_requested.connect(self.undo_requested)
            field.redo_requested.connect(self.redo_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sections)
        story.opened.connect(self._on_opened)
        story.changed.connect(self._show_roles)

    def refresh(self, scenario: ScenarioBase) -> None:
        """The scenario was changed, here or elsewhere."""
        self._autosave.refresh(_values_of(scenario))

    def draft(self) -> dict[str, Any]:
        """Returns the fields of the scenario as they would be kept now."""
        draft = self._autosave.draft()
        if not draft:
            return {}
        return {name: draft[name] for name in COLUMNS} | {"stage": self.rules().to_document()}

    def rules(self) -> StageRules:
        """Returns the rules as they would be kept now."""
        rules = StageRules()
        for path, value in self._autosave.draft().items():
            rules = rules if path in COLUMNS else rules.with_value(path, value)
        return rules

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self._autosave.flush()

    def go_to(self, name: str) -> None:
        """Puts the cursor into a field, by column or path."""
        if name in self.fields:
            self.fields[name].focus_editor()
            self.sections.show_widget(self.fields[name])
            self.sections.mark(self.fields[name])

    def take_preset(self, rules: StageRules) -> None:
        """Keeps other rules, all at once: one undo step. What names roles stays as it is."""
        self.flush()
        now = self.rules()
        turns = rules.turns.model_copy(
            update={"weights": now.turns.weights, "order": now.turns.order, "facilitator": now.turns.facilitator}
        )
        plan = rules.plan.model_copy(update={"coach": now.plan.coach})
        narrator = rules.narrator.model_copy(update={"role": now.narrator.role})
        rules = rules.model_copy(update={"turns": turns, "plan": plan, "narrator": narrator})
        self._workspace.attempt(lambda: self._keep_rules(rules))

    # The fields

    def _add(self, name: str, field: Field) -> Field:
        self.fields[name] = field
        return field

    def _switch(self, name: str, label: str, text: str, meaning: str) -> Field:
        return self._add(name, SwitchField(label, text, meaning))

    def _add_presets(self) -> None:
        section = self.sections.add_section(
            self.tr("At a glance"),
            self.tr("How it plays"),
            self.tr("Each part can be on or off, and shows in the X-ray of a turn. Changes hold for new playtests."),
        )
        self.cost = QLabel()
        self.cost.setWordWrap(True)
        row = QHBoxLayout()
        self.presets = [
            self._preset(self.tr("Plain"), self.tr("Only what costs nothing"), PLAIN),
            self._preset(self.tr("Everything on"), self.tr("To see what there is; turns take longer"), EVERYTHING),
        ]
        for button in self.presets:
            row.addWidget(button)
        row.addStretch(1)
        section.addWidget(self.cost)
        section.addLayout(row)

    def _preset(self, name: str, meaning: str, rules: StageRules) -> QPushButton:
        button = QPushButton(name)
        button.setToolTip(meaning)
        button.setAccessibleDescription(meaning)
        button.clicked.connect(lambda: self.take_preset(rules))
        return button

    def _add_turns(self) -> None:
        section = self.sections.add_section(self.tr("Turns"), self.tr("Whose turn it is"))
        policy = SentencesField(self.tr("Who speaks next"), choices_of(TurnPolicy))
        section.addWidget(self._add("turn_policy", policy))
        weights = PerRoleNumbers(
            self.tr("How often each speaks, for “By weight” and “By name”"), 100, self.tr("as usual")
        )
        section.addWidget(self._add("turns.weights", weights))
        order = OrderField(self.tr("Order, for “Scripted”"), self.tr("keeper, guest, keeper, bird"))
        section.addWidget(self._add("turns.order", order))
        reply = PercentField(self.tr("Answers back, for “Reply back”"))
        gate = PercentField(self.tr("Wants to speak above, for “Speak gate”"))
        section.addLayout(row_of(self._add("turns.reply_probability", reply), self._add("turns.gate", gate)))
        section.addWidget(
            self._switch(
                "turns.allows_silence",
                self.tr("Silence"),
                self.tr("Nobody has to speak"),
                self.tr("Where nobody wants the turn, it passes in silence."),
            )
        )
        facilitator = RoleField(self.tr("Facilitator"), self.tr("nobody"))
        every = NumberField(self.tr("Looks every"), 1, 1000, self.tr(" turns"))
        section.addLayout(
            row_of(self._add("turns.facilitator", facilitator), self._add("turns.facilitate_every", every))
        )

    def _add_thoughts(self) -> None:
        section = self.sections.add_section(
            self.tr("Thoughts"), self.tr("Thoughts"), self.tr("You can read them, nobody in the scene can.")
        )
        section.addWidget(
            self._switch(
                "thoughts",
                self.tr("Before speech"),
                self.tr("Characters think before they speak"),
                self.tr("Turns take longer."),
            )
        )
        section.addWidget(self._add("thought.reasoning", SentencesField(self.tr("How much"), choices_of(Reasoning))))
        bound = NumberField(self.tr("A note has at most"), 1, 10_000, self.tr(" tokens"))
        section.addLayout(row_of(self._add("thought.max_tokens", bound), QWidget(), stretches=(1, 2)))
        states = StatesField(self.tr("What thoughts are about, one after the other; none: whatever they like"))
        section.addWidget(self._add("thought.states", states))
        section.addWidget(
            self._switch(
                "thought.about_others",
                self.tr("Of others"),
                self.tr("Every other thought is about somebody else’s mind"),
                self.tr("“I think that Theo feels …”: second order."),
            )
        )
        section.addWidget(
            self._switch(
                "thought.keeps",
                self.tr("Kept"),
                self.tr("Characters read their own earlier thoughts again"),
                self.tr("Without it, a thought is gone once the turn is over."),
            )
        )

    def _add_minds(self) -> None:
        section = self.sections.add_section(self.tr("Minds"), self.tr("Minds"))
        for name, label, text, meaning in (
            (
                "mind.mood",
                self.tr("Mood"),
                self.tr("What they hear changes how they feel"),
                self.tr("Eight emotions that fade; the character is told its mood. Costs nothing."),
            ),
            (
                "mind.variants",
                self.tr("Sides"),
                self.tr("The situation brings out a side of the persona"),
                self.tr("Where its author wrote any, in Characters. Costs nothing."),
            ),
            (
                "mind.guards_horizon",
                self.tr("Horizon"),
                self.tr("They are told what they cannot know"),
                self.tr("When asked about what is beyond the horizon of the persona. Costs nothing."),
            ),
            (
                "mind.reminders",
                self.tr("Reminders"),
                self.tr("Who drifts is reminded of who they are"),
                self.tr("When drift passes its bound; marked on the chart. Needs scores of each turn."),
            ),
            (
                "mind.workspace",
                self.tr("Attention"),
                self.tr("Emotion, memory, norms, plan and goal bid for a turn"),
                self.tr("The winner is what the turn is about. Costs nothing."),
            ),
            (
                "plan.plans",
                self.tr("Plan"),
                self.tr("They keep a short plan"),
                self.tr("Made from their goals, looked at again now and then."),
            ),
        ):
            section.addWidget(self._switch(name, label, text, meaning))
        steps = NumberField(self.tr("Steps of a plan"), 1, 10)
        every = NumberField(self.tr("Revised every"), 1, 1000, self.tr(" own turns"))
        section.addLayout(row_of(self._add("plan.n_steps", steps), self._add("plan.revise_every", every)))
        section.addWidget(
            self._switch(
                "plan.asks_weights",
                self.tr("Written by"),
                self.tr("The weights write the plan"),
                self.tr("Needs larger weights than the house’s; a plan that says nothing falls back to the goals."),
            )
        )
        coach = PerRoleTexts(
            self.tr("Coach: a line of advice before each turn"), self.tr("Do not mention the lamp yet.")
        )
        section.addWidget(self._add("plan.coach", coach))

    def _add_memory(self) -> None:
        section = self.sections.add_section(
            self.tr("Memory"),
            self.tr("Memory"),
            self.tr(
                "What comes back of what has left the view, of earlier sessions, and of the persona’s own memories, "
                "which then stand in the prompt only when they matter."
            ),
        )
        section.addWidget(self._add("memory.recall", SentencesField(self.tr("How it is found"), choices_of(Recall))))
        recalled = NumberField(self.tr("Memories a turn, at most"), 1, 50)
        section.addLayout(row_of(self._add("memory.n_recalled", recalled), QWidget(), stretches=(1, 2)))
        weights = [
            self._add(f"memory.{name}_weight", RealField(label, 0, 100))
            for name, label in (
                ("recency", self.tr("Weight of recency")),
                ("importance", self.tr("of importance")),
                ("relevance", self.tr("of relevance")),
            )
        ]
        section.addLayout(row_of(*weights))
        for name, label, text, meaning in (
            (
                "memory.asks_importance",
                self.tr("Importance"),
                self.tr("The weights say how important a memory is"),
                self.tr("One short reading for each line heard; without it, its words decide."),
            ),
            (
                "memory.reflects",
                self.tr("Reflection"),
                self.tr("They draw conclusions when enough has happened"),
                self.tr(
                    "With the memories that they rest on; told where memories are found. A few requests now and then."
                ),
            ),
            (
                "memory.sessions",
                self.tr("Sessions"),
                self.tr("A pause in the story closes a session, which is summed up"),
                self.tr("Who comes back later remembers it."),
            ),
        ):
            section.addWidget(self._switch(name, label, text, meaning))
        reflect = RealField(self.tr("Reflects at a sum of importance of"), 1, 1e6)
        turn = RealField(self.tr("A turn lasts"), 0, 1e6, self.tr(" s of the story"), 0)
        gap = RealField(self.tr("A pause is longer than"), 1, 1e9, self.tr(" s"), 0)
        section.addLayout(
            row_of(
                self._add("memory.reflect_at", reflect),
                self._add("memory.seconds_per_turn", turn),
                self._add("memory.session_gap_s", gap),
            )
        )

    def _add_hearing(self) -> None:
        section = self.sections.add_section(self.tr("Hearing"), self.tr("Who hears what"))
        section.addWidget(
            self._switch(
                "hearing.by_place",
                self.tr("Places"),
                self.tr("Who is elsewhere does not hear"),
                self.tr("Where the world has places. Who is away never hears."),
            )
        )
        section.addWidget(
            self._switch(
                "hearing.learns",
                self.tr("Facts"),
                self.tr("A fact that is spoken is known to those who hear it"),
                self.tr("The matrix of who knows what follows, and a secret that gets out raises an alarm."),
            )
        )
        overhears = PercentField(self.tr("Chance that somebody overhears a whisper, or what is said next door"))
        section.addLayout(row_of(self._add("hearing.overhears", overhears), QWidget(), stretches=(1, 1)))

    def _add_narrator(self) -> None:
        section = self.sections.add_section(
            self.tr("Narrator"),
            self.tr("Acts and the narrator"),
            self.tr("What characters do to the things of the world. The world’s own rules have the last word."),
        )
        section.addWidget(
            self._add("narrator.mode", SentencesField(self.tr("What comes of acts"), choices_of(NarratorMode)))
        )
        narrator = RoleField(self.tr("Narrated by"), self.tr("a plain voice"))
        after = NumberField(self.tr("Goes on by itself after"), 0, 1000, self.tr(" quiet turns (0: never)"))
        section.addLayout(row_of(self._add("narrator.role", narrator), self._add("narrator.advances_after", after)))
        for name, label, text, meaning in (
            (
                "narrator.asks_for_acts",
                self.tr("Acts"),
                self.tr("After each line, characters choose an act"),
                self.tr("Among those that are possible. One short reading a turn."),
            ),
            (
                "narrator.moves_meters",
                self.tr("Numbers"),
                self.tr("The narrator may move numbers that everybody knows"),
                self.tr("By one, within their bounds; where the weights judge."),
            ),
        ):
            section.addWidget(self._switch(name, label, text, meaning))

    def _add_endings(self) -> None:
        section = self.sections.add_section(self.tr("Endings"), self.tr("When it ends"))
        turns = NumberField(self.tr("At the latest after"), 1, MAX_TURNS, self.tr(" turns"))
        section.addLayout(row_of(self._add("max_turns", turns), QWidget(), stretches=(1, 2)))
        for name, label, text, meaning in (
            (
                "ending.natural",
                self.tr("Close"),
                self.tr("When the cast parts"),
                self.tr("Two farewells in a row."),
            ),
            (
                "ending.asks_weights",
                self.tr("Judged by"),
                self.tr("The weights say whether the last lines are a close"),
                self.tr("One short reading a turn."),
            ),
            (
                "ending.loop_guard",
                self.tr("Loop"),
                self.tr("When three turns in a row are alike"),
                self.tr("Small weights may fall into it."),
            ),
            (
                "ending.when_goals_met",
                self.tr("Goals"),
                self.tr("When all goals that have a test are reached"),
                self.tr("The test of a goal stands in its role."),
            ),
        ):
            section.addWidget(self._switch(name, label, text, meaning))

    # How it is kept

    def _on_opened(self) -> None:
        scenario_id = self._story.scenario_id
        scenario = get_scenario(self._workspace.project, scenario_id) if scenario_id else None
        if scenario is None:
            self._autosave.forget()
            return
        self._show_roles()
        self._autosave.open(_values_of(scenario), self._commit)
        self.sections.go_to(0)

    def _show_roles(self) -> None:
        roles: Sequence[Any] = self._story.roles
        for field in self.fields.values():
            if isinstance(field, RoleField | OrderField | PerRoleField):
                field.show_roles(roles)

    def _commit(self, name: str, value: Any) -> None:
        if name in COLUMNS:
            update_scenario(self._workspace.project, self._story.scenario_id, **{name: value})
        else:
            self._keep_rules(self._kept_rules().with_value(name, value))

    def _kept_rules(self) -> StageRules:
        scenario = get_scenario(self._workspace.project, self._story.scenario_id)
        return StageRules.read(scenario.stage if scenario is not None else {})

    def _keep_rules(self, rules: StageRules) -> None:
        update_scenario(self._workspace.project, self._story.scenario_id, stage=rules.to_document())

    def _on_drafted(self) -> None:
        draft = self._autosave.draft()
        for name, others in _ONLY_WITH.items():
            for other, wanted in others:
                self.fields[name].setEnabled(draft.get(other) in wanted)
        self.cost.setText(describe_cost(self.rules(), draft.get("turn_policy"), bool(draft.get("thoughts"))))
        theme.set_kind(self.cost, "small")
        self.drafted.emit()


_MEMORY_ON = ("memory.recall", tuple(mode for mode in Recall if mode is not Recall.OFF))
_ONLY_WITH: dict[str, tuple[tuple[str, tuple[Any, ...]], ...]] = {
    "turns.weights": (("turn_policy", (TurnPolicy.WEIGHTED, TurnPolicy.MENTION)),),
    "turns.order": (("turn_policy", (TurnPolicy.SCRIPTED,)),),
    "turns.reply_probability": (("turn_policy", (TurnPolicy.REPLY_BACK,)),),
    "turns.gate": (("turn_policy", (TurnPolicy.SPEAK_GATE,)),),
    "turns.allows_silence": (("turn_policy", (TurnPolicy.SPEAK_GATE, TurnPolicy.BIDDING)),),
    "thought.reasoning": (("thoughts", (True,)),),
    "thought.max_tokens": (("thought.reasoning", (Reasoning.BOUNDED,)),),
    "thought.states": (("thoughts", (True,)),),
    "thought.about_others": (("thoughts", (True,)),),
    "thought.keeps": (("thoughts", (True,)),),
    "plan.n_steps": (("plan.plans", (True,)),),
    "plan.revise_every": (("plan.plans", (True,)),),
    "plan.asks_weights": (("plan.plans", (True,)),),
    "memory.n_recalled": (_MEMORY_ON,),
    "memory.recency_weight": (("memory.recall", (Recall.GENERATIVE,)),),
    "memory.importance_weight": (("memory.recall", (Recall.GENERATIVE,)),),
    "memory.relevance_weight": (("memory.recall", (Recall.GENERATIVE,)),),
    "memory.reflect_at": (("memory.reflects", (True,)),),
    "memory.session_gap_s": (("memory.sessions", (True,)),),
    "narrator.role": (("narrator.mode", (NarratorMode.RULES, NarratorMode.WEIGHTS)),),
    "narrator.asks_for_acts": (("narrator.mode", (NarratorMode.RULES, NarratorMode.WEIGHTS)),),
    "narrator.moves_meters": (("narrator.mode", (NarratorMode.WEIGHTS,)),),
    "ending.asks_weights": (("ending.natural", (True,)),),
}
"""Fields that mean nothing unless another one has one of some values."""


def _values_of(scenario: ScenarioBase) -> dict[str, Any]:
    rules = StageRules.read(scenario.stage).model_dump(mode="json")
    paths = {f"{part}.{name}": value for part, values in rules.items() for name, value in values.items()}
    return paths | {name: getattr(scenario, name) for name in COLUMNS}
