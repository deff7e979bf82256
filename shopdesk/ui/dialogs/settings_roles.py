"""Roles: what each may do, and the discount it may give alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.system.roles import AddRole, ChangeRole, RoleRow, add_role, change_role, permission_choices, roles_list
from shopdesk.ui.kit.columns import flag, number, text
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.form_view import Field, FormView, Holds
from shopdesk.ui.kit.inputs import CheckField
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.kit.whole import whole
from shopdesk.ui.kit.widgets import named, section
from shopdesk.ui.theme import tokens

_EDIT = Permission.ROLE_EDIT
FIELDS = (
    Field("code", N_("Code"), required=True, max_length=40, help=N_("Letters, digits and underscores; never changes.")),
    Field("name", N_("Name"), required=True, max_length=60),
    Field("discount_cap_ppm", N_("Discount without approval, in percent"), Holds.PERCENT, help=N_("Empty: no cap.")),
)


class RoleDialog(Dialog):
    """A role with a tick for each permission."""

    def __init__(self, view: ListView, row: RoleRow | None) -> None:
        super().__init__(view, "role_dialog", _("Role {name}").format(name=row.name) if row else _("New role"))
        self._view = view
        self._row = row
        self.resize(720, min(760, view.window().height() - tokens.SPACE_32))
        fields = FIELDS if row is None else FIELDS[1:]
        values = {} if row is None else {"name": row.name, "discount_cap_ppm": row.discount_cap_ppm}
        self.form = FormView(fields, view.desk, values)
        self.body.addWidget(self.form)
        self.body.addWidget(section(_("May"), "may"))
        inner = named(QWidget(), "permissions", _("Permissions"))
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(tokens.SPACE_24)
        self.ticks: dict[Permission, CheckField] = {}
        choices = permission_choices()
        half = (len(choices) + 1) // 2
        for at, (permission, words) in enumerate(choices):
            tick = CheckField(f"may_{permission.value}", words)
            tick.setChecked(row is not None and permission in row.permissions)
            self.ticks[permission] = tick
            grid.addWidget(tick, at % half, at // half)
        scroll = named(QScrollArea(), "permissions_scroll", _("Permissions"))
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        self.body.addWidget(scroll, 1)
        self.add_cancel()
        self._save = self.add_button(_("Save role"), "act", self.submit, role="primary", default=True)
        self.form.focus_first()

    def submit(self) -> None:
        """Write the role."""
        from shopdesk.core.errors import ShopError

        try:
            values = self.form.values()
        except ShopError:
            return
        permissions = frozenset(permission.value for permission, tick in self.ticks.items() if tick.isChecked())
        cap = values["discount_cap_ppm"]
        assert cap is None or isinstance(cap, int)
        use_case: Any = change_role
        command: Any
        if self._row is None:
            use_case, command = add_role, AddRole(str(values["code"]), str(values["name"]), permissions, cap)
        else:
            command = ChangeRole(self._row.id, self._row.version, str(values["name"]), permissions, cap)
        Operation(use_case, command, done=self._done).run(self._view.desk, self, form=self.form, hold=(self._save,))

    def _done(self, _result: object) -> None:
        self.accept()
        self._view.messages.say(_("The role holds from everybody's next step on."))


def new(view: ListView, _rows: Sequence[Any]) -> None:
    """Make a role of the shop's own."""
    RoleDialog(view, None).open()


def edit(view: ListView, rows: Sequence[RoleRow]) -> None:
    """Change what a role may do."""
    RoleDialog(view, rows[0]).open()


def detail(view: ListView, row: RoleRow) -> QWidget:
    """What a role may do, in words."""
    cap = _("none") if row.discount_cap_ppm is None else view.desk.formats.percent(row.discount_cap_ppm)
    may = [words for permission, words in permission_choices() if permission in row.permissions]
    return facts([(_("Discount cap"), cap), (_("May"), "\n".join(may) or _("nothing"))], "role_facts")


def roles(reader: Reader) -> tuple[RoleRow, ...]:
    """Every role."""
    return roles_list(reader)


ROLES = ListScreen(
    key="settings.roles",
    title=N_("Roles"),
    glyph="shield-account-outline",
    needs=_EDIT,
    page=whole(roles),
    row=RoleRow,
    columns=(
        text("name", N_("Role"), stretch=True, sort=True),
        text("code", N_("Code"), width=144, sort=True),
        number("users", N_("Users"), sort=True),
        flag("is_builtin", N_("Built in")),
    ),
    commands=(
        Command("new", N_("New role"), new, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("edit", N_("Edit"), edit, "pencil-outline", _EDIT, "Ctrl+E"),
    ),
    refresh_on={"Role", "User"},
    detail=detail,
    empty=Empty("shield-account-outline", N_("Roles say who may do what."), "new"),
    on_open="edit",
)
