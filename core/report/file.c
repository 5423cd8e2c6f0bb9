/* SPDX-License-Identifier: Apache-2.0 */
/* A report file that is whole or not there: written beside its place, then renamed. */
#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/report_impl.h"

static enum status fail(const struct report_file *file, int number, struct error *error)
{
    error_set(error, "cannot write report \"%s\": %s; name a place that can be written", file->path,
              strerror(number));
    return ST_IO;
}

/* Renaming over a device or a pipe would replace it, and /dev/stdout may lead to a regular file
 * that somebody else is writing. */
static bool is_written_in_place(const char *path)
{
    struct stat about;
    if (strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0)
        return true;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode);
}

static bool open_draft(struct report_file *file)
{
    enum { READABLE = 0666 }; /* as far as the umask lets */
    char *target = realpath(file->path, NULL);
    bool good = draft_open(&file->draft, target == NULL ? file->path : target, READABLE);
    free(target);
    return good;
}

static bool open_in_place(struct report_file *file)
{
    file->in_place = open(file->path, O_WRONLY | O_APPEND | O_CLOEXEC);
    return file->in_place >= 0;
}

enum status report_file_open(struct report_file *file, const char *path, struct error *error)
{
    *file = (struct report_file){.path = xstrdup(path), .draft.fd = -1, .in_place = -1};
    if (is_written_in_place(path) ? open_in_place(file) : open_draft(file))
        return ST_OK;
    enum status status = fail(file, errno, error);
    report_file_release(file);
    return status;
}

/* A full disk may show as late as at the close. */
static bool write_in_place(struct report_file *file, struct bytes content)
{
    int fd = file->in_place;
    file->in_place = -1;
    bool good = write_octets(fd, content);
    int reason = errno;
    if (close(fd) != 0)
        return false;
    errno = reason;
    return good;
}

enum status report_file_finish(struct report_file *file, const struct buf *content,
                               struct error *error)
{
    struct bytes octets = buf_bytes(content);
    if (content->bad)
        return fail(file, EFBIG, error);
    bool good = file->in_place >= 0
                    ? write_in_place(file, octets)
                    : draft_write(&file->draft, octets) && draft_publish(&file->draft);
    return good ? ST_OK : fail(file, errno, error);
}

void report_file_release(struct report_file *file)
{
    if (file->in_place >= 0)
        close(file->in_place);
    draft_release(&file->draft);
    free(file->path);
    *file = (struct report_file){.draft.fd = -1, .in_place = -1};
}
