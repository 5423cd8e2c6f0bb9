/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates in the one form that libcoap takes whatever they are: PEM (RFC 7468). */
#include <coap3/coap.h>

#include "base/std.h"

#include "net/coap_impl.h"

enum { LINE_OCTETS = 48, PEM_MOST = 1 << 18 };

static bool is_pem(struct bytes octets)
{
    static const char begin[] = "-----BEGIN ";
    for (size_t i = 0; i + sizeof begin - 1 <= octets.len; i++)
        if (memcmp(octets.data + i, begin, sizeof begin - 1) == 0)
            return true;
    return false;
}

/* A SEC 1 key (RFC 5915) is version 1 and then the octets of the key; PKCS #8 goes on otherwise. */
static const char *key_label(struct bytes der)
{
    static const uint8_t sec1[] = {0x02, 0x01, 0x01, 0x04};
    size_t head = der.len > 1 && der.data[1] > 0x80 ? 2 + (der.data[1] & 0x7fu) : 2;
    bool is_sec1 = der.len >= head + sizeof sec1 && memcmp(der.data + head, sec1, sizeof sec1) == 0;
    return is_sec1 ? "EC PRIVATE KEY" : "PRIVATE KEY";
}

/* With the NUL that libcoap wants. */
static void put_pem(struct bytes octets, const char *label, struct buf *out)
{
    buf_init_secret(out, PEM_MOST);
    if (octets.len == 0)
        return;
    if (is_pem(octets)) {
        buf_put(out, octets);
    } else {
        buf_printf(out, "-----BEGIN %s-----\n", label);
        for (size_t at = 0; at < octets.len; at += LINE_OCTETS) {
            size_t rest = octets.len - at;
            buf_put_base64(out, (struct bytes){octets.data + at,
                                               rest < LINE_OCTETS ? rest : (size_t)LINE_OCTETS});
            buf_puts(out, "\n");
        }
        buf_printf(out, "-----END %s-----\n", label);
    }
    buf_put_u8(out, 0);
}

void coap_pem_init(struct pem_set *set, struct bytes certificate, struct bytes key,
                   struct bytes trust)
{
    put_pem(certificate, "CERTIFICATE", &set->certificate);
    put_pem(key, key_label(key), &set->key);
    put_pem(trust, "CERTIFICATE", &set->trust);
    set->is_raw = false;
}

void coap_pem_init_raw(struct pem_set *set, struct bytes public_key, struct bytes key)
{
    put_pem(public_key, "PUBLIC KEY", &set->certificate);
    put_pem(key, key_label(key), &set->key);
    buf_init(&set->trust, PEM_MOST);
    set->is_raw = true;
}

void coap_pem_release(struct pem_set *set)
{
    buf_release(&set->certificate);
    buf_release(&set->key);
    buf_release(&set->trust);
}

void coap_pem_setup(const struct pem_set *set, coap_dtls_pki_t *out)
{
    *out = (coap_dtls_pki_t){
        .version = COAP_DTLS_PKI_SETUP_VERSION,
        .verify_peer_cert = 1,
        .cert_chain_validation = 1,
        .cert_chain_verify_depth = 8,
        .is_rpk_not_cert = set->is_raw,
    };
    out->pki_key.key_type = COAP_PKI_KEY_PEM_BUF;
    out->pki_key.key.pem_buf = (coap_pki_key_pem_buf_t){
        .ca_cert = set->trust.data,
        .ca_cert_len = set->trust.len,
        .public_cert = set->certificate.data,
        .public_cert_len = set->certificate.len,
        .private_key = set->key.data,
        .private_key_len = set->key.len,
    };
}
