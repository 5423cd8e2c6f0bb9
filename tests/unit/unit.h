/* SPDX-License-Identifier: Apache-2.0 */
/* One Check program per module: the cases in a table, a main that runs them. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>

#include "base/std.h"

/* UNIT_MAIN("tlv", decodes_a_resource, refuses_trailing_octets) makes the whole program;
 * each name is a START_TEST. Processes are not forked when CK_FORK=no. */
#define UNIT_MAIN(MODULE, ...)                                                                     \
    int main(void)                                                                                 \
    {                                                                                              \
        const TTest *const cases[] = {__VA_ARGS__};                                                \
        Suite *suite = suite_create(MODULE);                                                       \
        TCase *tcase = tcase_create(MODULE);                                                       \
        tcase_set_timeout(tcase, 60);                                                              \
        for (size_t i = 0; i < COUNT_OF(cases); i++)                                               \
            tcase_add_test(tcase, cases[i]);                                                       \
        suite_add_tcase(suite, tcase);                                                             \
        SRunner *runner = srunner_create(suite);                                                   \
        srunner_run_all(runner, CK_ENV);                                                           \
        int failed = srunner_ntests_failed(runner);                                                \
        srunner_free(runner);                                                                      \
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;                                          \
    }

#endif
