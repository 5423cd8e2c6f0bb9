/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands, in the order of the help. */
#include "base/std.h"

#include "cli/command.h"

const struct command *const commands[] = {
    &command_device, &command_run,  &command_report,     &command_server,
    &command_verify, &command_open, &command_provision,  &command_check,
    &command_list,   &command_show, &command_completion, NULL,
};
