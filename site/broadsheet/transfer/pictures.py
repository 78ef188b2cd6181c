"""Pictures that come along with texts: each file once, however many texts show it."""

import hashlib
from pathlib import Path

from sqlalchemy import select

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.lib.markdown import Resource
from broadsheet.models import Upload
from broadsheet.models.upload import PREFIX


class Pictures:
    def __init__(self, *, dry_run: bool) -> None:
        self.dry_run = dry_run
        self.new = 0
        self._brought: dict[Path, Resource | media.Refused] = {}
        self._hashes: dict[Path, str] = {}

    def bring(self, file: Path) -> Resource:
        """Into the uploads, unless it is there; a dry run only sees whether it could. Raises Refused."""
        if file not in self._brought:
            try:
                self._brought[file] = self._known(file) or self._new(file)
            except media.Refused as refusal:
                self._brought[file] = refusal
        brought = self._brought[file]
        if isinstance(brought, media.Refused):
            raise brought
        return brought

    def hash_of(self, file: Path) -> str:
        if file not in self._hashes:
            self._hashes[file] = hashlib.sha256(file.read_bytes()).hexdigest()
        return self._hashes[file]

    def _known(self, file: Path) -> Resource | None:
        upload = db.session.scalar(select(Upload).where(Upload.sha256 == self.hash_of(file)))
        return upload.as_resource() if upload and media.path_of(upload).is_file() else None

    def _new(self, file: Path) -> Resource:
        with file.open("rb") as stream, media.received(stream, only_pictures=True) as brought:
            # Of thousands of pictures the other sizes are made later, by the chore or when readers ask.
            prepared = media.prepare(brought, file.name, with_renditions=False)
            if self.dry_run:
                resource = Resource(PREFIX + prepared.key, prepared.width, prepared.height)
            else:
                resource = media.keep(prepared).as_resource()
        self.new += 1
        return resource
