"""What crosses the link: dictionary, packets, frames, bytes."""
