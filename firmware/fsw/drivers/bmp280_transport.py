"""How the BMP280 driver reaches its chip: I2C or 4-wire SPI. A transport owns no bus, it is handed one."""

_SPI_READ = 0x80  # first bit of an SPI command: 1 reads, 0 writes (datasheet 5.3)


class I2CTransport:
    """A BMP280 on an I2C bus.

    `i2c` is a `machine.I2C` or `SoftI2C`; `address` is 0x76 with SDO at ground, 0x77 with SDO at the supply.
    Give the bus a short `timeout`: a bus that hangs costs it at every reading.
    """

    def __init__(self, i2c, address=0x76):
        self.address = address
        self.read_into = i2c.readfrom_mem_into  # (address, register, buffer); takes no heap
        self._i2c = i2c

    def read(self, register, count):
        """Return `count` bytes from `register` on. Raises OSError."""
        return self._i2c.readfrom_mem(self.address, register, count)

    def write(self, register, value):
        """Write one register. Raises OSError."""
        self._i2c.writeto_mem(self.address, register, bytes((value,)))

    def __str__(self):
        return "I2C address 0x%02x" % self.address


class SPITransport:
    """A BMP280 on an SPI bus (mode 0 or 3, at most 10 MHz) with its own chip select.

    `chip_select` is a `machine.Pin` that is an output and high.
    """

    address = 0  # has no meaning here; `read_into` takes it so that both transports are called alike

    def __init__(self, spi, chip_select):
        self._spi = spi
        self._chip_select = chip_select
        self._command = bytearray(1)

    def read_into(self, _address, register, buffer):
        """Fill `buffer` from `register` on; takes no heap."""
        self._command[0] = register | _SPI_READ
        self._chip_select(0)
        try:
            self._spi.write(self._command)
            self._spi.readinto(buffer)
        finally:
            self._chip_select(1)

    def read(self, register, count):
        """Return `count` bytes from `register` on."""
        data = bytearray(count)
        self.read_into(0, register, data)
        return data

    def write(self, register, value):
        """Write one register."""
        self._chip_select(0)
        try:
            self._spi.write(bytes((register & ~_SPI_READ, value)))
        finally:
            self._chip_select(1)

    def __str__(self):
        return "SPI with chip select %s" % self._chip_select
