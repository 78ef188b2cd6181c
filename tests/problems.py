"""What the API answers when something is wrong."""

from typing import Any


def problem_of(answer: Any, status: int) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    return answer.json
