"""What a file is made of, known by its first bytes: gzip or not, then UTF-8 or UTF-16.

Pure: stored bytes in, the UTF-8 text in them out, however the chunks are cut.  Whatever an archive
gives before it ends early or is damaged is given; `problem` then says so in a sentence.  A byte
order mark becomes U+FEFF in UTF-8, wherever it stands.
"""

import codecs
import zlib
from collections.abc import Iterator

from services.settings import SettingError

_GZIP = b"\x1f\x8b"
_GZIP_HEADER = 31  # zlib's sign for a gzip header and trailer around the data
_PIECE = 256 << 10

_SNIFFED = 8
_FOREIGN = (
    (codecs.BOM_UTF32_LE, "UTF-32 text: save it as UTF-8"),  # begins as UTF-16's mark does
    (codecs.BOM_UTF32_BE, "UTF-32 text: save it as UTF-8"),
    (
        b"PK\x03\x04",
        "a ZIP archive or an Excel workbook: unpack it, or save it as CSV UTF-8",
    ),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook: save the sheet as CSV UTF-8"),
    (_GZIP, "an archive within an archive: unpack it first (gunzip)"),
    (b"BZh", "a bzip2 archive: unpack it first (bunzip2)"),
    (b"\xfd7zXZ\0", "an xz archive: unpack it first (unxz)"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive: unpack it first (unzstd)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it first"),
    (b"%PDF-", "a PDF document: export its data as text"),
    (b"PAR1", "a Parquet file: convert it to lines of text"),
)


class ForeignFileError(SettingError):
    """The input is of a kind that is not read; the message says which, and what to do."""


class Unpacker:
    """`feed` it every chunk and then `end` it; `problem` is None unless the input breaks off."""

    def __init__(self) -> None:
        self.problem: str | None = None
        self._head: bytes | None = b""
        self._gzip: _Gunzip | None = None
        self._text = _Recoder()

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The text in `chunk`, piece by piece; raises ForeignFileError."""
        if self._head is not None:
            chunk, self._head = self._head + chunk, None
            if len(chunk) < len(_GZIP):
                self._head = chunk
                return
            self._gzip = _Gunzip() if chunk.startswith(_GZIP) else None
        for piece in self._gzip.feed(chunk) if self._gzip else [chunk]:
            yield self._text.feed(piece)

    def end(self) -> Iterator[bytes]:
        """What is left of the text; raises ForeignFileError."""
        if self._head:
            yield self._text.feed(self._head)
        if self._gzip:
            yield self._text.feed(self._gzip.end())
            self.problem = self._gzip.problem
        yield self._text.end()
        self.problem = self.problem or self._text.problem


class _Gunzip:
    """One or more gzip members; nothing is read behind damage."""

    def __init__(self) -> None:
        self.problem: str | None = None
        self._inflate = zlib.decompressobj(_GZIP_HEADER)
        self._taken = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        data = chunk
        while data and not self.problem:
            if self._inflate.eof:
                padding = len(data) - len(data.lstrip(b"\0"))
                data, self._taken = data[padding:], self._taken + padding
                if not data:
                    return
                self._inflate = zlib.decompressobj(_GZIP_HEADER)
            piece = self._decompress(data)
            left = self._inflate.unconsumed_tail or self._inflate.unused_data
            self._taken += len(data) - len(left)
            data = left
            yield piece

    def end(self) -> bytes:
        if self.problem or self._inflate.eof:
            return b""
        self.problem = f"the archive ends early, at byte {self._taken}"
        return self._inflate.flush()  # what a full piece left behind

    def _decompress(self, data: bytes) -> bytes:
        """At most `_PIECE` bytes.  zlib forgets what came before damage, so that is read again."""
        before = self._inflate.copy()
        try:
            return self._inflate.decompress(data, _PIECE)
        except zlib.error:
            self._inflate = before
        saved = bytearray()
        for place in range(len(data)):
            try:
                saved += self._inflate.decompress(data[place : place + 1])
            except zlib.error:
                at = self._taken + place
                self.problem = f"the archive is damaged at byte {at}: nothing behind it is read"
                break
        return bytes(saved)


class _Recoder:
    """UTF-16 to UTF-8; a lone surrogate becomes what no reader of UTF-8 takes."""

    def __init__(self) -> None:
        self.problem: str | None = None
        self._head: bytes | None = b""
        self._decoder: codecs.IncrementalDecoder | None = None

    def feed(self, piece: bytes) -> bytes:
        if self._head is not None:
            self._head += piece
            return self._begin() if len(self._head) >= _SNIFFED else b""
        return self._recode(piece)

    def end(self) -> bytes:
        rest = b"" if self._head is None else self._begin()
        if self._decoder and self._decoder.getstate()[0]:
            self.problem = "the text ends in the middle of a character"
        return rest

    def _begin(self) -> bytes:
        head, self._head = self._head or b"", None
        for sign, what in _FOREIGN:
            if head.startswith(sign):
                raise ForeignFileError(f"the input is {what}.")
        if encoding := _utf16(head):
            self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        return self._recode(head)

    def _recode(self, piece: bytes) -> bytes:
        if self._decoder is None:
            return piece
        return self._decoder.decode(piece).encode("utf-8", "surrogatepass")


def _utf16(head: bytes) -> str | None:
    """The encoding, or None; without a mark the zero byte beside the first letter tells."""
    if len(head) < 2:
        return None
    if head.startswith(codecs.BOM_UTF16_LE) or (head[1] == 0 and _is_letter(head[0])):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE) or (head[0] == 0 and _is_letter(head[1])):
        return "utf-16-be"
    return None


def _is_letter(byte: int) -> bool:
    return 0x20 < byte < 0x7F
