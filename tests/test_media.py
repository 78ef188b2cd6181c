"""Uploads: what is kept of a picture, and what is refused."""

import io
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, ImageCms, ImageSequence
from sqlalchemy import func, select

import films
from broadsheet import media
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.media import upkeep
from broadsheet.models import Event, Post, Upload, User
from pictures import BLUE, RED, picture

pytestmark = pytest.mark.usefixtures("app")

ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def store(data: bytes, name: str = "Bild eins.png", by: User | None = None) -> Upload:
    upload = media.store(io.BytesIO(data), name, by=by)
    db.session.commit()
    return upload


def refused(data: bytes, name: str = "file.png") -> str:
    with pytest.raises(media.Refused) as caught:
        media.store(io.BytesIO(data), name)
    db.session.rollback()
    assert not db.session.scalar(select(func.count()).select_from(Upload))
    assert not [path for path in media.folder().rglob("*") if path.is_file()]
    return str(caught.value.message)


def kept(upload: Upload) -> Image.Image:
    image = Image.open(io.BytesIO(media.path_of(upload).read_bytes()))
    image.load()
    return image


def frames_of(data: bytes) -> list[tuple[int, bytes]]:
    """How long each frame is shown, and its pixels."""
    frames = []
    for frame in ImageSequence.Iterator(Image.open(io.BytesIO(data))):
        pixels = frame.convert("RGBA").tobytes()
        frames.append((frame.info["duration"], pixels))  # known only once the frame is read
    return frames


@pytest.mark.parametrize(
    ("kind", "media_type", "ending"),
    [
        ("JPEG", "image/jpeg", ".jpg"),
        ("PNG", "image/png", ".png"),
        ("WEBP", "image/webp", ".webp"),
        ("GIF", "image/gif", ".gif"),
        ("AVIF", "image/avif", ".avif"),
    ],
)
def test_picture_is_kept_by_what_it_is_not_by_its_name(kind: str, media_type: str, ending: str) -> None:
    upload = store(picture(kind), "Über uns.exe")
    assert (upload.media_type, upload.width, upload.height) == (media_type, 60, 40)
    assert upload.key == f"{upload.sha256[:16]}/uber-uns{ending}"
    assert upload.name == "Über uns.exe"
    assert upload.size == media.path_of(upload).stat().st_size
    assert kept(upload).format == kind


def test_name_is_made_safe() -> None:
    upload = store(picture(), "../../etc/passwd\0.png")
    assert upload.key.partition("/")[2] == "passwd.png"
    assert media.path_of(upload).is_relative_to(media.folder())
    assert store(picture("GIF"), "写真.gif").key.endswith("/picture.gif")
    assert store(picture("WEBP"), "").name == "picture.webp"


def test_place_and_camera_are_removed() -> None:
    exif = Image.Exif()
    exif[MAKE] = "A camera"
    exif.get_ifd(GPS)[1] = "N"
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        sent = picture(kind, exif=exif, **({"comment": b"at home"} if kind == "JPEG" else {}))
        assert b"A camera" in sent
        upload = store(sent)
        data = media.path_of(upload).read_bytes()
        assert b"A camera" not in data
        assert b"at home" not in data
        assert not kept(upload).getexif()


def test_picture_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera was held on its side: turn by a quarter, clockwise
    upload = store(picture("JPEG", exif=exif))
    assert (upload.width, upload.height) == (40, 60)
    top, bottom = kept(upload).getpixel((20, 5)), kept(upload).getpixel((20, 55))
    assert top[0] > top[2]  # what was left is on top now
    assert bottom[2] > bottom[0]


def test_colours_are_in_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    upload = store(picture("JPEG", icc_profile=srgb))
    assert "icc_profile" not in kept(upload).info
    broken = store(picture("PNG", icc_profile=profile.tobytes()))
    assert "icc_profile" not in kept(broken).info
    print_colours = store(picture("JPEG", mode="CMYK"))
    assert kept(print_colours).mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_comes_out_as_it_went_in(mode: str) -> None:
    sent = io.BytesIO()
    source = Image.new("L", (20, 20), 0)
    source.paste(255, (0, 0, 10, 20))
    source = source.convert("I").convert("I;16") if mode == "I;16" else source.convert(mode)
    source.save(sent, "PNG")
    assert kept(store(sent.getvalue())).convert("RGBA").tobytes() == source.convert("RGBA").tobytes()


