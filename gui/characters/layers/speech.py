"""The sections of how somebody speaks: the voice with its rules and samples, greetings, and example dialogue."""

from typing import TYPE_CHECKING

from core.characters.prompt import BlockOrigin
from gui.characters.layers.examples_field import ExamplesField

if TYPE_CHECKING:
    from gui.characters.form import CharacterForm


def add_voice(form: "CharacterForm") -> None:
    """Adds the section of the voice at the end of a form."""
    tr = form.tr
    section = form.sections.add_section(tr("Voice"))
    section.addWidget(
        form.add_text(
            "voice",
            tr("Voice"),
            tr("e.g. Short sentences. Answers questions with smaller questions."),
            BlockOrigin.VOICE,
            explanation=tr("How they speak: their words, how long their sentences are, what they never say."),
        )
    )
    section.addWidget(
        form.add_list(
            "layers.voice_rules",
            tr("Rules of speech"),
            tr("e.g. Says “the water”, never “the sea”."),
            BlockOrigin.VOICE_RULES,
            add_text=tr("Add a rule"),
            entry_name=tr("Rule %1"),
        )
    )
    section.addWidget(
        form.add_list(
            "layers.samples",
            tr("Lines that sound like them"),
            tr("e.g. The lamp doesn’t ask who you are. Neither will I."),
            BlockOrigin.SAMPLES,
            add_text=tr("Add a line"),
            entry_name=tr("Sample %1"),
        )
    )


def add_examples(form: "CharacterForm") -> None:
    """Adds the section of greetings and example dialogue at the end of a form."""
    tr = form.tr
    section = form.sections.add_section(
        tr("Examples"), tr("How they begin, and examples"), tr("Where they usually are, and how they begin.")
    )
    situation = tr("Where they are when nobody has written a scene. Cards call it the scenario.")
    section.addWidget(form.add_text("situation", tr("Situation"), situation, BlockOrigin.SITUATION))
    greeting = tr("The first line of a scene that has no greeting of its own.")
    section.addWidget(form.add_text("greeting", tr("Greeting"), greeting, None))
    section.addWidget(
        form.add_list(
            "alternate_greetings",
            tr("Other greetings"),
            tr("Another way to begin"),
            None,
            multiline=True,
            add_text=tr("Add a greeting"),
            entry_name=tr("Greeting %1"),
        )
    )
    examples = ExamplesField(
        tr("Example dialogue"),
        "{{user}}: …\n{{char}}: …",
        counter=form.counter,
        origin=BlockOrigin.EXAMPLES,
        add_text=tr("Add an example"),
        entry_name=tr("Example %1"),
        explanation=tr(
            "A few exchanges that show the voice, each in a block of its own. Alt+Up and Alt+Down move one."
        ),
    )
    section.addWidget(form.add("example_dialogue", examples))
