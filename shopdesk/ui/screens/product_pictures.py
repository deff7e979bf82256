"""The pictures of a product: dropped, pasted or picked, put in order by drag and keys, named for who cannot see them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QIcon,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QListView, QListWidget, QListWidgetItem, QWidget

from shopdesk.catalogue.pictures import MOST_PICTURES, CleanPicture, PictureFields, clean_picture
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.ui.dialogs.pictures import content_of
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import ChoiceField, TextField
from shopdesk.ui.kit.widgets import Label, button, hbox, named, plain_tip, vbox, wrapped
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.icons import draw_icon, icon

_SIDE = 96
_KEY = Qt.ItemDataRole.UserRole
_DIRECT = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp")
"""What is taken off the clipboard as it is, so that only the worker unpacks it."""

VariantKey = tuple[int | None, str]
"""How a picture names its variant while both are edited: the id of a stored one, and its name."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A picture being edited: a stored one, or a new one that was cleaned already."""

    key: int
    image_id: int | None = None
    clean: CleanPicture | None = None
    alt_text: str = ""
    variant: VariantKey | None = None
    is_primary: bool = False


class PictureStrip(QListWidget):
    """The pictures in a row. ``given`` is sent with files that were dropped or pasted, ``pasted`` with a picture's bytes."""

    given = Signal(list)
    pasted = Signal(bytes)
    moved = Signal()
    removal = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "picture_strip", _("Pictures"))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.setSpacing(tokens.SPACE_4)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(_SIDE + 28)
        self.hint = ""

    def take(self, data: QMimeData | None) -> bool:
        """Take over what was dropped or pasted; False if there is no picture in it."""
        if data is None:
            return False
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []
        if files:
            self.given.emit(files)
            return True
        for kind in _DIRECT:
            if data.hasFormat(kind):
                self.pasted.emit(bytes(data.data(kind).data()))
                return True
        image = data.imageData() if data.hasImage() else None
        if isinstance(image, QImage) and not image.isNull():
            buffer = QBuffer()
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            image.save(buffer, "PNG")  # type: ignore[call-overload] # its stub names no device
            self.pasted.emit(bytes(buffer.data().data()))
            return True
        return False

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is self:
            super().dragEnterEvent(event)
        elif event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.source() is self:
            super().dragMoveEvent(event)
        elif event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if event.source() is self:
            super().dropEvent(event)
            self.moved.emit()
        elif self.take(event.mimeData()):
            event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier)
        if event.matches(QKeySequence.StandardKey.Paste):
            self.take(QGuiApplication.clipboard().mimeData())
        elif held and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.shift(-1 if event.key() == Qt.Key.Key_Left else 1)
        elif event.key() == Qt.Key.Key_Delete:
            self.removal.emit()
        else:
            super().keyPressEvent(event)

    def shift(self, step: int) -> None:
        """Move the chosen picture by a place."""
        row = self.currentRow()
        if not 0 <= row + step < self.count() or row < 0:
            return
        item = self.takeItem(row)
        self.insertItem(row + step, item)
        self.setCurrentItem(item)
        self.moved.emit()

    def paintEvent(self, event: object) -> None:
        super().paintEvent(event)  # type: ignore[arg-type]
        if not self.count() and self.hint:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(appearance.scheme().colours()["secondary"]))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(self.viewport().rect().adjusted(12, 8, -12, -8), flags, self.hint)
            painter.end()


