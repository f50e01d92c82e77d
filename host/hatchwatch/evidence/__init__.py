"""What stays of a run: the recording, `result.json`, the report."""
