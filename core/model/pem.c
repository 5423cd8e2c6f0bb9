/* SPDX-License-Identifier: Apache-2.0 */
/* Reads keys and certificates from PEM (RFC 7468) or DER, as far as telling them apart goes. */
#include "base/std.h"

#include "model/pem.h"

static const struct {
    const char *label;
    enum pem_kind kind;
} labels[] = {
    {"PRIVATE KEY", PEM_PRIVATE_KEY},     {"EC PRIVATE KEY", PEM_PRIVATE_KEY},
    {"RSA PRIVATE KEY", PEM_PRIVATE_KEY}, {"PUBLIC KEY", PEM_PUBLIC_KEY},
    {"CERTIFICATE", PEM_CERTIFICATE},
};

const char *pem_kind_name(enum pem_kind kind)
{
    static const char *const names[] = {
        [PEM_PRIVATE_KEY] = "private key",
        [PEM_PUBLIC_KEY] = "public key",
        [PEM_CERTIFICATE] = "certificate",
    };
    return names[kind];
}

static bool label_fits(struct bytes label, enum pem_kind kind)
{
    for (size_t i = 0; i < COUNT_OF(labels); i++)
        if (labels[i].kind == kind && bytes_is(label, labels[i].label))
            return true;
    return false;
}

/* Takes one line off REST, without its end. */
static struct bytes take_line(struct bytes *rest)
{
    const uint8_t *newline = memchr(rest->data, '\n', rest->len);
    struct bytes line = {rest->data, newline == NULL ? rest->len : (size_t)(newline - rest->data)};
    size_t used = newline == NULL ? line.len : line.len + 1;
    *rest = (struct bytes){rest->data + used, rest->len - used};
    while (line.len > 0 && memchr(" \t\r", line.data[line.len - 1], 3) != NULL)
        line.len--;
    return line;
}

/* `-----BEGIN CERTIFICATE-----` for "-----BEGIN ". */
static bool boundary(struct bytes line, const char *start, struct bytes *out_label)
{
    static const char end[] = "-----";
    size_t head = strlen(start);
    size_t tail = strlen(end);
    if (line.len < head + tail || memcmp(line.data, start, head) != 0 ||
        memcmp(line.data + line.len - tail, end, tail) != 0)
        return false;
    *out_label = (struct bytes){line.data + head, line.len - head - tail};
    return true;
}

/* One SEQUENCE and nothing behind it. */
static bool is_der(struct bytes octets)
{
    struct rd rd;
    rd_init(&rd, octets);
    if (rd_u8(&rd) != 0x30)
        return false;
    uint64_t len = rd_u8(&rd);
    if (len > 0x80 && len <= 0x84)
        len = rd_be(&rd, (unsigned)len - 0x80);
    else if (len >= 0x80)
        return false;
    return !rd.bad && len == rd_left(&rd) && len > 0;
}

/* Takes the lines up to the END of LABEL off REST and decodes them; false when that is malformed.
 */
static bool take_block(struct bytes *rest, struct bytes label, struct buf *out)
{
    struct buf digits;
    struct bytes found;
    bool ended = false;
    buf_init_secret(&digits, rest->len);
    while (!ended && rest->len > 0) {
        struct bytes line = take_line(rest);
        ended = boundary(line, "-----END ", &found);
        if (!ended)
            buf_put(&digits, line);
    }
    bool good = ended && bytes_equal(found, label) && parse_base64(buf_bytes(&digits), out) &&
                is_der(buf_bytes(out));
    buf_release(&digits);
    return good;
}

/* Finds the things of KIND in TEXT: how many, and the last one of them in OUT. */
static bool read_blocks(enum pem_kind kind, struct bytes text, struct buf *out, size_t *out_count)
{
    struct bytes label;
    *out_count = 0;
    while (text.len > 0) {
        if (!boundary(take_line(&text), "-----BEGIN ", &label) || !label_fits(label, kind))
            continue;
        buf_clear(out);
        if (!take_block(&text, label, out))
            return false;
        ++*out_count;
    }
    return true;
}

static bool has(struct bytes text, const char *words)
{
    size_t len = strlen(words);
    for (size_t i = 0; i + len <= text.len; i++)
        if (memcmp(text.data + i, words, len) == 0)
            return true;
    return false;
}

/* The DER of the one block of TEXT, or TEXT itself when it has several certificates. */
static enum status read_pem(enum pem_kind kind, struct bytes text, struct buf *out,
                            struct error *error)
{
    struct buf der;
    size_t count;
    enum status status = ST_INVALID;
    buf_init_secret(&der, text.len);
    if (has(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") || has(text, "Proc-Type: 4,ENCRYPTED")) {
        error_set(error, "private key is encrypted; take the passphrase off");
    } else if (!read_blocks(kind, text, &der, &count)) {
        error_set(error, "PEM text of the %s is damaged", pem_kind_name(kind));
    } else if (count == 0) {
        error_set(error, "PEM text has no %s", pem_kind_name(kind));
    } else if (count > 1 && kind != PEM_CERTIFICATE) {
        error_set(error, "PEM text has more than one %s", pem_kind_name(kind));
    } else {
        buf_put(out, count == 1 ? buf_bytes(&der) : text);
        status = ST_OK;
    }
    buf_release(&der);
    return status;
}

enum status pem_read(enum pem_kind kind, struct bytes text, struct buf *out, struct error *error)
{
    enum status status = ST_OK;
    if (has(text, "-----BEGIN ")) {
        status = read_pem(kind, text, out, error);
    } else if (is_der(text)) {
        buf_put(out, text);
    } else {
        error_set(error, "%s is neither PEM nor DER", pem_kind_name(kind));
        return ST_INVALID;
    }
    if (status == ST_OK && out->bad) {
        error_set(error, "%s has more than %zu octets", pem_kind_name(kind), out->limit);
        return ST_LIMIT;
    }
    return status;
}
