"""One's own password: changed by choice, or because the one in use was for one time."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from shopdesk.core.errors import BadField
from shopdesk.core.i18n import N_, _
from shopdesk.system.credentials import ChangeOwnPassword, change_own_password
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_dialog import Form, FormDialog, open_form
from shopdesk.ui.kit.form_view import Field, Holds


def _command(values: dict[str, Any]) -> ChangeOwnPassword:
    if values["new"] != values["again"]:
        raise BadField("again", _("the two are not the same."))
    return ChangeOwnPassword(values["old"], values["new"])


OWN_PASSWORD = Form(
    key="people.own_password",
    title=N_("Change my password"),
    command=ChangeOwnPassword,
    use_case=change_own_password,
    slow=True,
    make=_command,
    fields=(
        Field("old", N_("Password until now"), Holds.SECRET, required=True),
        Field(
            "new",
            N_("New password"),
            Holds.SECRET,
            required=True,
            help=N_("Fifteen letters or more, or eight with a PIN; a few words are easier than signs."),
        ),
        Field("again", N_("New password once more"), Holds.SECRET, required=True),
    ),
    act=N_("Change password"),
    said=N_("The password is changed."),
)


class OwnPasswordDialog(FormDialog):
    """The form that cannot be left without an answer while a one-time password is in use."""

    def reject(self) -> None:
        """Stay: somebody else knows the one-time password."""
        self.messages.refuse(_("The password you have is for one time. Choose your own first."))


def change_own(parent: QWidget, desk: Desk, *, required: bool) -> FormDialog:
    """Open the form; ``required`` while the password in use is for one time."""
    if not required:
        return open_form(parent, desk, OWN_PASSWORD)
    dialog = OwnPasswordDialog(parent, desk, OWN_PASSWORD)
    dialog.open()
    return dialog
