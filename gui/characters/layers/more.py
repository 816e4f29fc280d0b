"""The sections of lore, and of how the weights are instructed and what cards carry besides."""

from typing import TYPE_CHECKING

from core.characters.prompt import BlockOrigin
from gui import theme
from gui.characters.field import WordsField
from gui.characters.sections import row_of

if TYPE_CHECKING:
    from gui.characters.form import CharacterForm


def add_lore(form: "CharacterForm") -> None:
    """Adds the section that leads to the character's lorebooks at the end of a form."""
    tr = form.tr
    section = form.sections.add_section(
        tr("Lore"),
        tr("Lore"),
        tr("What is only read when the scene comes to it. It is written in lorebooks, which scenes can share."),
    )
    section.addWidget(form.lore)


def add_more(form: "CharacterForm") -> None:
    """Adds the section of instructions and of the card at the end of a form."""
    tr = form.tr
    section = form.sections.add_section(
        tr("More"), tr("More"), tr("How the weights are instructed, and what character cards carry besides.")
    )
    instruction = tr("Comes before the app’s own instruction, or around it where you write {{original}}.")
    section.addWidget(
        form.add_text("system_prompt", tr("Instruction to the weights"), instruction, BlockOrigin.INSTRUCTION)
    )
    reminder = tr("Read last, before every turn. Use it sparingly.")
    section.addWidget(form.add_text("post_history_instructions", tr("Reminder after the history"), reminder, None))
    if form.is_fragment:
        return
    section.addWidget(form.add("tags", WordsField(tr("Tags, with commas between them"), tr("e.g. island, 1926"))))
    section.addLayout(
        row_of(
            form.add_line("creator", tr("Creator"), "", None, counter=None),
            form.add_line("character_version", tr("Version"), "", None, counter=None),
            stretches=(2, 1),
        )
    )
    notes = tr("Notes, for people; never read by the weights")
    section.addWidget(form.add_text("creator_notes", notes, "", None, counter=None))
    theme.set_kind(form.carried, "small")
    section.addWidget(form.carried)
