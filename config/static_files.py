"""Style sheets and scripts, named by their content and compressed beside, as they are collected."""

from __future__ import annotations

from typing import Any

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class QuickCompressor(Compressor):
    """WhiteNoise's, with a quality of Brotli that is a hundredth longer than its best and takes a tenth of the time."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return brotli.compress(data, quality=9)


class Storage(CompressedManifestStaticFilesStorage):
    """What `collectstatic` writes to (settings.STORAGES)."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        # Maps of scripts, the largest files of all, are asked for by programmers' tools alone.
        return QuickCompressor(**(kwargs | {"extensions": (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")}))
