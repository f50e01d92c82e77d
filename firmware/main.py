"""Power-up: MicroPython runs this file after every reset."""

from micropython import kbd_intr

kbd_intr(-1)  # first of all: a frame that comes during the imports may hold 0x03, which is Ctrl-C

import gc  # noqa: E402

from fsw.kernel.boot import run  # noqa: E402

gc.collect()  # or buffers of 1.5 KB find no room in one piece between what the imports left

run()
