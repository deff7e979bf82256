"""Changes the language of the window while it runs: words, Qt's own words, the direction of writing, the letters."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from shopdesk.core.i18n import SOURCE_LANGUAGE, from_the_right, use_language
from shopdesk.core.i18n import language as language_now

_OWN_WORDS = "qt_words"


def speak(app: QApplication, language: str) -> bool:
    """Use a language from here on; widgets that stand keep their words and are made anew by whoever owns them.

    False if it is spoken already. English at the start costs nothing.
    """
    if language == language_now():
        return False
    was_from_the_right = from_the_right()
    use_language(language)
    _speak_qt(app, language)
    if from_the_right() or was_from_the_right:
        from PySide6.QtCore import Qt

        from shopdesk.ui.theme.fonts import load_fonts

        load_fonts("DejaVuSans*")  # Inter has no Arabic letters
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if from_the_right() else Qt.LayoutDirection.LeftToRight)
    return True


def _speak_qt(app: QApplication, language: str) -> None:
    """Qt's own words, as in the menu of a text field."""
    from PySide6.QtCore import QLibraryInfo, QTranslator

    for known in app.findChildren(QTranslator, _OWN_WORDS):
        app.removeTranslator(known)
        known.deleteLater()
    if language == SOURCE_LANGUAGE:
        return
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    words = QTranslator(app)
    words.setObjectName(_OWN_WORDS)
    if words.load(f"qtbase_{language.replace('-', '_')}", folder):
        app.installTranslator(words)
    else:
        words.deleteLater()
