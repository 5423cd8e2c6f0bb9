/* SPDX-License-Identifier: Apache-2.0 */
/* Writes files beside their place and moves them there. */
#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { ATTEMPTS = 100 };

bool write_octets(int fd, struct bytes content)
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

char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return xstrdup(".");
    size_t len = slash == path ? 1 : (size_t)(slash - path);
    char *folder = xalloc(len + 1);
    memcpy(folder, path, len);
    return folder;
}

bool draft_open(struct draft *draft, const char *place, unsigned mode)
{
    size_t room = strlen(place) + 48;
    *draft = (struct draft){.place = xstrdup(place), .temporary = xarray(room, 1), .fd = -1};
    for (int i = 0; i < ATTEMPTS && draft->fd < 0; i++) {
        snprintf(draft->temporary, room, "%s.%ld-%d.tmp", place, (long)getpid(), i);
        draft->fd = open(draft->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
        if (draft->fd < 0 && errno != EEXIST)
            break;
    }
    if (draft->fd >= 0)
        return true;
    free(draft->temporary);
    draft->temporary = NULL;
    return false;
}

/* A full disk may show as late as at the close. */
static bool close_draft(struct draft *draft)
{
    int fd = draft->fd;
    draft->fd = -1;
    return close(fd) == 0;
}

/* Some file systems have nothing to sync. */
static bool sync_file(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL;
}

bool draft_write(struct draft *draft, struct bytes content)
{
    bool good = write_octets(draft->fd, content) && sync_file(draft->fd);
    int reason = errno;
    if (!close_draft(draft))
        return false;
    errno = reason;
    return good;
}

/* The new name is on the disk when the folder is; some file systems cannot be asked for that. */
static void sync_folder(const char *path)
{
    char *folder = folder_of(path);
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file >= 0) {
        (void)!fsync(file);
        close(file);
    }
    free(folder);
}

bool draft_publish(struct draft *draft)
{
    if (rename(draft->temporary, draft->place) != 0)
        return false;
    free(draft->temporary);
    draft->temporary = NULL;
    sync_folder(draft->place);
    return true;
}

void draft_release(struct draft *draft)
{
    int reason = errno;
    if (draft->fd >= 0)
        close(draft->fd);
    if (draft->temporary != NULL)
        unlink(draft->temporary);
    free(draft->temporary);
    free(draft->place);
    *draft = (struct draft){.fd = -1};
    errno = reason;
}
