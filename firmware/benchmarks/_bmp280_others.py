"""What other MicroPython drivers for the BMP280 cost, measured once and kept as a record.

One reading (pressure and temperature in SI units through the public API, mean of 6 to 10) of the unmodified
driver at the commit named, on the emulated RP2040 (rp2040py 0.3.6) with MicroPython 1.27.0 at 400 kHz; there,
the bare burst cost 29,361 cycles. Heap is what one reading allocates. The result is that for the datasheet's
worked example, 100653.27 Pa; the error is that of the driver's arithmetic over 300..1100 hPa, -10..60 °C.
"""

from collections import namedtuple

BARE_CYCLES = 29_361

Driver = namedtuple("Driver", "name commit cycles heap_bytes golden_pa worst_error_pa")

DRIVERS = (
    Driver("PaszaVonPomiot/micropython-driver-bmp280", "7d11f6b", 94_019, 816, 100653.25, 0.050),
    Driver("flrrth/pico-bmp280", "87f848c", 95_270, 896, 100653.268, 0.023),
    Driver("nexx512/micropython-bmp280", "20c3fa7", 104_030, 1136, 100481.75, 1057),
    Driver("triplepoint/micropython_bme280_i2c", "3077d1e", 116_917, 384, 100656, 6.4),
    Driver("micropython-Chinese-Community/mpy-lib", "c7a68b3", 134_327, 224, 100656, 6.4),
    Driver("catdog2/mpy_bme280_esp8266", "d7e052b", 171_695, 1040, 100381.0, 774),
    Driver("dafvid/micropython-bmp280", "83dfdd6", 174_056, 1024, 100653.25, 0.490),
    Driver("robert-hh/BME280, integer", "a9a7080", 186_319, 1040, 100653.25, 0.494),
    Driver("robert-hh/BME280, float", "a9a7080", 197_986, 1200, 100653.25, 0.050),
    Driver("bradcar/MicroPython_BMPxxx", "ea5de75", 236_022, 2080, 100653.25, 0.050),
    Driver("adafruit/Adafruit_CircuitPython_BMP280", "da8aa7d", 278_015, 1904, 100653.25, 0.050),
)
