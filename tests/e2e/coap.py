# SPDX-License-Identifier: Apache-2.0
"""CoAP messages (RFC 7252, 3) for the peers of the tests. It shares no code with ours."""
import struct

CON, NON, ACK, RST = range(4)


def extended(value):
    """The nibble of a delta or length, and what it leaves to the octets behind it."""
    if value < 13:
        return value, b""
    return (13, bytes([value - 13])) if value < 269 else (14, struct.pack("!H", value - 269))


def encode(kind, code, mid, token=b"", options=(), payload=b"", version=1):
    out = bytes([version << 6 | kind << 4 | len(token), code]) + struct.pack("!H", mid) + token
    last = 0
    for name, value in sorted(options, key=lambda option: option[0]):
        delta, more = extended(name - last)
        length, longer = extended(len(value))
        out += bytes([delta << 4 | length]) + more + longer + value
        last = name
    return out + (b"\xff" + payload if payload else b"")


def number(octets):
    return int.from_bytes(octets, "big")


class Message:
    """A datagram, taken apart; ValueError or IndexError when it is none."""

    def __init__(self, octets):
        if octets[0] >> 6 != 1 or octets[0] & 15 > 8:
            raise ValueError("not CoAP")
        self.kind, self.code = octets[0] >> 4 & 3, octets[1]
        self.id = number(octets[2:4])
        at = 4 + (octets[0] & 15)
        if len(octets) < at:
            raise ValueError("cut off")
        self.token, self.options, self.payload = octets[4:at], [], b""
        name = 0
        while at < len(octets) and octets[at] != 0xFF:
            delta, length = octets[at] >> 4, octets[at] & 15
            at += 1
            lengths = []
            for value in delta, length:
                extra = {13: 1, 14: 2}.get(value, 0)
                if value == 15:
                    raise ValueError("reserved")
                lengths.append(value if not extra else number(octets[at:at + extra]) + (13 if extra == 1 else 269))
                at += extra
            name += lengths[0]
            if at + lengths[1] > len(octets):
                raise ValueError("cut off")
            self.options.append((name, octets[at:at + lengths[1]]))
            at += lengths[1]
        if at < len(octets):
            self.payload = octets[at + 1:]
            if not self.payload:
                raise ValueError("nothing behind the marker")

    def all(self, name):
        return [value for known, value in self.options if known == name]

    def one(self, name):
        values = self.all(name)
        return number(values[0]) if values else None
