"""Everything a contributor types: one file, the standard library only, from a bare machine to a running shop.

On Windows ``py installer\\dev.py`` in place of ``python3 installer/dev.py``; the words are

run      the demo shop
test     every check and the tests; more words go to pytest
setup    only what those two need: system libraries, .venv, packages
slow     the tests that take long (kill -9 at every system call and the like)
bench    the speed table
shots    pictures of every screen
messages the translations follow the code, and are compiled (more words: see installer/messages.py)
lock     writes installer/constraints.txt anew (--upgrade: with the newest versions)
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENV = ROOT / ".venv"
LOCK = ROOT / "installer" / "constraints.txt"
OLDEST = (3, 11)

# Shared library -> the Debian package that brings it. Qt needs the first group always, the second for a real X window.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
X_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
SLOW_TOOLS = {"strace": "strace", "Xvfb": "xvfb", "xauth": "xauth"}
# Which sections of the lock file each kind of set-up installs.
SECTIONS = {"run": ("build", "run"), "test": ("build", "run", "test")}


class Stop(Exception):
    """Something is missing that this program cannot mend; the text says what to do."""


def main(words: list[str]) -> int:
    """Do one word and give its exit status."""
    word, rest = (words[0], words[1:]) if words else ("", [])
    commands = {"run": run, "test": test, "setup": setup, "slow": slow, "bench": bench, "shots": shots, "lock": lock}
    commands["messages"] = messages
    if word not in commands:
        print(__doc__)
        return 0 if word in ("help", "-h", "--help") else 2
    if sys.version_info < OLDEST:
        raise Stop("ShopDesk needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")
    return commands[word](rest)


# ------------------------------------------------------------------ the words


def run(rest: list[str]) -> int:
    """Open the demo shop; without a display it is painted once off screen."""
    prepare("run")
    env = child_environment()
    if not has_display() and "QT_QPA_PLATFORM" not in env:
        say("No display here: the window is painted once off screen.")
        env["QT_QPA_PLATFORM"] = "offscreen"
    return call([python(), "-m", "shopdesk", "demo", *rest], env)


def test(rest: list[str]) -> int:
    """Style, types, import rule, then the tests; all of them run, the first failure decides the status."""
    prepare("test")
    env = child_environment()
    failed = []
    for name, command in (
        ("ruff check", ["-m", "ruff", "check", "."]),
        ("ruff format", ["-m", "ruff", "format", "--check", "."]),
        ("mypy --strict", ["-m", "mypy"]),
        ("import-linter", ["-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"]),
    ):
        say(name)
        if call([python(), *command], env) != 0:
            failed.append(name)
    say("pytest")
    status = call(
        [python(), "-m", "pytest", "-n", "auto", "--maxprocesses=8", "--dist=worksteal", "-m", "not slow", *rest], env
    )
    if failed:
        print("FAILED before the tests: " + ", ".join(failed), file=sys.stderr)
    return status or (1 if failed else 0)


def setup(rest: list[str]) -> int:
    """Prepare this machine and .venv for both words."""
    if rest:
        raise Stop("setup takes no further words.")
    prepare("test")
    say("Ready: " + str(ENV))
    return 0


def slow(rest: list[str]) -> int:
    """The tests marked slow, one after the other."""
    if sys.platform == "linux":
        install_packages([package for tool, package in SLOW_TOOLS.items() if shutil.which(tool) is None])
    prepare("test")
    return call([python(), "-m", "pytest", "-n0", "-m", "slow", "--timeout=1800", *rest], child_environment())


def bench(rest: list[str]) -> int:
    """The speed table of the goals; words are passed on."""
    prepare("test")
    return call([python(), "-m", "tests.benchmarks.run", *rest], child_environment())


def shots(rest: list[str]) -> int:
    """Pictures of the screens; words are passed on."""
    prepare("test")
    return call([python(), "-m", "tests.ui.shots", *rest], child_environment())


def messages(rest: list[str]) -> int:
    """Take the texts from the code into the catalogues of resources/locale, and compile them."""
    prepare("test")
    return call([python(), str(ROOT / "installer" / "messages.py"), *rest], child_environment())


def lock(rest: list[str]) -> int:
    """Resolve pyproject.toml for Windows, macOS and Linux and write the exact versions with their hashes."""
    sys.path.insert(0, str(Path(__file__).parent))
    from lock import write_lock

    write_lock(ROOT, LOCK, upgrade="--upgrade" in rest)
    return 0


# ------------------------------------------------------------------ the machine


def prepare(kind: str) -> None:
    """Make sure of the system's libraries and of a .venv that holds what ``kind`` needs."""
    if sys.platform == "linux":
        wanted = QT_LIBRARIES | (X_LIBRARIES if has_display() else {})
        install_packages([package for library, package in wanted.items() if not loads(library)])
    stamps = {name: ENV / f"installed-{name}.stamp" for name in SECTIONS}
    wanted_stamp = fingerprint()
    enough = [name for name, sections in SECTIONS.items() if set(sections) >= set(SECTIONS[kind])]
    if python_works() and any(read(stamps[name]) == wanted_stamp for name in enough):
        return
    make_environment()
    install_into_environment(kind)
    stamps[kind].write_text(wanted_stamp)


