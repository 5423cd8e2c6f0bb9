/* SPDX-License-Identifier: Apache-2.0 */
/* Tells what is under way, for whoever asks a person to do something. */
#include "base/std.h"

#include "scenario/run_impl.h"

void run_tell_begin(const struct run *run)
{
    struct progress *progress = run->options->progress;
    if (progress != NULL)
        *progress = (struct progress){
            .file = run->result->file, .title = run->result->title, .round = progress->round + 1};
}

void run_tell_step(const struct run *run, const struct step *step)
{
    struct progress *progress = run->options->progress;
    unsigned column = 0;
    if (progress != NULL)
        source_locate(&run->scenario->source, step->line.data, &progress->line, &column);
}

void run_tell_end(const struct run *run)
{
    struct progress *progress = run->options->progress;
    if (progress != NULL)
        progress->file = progress->title = NULL;
}
