/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of datagrams, from text and back. */
#include "base/std.h"

#include <netdb.h>

#include "net/udp_place.h"

bool udp_place_parse(const char *text, struct udp_place *out)
{
    char host[64];
    const char *colon = strrchr(text, ':');
    size_t len = colon == NULL ? 0 : (size_t)(colon - text);
    bool is_v6 = len > 2 && text[0] == '[' && text[len - 1] == ']';
    if (len == 0 || len >= sizeof host)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)(is_v6 ? len - 2 : len), is_v6 ? text + 1 : text);
    struct addrinfo wanted = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                              .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, colon + 1, &wanted, &found) != 0)
        return false;
    memcpy(&out->address, found->ai_addr, found->ai_addrlen);
    out->len = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

void udp_place_text(const struct udp_place *place, char *out, size_t size)
{
    char host[64] = "";
    char port[8] = "";
    bool is_v6 = place->address.ss_family == AF_INET6;
    if (getnameinfo((const struct sockaddr *)&place->address, place->len, host, sizeof host, port,
                    sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) == 0)
        snprintf(out, size, is_v6 ? "[%s]:%s" : "%s:%s", host, port);
}
