"""Pictures of stories: encoded anew (`encoding`), kept in the database for all hosts (`keeping`).

Whatever comes in is decoded and written again, so that nothing else rides along: no place where a
photograph was taken, no thumbnail of what was cut away, no script.
"""

from mailer.pictures.encoding import Encoded, PictureError, encode
from mailer.pictures.keeping import keep, kept, listing, markdown, missing

__all__ = ["Encoded", "PictureError", "encode", "keep", "kept", "listing", "markdown", "missing"]