def test_transparency_stays() -> None:
    sent = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(sent, "WEBP", lossless=True)
    assert kept(store(sent.getvalue())).getpixel((5, 5))[3] == 0
    clear = Image.new("P", (10, 10), 3)
    sent = io.BytesIO()
    clear.save(sent, "GIF", transparency=3)
    assert kept(store(sent.getvalue())).convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_animation_keeps_moving(kind: str) -> None:
    frames = [Image.new("RGBA", (30, 30), (0, 0, 0, 0)) for _ in range(3)]
    for number, frame in enumerate(frames):
        frame.paste((250, 0, 0, 255), (number * 10, 0, number * 10 + 10, 30))
    sent = io.BytesIO()
    more = {"lossless": True} if kind == "WEBP" else {"disposal": 2 if kind == "GIF" else 1}
    frames[0].save(
        sent, kind, save_all=True, append_images=frames[1:], duration=[100, 200, 300], loop=0, **more
    )
    shown = frames_of(media.path_of(store(sent.getvalue())).read_bytes())
    assert [duration for duration, _pixels in shown] == [100, 200, 300]
    assert shown == frames_of(sent.getvalue())


def test_first_picture_of_a_telephones_several_is_kept() -> None:
    second = Image.new("RGB", (60, 40), BLUE)
    sent = io.BytesIO()
    Image.new("RGB", (60, 40), RED).save(sent, "MPO", save_all=True, append_images=[second])
    assert Image.open(sent).format == "MPO"
    upload = store(sent.getvalue())
    assert (upload.media_type, kept(upload).format) == ("image/jpeg", "JPEG")


def test_same_file_is_kept_once(ann: User, ben: User) -> None:
    first = store(picture(), "one.png", by=ann)
    second = store(picture(), "two.png", by=ben)
    assert first.id == second.id
    assert second.uploaded_by == ann
    assert len([path for path in media.folder().rglob("*") if path.is_file()]) == 1


def test_lost_file_comes_back_with_the_same_bytes() -> None:
    upload = store(picture())
    media.path_of(upload).unlink()
    assert store(picture()).id == upload.id
    assert media.path_of(upload).is_file()


def test_rolled_back_upload_is_found_again() -> None:
    media.store(io.BytesIO(picture()), "one.png")
    db.session.rollback()
    assert media.path_of(store(picture(), "one.png")).is_file()


def test_storing_is_in_the_log(ann: User) -> None:
    upload = store(picture(), by=ann)
    event = db.session.scalars(select(Event).where(Event.action == "upload_stored")).one()
    assert (event.subject_kind, event.subject_id) == ("upload", upload.id)


def test_file_goes_after_its_row() -> None:
    upload = store(picture())
    path = media.path_of(upload)
    upload.delete()
    assert path.is_file()
    db.session.commit()
    assert not path.parent.exists()


def test_file_stays_when_the_deletion_is_rolled_back() -> None:
    upload = store(picture())
    upload.delete()
    db.session.rollback()
    assert media.path_of(db.session.scalars(select(Upload)).one()).is_file()


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\0",
        b"<html><script>alert(1)</script></html>",
        b"\0" * 100,
    ],
)
def test_what_is_nothing_known_is_refused(data: bytes) -> None:
    assert "no kind of file" in refused(data)


def test_formats_that_browsers_do_not_show_are_refused() -> None:
    for kind in ("BMP", "TIFF", "ICO", "PPM"):
        assert "no kind of file" in refused(picture(kind))


def test_empty_file_is_refused() -> None:
    assert "empty" in refused(b"")


