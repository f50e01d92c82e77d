"""Stories: what happens to a bench and what must come of it, played on an emulated board."""
