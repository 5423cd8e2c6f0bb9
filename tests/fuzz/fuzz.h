/* SPDX-License-Identifier: Apache-2.0 */
/* What every fuzz target exports; called by libFuzzer, or by replay.c for each file of a corpus.
 * A target asserts properties, so that a wrong answer ends it as surely as a wrong access. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "base/std.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
