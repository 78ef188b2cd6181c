import csv
import io

from broadsheet.extensions import db
from broadsheet.models import Message, Submission


def received(subject="Hello", body="Hello there.", name="Vic Visitor"):
    message = Message.receive(name=name, email="vic@example.org", subject=subject, body=body)
    db.session.commit()
    return message


def read(answer):
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_writes_what_the_list_shows(sign_in, ed):
    received("First")
    second = received("Second", 'She said: "no",\nand left.')
    received("Casino", "[url=https://x.example]online casino[/url]")
    received("Gone").trash()
    second.mark_read()
    browser = sign_in(ed)
    answer = browser.get("/desk/messages.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=messages-")
    rows = read(answer)
    assert [row["Subject"] for row in rows] == ["Second", "First"]
    assert rows[0]["Message"] == 'She said: "no",\nand left.'
    assert rows[0]["Read"]
    assert not rows[1]["Read"]
    assert [row["Subject"] for row in read(browser.get("/desk/messages.csv?show=spam"))] == ["Casino"]
    assert [row["Subject"] for row in read(browser.get("/desk/messages.csv?q=first"))] == ["First"]


def test_a_stranger_s_formula_computes_nothing(sign_in, ed):
    received("=cmd|' /C calc'!A0", "+1", "@SUM(A1)")
    (row,) = read(sign_in(ed).get("/desk/messages.csv"))
    assert (row["Subject"], row["Message"], row["Name"]) == ("'=cmd|' /C calc'!A0", "'+1", "'@SUM(A1)")


def test_submissions_too(sign_in, ed):
    Submission.receive(name="Sue", email="sue@example.org", title="On rivers", body="文 flows").decline()
    (row,) = read(sign_in(ed).get("/desk/submissions.csv?state=declined"))
    assert (row["Title"], row["Text"], row["State"]) == ("On rivers", "文 flows", "declined")


def test_is_written_a_handful_at_a_time(sign_in, ed, queries):
    now = received().created_at
    db.session.execute(
        db.insert(Message),
        [
            {
                "name": "Vic",
                "email": "v@example.org",
                "subject": f"No {number}",
                "body": "x",
                "created_at": now,
            }
            for number in range(1, 500)
        ],
    )
    browser = sign_in(ed)
    with queries() as asked:
        rows = read(browser.get("/desk/messages.csv"))
    assert len(rows) == 500
    assert [int(row["Number"]) for row in rows] == sorted((int(row["Number"]) for row in rows), reverse=True)
    assert len([one for one in asked if "messages.body" in one]) == 3
