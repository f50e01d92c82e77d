"""Where the firmware and the bench files lie: in the source tree, or in the installed package."""

from __future__ import annotations

from pathlib import Path

from hatchwatch.errors import HatchwatchError

__all__ = ["boards_root", "firmware_root"]

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parents[1]
PAYLOAD = PACKAGE / "_payload"


def firmware_root() -> Path:
    """Folder with `main.py` and `fsw/`: what a deployment puts on the board."""
    return _first_with("firmware", "main.py")


def boards_root() -> Path:
    """Folder with the bench files that come with hatchwatch."""
    return _first_with("boards", "station6.toml")


def _first_with(folder: str, proof: str) -> Path:
    """Return the first `folder` that holds `proof`; a checkout goes before the payload of a wheel."""
    places = (CHECKOUT / folder, PAYLOAD / folder)
    for place in places:
        if (place / proof).is_file():
            return place
    raise HatchwatchError(
        f"No {folder} folder with {proof}; looked in {' and '.join(map(str, places))}.",
        fault="this installation of hatchwatch",
        cure="Install hatchwatch again, or run it from a complete checkout.",
    )
