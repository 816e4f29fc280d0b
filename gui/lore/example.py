"""A book to look at: each entry shows another thing that lore can do."""

from models.lore import KeyLogic, LorebookDraft, LoreEntryBase, LorePosition

EXAMPLE_BOOK = LorebookDraft(
    name="Skerry light",
    description="An example: a lighthouse, its keeper, and what the village says about them.",
    folders=["Places", "People", "Rumours"],
    entries=[
        LoreEntryBase(
            name="The village",
            content="Skerry is a fishing village of forty houses on the north coast. Boats go out before dawn.",
            constant=True,
            folder="Places",
            order=10,
            place=0,
        ),
        LoreEntryBase(
            name="The lighthouse",
            keys=["lighthouse", "lamp", "/\\blight(s|ed)?\\b/i"],
            content="The lighthouse stands on the Crow rock. Its lamp went out twice this winter; the keeper will not "
            "say why.",
            folder="Places",
            order=50,
            place=1,
        ),
        LoreEntryBase(
            name="Mara, the keeper",
            keys=["keeper", "Mara"],
            content="Mara Venn has kept the light for eleven years, since her brother drowned. She writes "
            "everything down.",
            folder="People",
            order=60,
            position=LorePosition.DEPTH,
            depth=2,
            place=2,
        ),
        LoreEntryBase(
            name="The log",
            keys=["log", "writes"],
            secondary_keys=["torn", "missing", "page"],
            logic=KeyLogic.AND_ANY,
            content="Two pages of the keeper's log are missing: the ninth and the tenth of January.",
            folder="Rumours",
            order=70,
            place=3,
        ),
        LoreEntryBase(
            name="Rumour: smugglers",
            keys=["rumour", "night", "boats"],
            content="They say that boats without lanterns land at the Crow rock.",
            folder="Rumours",
            group="rumour",
            group_weight=60,
            sticky=4,
            place=4,
        ),
        LoreEntryBase(
            name="Rumour: the drowned",
            keys=["rumour", "night", "drowned"],
            content="They say that the drowned walk up to the light when it is dark.",
            folder="Rumours",
            group="rumour",
            group_weight=40,
            sticky=4,
            place=5,
        ),
    ],
)
