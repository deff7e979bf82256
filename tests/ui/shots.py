"""Pictures of every screen, light and dark, in several sizes: ``python -m tests.ui.shots [--look NAME] [--only WORD]``.

They go to ``.shots``, one folder a look. Beside them the program says what is clipped or overlaps; the exit status is 1
if anything does.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from shopdesk.books.demo import DEMO_PEOPLE
from shopdesk.books.spec import ShopSpec, TaxRateSpec, TillSpec, UserSpec

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".shots"


@dataclass(frozen=True, slots=True)
class Look:
    """A way to look at every screen: appearance, window size in logical pixels, scale of the display.

    ``empty`` is a shop that was founded a minute ago instead of the demo shop.
    """

    scheme: str
    width: int
    height: int
    scale: str = "1"
    mirrored: bool = False
    language: str = ""
    empty: bool = False


LOOKS = {
    "light-1366": Look("light", 1366, 768),
    "dark-1366": Look("dark", 1366, 768),
    "light-1920": Look("light", 1920, 1080),
    "dark-1920": Look("dark", 1920, 1080),
    "light-150": Look("light", 1366, 768, "1.5"),
    "mirrored-1366": Look("light", 1366, 768, mirrored=True),
    "empty-1366": Look("light", 1366, 768, empty=True),
    "german-1366": Look("light", 1366, 768, language="de"),
    "german-1920": Look("dark", 1920, 1080, language="de"),
    "arabic-1366": Look("light", 1366, 768, language="ar"),
    "arabic-1920": Look("dark", 1920, 1080, language="ar"),
}


class Photographer:
    """Walks through the program with a camera."""

    def __init__(self, look: Look, folder: Path, only: str) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QApplication

        from shopdesk.ui.theme.appearance import dress

        self.app = QApplication.instance() or QApplication([])
        dress(self.app, look.scheme)
        if look.mirrored:
            self.app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.look = look
        self.folder = folder
        self.only = only
        self.count = 0
        self.complaints: list[str] = []
        sys.excepthook = self._broke

    def _broke(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """What breaks behind a picture is a complaint as well."""
        sys.__excepthook__(kind, error, trace)
        self.complaints.append(f"{kind.__name__}: {error}")

    def wait(self, ready: Callable[[], object], seconds: float = 20.0) -> None:
        """Let the program work until something is so; raises TimeoutError."""
        until = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > until:
                raise TimeoutError("the screen did not come")
            self.app.processEvents()
            time.sleep(0.002)

    def rest(self, lanes: object) -> None:
        """Let the program come to rest."""
        quiet = 0
        until = time.monotonic() + 20
        while quiet < 12 and time.monotonic() < until:
            self.app.processEvents()
            time.sleep(0.004)
            quiet = 0 if getattr(lanes, "busy", 0) else quiet + 1

    def shoot(self, name: str, widget: object) -> None:
        """Take a picture of a widget and look for text that does not fit."""
        from PySide6.QtWidgets import QWidget

        from tests.ui.clipping import misfits

        assert isinstance(widget, QWidget)
        self.count += 1
        for _round in range(4):
            self.app.processEvents()
        if self.only in name:
            widget.grab().save(str(self.folder / f"{self.count:02}-{name}.png"))
            self.complaints += [f"{name}: {line}" for line in misfits(widget)]


def main(words: list[str] | None = None) -> int:
    """Make the demo shop once, then photograph it in every look, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--look", action="append", choices=sorted(LOOKS), help="only this look")
    parser.add_argument("--only", default="", help="only pictures whose name holds this")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    chosen = parser.parse_args(words)
    if chosen.inside:
        return _photograph(chosen.look[0], Path(chosen.inside), chosen.only)
    with tempfile.TemporaryDirectory(prefix="shopdesk-shots-") as made:
        home = Path(made)
        _make_shop(home)
        status = 0
        for name in chosen.look or LOOKS:
            environment = {
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "QT_SCALE_FACTOR": LOOKS[name].scale,
                "SHOPDESK_HOME": str(home / f"home-{name}"),
                "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            }
            command = [sys.executable, "-m", "tests.ui.shots", "--inside", made, "--look", name, "--only", chosen.only]
            status |= subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        print(f"pictures in {FOLDER}")
    return status


def _make_shop(home: Path) -> None:
    from shopdesk.books.demo import make_demo_shop
    from shopdesk.books.founding import found_shop
    from shopdesk.wiring import HANDLERS

    make_demo_shop(f"sqlite:///{home / 'demo.db'}", handlers=HANDLERS)
    found_shop(f"sqlite:///{home / 'empty.db'}", _new_shop())


def _new_shop() -> ShopSpec:
    """What a shop is when the first window opens: a till, a warehouse, taxes and people."""
    return ShopSpec(
        name="Corner & Co",
        currency="EUR",
        country="DE",
        timezone="Europe/Berlin",
        tax_rates=(TaxRateSpec(code="std", name="VAT", rate="0.19"),),
        warehouses=("Shop",),
        tills=(TillSpec(code="T1", warehouse="Shop", name="Front till"),),
        users=tuple(
            UserSpec(
                username=one.username, role=one.role, password=one.password, pin=one.pin, first_name=one.first_name
            )
            for one in DEMO_PEOPLE
        ),
    )


def _speak(address: str, language: str) -> None:
    """The shop and everybody in it speak a language."""
    from shopdesk.app import open_shop
    from shopdesk.system.actors import local_actor
    from shopdesk.system.settings import ChangeSettings, change_settings

    shop = open_shop(address)
    shop.execute(change_settings, ChangeSettings({"language": language}), local_actor(shop))
    shop.close()


def _photograph(name: str, home: Path, only: str) -> int:
    from tests.ui.shots_story import tell_story

    look = LOOKS[name]
    folder = FOLDER / name
    if not only:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    shop = home / f"{name}.db"
    shutil.copyfile(home / ("empty.db" if look.empty else "demo.db"), shop)
    if look.language:
        _speak(f"sqlite:///{shop}", look.language)
    photographer = Photographer(look, folder, only)
    tell_story(photographer, f"sqlite:///{shop}")
    for complaint in photographer.complaints:
        print(f"{name} {complaint}")
    print(f"{name}: {photographer.count} pictures, {len(photographer.complaints)} complaints")
    return 1 if photographer.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
