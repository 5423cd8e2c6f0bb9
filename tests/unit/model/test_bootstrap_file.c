/* SPDX-License-Identifier: Apache-2.0 */
/* What a bootstrap server has for its clients. */
#include "base/std.h"

#include "model/bootstrap_file.h"
#include "tests/unit/unit.h"

START_TEST(finds_a_client_by_name_else_what_is_for_all)
{
    static char any[] = "*", dev[] = "dev";
    struct bootstrap_client clients[] = {{.endpoint = any}, {.endpoint = dev}};
    struct bootstrap_file file = {.clients = clients, .count = 2};
    ck_assert_ptr_eq(bootstrap_file_find(&file, "dev"), &clients[1]);
    ck_assert_ptr_eq(bootstrap_file_find(&file, "other"), &clients[0]);
    file.clients = &clients[1];
    file.count = 1;
    ck_assert_ptr_null(bootstrap_file_find(&file, "other"));
}
END_TEST

UNIT_MAIN("bootstrap_file", finds_a_client_by_name_else_what_is_for_all)
