"""The bench as deployment wrote it: `bench.json` in the root of the board's file system.

Format 1 is one JSON object. Lists keep the order of the bench file; an index on the link is a place in them.

    {"format": 1,
     "bench": "station6",                  name of the bench file
     "led": 25,                            pin, or -1 without an LED
     "max_moving": 1,                      servos that may move at the same time
     "buses": [                            "i2c0", "i2c1", "spi0", "spi1"; pins; frequency
        ["i2c0", sda, scl, frequency_hz],
        ["spi0", sck, mosi, miso, frequency_hz]],
     "muxes": [[bus, address]],            TCA9548A; `bus` is a place in "buses"
     "sensors": [                          one per module
        [bus, address, mux, channel],      on I2C; `mux` is a place in "muxes" or -1, then channel is -1 too
        [bus, -1, -1, -1, cs]],            on SPI; `cs` is the pin of the chip select
     "hatches": [                          one per hatch
        [pin, open_us, shut_us, min_us, max_us, travel_ms, hold]],       hold is 0 or 1
     "injectors": [                        one per module that has an injector, in the order of the modules
        [module, pin, open_us, shut_us, min_us, max_us, travel_ms, hold]],
     "safe": [1, 1]}                       per hatch: 1 open, 2 shut (as `position` in the dictionary)

The board reports the first eight bytes of the file's SHA-256, so the file needs no hash inside; the host
compares them with those of the bytes it would write itself. The host's `boards` package checks what a bench
may be (pins, PWM slices, bus speeds, graph); here only the shape is checked, so a damaged file can't harm.
"""
