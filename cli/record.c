/* SPDX-License-Identifier: Apache-2.0 */
/* The file of --record: opened at the start, so that it is known early whether it can be written,
 * and filled at the end. */
#include "base/std.h"

#include "cli/command.h"
#include "cli/output.h"
#include "cli/record.h"

static bool fail(const struct record_file *record, int number)
{
    complain("cannot write record \"%s\": %s", record->destination.path, strerror(number));
    return false;
}

bool record_open(struct record_file *out, const char *path, const struct recorder_config *config)
{
    *out = (struct record_file){.recorder = NULL};
    if (path == NULL)
        return true;
    if (destination_open(&out->destination, path)) {
        out->recorder = recorder_new(config);
        return true;
    }
    fail(out, errno);
    destination_release(&out->destination);
    return false;
}

static bool write_scenario(struct record_file *record)
{
    struct buf text;
    buf_init_secret(&text, (size_t)2 * RECORD_MOST);
    recorder_put(record->recorder, &text);
    bool good = !text.bad && destination_write(&record->destination, buf_bytes(&text));
    int reason = text.bad ? EFBIG : errno;
    buf_release(&text);
    return good || fail(record, reason);
}

int record_close(struct record_file *record, int status)
{
    if (record->recorder == NULL)
        return status;
    bool good = true;
    if (recorder_count(record->recorder) > 0)
        good = write_scenario(record);
    else
        complain("record \"%s\" is not written: no server asked for anything",
                 record->destination.path);
    destination_release(&record->destination);
    recorder_free(record->recorder);
    return good || status != EXIT_PASSED ? status : EXIT_FILE;
}
