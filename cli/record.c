/* SPDX-License-Identifier: Apache-2.0 */
/* The file of --record: empty from the start, so that it is known early whether it can be written,
 * and filled at the end. */
#include "base/std.h"

#include "cli/command.h"
#include "cli/output.h"
#include "cli/record.h"

bool record_open(struct record_file *out, const char *path, const struct recorder_config *config)
{
    *out = (struct record_file){.path = path};
    if (path == NULL)
        return true;
    out->file = fopen(path, "w");
    if (out->file == NULL) {
        complain("cannot write record \"%s\": %s", path, strerror(errno));
        return false;
    }
    out->recorder = recorder_new(config);
    return true;
}

static bool write_all(struct record_file *record)
{
    struct buf text;
    buf_init_secret(&text, (size_t)2 * RECORD_MOST);
    recorder_put(record->recorder, &text);
    struct bytes content = buf_bytes(&text);
    bool good = !text.bad && fwrite(content.data, 1, content.len, record->file) == content.len;
    buf_release(&text);
    return fclose(record->file) == 0 && good;
}

int record_close(struct record_file *record, int status)
{
    if (record->recorder == NULL)
        return status;
    bool good = write_all(record);
    if (!good)
        complain("record \"%s\" is not whole: it could not be written", record->path);
    else if (recorder_count(record->recorder) == 0)
        complain("record \"%s\" is empty but for its header: no server asked for anything",
                 record->path);
    recorder_free(record->recorder);
    return good || status != EXIT_PASSED ? status : EXIT_FILE;
}
