/* SPDX-License-Identifier: Apache-2.0 */
/* What the files behind drivers/house.h share. */
#ifndef DRIVERS_HOUSE_IMPL_H
#define DRIVERS_HOUSE_IMPL_H

#include "drivers/house.h"

/* Fills the claims of a house whose profile is loaded; they borrow from both. */
void house_claim(struct house *self);

/* How the link of the first account is protected. */
enum credential_mode house_mode(const struct profile *profile);

#endif
