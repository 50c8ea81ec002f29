"""Attachments in a bucket of object storage that speaks S3, where MEDIA_S3_BUCKET names one.

Only our own views hand files out, after looking at who asks: no file has an address in the bucket, which is to be private.
What goes wrong there is an OSError, as on a disk, so that whoever stores a file need not know where it lies.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3File, S3Storage

KEPT_IN_MEMORY = 2 * 1024 * 1024
"""A file that is read is kept in memory up to so many bytes, and on disk above."""


class BucketError(OSError):
    """The bucket does not answer, or refuses. Told without keys and addresses."""


@contextmanager
def _as_on_a_disk() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        raise BucketError(f"The object storage refuses: {code or type(error).__name__}") from error
    except BotoCoreError as error:
        raise BucketError(f"The object storage does not answer: {type(error).__name__}") from error


class StoredFile(S3File):
    """A file in the bucket, read as a whole when it is first read."""

    def _get_file(self) -> Any:
        with _as_on_a_disk():
            return super()._get_file()

    file = property(_get_file, S3File._set_file)


class ObjectStorage(S3Storage):
    """django-storages' storage, private, that never writes over a file, and gives up soon enough for whoever waits."""

    def __init__(self, **settings: Any) -> None:
        client = Config(
            connect_timeout=3,
            read_timeout=15,
            retries={"total_max_attempts": 2, "mode": "standard"},
            signature_version="s3v4",
            # Servers other than Amazon's know the bucket in the path, and not all know the newer sums.
            s3={"addressing_style": "path" if settings.get("endpoint_url") else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        fixed = {
            "client_config": client,
            "file_overwrite": False,
            "default_acl": None,
            "max_memory_size": KEPT_IN_MEMORY,
        }
        super().__init__(**(settings | fixed))

    def url(self, name: str | None, *_args: Any, **_kwargs: Any) -> str:
        raise ValueError("A file in the bucket has no address of its own: our views hand it out.")

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        with _as_on_a_disk():
            try:
                return StoredFile(self._normalize_name(name), mode, self)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                    raise FileNotFoundError(f"There is no {name} in the bucket") from error
                raise

    def _save(self, name: str, content: IO[bytes]) -> str:
        with _as_on_a_disk():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _as_on_a_disk():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _as_on_a_disk():
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _as_on_a_disk():
            return int(super().size(name))
