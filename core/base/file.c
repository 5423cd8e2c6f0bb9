/* SPDX-License-Identifier: Apache-2.0 */
/* Writes files beside their place and moves them there. */
#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { ATTEMPTS = 100 };
enum { READABLE = 0666 };

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

/* A full disk may show as late as at the close; errno tells the first failure. */
static bool close_written(int *fd, bool good)
{
    int reason = errno;
    bool closed = close(*fd) == 0;
    *fd = -1;
    if (!good)
        errno = reason;
    return good && closed;
}

/* Some file systems have nothing to sync. */
static bool sync_file(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL;
}

bool draft_write(struct draft *draft, struct bytes content)
{
    return close_written(&draft->fd, write_octets(draft->fd, content) && sync_file(draft->fd));
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

static bool is_below(const char *path, const char *folder)
{
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* Renaming over a device or a pipe would replace it, and /dev/stdout may lead to a regular file
 * that somebody else is writing. What is in /dev/shm is a file as any other. */
static bool is_written_in_place(const char *path)
{
    struct stat about;
    if ((is_below(path, "/dev/") && !is_below(path, "/dev/shm/")) || is_below(path, "/proc/"))
        return true;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode);
}

bool destination_open(struct destination *destination, const char *path)
{
    *destination = (struct destination){.path = xstrdup(path), .draft.fd = -1, .in_place = -1};
    if (is_written_in_place(path)) {
        destination->in_place = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
        return destination->in_place >= 0;
    }
    char *target = realpath(path, NULL);
    bool good = draft_open(&destination->draft, target == NULL ? path : target, READABLE);
    free(target);
    return good;
}

bool destination_write(struct destination *destination, struct bytes content)
{
    int *fd = &destination->in_place;
    if (*fd >= 0)
        return close_written(fd, write_octets(*fd, content));
    return draft_write(&destination->draft, content) && draft_publish(&destination->draft);
}

void destination_release(struct destination *destination)
{
    int reason = errno;
    if (destination->in_place >= 0)
        close(destination->in_place);
    draft_release(&destination->draft);
    free(destination->path);
    *destination = (struct destination){.draft.fd = -1, .in_place = -1};
    errno = reason;
}
