/* SPDX-License-Identifier: Apache-2.0 */
/* An oracle for engine tests. */
#include "base/std.h"

#include "tests/fake/fake_oracle.h"

enum { KEYS_HELD = 50 };

static const struct row {
    unsigned object, resource;
    struct oracle_resource def;
} rows[] = {
    {1, 1, {true, true, false, false, VALUE_INTEGER, "Lifetime"}},
    {1, 6, {true, true, false, false, VALUE_BOOLEAN, "Notification Storing"}},
    {1, 8, {false, false, true, false, VALUE_NONE, "Registration Update Trigger"}},
    {3, 0, {true, false, false, false, VALUE_STRING, "Manufacturer"}},
    {3, 4, {false, false, true, false, VALUE_NONE, "Reboot"}},
    {3, 13, {true, true, false, false, VALUE_TIME, "Current Time"}},
    {3, 22, {true, false, false, true, VALUE_OBJLINK, "ExtDevInfo"}},
    {6, 0, {true, true, false, false, VALUE_FLOAT, "Latitude"}},
    {16, 0, {true, true, false, true, VALUE_STRING, "Identity"}},
    {16, 1, {false, false, true, false, VALUE_NONE, "GetAuthData"}},
    {16, 2, {true, false, false, true, VALUE_OPAQUE, "AuthData"}},
    {16, 3, {true, false, false, false, VALUE_INTEGER, "AuthStatus"}},
};

static bool object(const struct oracle *oracle, unsigned id, bool *out_multiple)
{
    UNUSED(oracle);
    *out_multiple = id == 16;
    return id == 1 || id == 3 || id == 6 || id == 16;
}

static bool resource(const struct oracle *oracle, struct path path, struct oracle_resource *out)
{
    UNUSED(oracle);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].object != path.id[0] || rows[i].resource != path.id[2])
            continue;
        *out = rows[i].def;
        return true;
    }
    return false;
}

void fake_auth_data(const struct oracle_claim *claim, struct buf *out)
{
    if (claim->service == SERVICE_AUTHENTICATION)
        buf_printf(out, "sig /16/%u identity=%u key=%u challenge=", claim->instance,
                   claim->identity, claim->key_index);
    else
        buf_printf(out, "enc /16/%u key=%u challenge=", claim->instance, claim->key_index);
    buf_put(out, claim->challenge);
    if (claim->service == SERVICE_ENCRYPTION)
        buf_puts(out, " data=");
    else if (claim->text.data != NULL)
        buf_printf(out, " text=%.*s", (int)claim->text.len, (const char *)claim->text.data);
}

static bool holds(const struct oracle *oracle, const struct oracle_claim *claim)
{
    UNUSED(oracle);
    return claim->key_index < KEYS_HELD;
}

static enum judgement judge(const struct oracle *oracle, const struct oracle_claim *claim,
                            struct bytes auth_data, struct buf *out_data, struct error *problem)
{
    UNUSED(oracle);
    struct buf wanted;
    enum judgement judgement = JUDGEMENT_MISMATCH;
    if (claim->key_index >= KEYS_HELD) {
        error_set(problem, "no key %u is held", (unsigned)claim->key_index);
        return JUDGEMENT_UNKNOWN;
    }
    buf_init(&wanted, 1000);
    fake_auth_data(claim, &wanted);
    bool is_signature = claim->service == SERVICE_AUTHENTICATION;
    bool begins =
        auth_data.len >= wanted.len && memcmp(auth_data.data, wanted.data, wanted.len) == 0;
    if (begins && (!is_signature || auth_data.len == wanted.len))
        judgement = JUDGEMENT_GENUINE;
    else
        error_set(problem, "it does not fit");
    if (judgement == JUDGEMENT_GENUINE && !is_signature)
        buf_put(out_data, (struct bytes){auth_data.data + wanted.len, auth_data.len - wanted.len});
    buf_release(&wanted);
    return judgement;
}

/* What was signed by key 49 was signed by one of another set. */
static const char *suspect(const struct oracle *oracle, const struct oracle_claim *claim,
                           struct bytes auth_data, struct error *problem)
{
    UNUSED(oracle);
    struct oracle_claim other = *claim;
    struct buf wanted;
    other.key_index = KEYS_HELD - 1;
    buf_init(&wanted, 1000);
    fake_auth_data(&other, &wanted);
    bool found = claim->key_index != other.key_index && bytes_equal(auth_data, buf_bytes(&wanted));
    buf_release(&wanted);
    if (found)
        error_set(problem, "it fits another set");
    return found ? "PF-SC-3" : NULL;
}

static struct bytes next_link(struct bytes *rest)
{
    const uint8_t *comma = rest->len == 0 ? NULL : memchr(rest->data, ',', rest->len);
    size_t len = comma == NULL ? rest->len : (size_t)(comma - rest->data);
    struct bytes link = {rest->data, len};
    size_t used = comma == NULL ? len : len + 1;
    *rest = (struct bytes){rest->data + used, rest->len - used};
    return link;
}

static size_t count_links(struct bytes text, struct bytes link)
{
    size_t count = 0;
    while (text.len > 0) {
        struct bytes next = next_link(&text);
        count += link.data == NULL || bytes_equal(next, link);
    }
    return count;
}

static bool links(const struct oracle *oracle, struct bytes expected, struct bytes actual,
                  bool exact, struct error *problem)
{
    UNUSED(oracle);
    const struct bytes every = {NULL, 0};
    struct bytes rest = expected;
    while (rest.len > 0) {
        struct bytes link = next_link(&rest);
        if (link.len == 0 || link.data[0] != '<') {
            error_set(problem, "these links do not parse");
            return false;
        }
        if (count_links(actual, link) == 0) {
            error_set(problem, "%.*s is missing", (int)link.len, (const char *)link.data);
            return false;
        }
    }
    if (exact && count_links(expected, every) != count_links(actual, every)) {
        error_set(problem, "there are other links too");
        return false;
    }
    return true;
}

/* As on the wire only, each value quoted; names of services are read all the same. */
static bool arguments(const struct oracle *oracle, unsigned instance, struct bytes text,
                      bool is_readable, struct oracle_arguments *out, struct error *problem)
{
    UNUSED(oracle);
    UNUSED(instance);
    UNUSED(is_readable);
    *out = (struct oracle_arguments){.count = 0};
    while (text.len > 0) {
        struct bytes next = next_link(&text);
        if (next.len < 4 || next.data[1] != '=' || next.data[2] != '\'' ||
            next.data[next.len - 1] != '\'' || out->count == ORACLE_ARGUMENTS_MOST) {
            error_set(problem, "a quote is missing");
            return false;
        }
        struct oracle_argument *argument = &out->items[out->count++];
        argument->digit = (uint8_t)(next.data[0] - '0');
        snprintf(argument->value, sizeof argument->value, "%.*s", (int)next.len - 4,
                 (const char *)next.data + 3);
    }
    return true;
}

static int format(const struct oracle *oracle, struct bytes name)
{
    static const struct {
        const char *name;
        int number;
    } formats[] = {{"text", 0}, {"link", 40}, {"opaque", 42}, {"tlv", 11542}, {"json", 11543}};
    UNUSED(oracle);
    int64_t number = -1;
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (bytes_is(name, formats[i].name))
            return formats[i].number;
    return parse_decimal(name, &number) && number >= 0 && number <= 65535 ? (int)number : -1;
}

const struct oracle *fake_oracle(void)
{
    static const struct oracle_ops ops = {object,  resource, holds,     judge,
                                          suspect, links,    arguments, format};
    static const struct oracle oracle = {&ops};
    return &oracle;
}
