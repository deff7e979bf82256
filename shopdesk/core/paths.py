"""Where things lie: the program's own resources and the user's folders."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource_path(*parts: str) -> Path:
    """A file or folder of ``resources/``, beside the package in a checkout, inside it when installed."""
    return _root_of("resources").joinpath("resources", *parts)


def migrations_path() -> Path:
    """The folder of the schema's migrations."""
    return _root_of("migrations") / "migrations"


def data_folder() -> Path:
    """The user's folder for shop files, made with owner-only rights; ``SHOPDESK_HOME`` moves it."""
    return _private(_home("user_data_path", "data"))


def config_folder() -> Path:
    """The user's folder for this machine's settings (which till this is, window states)."""
    return _private(_home("user_config_path", "config"))


def log_folder() -> Path:
    """The user's folder for log files."""
    return _private(_home("user_log_path", "log"))


def _root_of(name: str) -> Path:
    inside = _PACKAGE / name
    return _PACKAGE if inside.is_dir() else _PACKAGE.parent


def _home(kind: str, name: str) -> Path:
    if home := os.environ.get("SHOPDESK_HOME"):
        return Path(home) / name
    import platformdirs

    folder: Path = getattr(platformdirs, kind)("shopdesk", appauthor=False)
    return folder


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
