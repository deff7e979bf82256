"""Changing history past the program, as somebody with the file or the database's password could."""

from __future__ import annotations

import sqlalchemy as sa

from shopdesk.books.doctor import examine
from shopdesk.db.guards import guard_statements
from shopdesk.schema import METADATA


def drop_guards(database) -> None:
    """Remove the database's own refusals."""
    with database.writing() as connection, connection.begin():
        for name, text in guard_statements(METADATA, database.dialect).items():
            table = text.split(" ON ")[1].split()[0]
            connection.exec_driver_sql(
                f"DROP TRIGGER {name}" + (f" ON {table}" if database.dialect != "sqlite" else "")
            )


class Tampering:
    """A transaction that changes history, is examined, and is taken back."""

    def __init__(self, opened) -> None:
        self.database, self.anchors, self.clock = opened

    def __enter__(self):
        self._writing = self.database.writing()
        self.connection = self._writing.__enter__()
        self._loosen(("foreign_keys=OFF", "ignore_check_constraints=ON"))
        self.connection.begin()
        if self.database.dialect == "postgresql":
            self.connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return self

    def __exit__(self, *exc) -> None:
        self.connection.rollback()
        self._loosen(("foreign_keys=ON", "ignore_check_constraints=OFF"))
        self._writing.__exit__(*exc)

    def _loosen(self, pragmas: tuple[str, ...]) -> None:
        if self.database.dialect == "sqlite":
            for pragma in pragmas:
                self.connection.connection.driver_connection.execute(f"PRAGMA {pragma}")

    def noticed_after(
        self, statement: str, values: dict[str, object], *, with_database: bool = False
    ) -> set[str] | None:
        """What the doctor says after a change, which is taken back; None when the database itself refused it.

        With ``with_database`` I42 is told, too, when it is more than the guards that were dropped.
        """
        nested = self.connection.begin_nested()
        try:
            if values:
                self.connection.execute(sa.text(statement), values)
            else:
                self.connection.exec_driver_sql(statement.replace("%", "%%"))
        except sa.exc.DBAPIError:
            return None
        else:
            return self.noticed(with_database=with_database)
        finally:
            nested.rollback()

    def noticed(self, *, with_database: bool = False) -> set[str]:
        """The invariants that the doctor finds broken, but for the dropped guards."""
        report = examine(self.connection, anchors=self.anchors, clock=self.clock)
        broken = {finding.id: finding for finding in report.findings if finding.violations}
        of_database = broken.pop("I42").samples
        more = any("guard_" not in text for text in of_database)
        assert with_database or not more
        return broken.keys() | ({"I42"} if more else set())
