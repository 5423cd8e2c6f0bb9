/* SPDX-License-Identifier: Apache-2.0 */
/* A folder for one test, and files in it. */
#ifndef TESTS_UNIT_CLI_FOLDER_H
#define TESTS_UNIT_CLI_FOLDER_H

#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "base/buf.h"

struct folder {
    char path[64];
};

static inline void folder_make(struct folder *folder)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/lwm2m-portfolio-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder->path));
}

/* The path of NAME in it; the caller frees it. */
static inline char *folder_path(const struct folder *folder, const char *name)
{
    size_t room = strlen(folder->path) + strlen(name) + 2;
    char *path = xarray(room, 1);
    snprintf(path, room, "%s/%s", folder->path, name);
    return path;
}

static inline void folder_add(const struct folder *folder, const char *name)
{
    char *path = folder_path(folder, name);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    free(path);
}

static inline void folder_write(const struct folder *folder, const char *name, const char *text)
{
    char *path = folder_path(folder, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
    free(path);
}

/* What the file holds; the caller frees it. */
static inline char *folder_read(const struct folder *folder, const char *name)
{
    char text[4096];
    char *path = folder_path(folder, name);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    text[len] = '\0';
    fclose(file);
    free(path);
    return xstrdup(text);
}

static inline void folder_remove(const struct folder *folder)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", folder->path);
    ck_assert_int_eq(system(command), 0);
}

#endif
