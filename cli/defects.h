/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded defects as users name them: options and the list. */
#ifndef CLI_DEFECTS_H
#define CLI_DEFECTS_H

#include "base/status.h"
#include "cli/list.h"
#include "device/defects.h"
#include "server/defects.h"

/* The defect that an option names, NULL when NAME is; false, with a sentence, when there is none of
 * that name. */
MUST_USE bool defects_device(const char *name, const struct device_defect **out,
                             struct error *error);
MUST_USE bool defects_server(const char *name, const struct server_defect **out,
                             struct error *error);
/* Appends the defect NAME of SIDE, if there is one, for a report. */
void defects_put(const char *side, const char *name, struct buf *out);
/* Prints the topic "defects"; gives an exit status. */
int list_defects(const struct list_options *options);

#endif
