/* SPDX-License-Identifier: Apache-2.0 */
/* TLS in a build without GnuTLS: there is none of ours, and libcoap tells little of its own. */
#include "base/std.h"

#include "net/coap_impl.h"
#include "net/tls.h"

bool tls_is_possible(void)
{
    return false;
}

struct tls_side *tls_side_new(const struct server_keys *keys)
{
    UNUSED(keys);
    return NULL;
}

void tls_side_free(struct tls_side *side)
{
    UNUSED(side);
}

struct tls *tls_new_client(int fd, const struct security *security)
{
    UNUSED(fd);
    UNUSED(security);
    return NULL;
}

struct tls *tls_new_server(int fd, struct tls_side *side)
{
    UNUSED(fd);
    UNUSED(side);
    return NULL;
}

void tls_free(struct tls *tls)
{
    UNUSED(tls);
}

void *tls_session(struct tls *tls)
{
    return tls;
}

struct bytes tls_psk_identity(const struct tls *tls)
{
    UNUSED(tls);
    return (struct bytes){NULL, 0};
}

enum tls_step tls_handshake(struct tls *tls)
{
    UNUSED(tls);
    return TLS_ENDED;
}

const char *tls_problem(const struct tls *tls)
{
    UNUSED(tls);
    return "";
}

enum tls_step tls_read(struct tls *tls, uint8_t *out, size_t size, size_t *out_len)
{
    UNUSED(tls);
    UNUSED(out);
    UNUSED(size);
    *out_len = 0;
    return TLS_ENDED;
}

bool tls_has_more(const struct tls *tls)
{
    UNUSED(tls);
    return false;
}

enum tls_step tls_write(struct tls *tls, struct bytes octets, size_t *out_len)
{
    UNUSED(tls);
    UNUSED(octets);
    *out_len = 0;
    return TLS_ENDED;
}

/* OpenSSL leaves no place for data of ours in a session, so alerts are not seen. */
bool coap_tls_has_certificates(void)
{
    return false;
}

bool coap_tls_identity(void *tls, char out[IDENTITY_TEXT])
{
    UNUSED(tls);
    UNUSED(out);
    return false;
}

void coap_tls_watch(void *tls, struct tls_watch *watch)
{
    UNUSED(tls);
    UNUSED(watch);
}

void coap_tls_unwatch(void *tls)
{
    UNUSED(tls);
}