def test_cut_off_picture_is_refused() -> None:
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        whole = picture(kind, size=(300, 300))
        assert "damaged" in refused(whole[: len(whole) // 2])
        assert "damaged" in refused(whole[:20]), kind


def test_huge_file_is_refused_without_being_read(make_app: Callable[..., Flask]) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0
            self.taken += size
            return b"\xff" * size

    endless = Endless()
    with (
        make_app(BROADSHEET_MAX_UPLOAD_SIZE="1").app_context(),
        pytest.raises(media.Refused, match="1 MB"),
    ):
        media.store(endless, "huge.jpg")
    assert endless.taken == 1_000_001


def test_picture_bomb_is_refused() -> None:
    bomb = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(bomb, "PNG")
    assert bomb.tell() < 100_000
    assert "million pixels" in refused(bomb.getvalue())
    bigger = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bigger, "PNG")
    assert "million pixels" in refused(bigger.getvalue())


def test_animated_bomb_is_refused() -> None:
    frames = [Image.new("1", (4_000, 4_000), number % 2) for number in range(5)]
    bomb = io.BytesIO()
    frames[0].save(bomb, "GIF", save_all=True, append_images=frames[1:])
    assert "frames" in refused(bomb.getvalue())


def test_frames_without_end_are_refused() -> None:
    frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x4c\x01\0"
    assert "frames" in refused(b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * 2_000 + b";")


@pytest.mark.parametrize(("times", "is_kept"), [(30, True), (100, False)])
def test_layers_without_end_are_refused(times: int, is_kept: bool) -> None:
    layered = io.BytesIO()
    Image.new("RGB", (64, 64), RED).save(layered, "JPEG", progressive=True)
    whole = layered.getvalue()
    last = whole[whole.rindex(b"\xff\xda") : -2]
    data = whole[:-2] + last * times + b"\xff\xd9" + b"\xff\xda\0\0" * 1_000  # a telephone adds a film
    assert (store(data).width == 64) if is_kept else "damaged" in refused(data)


def _webp_claim() -> bytes:
    return b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0" + b"\xff" * 6 + bytes(12)


def _claim(kind: str, where: bytes, size: bytes) -> bytes:
    """A small picture that says that it is a large one."""
    small = io.BytesIO()
    Image.new("RGB", (8, 8)).save(small, kind)
    data = bytearray(small.getvalue())
    at = data.index(where) + len(where)
    data[at : at + len(size)] = size
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        _claim("JPEG", b"\xff\xc0\0\x11\x08", b"\xff\xdc\xff\xdc"),
        _claim("PNG", b"IHDR", b"\x7f\xff\xff\xff\x7f\xff\xff\xff"),
        _claim("GIF", b"GIF87a", b"\xff\xff\xff\xff"),
        _claim("AVIF", b"ispe\0\0\0\0", b"\x7f\xff\xff\xff\x7f\xff\xff\xff"),
        _claim("WEBP", b"\x9d\x01\x2a", b"\xff\x3f\xff\x3f"),
        _webp_claim(),
    ],
    ids=["jpeg", "png", "gif", "avif", "webp", "webp-extended"],
)
def test_claim_of_enormous_size_costs_nothing(data: bytes) -> None:
    assert refused(data)


def test_what_hides_behind_a_picture_is_cut_off() -> None:
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        upload = store(picture(kind) + b"<script>alert(1)</script>PK\x03\x04", "polyglot.html")
        assert b"script" not in media.path_of(upload).read_bytes()
        assert not upload.key.endswith(".html")


def test_drawing_is_kept_without_its_script() -> None:
    sent = b"""<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30">
        <script>alert(1)</script><rect width="40" height="30" fill="#900" onclick="alert(2)"/></svg>"""
    upload = store(sent, "drawing.svg")
    data = media.path_of(upload).read_bytes()
    assert (upload.media_type, upload.width, upload.height) == ("image/svg+xml", 40, 30)
    assert b"<rect" in data or b":rect" in data
    assert b"alert" not in data


def test_broken_drawing_is_refused() -> None:
    assert "SVG" in refused(b"<svg xmlns='http://www.w3.org/2000/svg'><rect></svg>")


def test_full_disk_is_said_plainly_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "no room" in refused(picture())
    assert not list(media.folder().rglob("*/*"))


def test_file_leaves_the_disk_room_for_everything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    free = shutil.disk_usage("/")._replace(free=media.places.SPARE + 100)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: free)
    assert "no room" in refused(picture())
    assert not list(media.folder().rglob("*/*"))


def test_files_are_the_owners_alone(app: Flask) -> None:
    upload = store(picture())
    assert Path(app.instance_path) in media.path_of(upload).parents
    assert media.path_of(upload).parent.stat().st_mode & 0o077 == 0


# -- films, sounds, documents


@pytest.mark.parametrize("ending", films.OTHERS)
def test_each_kind_is_known_by_its_content(ending: str) -> None:
    upload = store(films.OTHERS[ending], "whatever.jpg")
    assert upload.key == f"{upload.sha256[:16]}/whatever{ending}"
    assert upload.media_type == media.MEDIA_TYPES[ending]
    assert upload.size == len(films.OTHERS[ending])


def test_film_is_measured_and_keeps_no_place() -> None:
    upload = store(films.mp4(640, 360, notes=b"+52.5163+013.3777/"), "harbour.mp4")
    assert (upload.width, upload.height, upload.seconds) == (640, 360, 2.0)
    data = media.path_of(upload).read_bytes()
    assert b"+52.5163" not in data
    assert len(data) == upload.size
    upright = store(films.mp4(640, 360, upright=True))
    assert (upright.width, upright.height) == (360, 640)
    web = store(films.webm(320, 180))
    assert (web.width, web.height, web.seconds) == (320, 180, 2.0)


