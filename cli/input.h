/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of standard input, as they come, without ever waiting for one. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "base/clock.h"

enum { INPUT_MOST = 1 << 16 }; /* octets of a line that a person may write */

struct input {
    struct loop *loop; /* (borrowed) */
    int fd;
    size_t most;     /* octets of a line */
    struct buf text; /* (owned) what was read and not yet taken */
    bool watched;
    bool over;     /* the end was read */
    bool skipping; /* the rest of a line that was too long */
};

/* MOST: octets of a line. */
void input_init(struct input *input, struct loop *loop, int fd, size_t most);
void input_release(struct input *input);
/* Takes the next line without its newline into OUT (emptied first); false when there is none yet.
 * A line that is too long makes OUT bad. */
bool input_line(struct input *input, struct buf *out);
/* True when the end was read and every line was taken. */
bool input_over(const struct input *input);

#endif
