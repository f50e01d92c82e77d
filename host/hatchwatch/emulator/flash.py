"""The board's flash: where the file system lies, and how to build and read it on the host."""

from __future__ import annotations

from pathlib import PurePosixPath

from littlefs import LittleFS, UserContext
from littlefs.errors import LittleFSError

__all__ = [
    "FILESYSTEM_BYTES",
    "FILESYSTEM_START",
    "FLASH_BYTES",
    "build_filesystem",
    "read_filesystem",
]

# Layout of the Pico W image of MicroPython 1.27: MICROPY_HW_FLASH_STORAGE_BYTES = 848 KiB at the end of
# 2 MiB. It holds whatever board is emulated: the layout of the plain Pico would overwrite the firmware.
FLASH_BYTES = 2 * 1024 * 1024
BLOCK_BYTES = 4096
BLOCK_COUNT = 212
FILESYSTEM_BYTES = BLOCK_BYTES * BLOCK_COUNT
FILESYSTEM_START = FLASH_BYTES - FILESYSTEM_BYTES

PROGRAM_BYTES = 256  # MicroPython mounts with progsize=256
# A folder is a log that littlefs checks from its start at every look-up. Kept this short, the firmware's 40
# imports take a quarter less time; any littlefs reads it, whatever its own limit.
FOLDER_LOG_BYTES = 512
BUILT_VERSION = 0x0002_0000  # littlefs 2.0, which every MicroPython since 1.12 mounts
READ_VERSION = 0x0002_0001  # what MicroPython 1.27 makes of it with its first write


def build_filesystem(files: dict[str, bytes]) -> bytes:
    """Return a littlefs image of FILESYSTEM_BYTES bytes that holds `files` (path with `/` -> content).

    The same files give the same bytes. Raises ValueError if they do not fit.
    """
    littlefs = _littlefs(UserContext(FILESYSTEM_BYTES), BUILT_VERSION)
    littlefs.format()
    littlefs.mount()
    for path, content in sorted(files.items()):
        _write(littlefs, PurePosixPath("/", path), content)
    littlefs.unmount()
    return bytes(littlefs.context.buffer)


def read_filesystem(image: bytes) -> dict[str, bytes]:
    """Return the files in a littlefs image: path without leading `/` -> content.

    Raises ValueError if the image has another size or can't be mounted.
    """
    if len(image) != FILESYSTEM_BYTES:
        raise ValueError(f"a file system image has {FILESYSTEM_BYTES} bytes, this one {len(image)}")
    context = UserContext(FILESYSTEM_BYTES)
    context.buffer[:] = image
    littlefs = _littlefs(context, READ_VERSION)
    try:
        littlefs.mount()
    except LittleFSError as error:
        raise ValueError(f"no readable file system: {error}") from error
    files = {}
    for folder, _, names in littlefs.walk("/"):
        for name in names:
            path = PurePosixPath(folder, name)
            with littlefs.open(str(path), "rb") as file:
                files[str(path.relative_to("/"))] = file.read()
    littlefs.unmount()
    return files


def _littlefs(context: UserContext, disk_version: int) -> LittleFS:
    return LittleFS(
        context=context,
        mount=False,  # it would format what it can't mount
        block_size=BLOCK_BYTES,
        block_count=BLOCK_COUNT,
        prog_size=PROGRAM_BYTES,
        read_size=PROGRAM_BYTES,
        cache_size=PROGRAM_BYTES,
        metadata_max=FOLDER_LOG_BYTES,
        disk_version=disk_version,
    )


def _write(littlefs: LittleFS, path: PurePosixPath, content: bytes) -> None:
    try:
        littlefs.makedirs(str(path.parent), exist_ok=True)
        with littlefs.open(str(path), "wb") as file:
            file.write(content)
    except LittleFSError as error:
        raise ValueError(
            f"{path} ({len(content)} bytes) does not fit the board's file system: {error}"
        ) from error
