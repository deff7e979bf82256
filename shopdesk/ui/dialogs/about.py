"""What this program is, which shop it has open, and where its things lie."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from shopdesk.core.i18n import _
from shopdesk.core.paths import data_folder, log_folder, resource_path
from shopdesk.ui.opening import Opened


def program_version() -> str:
    """The installed version; ``source`` in a checkout that was never installed."""
    try:
        return version("shopdesk")
    except PackageNotFoundError:
        return "source"


def about_text(opened: Opened) -> str:
    """The text of the About dialog, the newest entries of the changelog at its end."""
    lines = [
        _("ShopDesk {version}").format(version=program_version()),
        _("Shop: {name}").format(name=opened.settings.name),
        _("Database: {place}").format(place=opened.shop.database.url.render_as_string(hide_password=True)),
        _("Shop files: {folder}").format(folder=data_folder()),
        _("Log: {folder}").format(folder=log_folder()),
        opened.secrets.description,
    ]
    changelog = resource_path("changelog.md")
    if changelog.exists():
        news = changelog.read_text(encoding="utf-8").split("\n## ")
        if len(news) > 1:
            lines += ["", news[1].strip()]
    return "\n".join(lines)
