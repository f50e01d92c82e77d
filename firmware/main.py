"""Power-up: MicroPython runs this file after every reset."""

from fsw.kernel.boot import run

run()
