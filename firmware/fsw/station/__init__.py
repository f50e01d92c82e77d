"""The bench as the board sees it: its file, sensors, servos. Knows no machine."""
