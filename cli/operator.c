/* SPDX-License-Identifier: Apache-2.0 */
/* Carries questions and answers between the drivers and a terminal. */
#include "base/std.h"

#include <unistd.h>

#include "cli/operator.h"

static void show(void *arg, const char *text)
{
    UNUSED(arg);
    fflush(stdout); /* verdicts come before what is asked next */
    fputs(text, stderr);
}

static struct bytes trim(struct bytes text)
{
    while (text.len > 0 && isspace(text.data[text.len - 1]))
        text.len--;
    while (text.len > 0 && isspace(*text.data))
        text = (struct bytes){text.data + 1, text.len - 1};
    return text;
}

static enum status listen(void *arg, struct buf *out)
{
    struct operator* operator= arg;
    struct buf line;
    enum status status = ST_TIMEOUT;
    buf_init(&line, INPUT_MOST + 1);
    if (input_line(&operator->input, &line)) {
        buf_put(out, trim(buf_bytes(&line)));
        status = ST_OK;
    } else if (input_over(&operator->input)) {
        status = ST_IO;
    }
    buf_release(&line);
    return status;
}

void operator_init(struct operator* operator, struct loop * loop)
{
    input_init(&operator->input, loop, STDIN_FILENO, INPUT_MOST);
    operator->is_open = true;
    operator->person =(struct person){show, listen, operator};
}

void operator_release(struct operator* operator)
{
    if (operator->is_open)
        input_release(&operator->input);
    operator->is_open = false;
}
