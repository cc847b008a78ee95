"""Names with hashes for static files, so that browsers may keep them for ever."""

from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Where `collectstatic` has not run, names stand as they are: a page must not be a 500 for
    want of its style sheet."""

    def url(self, name: str | None, force: bool = False) -> str:
        if self.hashed_files or force:
            hashed: str = super().url(name, force)
            return hashed
        return StaticFilesStorage.url(self, name)
