"""The host's end of the emulated USB cable: enumeration, and bytes to and from the board's console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp2040py.usb.cdc import USBCDC

if TYPE_CHECKING:
    from rp2040py.peripherals.usb import RPUSBController

__all__ = ["UsbConsole"]

PACKET_BYTES = 64
BUFFER_CONTROL = 0x80  # of endpoint 0 IN, in the USB block's memory; 8 bytes further for each endpoint
AVAILABLE = 1 << 10  # the controller has the buffer and the host has not taken it; RP2040 datasheet 4.1.2.5


class UsbConsole(USBCDC):
    """rp2040py's USB host with two faults cured.

    * It answers every poll of the board's OUT endpoint at once, with an empty packet when there is nothing to
      send, so the board lives in its USB interrupt and never sleeps. A real host stays silent: here the
      poll is remembered and answered when data comes.
    * Its queue towards the board drops what exceeds 512 bytes. Here it has no limit.

    `on_serial_data` is called with each non-empty packet from the board. A host that has stopped reading
    (`hold`) leaves the board's packet in the endpoint's buffer, as silicon does when nobody asks for it.
    """

    def __init__(self, controller: RPUSBController) -> None:
        super().__init__(controller)
        self._to_board = bytearray()
        self._armed_bytes = 0  # how much the board is ready to take; 0 while it is not
        self._held: int | None = None  # buffer control of the packet that waits for a host that holds
        self._holding = False
        self._start_transfer = controller.dpram_updated
        controller.dpram_updated = self._on_buffer_control  # type: ignore[method-assign] # no hook for it
        self._answer_control_read = controller.on_endpoint_read
        controller.on_endpoint_read = self._on_endpoint_read

    def write(self, data: bytes) -> None:
        """Queue bytes for the board; they leave at the board's pace, at once if it is ready."""
        self._to_board += data
        self._pump()

    @property
    def waiting_bytes(self) -> int:
        """How many bytes the board has not taken yet."""
        return len(self._to_board)

    def hold(self) -> None:
        """Take no more packets from the board, as a program does that hangs with the port open."""
        self._holding = True

    def take(self, packets: int = 1) -> None:
        """Take some packets while holding, as a program does that reads too slowly."""
        for _ in range(packets):
            if self._held is not None:
                held, self._held = self._held, None
                self._start_transfer(self._in_control, held)

    def release(self) -> None:
        """Read on."""
        self._holding = False
        self.take()

    @property
    def _in_control(self) -> int:
        return BUFFER_CONTROL + 8 * self._in_endpoint

    def _on_buffer_control(self, offset: int, value: int) -> None:
        if self._holding and offset == self._in_control and value & AVAILABLE:
            self._held = value
        else:
            self._start_transfer(offset, value)

    def _on_endpoint_read(self, endpoint: int, size: int) -> None:
        if endpoint == self._out_endpoint:
            self._armed_bytes = size
            self._pump()
        elif self._answer_control_read is not None:
            self._answer_control_read(endpoint, size)

    def _pump(self) -> None:
        if not self._armed_bytes or not self._to_board:
            return
        packet = bytes(self._to_board[: min(self._armed_bytes, PACKET_BYTES)])
        del self._to_board[: len(packet)]
        self._armed_bytes = 0
        self.usb.endpoint_read_done(self._out_endpoint, packet)

    def _on_controller_reset(self) -> None:
        super()._on_controller_reset()
        self._to_board.clear()
        self._armed_bytes = 0
        self._held = None
