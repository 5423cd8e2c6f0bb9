/* SPDX-License-Identifier: Apache-2.0 */
/* The file of --record: opened at the start, so that it is known early whether it can be written,
 * and filled at the end. */
#include "base/std.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/record.h"

/* Devices and pipes cannot be replaced, and should not. */
static bool is_plain(const char *path)
{
    struct stat found;
    return stat(path, &found) != 0 || S_ISREG(found.st_mode);
}

static bool open_place(struct record_file *record)
{
    if (is_plain(record->path)) {
        if (draft_open(&record->draft, record->path, 0666))
            return true;
        int reason = errno;
        draft_release(&record->draft);
        errno = reason;
        return false;
    }
    record->fd = open(record->path, O_WRONLY | O_CLOEXEC);
    return record->fd >= 0;
}

bool record_open(struct record_file *out, const char *path, const struct recorder_config *config)
{
    *out = (struct record_file){.path = path, .fd = -1};
    if (path == NULL)
        return true;
    if (!open_place(out)) {
        complain("cannot write record \"%s\": %s", path, strerror(errno));
        return false;
    }
    out->recorder = recorder_new(config);
    return true;
}

static bool write_content(struct record_file *record, struct bytes content)
{
    if (record->fd < 0)
        return draft_write(&record->draft, content) && draft_publish(&record->draft);
    return write_octets(record->fd, content);
}

static bool write_all(struct record_file *record)
{
    struct buf text;
    buf_init_secret(&text, (size_t)2 * RECORD_MOST);
    recorder_put(record->recorder, &text);
    bool good = !text.bad && write_content(record, buf_bytes(&text));
    buf_release(&text);
    return good;
}

static bool write_what_was_said(struct record_file *record)
{
    bool is_empty = recorder_count(record->recorder) == 0;
    if (is_empty)
        complain("record \"%s\" is not written: no server asked for anything", record->path);
    else if (write_all(record))
        return true;
    else
        complain("record \"%s\" could not be written", record->path);
    return is_empty;
}

int record_close(struct record_file *record, int status)
{
    if (record->recorder == NULL)
        return status;
    bool good = write_what_was_said(record);
    if (record->fd < 0)
        draft_release(&record->draft);
    else
        close(record->fd);
    recorder_free(record->recorder);
    return good || status != EXIT_PASSED ? status : EXIT_FILE;
}
