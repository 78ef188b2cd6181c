"""Keeping what somebody sends: the bytes are worked on while nobody waits for the writers' lock."""

from collections.abc import Callable
from typing import IO

from flask_babel import gettext as _
from flask_login import current_user

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.models import Upload, UploadAlias


class KeptAlready(media.Refused):
    """These bytes are those of an upload already, and cannot be another one's, too."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(_("This very file is kept already, as “%(name)s”.", name=upload.name))
        self.upload = upload


def keep(sent: media.Received, name: str, alt: str = "") -> tuple[Upload, bool]:
    """The upload, committed, and whether it is new: the same bytes are one, and its description stays as it
    is. Raises Refused."""
    by = current_user._get_current_object()
    upload = media.known(sent)
    db.session.commit()  # lets go of the writers' lock while the file is worked on
    if upload is not None:
        return upload, False
    upload = media.keep(media.prepare(sent, name), by=by)
    if alt:
        upload.describe(alt)
    db.session.commit()
    return upload, True


def own(id: int) -> Upload:
    """Held for writing, if the person may change it."""
    return db.one_or_404(Upload.editable_by(current_user).where(Upload.id == id).with_for_update())


def put_in_place(
    upload: Upload, stream: IO[bytes], *, still: Callable[[Upload], object] = lambda upload: None
) -> Upload:
    """Another file in the place of the upload's, which is held anew; `still` looks at it once more. Not yet
    committed. Raises Refused."""
    id, sort, name = upload.id, upload.sort, upload.name
    db.session.commit()  # lets go of the writers' lock while the file comes and is worked on
    with media.received(stream) as sent:
        if known := media.known(sent):
            raise KeptAlready(known)
        db.session.commit()
        prepared = media.prepare(sent, name)
        upload = own(id)
        still(upload)
        upload.replace(**media.put_in_place(prepared, sort))
    return upload


def take_back(upload: Upload, alias: UploadAlias | None) -> None:
    """The file that it had before is in its place again. Raises Refused."""
    if alias is None or not alias.is_kept:
        raise media.Refused(_("The file it had before is no longer kept."))
    if known := db.session.scalar(db.select(Upload).where(Upload.sha256 == alias.former["sha256"])):
        raise KeptAlready(known)
    media.bring_back(alias.key)
    upload.take_back_replacement(alias)
