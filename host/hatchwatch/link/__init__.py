"""The link to one board: ports, frames, packets, commands, waits."""
