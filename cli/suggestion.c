/* SPDX-License-Identifier: Apache-2.0 */
/* What a mistyped word may have meant: the candidate with the smallest edit distance. */
#include "base/std.h"

#include "cli/options.h"

enum { WORD_MOST = 63 };

void suggestion_init(struct suggestion *suggestion, const char *word)
{
    *suggestion = (struct suggestion){.word = word, .distance = strlen(word) / 3 + 1};
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

/* Levenshtein's, row by row. */
static size_t distance_of(const char *a, const char *b)
{
    size_t rows = strlen(a);
    size_t columns = strlen(b);
    size_t line[WORD_MOST + 1];
    for (size_t k = 0; k <= columns; k++)
        line[k] = k;
    for (size_t i = 1; i <= rows; i++) {
        size_t diagonal = line[0];
        line[0] = i;
        for (size_t k = 1; k <= columns; k++) {
            size_t replaced = diagonal + (a[i - 1] == b[k - 1] ? 0 : 1);
            diagonal = line[k];
            line[k] = least(line[k] + 1, line[k - 1] + 1, replaced);
        }
    }
    return line[columns];
}

void suggestion_consider(struct suggestion *suggestion, const char *candidate)
{
    if (strlen(suggestion->word) > WORD_MOST || strlen(candidate) > WORD_MOST)
        return;
    size_t distance = distance_of(suggestion->word, candidate);
    bool nearer = suggestion->best == NULL ? distance <= suggestion->distance
                                           : distance < suggestion->distance;
    if (!nearer)
        return;
    suggestion->best = candidate;
    suggestion->distance = distance;
}

void suggestion_put(const struct suggestion *suggestion, struct buf *out)
{
    if (suggestion->best != NULL)
        buf_printf(out, " (did you mean \"%s\"?)", suggestion->best);
}
