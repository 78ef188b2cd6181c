"""What an import brought, and, item by item, what it could not bring."""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, order=True)
class Problem:
    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


@dataclass
class Counts:
    files: int = 0
    posts_new: int = 0
    posts_updated: int = 0
    posts_unchanged: int = 0
    posts_left_alone: int = 0
    bylines: int = 0
    tags: int = 0
    pictures: int = 0
    redirects: int = 0
    links: int = 0

    @property
    def posts(self) -> int:
        """Those that the import wrote."""
        return self.posts_new + self.posts_updated

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass
class Report:
    """`problems` are in the order of the files."""

    counts: Counts = field(default_factory=Counts)
    problems: list[Problem] = field(default_factory=list)
    hosts: list[tuple[str, int]] = field(
        default_factory=list
    )  # in full links to posts of this import, and how often

    @property
    def has_brought_something(self) -> bool:
        counts = self.counts
        return bool(counts.posts or counts.pictures or counts.redirects or counts.bylines or counts.tags)

    def could_not(self, file: str, reason: object, line: int = 0) -> None:
        problem = Problem(file, line, str(reason))
        if problem not in self.problems[-50:]:  # the same picture, twice in a post
            self.problems.append(problem)
