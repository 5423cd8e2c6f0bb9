/* SPDX-License-Identifier: Apache-2.0 */
/* Makes zeroing visible: stands in for the C library's explicit_bzero and remembers its calls. */
#ifndef TESTS_UNIT_BASE_WIPED_H
#define TESTS_UNIT_BASE_WIPED_H

#include "base/std.h"

static struct {
    uintptr_t start, end;
} wiped_ranges[4096];
static size_t wiped_count;

void explicit_bzero(void *data, size_t len)
{
    volatile uint8_t *at = data;
    for (size_t i = 0; i < len; i++)
        at[i] = 0;
    if (wiped_count < COUNT_OF(wiped_ranges)) {
        wiped_ranges[wiped_count].start = (uintptr_t)data;
        wiped_ranges[wiped_count++].end = (uintptr_t)data + len;
    }
}

/* What the same call is named when the C library checks sizes (_FORTIFY_SOURCE). */
void __explicit_bzero_chk(void *data, size_t len, size_t size);
void __explicit_bzero_chk(void *data, size_t len, size_t size)
{
    UNUSED(size);
    explicit_bzero(data, len);
}

static inline void wiped_forget(void)
{
    wiped_count = 0;
}

/* True when one call since wiped_forget zeroed all LEN octets at ADDRESS, which may be freed. */
static inline bool wiped(uintptr_t address, size_t len)
{
    for (size_t i = 0; i < wiped_count; i++)
        if (wiped_ranges[i].start <= address && address + len <= wiped_ranges[i].end)
            return true;
    return false;
}

#endif
