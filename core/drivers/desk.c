/* SPDX-License-Identifier: Apache-2.0 */
/* Tells a person what to do, and waits for what it types, but not for ever. */
#include "base/std.h"

#include <strings.h>

#include "drivers/desk.h"

enum { TURN_MS = 200, SHOWN = 40 };

static int64_t now(const struct desk *desk)
{
    return clock_now(loop_clock(desk->config.world.loop));
}

static int64_t patience_ms(const struct desk *desk)
{
    return desk->config.patience_ms > 0 ? desk->config.patience_ms : MANUAL_PATIENCE_MS;
}

/* --- showing -------------------------------------------------------------------------------- */

void desk_show(const struct desk *desk, const char *text)
{
    desk->config.person->show(desk->config.person->arg, text);
}

/* What it is for, once. */
static void put_scenario(struct desk *desk, struct buf *out)
{
    const struct progress *progress = desk->config.progress;
    if (progress == NULL || progress->file == NULL || progress->round == desk->round)
        return;
    desk->round = progress->round;
    buf_put_plain(out, bytes_of(progress->file));
    buf_puts(out, ": ");
    buf_put_plain(out, bytes_of(progress->title));
    buf_puts(out, "\n");
}

void desk_show_task(struct desk *desk, const char *whom, const char *task, const char *then)
{
    const struct progress *progress = desk->config.progress;
    struct buf text;
    buf_init(&text, DESK_TEXT_MOST);
    put_scenario(desk, &text);
    buf_printf(&text, "[%u] ", ++desk->step);
    if (progress != NULL && progress->file != NULL)
        buf_printf(&text, "line %u: ", progress->line);
    buf_printf(&text, "the %s ", whom);
    if (strcmp(whom, "server") == 0) {
        buf_puts(&text, "does with \"");
        buf_put_plain(&text, bytes_of(desk->config.endpoint));
        buf_puts(&text, "\": ");
    } else {
        buf_puts(&text, "does: ");
    }
    buf_printf(&text, "%s    %s, or \"skip\"\n", task, then);
    desk_show(desk, buf_text(&text));
    buf_release(&text);
}

static void show_wrong(const struct desk *desk, struct bytes line)
{
    struct buf text;
    bool is_cut = line.len > SHOWN;
    buf_init(&text, 1000);
    buf_puts(&text, "    \"");
    buf_put_plain(&text, (struct bytes){line.data, is_cut ? SHOWN : line.len});
    buf_printf(&text, "%s\" is no answer to that\n", is_cut ? "..." : "");
    desk_show(desk, buf_text(&text));
    buf_release(&text);
}

/* --- waiting -------------------------------------------------------------------------------- */

void desk_begin(struct desk *desk)
{
    desk->waits_since = now(desk);
    desk->give_up_at = desk->waits_since + patience_ms(desk);
    desk->wrong = 0;
}

void desk_end(struct desk *desk)
{
    desk->waited_ms += now(desk) - desk->waits_since;
    desk->waits_since = -1;
}

int64_t desk_waited_ms(const struct desk *desk)
{
    return desk->waited_ms + (desk->waits_since < 0 ? 0 : now(desk) - desk->waits_since);
}

static bool is_word(struct buf *line, const char *word)
{
    return line->len == strlen(word) && strncasecmp(buf_text(line), word, line->len) == 0;
}

/* What the person types goes before the end of its time; ST_TIMEOUT: there is nothing yet. */
static enum status listen(const struct desk *desk, struct buf *out, struct error *error)
{
    const struct manual_config *config = &desk->config;
    enum status status = config->person->listen(config->person->arg, out);
    if (status == ST_IO) {
        error_set(error, "nobody answers any more: standard input is at its end");
    } else if (status == ST_OK && is_word(out, "skip")) {
        error_set(error, "it was skipped");
        status = ST_UNSUPPORTED;
    } else if (status == ST_TIMEOUT && sim_world_is_stopped(&config->world)) {
        error_set(error, "interrupted");
        status = ST_CANCELLED;
    } else if (status == ST_TIMEOUT && now(desk) >= desk->give_up_at) {
        error_set(error, "nobody did it within %g s", (double)patience_ms(desk) / 1000);
        status = ST_UNSUPPORTED;
    }
    return status;
}

enum status desk_await(struct desk *desk, const bool *is_over, struct buf *out, struct error *error)
{
    enum status status = ST_TIMEOUT;
    buf_clear(out);
    while (status == ST_TIMEOUT && (is_over == NULL || !*is_over)) {
        status = listen(desk, out, error);
        if (status == ST_TIMEOUT)
            loop_turn(desk->config.world.loop, TURN_MS);
    }
    return status == ST_TIMEOUT ? ST_OK : status;
}

/* Whoever types without end must not keep the world from moving. */
enum status desk_count_wrong(struct desk *desk, struct error *error)
{
    loop_turn(desk->config.world.loop, 0);
    if (++desk->wrong < DESK_WRONG_MOST)
        return ST_OK;
    error_set(error, "%u lines were typed, and none is what was asked for", desk->wrong);
    return ST_IO;
}

enum status desk_ask(struct desk *desk, const char *question, const char *const *words, size_t *out,
                     struct error *error)
{
    struct buf line;
    buf_init(&line, DESK_TEXT_MOST);
    enum status status = ST_OK;
    bool is_found = false;
    while (status == ST_OK && !is_found) {
        desk_show(desk, question);
        status = desk_await(desk, NULL, &line, error);
        for (*out = 0; status == ST_OK && words[*out] != NULL && !is_word(&line, words[*out]);)
            ++*out;
        is_found = status == ST_OK && words[*out] != NULL;
        if (status == ST_OK && !is_found) {
            show_wrong(desk, buf_bytes(&line));
            status = desk_count_wrong(desk, error);
        }
    }
    buf_release(&line);
    return status;
}

void desk_init(struct desk *desk, const struct manual_config *config)
{
    *desk = (struct desk){.config = *config, .waits_since = -1};
}
