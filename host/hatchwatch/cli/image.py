"""`hatchwatch image`: the MicroPython image, obtained and checked."""

from __future__ import annotations

from rich.console import Console

from hatchwatch.cli.progress import progress_line
from hatchwatch.image import ensure_image, identify

__all__ = ["image"]


def image() -> None:
    """Obtain the MicroPython image, check it, and print where it lies.

    The emulated board runs it; a real Pico is flashed with it: hold BOOTSEL while plugging the Pico in, then
    copy the file to the drive that appears. HATCHWATCH_IMAGE names a file to use instead.
    """
    with progress_line() as progress:
        found = identify(ensure_image(progress))
    console = Console(highlight=False, soft_wrap=True)
    console.print(str(found.path), markup=False)
    verdict = "the pinned release" if found.official else "an image of your own, not the pinned release"
    console.print(f"{found.title}: {verdict}, {found.size_bytes} bytes, sha256 {found.sha256}", markup=False)
