"""Flight software of a hatchwatch bench."""
