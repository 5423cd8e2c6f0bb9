/* SPDX-License-Identifier: Apache-2.0 */
/* An oracle with a small data model and AuthData that says in text what it was made from. */
#ifndef TESTS_FAKE_ORACLE_H
#define TESTS_FAKE_ORACLE_H

#include "scenario/oracle.h"

/* Knows objects 1 (single), 3 (single), 6 and 16, some resources of each type, formats tlv, text,
 * opaque and link, and every key below 50. */
const struct oracle *fake_oracle(void);

/* AuthData as the fake judges it; a ciphertext goes on with its data:
 * `sig /16/0 identity=1 key=0 challenge=7`, `enc /16/0 key=0 challenge=7 data=`. */
void fake_auth_data(const struct oracle_claim *claim, struct buf *out);

#endif
