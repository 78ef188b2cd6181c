import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.models import Event, Post, Series
from markup import Page


@pytest.fixture
def desk(sign_in, ed):
    return sign_in(ed)


@pytest.fixture
def series(app):
    series = Series.create(name="Letters home")
    db.session.commit()
    return series


def part_of(series, person, title, place=None, public=True):
    post = Post()
    post.revise(by=person, title=title, body="Text.", authors=[person], tags=[])
    post.series, post.series_position = series, place
    if public:
        post.publish()
    db.session.commit()
    return post


def places(answer):
    form = Page(answer.text).one("ol", class_="places")
    return [(row.one("a").text, row.one("input").get("value")) for row in form.all("li")]


def test_a_series_is_begun(desk):
    assert "No series yet" in desk.get("/desk/series").text
    assert desk.get("/desk/series/new").status_code == 200
    answer = desk.submit("/desk/series/new", {"name": "Letters home", "description": "From *afar*."})
    series = db.session.scalars(select(Series)).one()
    assert (answer.status_code, answer.location) == (303, f"/desk/series/{series.id}/edit")
    assert (series.slug, series.description_html) == ("letters-home", "<p>From <em>afar</em>.</p>\n")
    assert "No post stands in it yet" in desk.get(answer.location).text


def test_list_tells_how_many_posts_each_has(desk, series, ann):
    part_of(series, ann, "One")
    part_of(series, ann, "Two", public=False)
    row = Page(desk.get("/desk/series").text).one("tbody").one("tr")
    assert [cell.text for cell in row.all("td")] == ["/series/letters-home", "2 posts", "1 public"]
    assert "No series is called that" in desk.get("/desk/series?q=nothing").text


@pytest.mark.parametrize("many", [1, 60])
def test_list_and_order_ask_as_many_questions_however_much_there_is(desk, series, ann, queries, many):
    for number in range(many):
        Series.create(name=f"Series {number}")
        part_of(series, ann, f"Part {number}", number + 1)
    desk.get("/desk/series")
    for path, most in (("/desk/series", 9), (f"/desk/series/{series.id}/edit", 11)):
        with queries() as asked:
            assert desk.get(path).status_code == 200
        assert len(asked) <= most, asked


def test_posts_are_put_in_order_by_number(desk, series, ann, client):
    first, second, third = (part_of(series, ann, title) for title in ("One", "Two", "Three"))
    path = f"/desk/series/{series.id}/edit"
    assert places(desk.get(path)) == [("One", ""), ("Two", ""), ("Three", "")]
    typed = {f"place-{first.id}": "3", f"place-{second.id}": "", f"place-{third.id}": "1"}
    assert desk.submit(f"/desk/series/{series.id}/order", typed).location == f"{path}#order"
    assert places(desk.get(path)) == [("Three", "1"), ("One", "3"), ("Two", "")]
    assert Page(client.get("/series/letters-home").text).headlines == ["Three", "One", "Two"]
    assert "series_ordered" in db.session.scalars(select(Event.action)).all()


def test_a_place_left_out_stays(desk, series, ann):
    first, second = part_of(series, ann, "One", 1), part_of(series, ann, "Two", 2)
    desk.submit(f"/desk/series/{series.id}/order", {f"place-{first.id}": "5"})
    assert (first.series_position, second.series_position) == (5, 2)


@pytest.mark.parametrize("typed", ["first", "0", "-1", "10000", "1.5", "9" * 400, "000001" + "9" * 25, "²"])
def test_a_place_that_cannot_be_is_explained_and_kept(desk, series, ann, typed):
    post = part_of(series, ann, "One", 1)
    answer = desk.submit(f"/desk/series/{series.id}/order", {f"place-{post.id}": typed})
    assert answer.status_code == 422
    assert "from 1 to 9999" in answer.text
    assert places(answer) == [("One", typed)]
    assert post.series_position == 1


def test_the_order_takes_no_post_of_another_series(desk, series, ann):
    other = part_of(Series.create(name="Other"), ann, "Elsewhere", 4)
    desk.submit(f"/desk/series/{series.id}/order", {f"place-{other.id}": "1"})
    assert other.series_position == 4


def test_a_renamed_series_is_found_at_its_old_address(desk, client, series, ann):
    part_of(series, ann, "One")
    for name in ("Letters", "Post from afar"):
        desk.submit(f"/desk/series/{series.id}/edit", {"name": name, "slug": series.slug})
    for old in ("letters-home", "letters"):
        answer = client.get(f"/series/{old}")
        assert (answer.status_code, answer.location) == (301, "/series/post-from-afar")


def test_two_series_have_two_names(desk, series):
    answer = desk.submit("/desk/series/new", {"name": "letters HOME"})
    assert answer.status_code == 422
    assert "There is “Letters home” already" in Page(answer.text).one("p", id="name-error").text


def test_a_deleted_series_leaves_its_posts(desk, client, series, ann):
    post = part_of(series, ann, "One", 1)
    assert desk.submit(f"/desk/series/{series.id}/delete").location == "/desk/series"
    assert (post.series, client.get(post.path).status_code) == (None, 200)
    assert client.get("/series/letters-home").status_code == 404


def test_authors_choose_series_and_do_not_manage_them(sign_in, client, ann, series):
    assert client.get("/desk/series").location == "/login?next=/desk/series"
    author = sign_in(ann)
    assert author.get("/desk/series").status_code == 403
    assert author.submit(f"/desk/series/{series.id}/order").status_code == 403
    assert author.submit(f"/desk/series/{series.id}/delete").status_code == 403


def test_what_does_not_exist_is_not_found(desk):
    assert desk.get("/desk/series/99/edit").status_code == 404
    for verb in ("edit", "order", "delete"):
        assert desk.submit(f"/desk/series/99/{verb}").status_code == 404
