/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON file from its name to its root, and back to whether all of it was good. */
#include "base/std.h"

#include "model/profile_impl.h"
#include "model/secret.h"

enum { FILE_MOST = 1 << 20 }; /* octets */

bool document_open(struct document *out, struct bytes text, const struct source *source)
{
    struct error_list *errors = source->errors;
    *out = (struct document){
        .source = *source, .errors_before = errors->errors, .entries_before = errors->count};
    out->doc = json_parse(text, source->subject, errors);
    if (out->doc == NULL)
        return false;
    out->root = json_root(out->doc);
    return true;
}

bool document_close(struct document *document)
{
    struct error_list *errors = document->source.errors;
    error_list_sort(errors, document->entries_before);
    json_doc_free(document->doc);
    document->doc = NULL;
    document->root = NULL;
    return errors->errors == document->errors_before;
}

bool document_file_read(struct document_file *out, const char *path, struct error_list *errors)
{
    struct error error;
    error_clear(&error);
    *out = (struct document_file){.folder = folder_of(path)};
    buf_init_secret(&out->text, FILE_MOST);
    if (file_read(path, &out->text, NULL, &error) == ST_OK)
        return true;
    error_list_add(errors, &error);
    return false;
}

void document_file_release(struct document_file *file)
{
    buf_release(&file->text);
    free(file->folder);
    file->folder = NULL;
}
