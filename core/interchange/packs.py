"""Scenario packs: one portable file with everything that a scenario needs. Build, read, describe, import.

A pack (`.trpack`) is a zip file: `manifest.json` first, then `characters/ID.json`, `fragments/ID.json`,
`playtests/ID.json`, `portraits/SHA256.SUFFIX`, `relationships.json` and `scenario.json`. Law: build, import into an
empty project and build again gives the same bytes. Licence, authors and the choice of playtests stay with the scenario
as a setting of the project, in the undo step of the import.
"""

from core.interchange.pack_build import build_pack
from core.interchange.pack_import import import_pack
from core.interchange.pack_read import Pack, PlaytestSummary, describe_pack, read_pack
from core.interchange.pack_rows import PackTerms, recall_terms, remember_terms

SUFFIX = ".trpack"

__all__ = [
    "SUFFIX",
    "Pack",
    "PackTerms",
    "PlaytestSummary",
    "build_pack",
    "describe_pack",
    "import_pack",
    "read_pack",
    "recall_terms",
    "remember_terms",
]
