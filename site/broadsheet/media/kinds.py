"""What a file is, by its content. Its name and the type that was sent with it are never asked."""

from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _

from broadsheet.media.pictures import MEDIA_TYPES as PICTURES

HEAD = 4096  # bytes that are looked at


class Kind(NamedTuple):
    ending: str
    media_type: str


PDF = Kind(".pdf", "application/pdf")
TEXT = Kind(".txt", "text/plain")
MP3 = Kind(".mp3", "audio/mpeg")
AAC = Kind(".aac", "audio/aac")
FLAC = Kind(".flac", "audio/flac")
OGG = Kind(".ogg", "audio/ogg")
WAV = Kind(".wav", "audio/wav")
M4A = Kind(".m4a", "audio/mp4")
WEBA = Kind(".weba", "audio/webm")
MP4 = Kind(".mp4", "video/mp4")
WEBM = Kind(".webm", "video/webm")

# Archives that say of themselves what they are (OCF 3.3, section 4.3; ODF 1.3, part 2, section 3.3).
PACKED = {
    "application/epub+zip": Kind(".epub", "application/epub+zip"),
    "application/vnd.oasis.opendocument.text": Kind(".odt", "application/vnd.oasis.opendocument.text"),
    "application/vnd.oasis.opendocument.spreadsheet": Kind(
        ".ods", "application/vnd.oasis.opendocument.spreadsheet"
    ),
    "application/vnd.oasis.opendocument.presentation": Kind(
        ".odp", "application/vnd.oasis.opendocument.presentation"
    ),
}

SOUND_AND_FILM = (MP3, AAC, FLAC, OGG, WAV, M4A, WEBA, MP4, WEBM)
DOCUMENTS = (PDF, TEXT, *PACKED.values())

MEDIA_TYPES: dict[str, str] = {
    **PICTURES,
    **{kind.ending: kind.media_type for kind in (*SOUND_AND_FILM, *DOCUMENTS)},
}
# A browser shows these by itself. The rest it only stores: a document could hold a script of its own.
SHOWN = frozenset({*PICTURES, *(kind.ending for kind in SOUND_AND_FILM)})

# ISO media files by their brands (the MP4 registration authority, mp4ra.org); QuickTime and HEIC are others.
_MP4_BRANDS = (
    b"isom",
    b"iso",
    b"mp4",
    b"avc1",
    b"M4V",
    b"M4A",
    b"M4B",
    b"dash",
    b"msdh",
    b"3gp",
    b"f4v",
    b"MSNV",
)


def recognised(head: bytes) -> Kind | None:
    """Of all that is no picture, what it is; None for a picture or what is not known.

    Whether an MP4 or a WebM has a picture track, their own readers find out: here they are taken for films.
    """
    if b"%PDF-" in head[:1024]:
        return PDF
    if head[4:8] == b"ftyp" and head[8:12].startswith(_MP4_BRANDS) and b"avi" not in head[8:12]:
        return MP4
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if b"webm" in head[:64] else None  # Matroska at large is played by few browsers
    if head.startswith(b"OggS"):
        known = (b"OpusHead", b"\x01vorbis", b"\x7fFLAC")
        return OGG if any(codec in head[:128] for codec in known) else None
    if head.startswith(b"fLaC"):
        return FLAC
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return WAV
    if head.startswith(b"ID3") or _is_mpeg_audio(head):
        return MP3
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return AAC
    if head.startswith(b"PK\x03\x04"):
        return _packed(head)
    return TEXT if _is_text(head) else None


def unknown() -> Any:
    return _(
        "It is no kind of file that this site knows. Pictures: JPEG, PNG, WebP, AVIF, GIF, SVG. Sound: MP3,"
        " M4A, AAC, Ogg, Opus, FLAC, WAV. Film: MP4, WebM. Documents: PDF, EPUB, OpenDocument, plain text."
    )


def _is_mpeg_audio(head: bytes) -> bool:
    """A frame of MPEG audio, layer III (ISO/IEC 11172-3, 2.4.1.3), none of whose fields is forbidden."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and bitrate not in (0, 15) and rate != 3


def _packed(head: bytes) -> Kind | None:
    """Its first member is `mimetype`, stored as it is."""
    length = int.from_bytes(head[26:28], "little")
    extra = int.from_bytes(head[28:30], "little")
    size = int.from_bytes(head[22:26], "little")
    if head[30 : 30 + length] != b"mimetype":
        return None
    start = 30 + length + extra
    return PACKED.get(head[start : start + size].decode("ascii", "replace").strip())


def _is_text(head: bytes) -> bool:
    """Words in UTF-8, and no page of HTML or drawing, which a browser might be talked into running."""
    try:
        words = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # else a character is cut in two where the head ends
            return False
        words = head[: error.start].decode("utf-8")
    is_plain = all(character.isprintable() or character in "\t\r\n\f\ufeff" for character in words)
    return bool(words.strip()) and is_plain and not words.lstrip("\ufeff \t\r\n").startswith("<")
