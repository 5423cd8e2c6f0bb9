/* SPDX-License-Identifier: Apache-2.0 */
/* The seeded defects of a device. Each is a row, and works from outside: around the endpoint (what
 * is said), around the secure component (what is signed), in place of the state table of object 16
 * (what becomes of it). The device itself knows nothing of it. */
#ifndef DEVICE_DEFECTS_H
#define DEVICE_DEFECTS_H

#include "base/defect.h"
#include "device/device.h"

struct device_defect;                                       /* a row; opaque */
const struct device_defect *device_defect_at(size_t index); /* NULL past the end */
const struct device_defect *device_defect_named(struct bytes name);
const struct defect *device_defect_info(const struct device_defect *defect);

struct seeded; /* a defect at work in one device */
/* PROFILE and TRACE are what the device has; all borrowed. */
struct seeded *seeded_new(const struct device_defect *defect, const struct profile *profile,
                          struct clock *clock, struct trace *trace);
void seeded_free(struct seeded *seeded); /* after the device; NULL is legal */

/* What the secure component is to be provisioned with; borrowed. */
const struct provision *seeded_provision(const struct seeded *seeded);
/* Whether the endpoint is to forget what it was asked: for coap_endpoint_config. */
bool seeded_forgets(const struct seeded *seeded);
/* Stand in for what they are given, and own it; NULL stays NULL. */
struct secure *seeded_secure(struct seeded *seeded, struct secure *secure);
struct endpoint *seeded_endpoint(struct seeded *seeded, struct endpoint *endpoint);
/* For device_config. */
const struct portfolio_ops *seeded_portfolio(const struct seeded *seeded);
/* The device that has it all (borrowed). */
void seeded_attach(struct seeded *seeded, struct device *device);

#endif
