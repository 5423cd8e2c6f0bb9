/* SPDX-License-Identifier: Apache-2.0 */
/* The relay on a command line: relay HOST:PORT SEED
 *
 * Prints the address where devices find it, then obeys lines of standard input, and answers each:
 *   rate WAY FAULT PER_THOUSAND    next WAY FAULT KIND COUNT    delay WAY MILLISECONDS
 *   heal    rebind    count WAY FAULT
 * WAY is up, down or both; FAULT drop, duplicate, reorder or corrupt; KIND any, request, response
 * or ack. Ends with its standard input or by SIGTERM. */
#include "base/std.h"

#include <unistd.h>

#include "net/relay.h"

enum { LINE_MOST = 200, WORDS_MOST = 5, TURN_MS = 1000 };

struct tool {
    struct relay *relay; /* (owned) */
    bool is_over;
    char line[LINE_MOST];
    size_t len;
};

struct command {
    char *words[WORDS_MOST + 1];
    unsigned way, fault, kind;
    unsigned long number; /* the last word */
};

static const char *const ways[] = {"up", "down", "both", NULL};
static const char *const faults[] = {"drop", "duplicate", "reorder", "corrupt", NULL};
static const char *const kinds[] = {"any", "request", "response", "ack", NULL};

static bool find(const char *const *names, const char *word, unsigned *out)
{
    *out = 0;
    while (word != NULL && names[*out] != NULL && strcmp(names[*out], word) != 0)
        (*out)++;
    return word != NULL && names[*out] != NULL;
}

static size_t split(char *line, struct command *out)
{
    size_t count = 0;
    char *rest = line;
    *out = (struct command){.way = 0};
    for (char *word = NULL; count < WORDS_MOST && (word = strsep(&rest, " ")) != NULL;)
        out->words[count++] = word;
    if (count > 0)
        out->number = strtoul(out->words[count - 1], NULL, 10);
    return count;
}

static bool impair(struct relay *relay, size_t count, struct command *command)
{
    char **words = command->words;
    if (!find(ways, words[1], &command->way))
        return false;
    if (count == 3 && strcmp(words[0], "delay") == 0) {
        relay_delay(relay, (enum relay_way)command->way, (int64_t)command->number);
        return true;
    }
    if (!find(faults, words[2], &command->fault))
        return false;
    if (count == 4 && strcmp(words[0], "rate") == 0) {
        relay_rate(relay, (enum relay_way)command->way, (enum relay_fault)command->fault,
                   (unsigned)command->number);
        return true;
    }
    if (count != 5 || strcmp(words[0], "next") != 0 || !find(kinds, words[3], &command->kind))
        return false;
    relay_next(relay, (enum relay_way)command->way, (enum relay_fault)command->fault,
               (enum relay_kind)command->kind, (unsigned)command->number);
    return true;
}

static bool obey(struct relay *relay, char *line)
{
    struct command command;
    size_t count = split(line, &command);
    char **words = command.words;
    if (count == 1 && strcmp(words[0], "heal") == 0) {
        relay_heal(relay);
        return true;
    }
    if (count == 1 && strcmp(words[0], "rebind") == 0)
        return relay_rebind(relay) == ST_OK;
    if (count == 3 && strcmp(words[0], "count") == 0 && find(ways, words[1], &command.way) &&
        find(faults, words[2], &command.fault)) {
        printf("%zu ",
               relay_count(relay, (enum relay_way)command.way, (enum relay_fault)command.fault));
        return true;
    }
    return impair(relay, count, &command);
}

static void on_input(void *arg, int fd)
{
    struct tool *tool = arg;
    char octet = 0;
    if (read(fd, &octet, 1) != 1) {
        tool->is_over = true;
    } else if (octet != '\n') {
        tool->line[tool->len] = octet;
        tool->len += tool->len < LINE_MOST - 1;
    } else {
        tool->line[tool->len] = '\0';
        tool->len = 0;
        puts(obey(tool->relay, tool->line) ? "ok" : "wrong");
        fflush(stdout);
    }
}

static int run(struct loop *loop, const struct relay_config *config)
{
    struct tool tool = {.len = 0};
    struct error error;
    error_clear(&error);
    if (relay_new(config, &tool.relay, &error) != ST_OK ||
        loop_watch(loop, STDIN_FILENO, on_input, &tool) != ST_OK) {
        fprintf(stderr, "relay: %s\n", error.text);
        relay_free(tool.relay);
        return 1;
    }
    puts(relay_address(tool.relay));
    fflush(stdout);
    while (!tool.is_over)
        loop_turn(loop, TURN_MS);
    loop_unwatch(loop, STDIN_FILENO);
    relay_free(tool.relay);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: relay HOST:PORT SEED\n");
        return 2;
    }
    struct clock *clock = clock_new_real();
    struct loop *loop = loop_new(clock);
    struct chance chance;
    chance_init_seed(&chance, strtoul(argv[2], NULL, 10));
    const struct relay_config config = {loop, &chance, argv[1], NULL};
    int status = run(loop, &config);
    loop_free(loop);
    clock_free(clock);
    return status;
}
