"""The page in the documentation is made from the dictionary as it is now."""

from __future__ import annotations

import pytest

from hatchwatch.link.dictionary import dictionary
from hatchwatch.link.export.markdown import dictionary_markdown
from hatchwatch.payload import firmware_root

PAGE = firmware_root() / "docs" / "dictionary.md"


def test_the_page_is_current():
    if PAGE.read_text("utf-8") != dictionary_markdown(dictionary()):
        pytest.fail("renew the page: hatchwatch dictionary --markdown firmware/docs/dictionary.md")


def test_every_table_row_has_as_many_cells_as_its_heading():
    for section in dictionary_markdown(dictionary()).split("\n## ")[1:]:
        rows = [line for line in section.splitlines() if line.startswith("|")]
        assert len({line.replace("\\|", "").count("|") for line in rows}) == 1, section[:40]
