/* SPDX-License-Identifier: Apache-2.0 */
/* A report file that is whole or not there: written beside its place, then renamed. */
#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/report_impl.h"

enum { ATTEMPTS = 100 };

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

static int open_temporary(struct report_file *file)
{
    size_t room = strlen(file->target) + 48;
    file->temporary = xarray(room, 1);
    for (int i = 0; i < ATTEMPTS; i++) {
        snprintf(file->temporary, room, "%s.%ld-%d.tmp", file->target, (long)getpid(), i);
        int fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            break;
    }
    free(file->temporary);
    file->temporary = NULL;
    return -1;
}

enum status report_file_open(struct report_file *file, const char *path, struct error *error)
{
    *file = (struct report_file){.path = xstrdup(path), .fd = -1};
    if (is_written_in_place(path)) {
        file->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    } else {
        file->target = realpath(path, NULL);
        if (file->target == NULL)
            file->target = xstrdup(path);
        file->fd = open_temporary(file);
    }
    if (file->fd >= 0)
        return ST_OK;
    enum status status = fail(file, errno, error);
    report_file_release(file);
    return status;
}

static bool write_all(int fd, struct bytes content)
{
    while (content.len > 0) {
        ssize_t written = write(fd, content.data, content.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        content = (struct bytes){content.data + written, content.len - (size_t)written};
    }
    return true;
}

/* A full disk may show as late as here. */
static bool close_file(struct report_file *file)
{
    int fd = file->fd;
    file->fd = -1;
    return close(fd) == 0;
}

static bool rename_file(struct report_file *file)
{
    if (file->temporary == NULL)
        return true;
    if (rename(file->temporary, file->target) != 0)
        return false;
    free(file->temporary);
    file->temporary = NULL;
    return true;
}

enum status report_file_finish(struct report_file *file, const struct buf *content,
                               struct error *error)
{
    if (content->bad)
        return fail(file, EFBIG, error);
    if (!write_all(file->fd, buf_bytes(content)) || !close_file(file) || !rename_file(file))
        return fail(file, errno, error);
    return ST_OK;
}

void report_file_release(struct report_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->temporary != NULL)
        unlink(file->temporary);
    free(file->temporary);
    free(file->target);
    free(file->path);
    *file = (struct report_file){.fd = -1};
}
