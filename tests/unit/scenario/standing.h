/* SPDX-License-Identifier: Apache-2.0 */
/* A device of others that stands by itself, with what is claimed of its content. */
#ifndef TESTS_STANDING_H
#define TESTS_STANDING_H

#include "tests/unit/scenario/played.h"

static inline void setup_standing(void)
{
    setup();
    script.options.third_party_device = true;
    script.fake.claims.stands = true;
}

/* The content of the fake: /16/0/0/1 and /3/0/0. */
static struct records content;

static inline void setup_content(void)
{
    setup_standing();
    records_init(&content);
    ck_assert(records_add(&content, (struct path){{3, 0, 0}, 3}, value_string("Acme")));
    ck_assert(records_add(&content, (struct path){{16, 0, 0, 1}, 4}, value_string("a\"$\n")));
    script.fake.claims.content = &content;
    script.fake.claims.identities = &content.items[1];
    script.fake.claims.identity_count = 1;
}

static inline void teardown_content(void)
{
    teardown();
    records_release(&content);
}

#endif
