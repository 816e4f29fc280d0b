"""Languages of the window: English, and whatever lies in `assets/translations` as `tableread_LANGUAGE.qm`."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import assets

FOLDER = Path(assets.__file__).parent / "translations"
ENGLISH = "en"
_installed: list[QTranslator] = []


def list_languages(folder: Path = FOLDER) -> dict[str, str]:
    """Returns the languages that there are: code -> name in the language itself."""
    codes = [path.stem.removeprefix("tableread_") for path in sorted(folder.glob("tableread_*.qm"))]
    others = {code: QLocale(code).nativeLanguageName().capitalize() or code for code in codes}
    return {ENGLISH: "English"} | others


def install_language(language: str, folder: Path = FOLDER) -> bool:
    """Translates the window from now on; widgets that exist already keep their words. Returns whether it could.

    Args:
        language: One of `list_languages`; English, and what is not there, needs no translation.
    """
    app = QCoreApplication.instance()
    assert app is not None
    while _installed:
        app.removeTranslator(_installed.pop())
    if not language or language == ENGLISH:
        return True
    own, qt = QTranslator(app), QTranslator(app)
    if not own.load(str(folder / f"tableread_{language}.qm")):
        return False
    _installed.append(own)
    app.installTranslator(own)
    if qt.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        _installed.append(qt)
        app.installTranslator(qt)
    return True
