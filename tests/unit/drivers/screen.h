/* SPDX-License-Identifier: Apache-2.0 */
/* The scene of a test about a person, and what that one is shown. */
#ifndef TESTS_UNIT_DRIVERS_SCREEN_H
#define TESTS_UNIT_DRIVERS_SCREEN_H

#include "tests/unit/drivers/scene.h"

static struct scene scene;
static char shown[8192];

/* As struct person has it. */
static inline void show(void *arg, const char *text)
{
    UNUSED(arg);
    size_t at = strlen(shown);
    snprintf(shown + at, sizeof shown - at, "%s", text);
}

/* Virtual time, and nothing is shown. */
static inline void screen_open(void)
{
    scene_open_at(&scene, clock_new_virtual(0));
    shown[0] = '\0';
}

#endif
