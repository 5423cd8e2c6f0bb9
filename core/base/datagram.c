/* SPDX-License-Identifier: Apache-2.0 */
/* Walks over the options of a CoAP message. */
#include "base/std.h"

#include "base/datagram.h"

enum { HEADER_LEN = 4, TOKEN_MOST = 8, PAYLOAD_MARKER = 0xff, TYPE_ACK = 2, TYPE_RESET = 3 };

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

struct bytes datagram_token(struct bytes octets)
{
    size_t len = octets.len < HEADER_LEN ? 0 : octets.data[0] & 15u;
    if (len == 0 || len > TOKEN_MOST || octets.len < HEADER_LEN + len)
        return (struct bytes){NULL, 0};
    return (struct bytes){octets.data + HEADER_LEN, len};
}

/* RFC 7252 3: the header with its token, LEN octets long with what follows. */
static const char *header_fault(const uint8_t *header, size_t len)
{
    unsigned token_len = header[0] & 15u;
    if (header[0] >> 6 != 1)
        return "its version is not 1";
    if (token_len > TOKEN_MOST)
        return "its token is longer than 8 octets";
    if (len < HEADER_LEN + token_len)
        return "its token is cut off";
    if (header[1] == 0 && len > HEADER_LEN)
        return "it is an empty message with something behind the header";
    return NULL;
}

/* RFC 7252 4.2, 4.3, 12.1. */
static const char *code_fault(const uint8_t *header)
{
    unsigned type = header[0] >> 4 & 3;
    unsigned class = header[1] >> 5;
    if (class == 1 || class > 5)
        return "its code is reserved";
    if (type == TYPE_RESET && header[1] != 0)
        return "it is a Reset that is not empty";
    if (type == TYPE_ACK && class == 0 && header[1] != 0)
        return "it is an acknowledgement with a request in it";
    return NULL;
}

const char *datagram_fault(struct bytes octets)
{
    struct datagram datagram;
    struct bytes value;
    if (octets.len < HEADER_LEN)
        return "it is shorter than a header";
    const char *fault = header_fault(octets.data, octets.len);
    if (fault == NULL)
        fault = code_fault(octets.data);
    if (fault != NULL)
        return fault;
    datagram_begin(&datagram, octets);
    while (datagram_next(&datagram, &value))
        continue;
    if (!datagram_is_whole(&datagram))
        return "an option of it is malformed or cut off";
    return datagram.rest.len == 1 ? "nothing follows its payload marker" : NULL;
}
