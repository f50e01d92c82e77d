"""The dictionary for people and for other programs: tables, Markdown, JSON, XTCE."""
