/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds every file of the folders given to a fuzz target, without libFuzzer. */
#include "base/std.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "tests/fuzz/fuzz.h"

enum { FILE_MOST = 1 << 20 };

/* The octets are handed over in memory of exactly their size, so that a sanitizer sees the first
 * one that is read too far. */
static bool replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    uint8_t *all = xalloc(FILE_MOST);
    size_t len = fread(all, 1, FILE_MOST, file);
    bool good = ferror(file) == 0 && len < FILE_MOST;
    fclose(file);
    uint8_t *exact = xmemdup(all, len);
    free(all);
    if (good)
        LLVMFuzzerTestOneInput(exact, len);
    free(exact);
    return good;
}

/* How many files were fed; 0 when the folder or one of its files cannot be read. */
static size_t replay_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t count = 0;
    bool good = dir != NULL;
    for (const struct dirent *entry; good && (entry = readdir(dir)) != NULL;) {
        char path[4096];
        struct stat about;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &about) != 0 || !S_ISREG(about.st_mode))
            continue;
        good = replay_file(path);
        count++;
        if (!good)
            fprintf(stderr, "cannot read '%s'\n", path);
    }
    if (dir != NULL)
        closedir(dir);
    return good ? count : 0;
}

int main(int argc, char **argv)
{
    size_t total = 0;
    for (int i = 1; i < argc; i++) {
        size_t count = replay_folder(argv[i]);
        if (count == 0) {
            fprintf(stderr, "no inputs in '%s'; put some there\n", argv[i]);
            return EXIT_FAILURE;
        }
        total += count;
    }
    printf("%s: %zu inputs replayed\n", argv[0], total);
    return EXIT_SUCCESS;
}