class PictureEditor(QWidget):
    """The strip and what is known of the chosen picture. ``edited`` is sent with each change."""

    edited = Signal()

    def __init__(self, desk: Desk, *, may_edit: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "pictures", _("Pictures"))
        self._desk = desk
        self._may_edit = may_edit
        self._numbers = itertools.count(1)
        self._drafts: dict[int, Draft] = {}
        self._pixmaps: dict[int, QPixmap] = {}
        self.waiting = 0
        column = vbox(self)
        self.strip = PictureStrip()
        self.strip.hint = _("Drop pictures here, paste one (Ctrl+V), or add files.")
        column.addWidget(self.strip)
        self.error = wrapped(Label("", "pictures_error", tone="danger"))
        self.error.hide()
        column.addWidget(self.error)
        row = hbox()
        self.alt = TextField("alt_text", _("What the picture shows"), max_length=200)
        self.alt.setPlaceholderText(_("What the picture shows"))
        self.variant = ChoiceField("picture_variant", _("Variant that it shows"))
        self.primary = button(_("Main picture"), "primary_picture", self._make_primary, glyph="star-outline")
        self.gone = button(_("Remove"), "remove_picture", self._remove, glyph="delete-outline", tip=_("Remove (Del)"))
        self.add = button(_("Add pictures"), "add_pictures", self.pick, glyph="plus", tip=_("Add pictures (Alt+I)"))
        self.add.setShortcut("Alt+I")
        row.addWidget(self.alt, 2)
        row.addWidget(self.variant, 1)
        column.addLayout(row)
        row = hbox()
        row.addWidget(self.primary)
        row.addWidget(self.gone)
        row.addStretch(1)
        row.addWidget(self.add)
        column.addLayout(row)
        self.strip.given.connect(self.add_files)
        self.strip.pasted.connect(lambda content: self._clean(content, ""))
        self.strip.moved.connect(self.edited)
        self.strip.removal.connect(self._remove)
        self.strip.currentItemChanged.connect(lambda *_items: self._show_details())
        self.alt.edited.connect(lambda: self._change(alt_text=str(self.alt.value() or "")))
        self.variant.edited.connect(lambda: self._change(variant=self.variant.value()))
        self._show_details()

    def put(self, images: Sequence[tuple[int, int | None, str, bool, int | None]], names: Mapping[int, str]) -> None:
        """Show a product's stored pictures; their bytes come with ``show_content``. ``names`` are its variants' by id."""
        self.strip.clear()
        self._drafts.clear()
        self._pixmaps.clear()
        self.refuse("")
        for image_id, _blob, alt, primary, variant_id in images:
            variant = (variant_id, names.get(variant_id, "")) if variant_id is not None else None
            self._append(Draft(next(self._numbers), image_id, None, alt, variant, primary))
        self._show_details()

    def show_content(self, contents: Mapping[int, bytes]) -> None:
        """The bytes of stored pictures, by image id."""
        for item in self._items():
            draft = self._drafts[item.data(_KEY)]
            content = contents.get(draft.image_id) if draft.image_id is not None else None
            if content is not None:
                self._show_picture(item, draft, content)

    def offer_variants(self, variants: Sequence[VariantKey]) -> None:
        """The variants that a picture may show."""
        self.variant.set_options([(None, _("Whole product")), *((key, key[1]) for key in variants if key[1])])
        self.variant.setVisible(len(variants) > 1)
        self._show_details()

    def fields(self, place_of: Mapping[VariantKey, int]) -> tuple[PictureFields, ...]:
        """The pictures in their order; ``place_of`` says at which place a variant stands."""
        found = []
        for item in self._items():
            draft = self._drafts[item.data(_KEY)]
            place = None if draft.variant is None else place_of.get(draft.variant)
            found.append(
                PictureFields(
                    image_id=draft.image_id,
                    picture=draft.clean,
                    alt_text=draft.alt_text,
                    variant=place,
                    is_primary=draft.is_primary,
                )
            )
        return tuple(found)

    def pick(self) -> None:
        """Ask for files."""
        dialog = named(QFileDialog(self, _("Pictures of the product")), "pick_pictures", _("Pictures of the product"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(_("Pictures (*.png *.jpg *.jpeg *.webp *.gif *.bmp)"))
        dialog.filesSelected.connect(lambda paths: self.add_files([Path(path) for path in paths]))
        dialog.open()

    def add_files(self, files: Iterable[Path]) -> None:
        """Read and clean files away from the window, in their order."""
        for file in list(files)[:MOST_PICTURES]:
            self._clean(file, file.stem.replace("_", " ").replace("-", " ")[:200])

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with the pictures; empty when nothing is."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))

    def _clean(self, source: Path | bytes, alt: str) -> None:
        if not self._may_edit:
            return
        self.waiting += 1
        self.refuse("")

        def work() -> CleanPicture:
            return clean_picture(content_of(source) if isinstance(source, Path) else source)

        def done(picture: CleanPicture) -> None:
            self.waiting -= 1
            first = not self._drafts
            item = self._append(Draft(next(self._numbers), None, picture, alt, None, first))
            self._show_picture(item, self._drafts[item.data(_KEY)], picture.content)
            self.strip.setCurrentItem(item)
            self.edited.emit()

        def failed(error: BaseException) -> None:
            self.waiting -= 1
            name = source.name if isinstance(source, Path) else _("The pasted picture")
            if isinstance(error, OSError):
                self.refuse(_("{name} cannot be read: {problem}").format(name=name, problem=error.strerror or ""))
            elif isinstance(error, ShopError):
                self.refuse(f"{name}: {error.message}")
            else:
                raise error

        self._desk.lanes.read(work, done, failed=failed, owner=self)

    def _append(self, draft: Draft) -> QListWidgetItem:
        self._drafts[draft.key] = draft
        item = QListWidgetItem()
        item.setData(_KEY, draft.key)
        item.setSizeHint(QSize(_SIDE + 8, _SIDE + 8))
        self.strip.addItem(item)
        self._dress(item, draft)
        return item

    def _show_picture(self, item: QListWidgetItem, draft: Draft, content: bytes) -> None:
        pixmap = QPixmap()
        if pixmap.loadFromData(content):
            self._pixmaps[draft.key] = pixmap.scaled(
                _SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        self._dress(item, draft)

    def _icon(self, draft: Draft) -> QIcon:
        """The picture in its square; the main one carries a star."""
        fitted = self._pixmaps.get(draft.key)
        if fitted is None:
            return icon("image-outline", "secondary")
        square = QPixmap(_SIDE, _SIDE)
        square.fill(QColor(0, 0, 0, 0))
        painter = QPainter(square)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap((_SIDE - fitted.width()) // 2, (_SIDE - fitted.height()) // 2, fitted)
        if draft.is_primary:
            place = QRect(_SIDE - 26, 2, 24, 24)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(appearance.scheme().colours()["accent"]))
            painter.drawEllipse(place)
            draw_icon(painter, place.adjusted(4, 4, -4, -4), "star", "accent_text")
        painter.end()
        return QIcon(square)

    def _items(self) -> list[QListWidgetItem]:
        return [self.strip.item(row) for row in range(self.strip.count())]

    def _current(self) -> Draft | None:
        row = self.strip.currentRow()
        return self._drafts.get(self.strip.item(row).data(_KEY)) if row >= 0 else None

    def _dress(self, item: QListWidgetItem, draft: Draft) -> None:
        words = draft.alt_text or _("Picture")
        spoken = _("{name}, main picture").format(name=words) if draft.is_primary else words
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        item.setToolTip(plain_tip(spoken))
        item.setIcon(self._icon(draft))

    def _show_details(self) -> None:
        draft = self._current()
        for widget in (self.alt, self.variant, self.primary, self.gone):
            widget.setEnabled(draft is not None and self._may_edit)
        self.add.setEnabled(self._may_edit)
        self.alt.set_value(draft.alt_text if draft is not None else "")
        self.variant.set_value(draft.variant if draft is not None else None)
        is_main = draft is not None and draft.is_primary
        self.primary.setText(_("Is the main picture") if is_main else _("Make main picture"))
        self.primary.setIcon(icon("star" if is_main else "star-outline"))
        self.primary.setEnabled(draft is not None and not is_main and self._may_edit)

    def _change(self, **changes: object) -> None:
        draft, item = self._current(), self.strip.currentItem()
        if draft is None:
            return
        self._drafts[draft.key] = replace(draft, **changes)  # type: ignore[arg-type]
        self._dress(item, self._drafts[draft.key])
        self.edited.emit()

    def _make_primary(self) -> None:
        chosen = self._current()
        if chosen is None:
            return
        for key, draft in self._drafts.items():
            self._drafts[key] = replace(draft, is_primary=key == chosen.key)
        for item in self._items():
            self._dress(item, self._drafts[item.data(_KEY)])
        self._show_details()
        self.edited.emit()

    def _remove(self) -> None:
        draft = self._current()
        if draft is None or not self._may_edit:
            return
        self.strip.takeItem(self.strip.currentRow())
        del self._drafts[draft.key]
        if draft.is_primary and self._items():
            first = self._items()[0].data(_KEY)
            self._drafts[first] = replace(self._drafts[first], is_primary=True)
        self._show_details()
        self.edited.emit()
