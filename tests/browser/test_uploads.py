"""The media library in a real Chromium: many files at once, dropped, broken off and continued, and without a
script."""

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

import films
from broadsheet import media
from broadsheet.extensions import db
from broadsheet.models import Post, Upload, User
from newsroom import LiveSite, flaws, sign_in, window
from pictures import picture

LARGE = films.mp4() + films.box(b"free", bytes(9_000_000))  # three parts

DROP = """names => {
    const dropped = new DataTransfer();
    for (const [name, data] of names) {
        dropped.items.add(new File([Uint8Array.from(atob(data), c => c.charCodeAt(0))], name));
    }
    return dropped;
}"""


@pytest.fixture
def site(live_site: LiveSite) -> Iterator[LiveSite]:
    with live_site.app.app_context():
        yield live_site


@pytest.fixture
def shaky(browser: Browser) -> Iterator[Page]:
    """A window whose connection breaks: that Chromium says so in its console is no complaint."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def photograph(width: int = 1000, height: int = 667, turn: int = 0) -> bytes:
    gradient = Image.linear_gradient("L").resize((width, height)).rotate(turn)
    out = io.BytesIO()
    Image.merge("RGB", (gradient, gradient.rotate(180), gradient)).save(out, "JPEG")
    return out.getvalue()


def fill(site: LiveSite) -> None:
    ann = db.session.scalars(db.select(User).where(User.username == "ann")).one()
    kept = [
        media.store(io.BytesIO(photograph(900 + 40 * one, 600, 90 * (one % 3))), f"Harbour {one}.jpg", by=ann)
        for one in range(6)
    ]
    kept.append(media.store(io.BytesIO(films.mp4()), "At noon.mp4", by=ann))
    kept.append(media.store(io.BytesIO(films.OTHERS[".pdf"]), "Minutes of the meeting.pdf", by=ann))
    kept.append(media.store(io.BytesIO(films.wav()), "Foghorn.wav", by=ann))
    kept[0].describe("A ship leaves the harbour at dawn")
    Post().revise(by=ann, title="A story", body=kept[0].markdown, authors=[ann])
    db.session.commit()


def files(*named: tuple[str, bytes]) -> list[dict[str, object]]:
    return [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in named]


def names() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(db.select(Upload.name)))


def test_many_files_at_once_each_tells_how_it_went(site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, site, "ann")
    visitor.goto(f"{site.url}/desk/uploads")
    pictures = [(f"{one}.png", picture(size=(30 + one, 20))) for one in range(5)]
    visitor.locator("input[type=file]").first.set_input_files(files(*pictures, ("program.exe", b"MZ\x90\0 ")))
    expect(visitor.locator(".sending-summary")).to_have_text("5 of 6 files are kept.")
    failed = visitor.locator(".sending-file[data-state=failed]")
    expect(failed.locator(".sending-state")).to_contain_text("It is no kind of file that this site knows.")
    expect(failed.get_by_text("Try again")).to_be_hidden()  # it would be refused again
    expect(visitor.locator(".sending-file[data-state=done]")).to_have_count(5)
    assert names() == [f"{one}.png" for one in range(5)]
    visitor.locator(".sending-name a").first.click()
    expect(visitor.locator("textarea[name=alt]")).to_be_visible()


def test_what_may_be_taken_another_time_can_be_tried_again(site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, site, "ann")
    visitor.goto(f"{site.url}/desk/uploads")
    full = {"errors": ["The server has no room for the file."], "again": True}
    visitor.route("**/desk/uploads", lambda route: route.fulfill(status=422, json=full), times=1)
    visitor.locator("input[type=file]").first.set_input_files(files(("late.png", picture())))
    visitor.get_by_text("Try again").click()
    expect(visitor.locator(".sending-summary")).to_have_text("All files are kept.")
    visitor.evaluate("document.querySelector('.dropzone').dataset.most = 0")
    visitor.locator("input[type=file]").first.set_input_files(files(("large.png", picture())))
    expect(visitor.get_by_text("It is larger than 0 MB")).to_be_visible()
    expect(visitor.locator("[data-deed=retry]:visible")).to_have_count(0)


def test_dropping_is_not_offered_where_one_only_touches(site: LiveSite, browser: Browser) -> None:
    for has_touch in (True, False):
        for page in window(browser.new_context(has_touch=has_touch, is_mobile=has_touch)):
            sign_in(page, site, "ann")
            page.goto(f"{site.url}/desk/uploads")
            assert page.get_by_text("Or drop files anywhere").is_visible() is not has_touch


def test_files_are_dropped_anywhere_on_the_page(site: LiveSite, visitor: Page) -> None:

    sign_in(visitor, site, "ann")
    visitor.goto(f"{site.url}/desk/uploads")
    dropped = visitor.evaluate_handle(DROP, [["dropped.png", base64.b64encode(picture()).decode()]])
    visitor.dispatch_event("main", "dragenter", {"dataTransfer": dropped})
    expect(visitor.locator(".sending-drop")).to_be_visible()
    visitor.dispatch_event("main", "drop", {"dataTransfer": dropped})
    expect(visitor.locator(".sending-drop")).to_be_hidden()
    expect(visitor.locator(".sending-summary")).to_have_text("All files are kept.")
    assert names() == ["dropped.png"]


def test_large_file_goes_on_where_the_connection_broke(site: LiveSite, shaky: Page) -> None:
    sent: list[int] = []

    def broken(route: Route) -> None:
        offset = int(route.request.url.rpartition("=")[2])
        sent.append(offset)
        if offset == 4_000_000 and sent.count(offset) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    sign_in(shaky, site, "ann")
    shaky.goto(f"{site.url}/desk/uploads")
    shaky.route(re.compile(r"/parts/\w+\?offset="), broken)
    shaky.locator("input[type=file]").first.set_input_files(files(("film.mp4", LARGE)))
    expect(shaky.locator(".sending-file")).to_have_attribute("data-state", "offline")
    expect(shaky.locator(".sending-summary")).to_have_text("All files are kept.", timeout=20_000)
    assert sent == [0, 4_000_000, 4_000_000, 8_000_000]
    upload = db.session.scalars(db.select(Upload)).one()
    assert media.path_of(upload).read_bytes() == LARGE


def test_large_file_goes_on_after_the_page_was_loaded_anew(
    site: LiveSite, shaky: Page, tmp_path: Path
) -> None:
    file = tmp_path / "film.mp4"  # the same file on a disk keeps its name, size and date
    file.write_bytes(LARGE)
    sent: list[int] = []

    def only_the_first(route: Route) -> None:
        sent.append(int(route.request.url.rpartition("=")[2]))
        route.continue_() if sent[-1] == 0 else route.abort("connectionreset")

    sign_in(shaky, site, "ann")
    shaky.goto(f"{site.url}/desk/uploads")
    shaky.route(re.compile(r"/parts/\w+\?offset="), only_the_first)
    shaky.locator("input[type=file]").first.set_input_files(file)
    expect(shaky.locator(".sending-file")).to_have_attribute("data-state", "offline")
    shaky.on("dialog", lambda dialog: dialog.accept())
    shaky.unroute_all()
    shaky.reload()
    shaky.route(
        re.compile(r"/parts/\w+\?offset="),
        lambda route: (sent.append(int(route.request.url.rpartition("=")[2])), route.continue_()),
    )
    shaky.locator("input[type=file]").first.set_input_files(file)
    expect(shaky.locator(".sending-summary")).to_have_text("All files are kept.")
    assert sent[0] == 0
    assert sent[-2:] == [4_000_000, 8_000_000]
    assert sent.count(0) == 1


def test_10_gb_are_refused_before_a_byte_is_sent(site: LiveSite, visitor: Page) -> None:
    sign_in(visitor, site, "ann")
    visitor.goto(f"{site.url}/desk/uploads")
    asked: list[str] = []
    visitor.on("request", lambda request: asked.append(request.method) if request.method == "POST" else None)
    huge = visitor.evaluate_handle(
        """() => {
            const file = new File(["x"], "huge.mp4");
            Object.defineProperty(file, "size", {value: 10e9});
            return {files: [file], types: ["Files"]};
        }"""
    )
    visitor.evaluate(
        """dropped => {
            const event = new Event("drop", {bubbles: true, cancelable: true});
            event.dataTransfer = dropped;
            document.querySelector("main").dispatchEvent(event);
        }""",
        huge,
    )
    expect(visitor.locator(".sending-state")).to_contain_text("It is larger than 500 MB")
    assert not asked


def test_all_of_it_without_a_script(site: LiveSite, plain: Page) -> None:
    sign_in(plain, site, "ed")
    plain.goto(f"{site.url}/desk/uploads")
    plain.locator("input[type=file]").first.set_input_files(
        files(("one.png", picture()), ("noon.mp4", films.mp4()))
    )
    plain.get_by_role("button", name="Upload").click()
    expect(plain.locator(".library-name")).to_have_text(["noon.mp4", "one.png"])
    plain.get_by_role("link", name="List").click()
    plain.get_by_role("link", name="one.png").click()
    plain.locator("textarea[name=alt]").fill("Red and blue")
    plain.get_by_role("button", name="Save the description").click()
    plain.locator("input[name=file]").set_input_files(files(("two.png", picture(size=(90, 90)))))
    plain.get_by_role("button", name="Replace").click()
    expect(plain.locator("main")).to_contain_text("90 × 90")
    plain.get_by_role("button", name="Bring the former file back").click()
    expect(plain.locator("main")).to_contain_text("60 × 40")
    plain.goto(f"{site.url}/desk/uploads?show=unused")
    plain.get_by_label("Delete “one.png”").uncheck()
    plain.get_by_role("button", name="Delete what is ticked").click()
    assert names() == ["one.png"]


def test_reader_s_browser_takes_a_small_modern_picture(site: LiveSite, browser: Browser) -> None:
    ann = db.session.scalars(db.select(User).where(User.username == "ann")).one()
    upload = media.store(io.BytesIO(photograph(2000, 1333)), "harbour.jpg", by=ann)
    post = Post()
    post.revise(by=ann, title="A story", body=f"Words.\n\n![A harbour]({upload.path})", authors=[ann])
    post.publish()
    db.session.commit()
    context = browser.new_context(viewport={"width": 360, "height": 780}, device_scale_factor=2)
    for page in window(context):
        page.goto(f"{site.url}{post.path}")
        image = page.locator(".prose img")
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.currentSrc").endswith("harbour-800.avif")
        assert image.evaluate("image => image.naturalWidth") > 0


def test_library_is_accessible_and_fits(site: LiveSite, visitor: Page) -> None:
    fill(site)
    uploads = {one.name: one.id for one in db.session.scalars(db.select(Upload))}
    db.session.rollback()  # the server writes, too
    sign_in(visitor, site, "ed")
    problems = []
    for path in (
        "/desk/uploads",
        "/desk/uploads?layout=list",
        "/desk/uploads?show=unused",
        "/desk/uploads?show=unused&layout=list",
        "/desk/uploads?q=nothing",
        f"/desk/uploads/{uploads['Harbour 0.jpg']}/edit",
        f"/desk/uploads/{uploads['At noon.mp4']}/edit",
        f"/desk/uploads/{uploads['Minutes of the meeting.pdf']}/edit",
    ):
        visitor.goto(site.url + path)
        problems += [f"{path}: {flaw}" for flaw in flaws(visitor)]
    visitor.goto(f"{site.url}/desk/uploads")
    visitor.locator("input[type=file]").first.set_input_files(
        files(("new.png", picture(size=(33, 20))), ("program.exe", b"MZ\x90\0 "))
    )
    expect(visitor.locator(".sending-summary")).to_have_text("1 of 2 files are kept.")
    problems += [f"while sending: {flaw}" for flaw in flaws(visitor)]
    assert not problems, "\n".join(problems)
