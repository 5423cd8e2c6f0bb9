/* SPDX-License-Identifier: Apache-2.0 */
/* From a URI to an address. */
#include <coap3/coap.h>

#include "base/std.h"

#include <netdb.h>
#include <unistd.h>

#include "net/coap_impl.h"

enum { HOST_MOST = 256, PORT_TEXT = 8 };

struct place {
    char host[HOST_MOST];
    char port[PORT_TEXT];
};

/* Takes `host`, `host:port`, `[v6]` or `[v6]:port` apart; the port stays as it is when there is
 * none. */
static bool split(const char *text, size_t len, struct place *out)
{
    const char *host = text;
    size_t host_len = len;
    const char *colon = NULL;
    if (len > 0 && text[0] == '[') {
        const char *close = memchr(text, ']', len);
        if (close == NULL)
            return false;
        host = text + 1;
        host_len = (size_t)(close - host);
        colon = close + 1 < text + len ? close + 1 : NULL;
        if (colon != NULL && *colon != ':')
            return false;
    } else {
        colon = memchr(text, ':', len);
        host_len = colon != NULL ? (size_t)(colon - text) : len;
    }
    if (host_len == 0 || host_len >= sizeof out->host)
        return false;
    snprintf(out->host, sizeof out->host, "%.*s", (int)host_len, host);
    if (colon == NULL)
        return true;
    struct bytes port = {(const uint8_t *)colon + 1, len - (size_t)(colon + 1 - text)};
    int64_t number = -1;
    if (!parse_decimal(port, &number) || number < 0 || number > 65535)
        return false;
    snprintf(out->port, sizeof out->port, "%u", (unsigned)number);
    return true;
}

static const struct scheme {
    const char *text;
    const char *port;
    struct transport transport;
} schemes[] = {
    {"coap://", "5683", {false, false}},
    {"coaps://", "5684", {true, false}},
    {"coap+tcp://", "5683", {false, true}},
    {"coaps+tcp://", "5684", {true, true}},
};

static const struct scheme *scheme_of(const char *uri)
{
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (strncmp(uri, schemes[i].text, strlen(schemes[i].text)) == 0)
            return &schemes[i];
    return NULL;
}

static enum status parse(const struct remote *remote, struct place *out,
                         struct transport *out_transport, struct error *error)
{
    const char *uri = remote->uri;
    const char *address = remote->address;
    const struct scheme *scheme = scheme_of(uri);
    const char *host = uri + (scheme == NULL ? 0 : strlen(scheme->text));
    *out = (struct place){.port = ""};
    if (scheme != NULL)
        snprintf(out->port, sizeof out->port, "%s", scheme->port);
    if (scheme == NULL || !split(host, strcspn(host, "/?"), out)) {
        error_set(error,
                  "not a CoAP URI: \"%s\"; write "
                  "coap://HOST or coap://HOST:PORT, or coaps://, coap+tcp://, coaps+tcp://",
                  uri);
        return ST_INVALID;
    }
    if (address != NULL && !split(address, strlen(address), out)) {
        error_set(error, "not an address: \"%s\"; write HOST or HOST:PORT", address);
        return ST_INVALID;
    }
    *out_transport = scheme->transport;
    return ST_OK;
}

enum status coap_address_resolve(const struct remote *remote, coap_address_t *out,
                                 struct transport *out_transport, struct error *error)
{
    struct place place;
    enum status status = parse(remote, &place, out_transport, error);
    if (status != ST_OK)
        return status;
    struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    int failure = getaddrinfo(place.host, place.port, &wanted, &found);
    if (failure != 0) {
        error_set(error, "cannot resolve \"%s\": %s", place.host, gai_strerror(failure));
        return ST_NOT_FOUND;
    }
    coap_address_init(out);
    out->size = found->ai_addrlen;
    memcpy(&out->addr, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return ST_OK;
}

/* A socket that shares may be given a port that others share, even when it asks for any; so this
 * one shares only once the port is its own. */
int coap_address_reserve(coap_address_t *address)
{
    static const int on = 1;
    int fd = socket(address->addr.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (bind(fd, &address->addr.sa, address->size) == 0 &&
        getsockname(fd, &address->addr.sa, &address->size) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0)
        return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}
