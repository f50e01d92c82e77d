"""The host's end of the emulated USB cable: enumeration, and bytes to and from the board's console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp2040py.usb.cdc import USBCDC

if TYPE_CHECKING:
    from rp2040py.peripherals.usb import RPUSBController

__all__ = ["UsbConsole"]

PACKET_BYTES = 64


class UsbConsole(USBCDC):
    """rp2040py's USB host with two faults cured.

    * It answers every poll of the board's OUT endpoint at once, with an empty packet when there is nothing to
      send, so the board lives in its USB interrupt and never sleeps. A real host stays silent: here the
      poll is remembered and answered when data comes.
    * Its queue towards the board drops what exceeds 512 bytes. Here it has no limit.

    `on_serial_data` is called with each non-empty packet from the board.
    """

    def __init__(self, controller: RPUSBController) -> None:
        super().__init__(controller)
        self._to_board = bytearray()
        self._armed_bytes = 0  # how much the board is ready to take; 0 while it is not
        self._answer_control_read = controller.on_endpoint_read
        controller.on_endpoint_read = self._on_endpoint_read

    def write(self, data: bytes) -> None:
        """Queue bytes for the board; they leave at the board's pace, at once if it is ready."""
        self._to_board += data
        self._pump()

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
