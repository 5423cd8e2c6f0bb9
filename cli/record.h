/* SPDX-License-Identifier: Apache-2.0 */
/* --record: a file for what servers do to a device, as a scenario. */
#ifndef CLI_RECORD_H
#define CLI_RECORD_H

#include "base/file.h"
#include "drivers/recorder.h"

struct record_file {
    struct destination destination;
    struct recorder *recorder; /* (owned) for sim_device_config; NULL: nothing is recorded */
};

/* Sees that PATH (NULL: there is none) can be written, and makes the recorder. False, and said on
 * stderr, when it cannot; nothing is to be closed then. */
MUST_USE bool record_open(struct record_file *out, const char *path,
                          const struct recorder_config *config);
/* Writes the scenario, which replaces an older one as a whole; one without a request leaves that in
 * place. Gives STATUS, or what a file that could not be written makes of it. The device must be
 * gone. */
int record_close(struct record_file *record, int status);

#endif
