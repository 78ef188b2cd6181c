"""Small files of each kind that is no picture, made on the spot."""

import io
import struct
import wave
import zipfile


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + kind + body


def mp4(width: int = 640, height: int = 360, *, upright: bool = False, notes: bytes = b"") -> bytes:
    """Two seconds; without a width, sound only."""
    head = box(b"mvhd", bytes(12), struct.pack(">II", 1000, 2000), bytes(80))
    matrix = (
        [0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30]
        if upright
        else [1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30]
    )
    size = struct.pack(">II", width << 16, height << 16)
    track = box(b"trak", box(b"tkhd", bytes(40), struct.pack(">9i", *matrix), size))
    said = box(b"udta", box(b"\xa9xyz", notes)) if notes else b""
    return box(b"ftyp", b"isom", bytes(4)) + box(b"moov", head, track, said) + box(b"mdat", bytes(64))


def element(id: int, *content: bytes) -> bytes:
    body = b"".join(content)
    return id.to_bytes((id.bit_length() + 7) // 8) + (len(body) | 1 << 28).to_bytes(4) + body


def webm(width: int = 640, height: int = 360) -> bytes:
    video = (
        element(0xE0, element(0xB0, width.to_bytes(2)), element(0xBA, height.to_bytes(2))) if width else b""
    )
    info = element(
        0x1549A966, element(0x2AD7B1, (1_000_000).to_bytes(4)), element(0x4489, struct.pack(">f", 2000))
    )
    tracks = element(0x1654AE6B, element(0xAE, video))
    return element(0x1A45DFA3, element(0x4282, b"webm")) + element(
        0x18538067, info, tracks, element(0x1F43B675, bytes(9))
    )


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16000))
    return out.getvalue()


def epub() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/epub+zip")
        packed.writestr("content.opf", "<package/>")
    return out.getvalue()


MP3 = b"\xff\xfb\x90\x00" + bytes(413)
OTHERS = {
    ".mp3": MP3,
    ".aac": b"\xff\xf1\x50\x80" + bytes(100),
    ".flac": b"fLaC\0\0\0\x22" + bytes(34),
    ".ogg": b"OggS" + bytes(24) + b"OpusHead" + bytes(40),
    ".wav": wav(),
    ".m4a": mp4(0, 0),
    ".weba": webm(0, 0),
    ".mp4": mp4(),
    ".webm": webm(),
    ".pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
    ".epub": epub(),
    ".txt": "Nur Wörter,\nin Zeilen.\n".encode(),
}