def has_display() -> bool:
    """Whether a window can be shown to somebody."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def loads(library: str) -> bool:
    """Whether the dynamic loader finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_packages(packages: list[str]) -> None:
    """Install Debian packages when root, else stop with the one line to paste."""
    if not packages:
        return
    line = "apt-get install -y --no-install-recommends " + " ".join(packages)
    if shutil.which("apt-get") is None:
        raise Stop("Libraries are missing; install what your system calls these Debian packages: " + " ".join(packages))
    if os.geteuid() != 0:
        raise Stop(f"System packages are missing. Paste this and try again:\n  sudo apt-get update && sudo {line}")
    say("System packages: " + " ".join(packages))
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], line.replace("apt-get", "apt-get -q", 1).split()):
        if call(command, env) != 0:
            raise Stop(f"System packages could not be installed. By hand: {line}")


# ------------------------------------------------------------------ the virtual environment


def python() -> str:
    """The interpreter of .venv."""
    return str(ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def python_works() -> bool:
    """Whether .venv is whole and of the same Python as this one (a moved or updated Python breaks it)."""
    if not Path(python()).exists():
        return False
    code = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run([python(), "-c", code], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.split() == [str(part) for part in sys.version_info[:2]]


def make_environment() -> None:
    """Make .venv without pip: Debian's Python has no ensurepip, and half-makes the folder when asked for it."""
    if python_works():
        return
    if ENV.exists():
        shutil.rmtree(ENV)
    say("Making " + str(ENV))
    venv.create(ENV, with_pip=False, symlinks=os.name != "nt")


def pip() -> list[str]:
    """The pip that installs into .venv: its own, else the outer Python's, else one unpacked by ensurepip."""
    if subprocess.run([python(), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        return [python(), "-m", "pip"]
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "--python", python()]
    own = [python(), "-m", "ensurepip", "--default-pip"]
    if importlib.util.find_spec("ensurepip") is not None and call(own, child_environment()) == 0:
        return [python(), "-m", "pip"]
    raise Stop("This Python has no pip. On Debian and Ubuntu: apt-get install python3-pip; then try again.")


def install_into_environment(kind: str) -> None:
    """Install the locked packages, each checked against its hash, then ShopDesk itself from this folder."""
    wanted = ENV / f"requirements-{kind}.txt"
    wanted.write_text(locked(SECTIONS[kind]), encoding="utf-8")
    quiet = ["--disable-pip-version-check", "--no-input", "-qq"]
    install = [*pip(), "install", *quiet, "--no-deps"]
    if os.name == "posix":
        install += ["--root-user-action", "ignore"]
    env = child_environment()
    say("Packages (the first time about 200 MB)")
    for command in (
        [*install, "--require-hashes", "--only-binary", ":all:", "-r", str(wanted)],
        [*install, "--no-build-isolation", "--editable", str(ROOT)],
    ):
        if call(command, env) != 0:
            raise Stop("The packages could not be installed; the lines above say why.")
    check = subprocess.run([*pip(), "check"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if check.returncode != 0:
        raise Stop("The locked packages do not fit together:\n" + check.stdout)


def locked(sections: tuple[str, ...]) -> str:
    """The lock file's lines of some sections; a section opens with ``# --- name``."""
    lines, section = [], ""
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if line.startswith("# --- "):
            section = line.removeprefix("# --- ").split(":", maxsplit=1)[0]
        elif section in sections:
            lines.append(line)
    return "\n".join(lines) + "\n"


def fingerprint() -> str:
    """What the installed packages depend on: the project file, the lock file, this Python and this folder."""
    parts = [(ROOT / "pyproject.toml").read_bytes(), LOCK.read_bytes(), sys.version.encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


# ------------------------------------------------------------------ small things


def read(path: Path) -> str:
    """A file's text, empty when there is none."""
    return path.read_text() if path.exists() else ""


def child_environment() -> dict[str, str]:
    """This process's environment for what it starts: UTF-8 everywhere, output at once, no foreign Python paths."""
    env = {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"):
        env.pop(name, None)
    return env


def call(command: list[str], env: dict[str, str]) -> int:
    """Run a command in the project's folder and give its exit status."""
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def say(text: str) -> None:
    """One line of progress."""
    print(f"== {text}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        sys.exit(str(stop))
    except KeyboardInterrupt:
        sys.exit(130)
