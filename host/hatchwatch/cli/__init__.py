"""The command line: a thin face over bench, methods and evidence."""