def test_sound_has_no_size_but_a_length() -> None:
    upload = store(films.mp4(0, 0))
    assert (upload.media_type, upload.width, upload.seconds) == ("audio/mp4", None, 2.0)


@pytest.mark.parametrize("data", [films.mp4()[:-120], films.webm()[:50], b"\0\0\0\x10ftypisom\0\0\0\0"])
def test_cut_off_film_is_refused(data: bytes) -> None:
    assert "damaged" in refused(data)


def _nested_mp4() -> bytes:
    inside = b""
    for _ in range(3_000):
        inside = (len(inside) + 8).to_bytes(4) + b"moov" + inside
    return b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + inside


def _webm(inside: bytes) -> bytes:
    return b"\x1a\x45\xdf\xa3\x85webm\0" + _element(b"\x18\x53\x80\x67", inside)


def _element(id: bytes, inside: bytes) -> bytes:
    return id + (len(inside) | 1 << 56).to_bytes(8) + inside


def _nested_webm() -> bytes:
    inside = b""
    for _ in range(3_000):
        inside = _element(b"\x18\x53\x80\x67", inside)
    return _webm(inside)


def _webm_of(size: bytes, seconds: float) -> bytes:
    video = _element(b"\xe0", _element(b"\xb0", size) + _element(b"\xba", size))
    tracks = _element(b"\x16\x54\xae\x6b", _element(b"\xae", video))
    length = _element(b"\x44\x89", struct.pack(">d", seconds * 1_000))
    return _webm(_element(b"\x15\x49\xa9\x66", length) + tracks)


@pytest.mark.parametrize(
    "data", [_nested_mp4(), _nested_webm(), _webm_of(b"\xff" * 8, 1.0)], ids=["mp4", "webm", "size"]
)
def test_film_that_would_break_its_reader_is_refused(data: bytes) -> None:
    assert "damaged" in refused(data)


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), -1.0, 1e300])
def test_length_that_is_none_is_not_believed(seconds: float) -> None:
    upload = store(_webm_of(b"\x40", seconds))
    assert (upload.width, upload.height, upload.seconds) == (64, 64, None)
    assert store(_webm_of(b"\x41", 2.5)).seconds == 2.5


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska",
        b"PK\x03\x04" + bytes(40),
        b"<!doctype html><script>alert(1)</script>",
        b" <?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
        b"#!/bin/sh\n\x1b[2J",
        b"words first\n" + bytes(5000),
    ],
)
def test_what_only_looks_like_it_is_refused(data: bytes) -> None:
    assert "no kind of file" in refused(data)


def test_picture_is_wanted_where_only_a_picture_will_do() -> None:
    for data in films.OTHERS.values():
        with pytest.raises(media.Refused) as caught, media.received(io.BytesIO(data), only_pictures=True):
            pass
        assert "no picture" in str(caught.value.message)


def test_film_may_be_larger_than_a_picture(make_app: Callable[..., Flask]) -> None:
    large = films.mp4() + films.box(b"free", bytes(1_500_000))
    with make_app(BROADSHEET_MAX_UPLOAD_SIZE="1", BROADSHEET_MAX_MEDIA_SIZE="2").app_context():
        assert media.store(io.BytesIO(large), "a.mp4").size == len(large)
        with pytest.raises(media.Refused, match="1 MB"):
            media.store(io.BytesIO(b"%PDF-1.7" + bytes(1_500_000)), "a.pdf")
        with pytest.raises(media.Refused, match="2 MB"):
            media.store(io.BytesIO(large + films.box(b"free", bytes(1_500_000))), "b.mp4")
        db.session.rollback()


def test_disk_that_is_full_while_a_film_comes_in_keeps_nothing(tmp_path: Path) -> None:
    """A real bound of the system, in a process of its own: no file may grow beyond 1 MB."""
    program = """
import io, resource, sys
from broadsheet import create_app, media
sys.path.insert(0, "tests")
import films
app = create_app()
with app.app_context():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    try:
        media.store(io.BytesIO(films.mp4() + films.box(b"free", bytes(3_000_000))), "a.mp4")
    except media.Refused as refusal:
        print(refusal.message)
    print([str(one) for one in media.folder().rglob("*") if one.is_file()])
"""
    environ = os.environ | {
        "BROADSHEET_INSTANCE": str(tmp_path),
        "BROADSHEET_NO_SETUP": "1",
        "PYTHONPATH": "site",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environ, check=True
    )
    assert "no room" in done.stdout
    assert done.stdout.endswith("[]\n")


