from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hatchwatch import payload
from hatchwatch.errors import HatchwatchError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_checkout_has_firmware_and_boards() -> None:
    assert (payload.firmware_root() / "fsw" / "__init__.py").is_file()
    assert (payload.boards_root() / "pair.toml").is_file()


def test_an_installed_package_carries_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payload, "CHECKOUT", tmp_path / "none")
    monkeypatch.setattr(payload, "PAYLOAD", tmp_path)
    with pytest.raises(HatchwatchError, match=r"No firmware folder"):
        payload.firmware_root()
    (tmp_path / "firmware").mkdir()
    (tmp_path / "firmware" / "main.py").touch()
    assert payload.firmware_root() == tmp_path / "firmware"
