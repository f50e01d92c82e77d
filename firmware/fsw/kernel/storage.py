"""Records in flash that outlive power cuts, full disks and damage.

A record is a few hundred bytes that belong together, such as the parameters. It lies in two copies,
`data/NAME.a` and `data/NAME.b`, and saving replaces the older one, so that the newer one is always there.
A damaged copy is kept as `data/NAME.bad`, never more than one of a name, and its path is added to `damaged`.

The folder is one of its own because littlefs reads a folder's log from its start at every look-up: in the
root, each save would slow down all imports of the next start. A deployment leaves it alone.

Kinds given so far: 1 parameters, 2 calibration, 3 boots, 4 station, 5 response.
"""

import os
import struct
from binascii import crc32
from errno import EIO, ENOENT

from micropython import const

FOLDER = "data"
MAX_DATA_BYTES = const(2048)  # what one block takes with its header, and the heap in one piece

# Magic, kind, version, sequence number, bytes of data; the CRC-32 over these and the data comes next.
_HEADER = ">HBBIH"
_HEADER_BYTES = const(10)
_CRC_BYTES = const(4)
_MAGIC = const(0x6877)

damaged = []  # paths of damaged copies found since the start; whoever tells of them empties it


class Record:
    """Data of one kind, in a layout that `version` numbers.

    Nothing is remembered between calls: what counts is what lies in flash. Neither call is for the steady
    loop: both allocate, and on silicon a save takes up to 60 ms, most of it for erasing a block.
    """

    def __init__(self, name, kind, version):
        """`kind` and `version` are 0 to 255; no two names share a kind."""
        path = FOLDER + "/" + name
        self._paths = (path + ".a", path + ".b")
        self._bad_path = path + ".bad"
        self._kind = kind
        self._version = version

    def load(self):
        """Return the bytes saved last, or None if there are none; never raises.

        If the newer copy is damaged, these are the bytes saved before. A copy of another kind or version
        counts as damaged: it is kept for the firmware that can read it.
        """
        copies = self._copies()
        return copies[_newer(copies)][1]

    def save(self, data):
        """Replace the bytes; when the power goes or an error comes, the old ones stay.

        Nothing is written if both copies are sound and the newer is equal. Raises OSError: ENOSPC if the
        disk is full, EIO if the flash does not keep what was written; ValueError if the data is longer than
        MAX_DATA_BYTES.
        """
        if len(data) > MAX_DATA_BYTES:
            raise ValueError("%d bytes are too many for a record" % len(data))
        copies = self._copies()
        newer = _newer(copies)
        sequence, old = copies[newer]
        if old == data and copies[1 - newer][1] is not None:
            return
        header = struct.pack(_HEADER, _MAGIC, self._kind, self._version, sequence + 1, len(data))
        path = self._paths[1 - newer]
        write_file(path, "wb", header + struct.pack(">I", _crc(header, data)) + data)
        if self._read(path) != (sequence + 1, data):
            raise OSError(EIO)

    def _copies(self):
        """Return (sequence number, data) of each copy; (0, None) for one that is missing or damaged."""
        return [self._take(path) for path in self._paths]

    def _take(self, path):
        try:
            return self._read(path)
        except OSError as error:
            if error.errno == ENOENT:
                return 0, None
        except ValueError:
            pass
        damaged.append(path)
        try:
            os.rename(path, self._bad_path)
        except OSError:
            pass  # it stays where it is; `damaged` has it, and the next save may replace it
        return 0, None

    def _read(self, path):
        """Return (sequence number, data) of a copy, (0, None) if it was created but never written.

        Raises ValueError if it is damaged, OSError if the file system finds that or has no such file.
        """
        with open(path, "rb") as file:
            header = file.read(_HEADER_BYTES)
            if not header:
                return 0, None  # the power went in between
            crc = file.read(_CRC_BYTES)
            if len(header) + len(crc) != _HEADER_BYTES + _CRC_BYTES:
                raise ValueError
            magic, kind, version, sequence, length = struct.unpack(_HEADER, header)
            if (magic, kind, version) != (_MAGIC, self._kind, self._version) or length > MAX_DATA_BYTES:
                raise ValueError
            data = file.read(length + 1)  # one more than there should be
        if len(data) != length or struct.unpack(">I", crc)[0] != _crc(header, data):
            raise ValueError
        return sequence, data


def _newer(copies):
    return 0 if copies[0][0] > copies[1][0] else 1


def _crc(header, data):
    return crc32(data, crc32(header))


def write_file(path, mode, content):
    """Write a file of the folder, which need not be there; `mode` is "wb" to replace it, "ab" to append.

    littlefs lets the new content count when the file is closed, not before. Raises OSError.
    """
    try:
        _write(path, mode, content)
    except OSError as error:
        if error.errno != ENOENT:
            raise
        os.mkdir(FOLDER)  # the first time on a new board
        _write(path, mode, content)


def _write(path, mode, content):
    with open(path, mode) as file:
        file.write(content)
