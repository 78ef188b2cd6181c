from broadsheet.lib.diffing import Change, Line, differences


def shown(old: str, new: str) -> list[str]:
    signs = {Change.SAME: " ", Change.REMOVED: "-", Change.ADDED: "+"}
    return [
        f"…{line.count}" if line.change == Change.LEFT_OUT else signs[line.change] + line.text
        for line in differences(old, new)
    ]


def test_equal_texts_have_no_differences():
    assert differences("one\ntwo", "one\ntwo\n") == []


def test_a_changed_line_is_removed_and_added():
    assert shown("one\ntwo\nthree", "one\n2\nthree") == [" one", "-two", "+2", " three"]


def test_lines_far_from_a_change_are_left_out():
    old = "\n".join(str(number) for number in range(20))
    assert shown(old, old.replace("10", "ten")) == ["…8", " 8", " 9", "-10", "+ten", " 11", " 12", "…7"]


def test_first_and_last_text():
    assert shown("", "one") == ["+one"]
    assert shown("one", "") == ["-one"]
    assert differences("", "one") == [Line(Change.ADDED, "one")]


def test_a_long_text_is_compared_quickly():
    old = "\n".join(f"line {number % 50}" for number in range(20_000))
    assert len(differences(old, old.replace("line 49", "last line"))) > 400
