"""The handbook: every page opens, words find pages, nothing found is said."""

from __future__ import annotations

from PySide6.QtCore import Qt

from shopdesk.ui.dialogs.handbook import Handbook, help_pages


def test_every_page_is_there_and_has_a_title(qtbot) -> None:
    pages = help_pages()
    assert [page.key for page in pages][:2] == ["first-steps", "the-till"]
    book = Handbook(None, "the-till")
    qtbot.addWidget(book)
    assert book.pages.currentItem().text() == "The till"
    for row, page in enumerate(pages):
        book.pages.setCurrentRow(row)
        assert page.title in book.text.toPlainText()


def test_words_find_the_pages_that_hold_them_all(qtbot) -> None:
    book = Handbook(None)
    qtbot.addWidget(book)
    qtbot.keyClicks(book.search, "blind difference")
    found = [book.pages.item(row).data(Qt.ItemDataRole.UserRole) for row in range(book.pages.count())]
    assert found == ["shifts-and-cash"]
    book.search.setText("zebra crossing")
    assert book.pages.count() == 0
    assert "No page" in book.text.toPlainText()
