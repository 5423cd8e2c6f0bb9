/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for octets of keys where none may be. */
#include "base/std.h"

#include "drivers/leaks.h"

enum { FORM_MOST = 2 * KEY_MOST + 4 };

struct leaks {
    struct buf *forms; /* (owned) */
    size_t count;
};

static struct buf *add_form(struct leaks *leaks)
{
    leaks->forms = xgrow(leaks->forms, leaks->count + 1, sizeof *leaks->forms);
    struct buf *form = &leaks->forms[leaks->count++];
    buf_init_secret(form, FORM_MOST);
    return form;
}

static void add_key(struct leaks *leaks, struct bytes octets)
{
    static const char digits[] = "0123456789ABCDEF";
    buf_put(add_form(leaks), octets);
    buf_put_hex(add_form(leaks), octets);
    struct buf *upper = add_form(leaks);
    for (size_t i = 0; i < octets.len; i++) {
        buf_put_u8(upper, (unsigned char)digits[octets.data[i] >> 4]);
        buf_put_u8(upper, (unsigned char)digits[octets.data[i] & 15]);
    }
    buf_put_base64(add_form(leaks), octets);
}

static void add_service(struct leaks *leaks, const struct provision_service *service)
{
    for (size_t i = 0; i < service->key_count; i++)
        if (!service->keys[i].is_public)
            add_key(leaks, (struct bytes){service->keys[i].octets, service->keys[i].len});
}

struct leaks *leaks_new(const struct provision *provision)
{
    struct leaks *leaks = xalloc(sizeof *leaks);
    for (size_t i = 0; i < provision->count; i++)
        for (size_t k = 0; k < SERVICE_COUNT; k++)
            add_service(leaks, &provision->instances[i].service[k]);
    return leaks;
}

void leaks_free(struct leaks *leaks)
{
    if (leaks == NULL)
        return;
    for (size_t i = 0; i < leaks->count; i++)
        buf_release(&leaks->forms[i]);
    free(leaks->forms);
    free(leaks);
}

static bool holds(struct bytes text, struct bytes form)
{
    for (size_t at = 0; form.len > 0 && at + form.len <= text.len; at++)
        if (text.data[at] == form.data[0] && memcmp(text.data + at, form.data, form.len) == 0)
            return true;
    return false;
}

bool leaks_in(const struct leaks *leaks, struct bytes text)
{
    for (size_t i = 0; i < leaks->count; i++)
        if (holds(text, buf_bytes(&leaks->forms[i])))
            return true;
    return false;
}
