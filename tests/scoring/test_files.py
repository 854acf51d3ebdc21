"""Tables as they are found: what of them are numbers, and which cannot be read."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from services.domain.form import Array
from services.scoring.files import ROWS_AT_ONCE, TableError, opened

NAN = float("nan")


def read(folder: Path, content: str | bytes, name: str = "in.csv") -> tuple[list[str], Array]:
    """The timestamps and the numbers of a file."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with opened(file) as table:
        blocks = list(table.blocks())
    none = np.empty((0, len(table.channels)))
    return (
        [timestamp for block in blocks for timestamp in block.timestamps],
        np.concatenate([none, *(block.values for block in blocks)]),
    )


@pytest.mark.parametrize(
    ("content", "timestamps", "values"),
    [
        ("timestamp,a,b\n1,2,3\n2,4,5\n", ["1", "2"], [[2, 3], [4, 5]]),
        ("timestamp,a\r\n1,2\r\n", ["1"], [[2]]),
        ("\ufefftimestamp,a\n1,2\n", ["1"], [[2]]),
        ("a,Time,b\n2,noon,3\n", ["noon"], [[2, 3]]),
        ('"timestamp","a"\n"5 May, 1:00","2.5"\n', ["5 May, 1:00"], [[2.5]]),
        ("timestamp;a;b\n1;2,5;1e3\n", ["1"], [[2.5, 1000]]),
        ("timestamp\ta\n1\t2\n", ["1"], [[2]]),
        ("timestamp,a,b\n1,,nan\n2,NA,null\n3,oops,-\n", ["1", "2", "3"], [[NAN, NAN]] * 3),
        ("timestamp,a,b\n1,inf,-Infinity\n", ["1"], [[np.inf, -np.inf]]),
        ("timestamp,a,b\n1,True,off\n", ["1"], [[1, 0]]),
        ("timestamp,a,b\n1,2\n2\n3,4,5,6\n", ["1", "2", "3"], [[2, NAN], [NAN, NAN], [4, 5]]),
        ("timestamp,a\n1,2\n\n1,3\n0,4", ["1", "1", "0"], [[2], [3], [4]]),
        ("timestamp,a\n,2\n,\n", ["", ""], [[2], [NAN]]),
        ("timestamp,a\n", [], np.empty((0, 1))),
        ("timestamp,a", [], np.empty((0, 1))),
    ],
)
def test_a_table(tmp_path: Path, content: str, timestamps: list[str], values: Array) -> None:
    found, numbers = read(tmp_path, content)
    assert found == timestamps
    np.testing.assert_array_equal(numbers, np.array(values, float))


def test_a_compressed_table(tmp_path: Path) -> None:
    found, numbers = read(tmp_path, gzip.compress(b"timestamp,a\n1,2\n"), "in.csv.gz")
    assert (found, numbers.tolist()) == (["1"], [[2.0]])


def test_strange_bytes_stay_in_their_cells(tmp_path: Path) -> None:
    found, numbers = read(tmp_path, b"timestamp,a,b\n1\xff,2,\xe4\n2,\x00,3\n")
    assert len(found) == 2
    np.testing.assert_array_equal(numbers, [[2, NAN], [NAN, 3]])


def test_more_rows_than_are_read_at_once(tmp_path: Path) -> None:
    rows = ROWS_AT_ONCE + 3
    content = "timestamp,a\n" + "".join(f"{n},{n / 2}\n" for n in range(rows))
    found, numbers = read(tmp_path, content)
    assert found == [str(n) for n in range(rows)]
    assert numbers[:, 0].tolist() == [n / 2 for n in range(rows)]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "in.csv", "is empty: it needs a header"),
        (b"when,a\n1,2\n", "in.csv", r"no column `timestamp` \(it begins with when, a\)"),
        (b"timestamp\n1\n", "in.csv", "nothing to score"),
        (b"timestamp,a\n1,2\n", "in.csv.gz", "cannot be read: Not a gzipped file"),
        (
            gzip.compress(b"timestamp,a\n1,2\n" * 9, mtime=0)[:-9],
            "in.csv.gz",
            "cannot be read.*ended",
        ),
        (b'timestamp,a\n1,"' + b"x" * 1_000_001, "in.csv", "cannot be read near line"),
    ],
)
def test_a_file_that_is_no_table(tmp_path: Path, content: bytes, name: str, words: str) -> None:
    with pytest.raises(TableError, match=words):
        read(tmp_path, content, name)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"none\.csv cannot be read: No such file"):  # noqa: SIM117
        with opened(tmp_path / "none.csv"):
            pass
