"""Power-up: MicroPython runs this file after every reset."""

from micropython import kbd_intr

kbd_intr(-1)  # first of all: a frame that comes during the imports may hold 0x03, which is Ctrl-C

from fsw.kernel.boot import run  # noqa: E402

run()
