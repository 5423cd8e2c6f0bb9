/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for octets of keys where none may be (PF-SC-6). */
#ifndef DRIVERS_LEAKS_H
#define DRIVERS_LEAKS_H

#include "base/provision.h"

struct leaks; /* opaque */
/* Of all secret keys in PROVISION: as octets, as hex digits and in base64. */
struct leaks *leaks_new(const struct provision *provision);
void leaks_free(struct leaks *leaks); /* zeroes them; NULL is legal */
/* Whether TEXT holds one. */
bool leaks_in(const struct leaks *leaks, struct bytes text);

#endif
