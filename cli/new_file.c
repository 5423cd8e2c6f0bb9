/* SPDX-License-Identifier: Apache-2.0 */
/* Files with keys: what may be replaced, and by whom they can be read. */
#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/new_file.h"

enum { OWNER_ONLY = 0600 };

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

bool new_file_write(struct new_file *out, const char *path, struct bytes content, bool force,
                    struct error *error)
{
    *out = (struct new_file){.path = path, .draft.fd = -1, .force = force};
    if (!may_be_written(out, error))
        return false;
    bool good = draft_open(&out->draft, path, OWNER_ONLY) && draft_write(&out->draft, content);
    return good || fail(out, error);
}

/* Takes the name before the file gets it, so that nobody's file is replaced. */
static bool reserve(const struct new_file *file, struct error *error)
{
    int fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, OWNER_ONLY);
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
    return draft_publish(&file->draft) || fail(file, error);
}

void new_file_release(struct new_file *file)
{
    draft_release(&file->draft);
}
