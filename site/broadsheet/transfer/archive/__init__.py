"""One archive of everything that a site is: for backups, for taking it along, for another database.

A ZIP file of JSON lines, one file a table, and of the uploads as they are; `manifest.json` says what is in
it, with counts and SHA-256. The format is documented in docs/reference/archive.md.

    save(Source(engine, instance), path)                        # of a live site, under writes
    with Archive.opened(path, scratch=folder) as archive:       # raises ArchiveError, in one sentence
        archive.check()
        with places.beside(url, file) as place:                 # see places.py
            restoring.build(archive, place.url, migrations)     # see restoring.py
            place.take()
"""

from broadsheet.transfer.archive.contents import Kind
from broadsheet.transfer.archive.encryption import Keys, Lock
from broadsheet.transfer.archive.manifest import ArchiveError, Manifest, Part
from broadsheet.transfer.archive.reading import Archive
from broadsheet.transfer.archive.saving import Saved, Source, save

__all__ = ["Archive", "ArchiveError", "Keys", "Kind", "Lock", "Manifest", "Part", "Saved", "Source", "save"]
