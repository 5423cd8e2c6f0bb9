/* SPDX-License-Identifier: Apache-2.0 */
/* Walks over the options of a CoAP message. */
#include "base/std.h"

#include "scenario/datagram.h"

enum { HEADER_LEN = 4, PAYLOAD_MARKER = 0xff };

/* Takes N octets from the front; without data when there are fewer. */
static struct bytes take(struct datagram *datagram, size_t n)
{
    struct bytes *rest = &datagram->rest;
    struct bytes taken = {NULL, 0};
    if (n > rest->len) {
        *rest = (struct bytes){NULL, 0};
        return taken;
    }
    taken = (struct bytes){rest->data, n};
    *rest = (struct bytes){rest->data + n, rest->len - n};
    return taken;
}

/* RFC 7252 3.1: the value of NIBBLE and what extends it; 15 is reserved. */
static size_t take_extended(struct datagram *datagram, unsigned nibble)
{
    if (nibble < 13)
        return nibble;
    struct bytes more = take(datagram, nibble == 15 ? SIZE_MAX : nibble - 12);
    if (more.data == NULL)
        return 0;
    return nibble == 13 ? more.data[0] + 13u : (size_t)(more.data[0] << 8 | more.data[1]) + 269u;
}

void datagram_begin(struct datagram *datagram, struct bytes octets)
{
    *datagram = (struct datagram){.rest = octets};
    struct bytes header = take(datagram, HEADER_LEN);
    if (header.data != NULL)
        take(datagram, header.data[0] & 15u);
}

bool datagram_is_whole(const struct datagram *datagram)
{
    return datagram->rest.data != NULL;
}

bool datagram_next(struct datagram *datagram, struct bytes *out)
{
    if (datagram->rest.len == 0 || datagram->rest.data[0] == PAYLOAD_MARKER)
        return false;
    const uint8_t head = take(datagram, 1).data[0];
    datagram->number += take_extended(datagram, head >> 4);
    size_t len = take_extended(datagram, head & 15u);
    if (!datagram_is_whole(datagram))
        return false;
    *out = take(datagram, len);
    return datagram_is_whole(datagram);
}

size_t datagram_payload_at(struct bytes octets)
{
    struct datagram datagram;
    struct bytes value;
    datagram_begin(&datagram, octets);
    while (datagram_next(&datagram, &value))
        continue;
    bool has_payload = datagram_is_whole(&datagram) && datagram.rest.len > 0;
    return has_payload ? octets.len - datagram.rest.len + 1 : octets.len;
}
