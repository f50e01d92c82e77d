"""What makes it run: start, loop, clock, console, resets."""
