"""What a file is made of: the same text comes out however it is packed, encoded and cut."""

import bz2
import codecs
import gzip
import lzma
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.ingest.unpack import ForeignFileError, Unpacker

TEXT = "".join(f"!AIVDM line {n} Å\n" for n in range(5_000))
PACKED = gzip.compress(TEXT.encode(), mtime=0)


def unpack(stored: bytes, size: int = 1 << 16) -> tuple[bytes, str | None]:
    unpacker, found = Unpacker(), b""
    for start in range(0, len(stored), size):
        found += b"".join(unpacker.feed(stored[start : start + size]))
    found += b"".join(unpacker.end())
    return found, unpacker.problem


def lines(text: bytes) -> list[bytes]:
    return text.split(b"\n")[:-1]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.integers(1, 9))
def test_any_text_comes_out_as_utf_8(text: str, size: int) -> None:
    text = "{" + text  # the first character tells UTF-16 without a mark
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        stored = text.encode(encoding)
        assert unpack(stored, size) == (text.encode(), None)
        marked = ("\ufeff" + text).encode(encoding)
        assert unpack(marked, size) == (("\ufeff" + text).encode(), None)
        assert unpack(gzip.compress(marked), size) == (("\ufeff" + text).encode(), None)


@given(st.binary(max_size=300), st.integers(1, 50))
@example(b"\0", 1)
def test_no_bytes_raise_but_a_foreign_file(stored: bytes, size: int) -> None:
    try:
        unpack(stored, size)
    except ForeignFileError as error:
        assert "the input is" in str(error)


@given(st.integers(2, len(PACKED) - 1), st.sampled_from([1 << 16, 700, 64]))
def test_an_archive_that_ends_early_gives_all_whole_lines(cut: int, size: int) -> None:
    found, problem = unpack(PACKED[:cut], size)
    assert TEXT.encode().startswith(found)
    assert problem == f"the archive ends early, at byte {cut}"
    if cut > len(PACKED) // 2:
        assert len(lines(found)) > 1_000


def test_members_behind_one_another_and_padding_are_one_text() -> None:
    stored = PACKED + b"\0" * 700 + PACKED + b"\0" * 9
    assert unpack(stored, 61) == (TEXT.encode() * 2, None)


def test_damage_is_named_and_all_before_it_is_kept() -> None:
    damaged = PACKED[:-8] + b"\0" * 8
    found, problem = unpack(damaged)
    assert found == TEXT.encode()
    assert problem is not None
    assert f"damaged at byte {len(PACKED) - 5}" in problem
    found, problem = unpack(PACKED + b"rubbish")
    assert found == TEXT.encode()
    assert problem is not None


def test_a_small_archive_of_much_text_comes_in_small_pieces() -> None:
    unpacker = Unpacker()
    sizes = [len(piece) for piece in unpacker.feed(gzip.compress(b"\n" * (50 << 20)))]
    assert sum(sizes) == 50 << 20
    assert max(sizes) <= 256 << 10


def test_a_cut_where_a_piece_is_full_loses_nothing() -> None:
    packed = gzip.compress(b"\n" * (2 << 20), mtime=0)
    for cut in range(200, 600):
        whole = zlib.decompressobj(31).decompress(packed[:cut])
        assert unpack(packed[:cut])[0] == whole


def test_a_lone_surrogate_is_no_utf_8_and_half_a_character_is_a_problem() -> None:
    found, problem = unpack(codecs.BOM_UTF16_LE + b"a\0\x00\xd8b\0")
    assert problem is None
    with pytest.raises(UnicodeDecodeError):
        found.decode()
    assert unpack(codecs.BOM_UTF16_LE + b"a\0b")[1] == "the text ends in the middle of a character"


@pytest.mark.parametrize(
    ("stored", "what"),
    [
        (bz2.compress(b"x"), "bzip2"),
        (lzma.compress(b"x"), "xz"),
        (gzip.compress(PACKED, mtime=0), "within an archive"),
        ("text".encode("utf-32"), "UTF-32"),
        (b"PK\x03\x04", "Excel"),
    ],
)
def test_what_is_not_read_is_named(stored: bytes, what: str) -> None:
    with pytest.raises(ForeignFileError, match=what):
        unpack(stored)
