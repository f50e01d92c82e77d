"""Power-up."""
