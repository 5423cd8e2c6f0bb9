/* SPDX-License-Identifier: Apache-2.0 */
/* Report files: what goes wrong with one, as a sentence. */
#include "base/std.h"

#include "report/report_impl.h"

static enum status fail(const struct destination *file, int number, struct error *error)
{
    error_set(error, "cannot write report \"%s\": %s; name a place that can be written", file->path,
              strerror(number));
    return ST_IO;
}

enum status report_file_open(struct destination *file, const char *path, struct error *error)
{
    if (destination_open(file, path))
        return ST_OK;
    enum status status = fail(file, errno, error);
    destination_release(file);
    return status;
}

enum status report_file_finish(struct destination *file, const struct buf *content,
                               struct error *error)
{
    if (content->bad)
        return fail(file, EFBIG, error);
    return destination_write(file, buf_bytes(content)) ? ST_OK : fail(file, errno, error);
}
