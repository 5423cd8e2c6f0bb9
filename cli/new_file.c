/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a file beside its place and moves it there. */
#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/new_file.h"

static bool fail(const struct new_file *file, struct error *error)
{
    error_set(error, "cannot write \"%s\": %s", file->path, strerror(errno));
    return false;
}

/* Renaming over a device would replace the device. */
static bool may_be_written(const struct new_file *file, struct error *error)
{
    struct stat info;
    if (lstat(file->path, &info) != 0)
        return true;
    if (!file->force)
        error_set(error, "\"%s\" is there already; --force lets it be replaced", file->path);
    else if (!S_ISREG(info.st_mode))
        error_set(error, "\"%s\" is no regular file; name another one", file->path);
    else
        return true;
    return false;
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
    return fsync(fd) == 0 || errno == EINVAL;
}

bool new_file_write(struct new_file *out, const char *path, struct bytes content, bool force,
                    struct error *error)
{
    *out = (struct new_file){.path = path, .force = force};
    if (!may_be_written(out, error))
        return false;
    size_t room = strlen(path) + sizeof ".XXXXXX";
    out->temporary = xarray(room, 1);
    snprintf(out->temporary, room, "%s.XXXXXX", path);
    int fd = mkstemp(out->temporary); /* mode 0600 */
    if (fd < 0) {
        free(out->temporary);
        out->temporary = NULL;
        return fail(out, error);
    }
    bool good = write_all(fd, content);
    good = close(fd) == 0 && good;
    return good || fail(out, error);
}

/* Takes the name before the file gets it, so that nobody's file is replaced. */
static bool reserve(const struct new_file *file, struct error *error)
{
    int fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return may_be_written(file, error);
    if (fd < 0)
        return fail(file, error);
    close(fd);
    return true;
}

bool new_file_publish(struct new_file *file, struct error *error)
{
    if (!reserve(file, error))
        return false;
    if (rename(file->temporary, file->path) != 0)
        return fail(file, error);
    free(file->temporary);
    file->temporary = NULL;
    return true;
}

void new_file_release(struct new_file *file)
{
    if (file->temporary != NULL)
        unlink(file->temporary);
    free(file->temporary);
    file->temporary = NULL;
}
