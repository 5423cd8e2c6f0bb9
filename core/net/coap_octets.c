/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams before libcoap takes them: it drops those that are no message without a word. */
#include <coap3/coap.h>

#include "base/std.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/datagram.h"
#include "net/coap_impl.h"

int coap_octets_next_socket(int like)
{
    int next = dup(like);
    if (next >= 0)
        close(next);
    return next;
}

/* The kernel fills both in the same way. */
static bool is_at(int fd, const coap_address_t *address)
{
    struct sockaddr_storage here = {0};
    socklen_t len = sizeof here;
    return getsockname(fd, (struct sockaddr *)&here, &len) == 0 && len == address->size &&
           memcmp(&here, &address->addr, len) == 0;
}

void coap_octets_watch(struct coap_endpoint *endpoint, int fd, const coap_address_t *address)
{
    if (fd >= 0 && is_at(fd, address))
        endpoint->plain[endpoint->plain_count++] = fd;
}

/* Whether libcoap takes them, which looks at the lengths of options, too. */
static bool is_taken(struct bytes octets)
{
    coap_pdu_t *pdu = coap_pdu_init(COAP_MESSAGE_CON, COAP_EMPTY_CODE, 0, DATAGRAM_MOST);
    bool is_good = pdu == NULL || coap_pdu_parse(COAP_PROTO_UDP, octets.data, octets.len, pdu) != 0;
    coap_delete_pdu(pdu);
    return is_good;
}

/* RFC 7252 5.4.1: an answer with a critical option that is not known is rejected, too, which
 * libcoap does itself; options of these numbers it knows. A request with one is answered. */
static bool has_unknown_option(struct bytes octets)
{
    static const size_t known[] = {1, 3, 5, 7, 9, 11, 15, 17, 19, 21, 23, 27, 31, 35, 39};
    struct datagram datagram;
    struct bytes value;
    datagram_begin(&datagram, octets);
    while (octets.data[1] >= 64 && datagram_next(&datagram, &value)) {
        size_t i = 0;
        while (i < COUNT_OF(known) && known[i] != datagram.number)
            i++;
        if (datagram.number % 2 == 1 && i == COUNT_OF(known))
            return true;
    }
    return false;
}

static const char *fault_of(struct bytes octets)
{
    const char *fault = datagram_fault(octets);
    if (fault != NULL)
        return fault;
    if (!is_taken(octets))
        return "the length of an option is not that of its number";
    return has_unknown_option(octets) ? "it has a critical option that nobody knows" : NULL;
}

static void tell(const struct coap_endpoint *endpoint, const coap_address_t *from,
                 struct bytes octets, const char *fault)
{
    static const char *const types[] = {"CON", "NON", "ACK", "RST"};
    uint8_t name[LINK_NAME] = {0};
    coap_print_addr(from, name, sizeof name - 1);
    struct event event = event_of(EVENT_MALFORMED, endpoint->base.side);
    event.incoming = true;
    event.peer = (const char *)name;
    if (octets.len >= 4 && octets.data[0] >> 6 == 1) {
        event.type = types[octets.data[0] >> 4 & 3];
        event.message_id = octets.data[2] << 8 | octets.data[3];
    }
    event.token = datagram_token(octets);
    event.payload = octets;
    event.text = fault;
    trace_emit(endpoint->base.trace, &event);
}

/* libcoap takes one datagram of each socket when it runs: the first one. */
static void look_at(const struct coap_endpoint *endpoint, int fd)
{
    uint8_t octets[DATAGRAM_MOST];
    coap_address_t from;
    coap_address_init(&from);
    from.size = sizeof from.addr;
    ssize_t len =
        recvfrom(fd, octets, sizeof octets, MSG_PEEK | MSG_DONTWAIT, &from.addr.sa, &from.size);
    if (len < 0)
        return;
    struct bytes seen = {octets, (size_t)len};
    const char *fault = fault_of(seen);
    if (fault != NULL)
        tell(endpoint, &from, seen, fault);
}

void coap_octets_look(const struct coap_endpoint *endpoint)
{
    const struct trace *trace = endpoint->base.trace;
    if (trace == NULL || trace->listeners == NULL || endpoint->base.deaf)
        return;
    for (size_t i = 0; i < endpoint->plain_count; i++)
        look_at(endpoint, endpoint->plain[i]);
}
