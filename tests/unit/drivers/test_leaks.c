/* SPDX-License-Identifier: Apache-2.0 */
/* Keys are found in each form, and nothing else is taken for one. */
#include "base/std.h"

#include "drivers/leaks.h"
#include "tests/unit/unit.h"

static struct leaks *leaks;

static bool finds(const char *text)
{
    return leaks_in(leaks, bytes_of(text));
}

static void open_leaks(bool is_public)
{
    struct provision provision;
    provision_init(&provision);
    struct provision_instance *instance = provision_add(&provision, 0);
    struct provision_key *key = provision_add_key(&instance->service[SERVICE_ENCRYPTION], 0,
                                                  bytes_of("ABCDEFGHIJKLMNO\xff"));
    ck_assert_ptr_nonnull(key);
    key->is_public = is_public;
    leaks = leaks_new(&provision);
    provision_release(&provision);
}

START_TEST(a_key_is_found_as_octets_hex_digits_and_base64)
{
    open_leaks(false);
    ck_assert(finds("ABCDEFGHIJKLMNO\xff"));
    ck_assert(finds("AAABCDEFGHIJKLMNO\xff!"));
    ck_assert(finds("key 4142434445464748494a4b4c4d4e4fff."));
    ck_assert(finds("key 4142434445464748494A4B4C4D4E4FFF."));
    ck_assert(finds("key QUJDREVGR0hJSktMTU5P/w==."));
    leaks_free(leaks);
}
END_TEST

START_TEST(nothing_else_is_taken_for_a_key)
{
    open_leaks(false);
    ck_assert(!finds(""));
    ck_assert(!finds("ABCDEFGHIJKLMNO"));
    ck_assert(!finds("4142434445464748494a4b4c4d4e4ff"));
    leaks_free(leaks);
    open_leaks(true);
    ck_assert(!finds("ABCDEFGHIJKLMNO\xff"));
    leaks_free(leaks);
}
END_TEST

UNIT_MAIN("leaks", a_key_is_found_as_octets_hex_digits_and_base64, nothing_else_is_taken_for_a_key)