# -- renditions


def photograph(width: int = 1000, height: int = 500, kind: str = "JPEG") -> bytes:
    """With more colours than a chart has."""
    gradient = Image.linear_gradient("L").resize((width, height))
    out = io.BytesIO()
    Image.merge("RGB", (gradient, gradient.rotate(180), gradient)).save(out, kind)
    return out.getvalue()


def beside(upload: Upload) -> list[str]:
    return sorted(path.name for path in media.path_of(upload).parent.iterdir())


def test_large_picture_is_offered_in_sizes_at_once() -> None:
    upload = media.store(io.BytesIO(photograph(1000)), "harbour.jpg")
    at_once = ["harbour-1000.webp", "harbour-480.webp", "harbour-800.webp", "harbour.jpg"]
    assert beside(upload) == at_once
    small = Image.open(io.BytesIO(media.path_of(upload).with_name("harbour-480.webp").read_bytes()))
    assert (small.format, small.size) == ("WEBP", (480, 240))
    db.session.commit()  # what takes longer is left to a job
    assert [name for name in beside(upload) if name not in at_once] == [
        "harbour-1000.avif",
        "harbour-480.avif",
        "harbour-800.avif",
    ]
    db.session.refresh(upload)
    assert upload.sized_with
    assert media.resize(upload) == (True, 0)


def test_very_large_picture_has_a_fallback_in_its_own_kind() -> None:
    upload = store(photograph(3000, 1500), "harbour.jpg")
    assert "harbour-1200.jpg" in beside(upload)
    assert "harbour-3000.webp" not in beside(upload)
    assert upload.as_resource().fallback == f"/uploads/{upload.sha256[:16]}/harbour-1200.jpg"


def test_modern_picture_has_a_fallback_that_everybody_can_draw() -> None:
    for kind, name, wide in (("WEBP", "harbour-900.jpg", 900), ("AVIF", "harbour-1200.jpg", 1200)):
        width = 900 if kind == "WEBP" else 2000
        upload = store(photograph(width, width // 2, kind), f"harbour.{kind.lower()}")
        assert upload.as_resource().fallback.endswith(f"/{name}")
        with Image.open(media.path_of(upload).with_name(name)) as drawn:
            assert (drawn.format, drawn.size) == ("JPEG", (wide, wide // 2))


def test_fallback_of_what_can_be_seen_through_is_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (600, 400), (255, 0, 0, 0)).save(out, "WEBP", lossless=True)
    upload = store(out.getvalue(), "clear.webp")
    with Image.open(media.path_of(upload).with_name("clear-600.jpg")) as drawn:
        assert drawn.getpixel((9, 9)) == (255, 255, 255)


def test_small_picture_drawing_and_animation_stay_as_they_are() -> None:
    for upload in (
        store(picture()),
        store(picture("GIF", size=(900, 600))),
        store(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4000 3000"/>', "a.svg"),
        store(animation("WEBP", (600, 300)), "b.webp"),
    ):
        assert not upload.scales
        assert upload.as_resource().sources == ()
        assert len(beside(upload)) == 1


def test_picture_from_before_gets_its_sizes_later() -> None:
    upload = store(photograph(), "harbour.jpg")
    for path in media.path_of(upload).parent.glob("*-*"):
        path.unlink()
    db.session.refresh(upload)
    upload.scales, upload.sized_with = False, 0
    post = Post()
    post.revise(by=None, title="A story", body=upload.markdown)
    assert "srcset" not in post.html
    db.session.commit()
    assert upkeep.make_missing_sizes(clock.now()) == 1
    db.session.expire_all()
    assert upload.scales
    assert len(beside(upload)) == 7
    assert f"{upload.path.removesuffix('.jpg')}-480.avif 480w" in post.html
    assert upkeep.make_missing_sizes(clock.now()) == 0


def test_renditions_go_with_their_picture() -> None:
    upload = store(photograph(), "harbour.jpg")
    place = media.path_of(upload).parent
    upload.delete()
    db.session.commit()
    assert not place.exists()


def test_old_leftovers_of_a_crash_are_swept(app) -> None:
    half = media.incoming() / "half"
    half.mkdir(parents=True)
    assert media.sweep() == 0
    os.utime(half, (0, 0))
    assert media.sweep() == 1
    assert not half.exists()


def animation(kind: str, size: tuple[int, int]) -> bytes:
    frames = [Image.new("RGB", size, colour) for colour in (RED, BLUE)]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()
