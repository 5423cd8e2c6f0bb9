/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are whole or not there: written beside their place, then renamed. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"

/* What is to become the file at PLACE. Each call that fails leaves the reason in errno. */
struct draft {
    char *place;     /* (owned) */
    char *temporary; /* (owned) beside it; NULL: published, or never opened */
    int fd;          /* -1: closed */
};

/* Opens a new file beside PLACE with MODE, less the umask; no file and no link of others is
 * touched. Release DRAFT whatever comes back. */
MUST_USE bool draft_open(struct draft *draft, const char *place, unsigned mode);
/* Writes all of CONTENT, sees that it is on the disk, and closes. */
MUST_USE bool draft_write(struct draft *draft, struct bytes content);
/* Gives it the name of its place, and sees that the folder knows it. */
MUST_USE bool draft_publish(struct draft *draft);
/* What was not published is gone; errno stays. */
void draft_release(struct draft *draft);

/* Where a command leaves what it makes. A plain file is replaced as a whole, one that a symbolic
 * link leads to where it is; what a rename would replace for everybody (a device, a pipe, what
 * stands in /dev and /proc but for /dev/shm) is written in place. Each call that fails leaves the
 * reason in errno. */
struct destination {
    char *path;         /* (owned) as given */
    struct draft draft; /* of the place that symbolic links lead to */
    int in_place;       /* -1: there is a draft */
};

/* Opens PATH, so that it is known early whether it can be written; readable as far as the umask
 * lets. Release DESTINATION whatever comes back. */
MUST_USE bool destination_open(struct destination *destination, const char *path);
/* Writes all of CONTENT and ends the file. */
MUST_USE bool destination_write(struct destination *destination, struct bytes content);
/* What was not written is gone, and an older file stays; errno stays. */
void destination_release(struct destination *destination);

/* Writes all of CONTENT to FD; false with the reason in errno. */
MUST_USE bool write_octets(int fd, struct bytes content);

/* The folder of a file name, owned by the caller; "." when it names none. */
char *folder_of(const char *path);

#endif
