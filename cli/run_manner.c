/* SPDX-License-Identifier: Apache-2.0 */
/* How a run is played: told to reports, taken over from one, and digested with what is selected. */
#include "base/std.h"

#include "cli/data.h"
#include "cli/output.h"
#include "cli/run_impl.h"
#include "secure/secure.h"

enum { DIGESTED_MOST = 1 << 24, VALUE_TEXT = 64 };

void run_put_manner(const struct session *session, struct buf *names, struct run_manner *out)
{
    const struct run_command *given = session->given;
    for (size_t i = 0; i < session->bindings.count; i++)
        buf_printf(names, "%s%s", i == 0 ? "" : " ", session->bindings.items[i].name);
    *out = (struct run_manner){
        .is_known = true,
        .is_external = run_is_external(given),
        .is_foreign = run_is_foreign(given),
        .strict = given->strict,
        .virtual_time = given->virtual_time,
        .allow_writes = given->allow_writes,
        .patience = given->patience,
        .retries = given->retry,
        .timeout_ms = given->timeout_ms,
        .security = given->security,
        .device_defect = given->device_defect,
        .server_defect = given->server_defect,
        .set = names->len == 0 ? NULL : buf_text(names),
    };
}

/* --- as in a report ---------------------------------------------------------------------------
 */

/* A run that takes over what a report tells. */
struct restoring {
    const struct command *command; /* (borrowed) */
    const char *report;            /* (borrowed) its name */
    const struct run_manner *was;  /* (borrowed) */
    struct run_command *own;       /* (borrowed) */
};

static void tell_difference(const struct restoring *restoring, const char *option, const char *now,
                            const char *was)
{
    complain("--%s%s%s here, but %s%s in \"%s\"", option, now[0] == '\0' ? "" : "=", now,
             was == NULL || was[0] == '\0' ? "not" : "", was == NULL ? "" : was, restoring->report);
}

static void restore_texts(const struct restoring *restoring)
{
    const struct run_manner *was = restoring->was;
    struct run_command *own = restoring->own;
    const struct {
        const char *option, *was;
        const char **now;
    } rows[] = {
        {"security", was->security, &own->security},
        {"device-defect", was->device_defect, &own->device_defect},
        {"server-defect", was->server_defect, &own->server_defect},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (*rows[i].now == NULL)
            *rows[i].now = rows[i].was;
        else if (rows[i].was == NULL || strcmp(*rows[i].now, rows[i].was) != 0)
            tell_difference(restoring, rows[i].option, *rows[i].now, rows[i].was);
    }
}

static void restore_flags(const struct restoring *restoring)
{
    const struct run_manner *was = restoring->was;
    struct run_command *own = restoring->own;
    const struct {
        const char *option;
        bool was;
        bool *now;
    } rows[] = {
        {"strict", was->strict, &own->strict},
        {"virtual-time", was->virtual_time, &own->virtual_time},
        {"allow-writes", was->allow_writes, &own->allow_writes},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (*rows[i].now && !rows[i].was)
            tell_difference(restoring, rows[i].option, "", NULL);
        *rows[i].now = *rows[i].now || rows[i].was;
    }
}

static void restore_numbers(const struct restoring *restoring)
{
    const struct run_manner *was = restoring->was;
    struct run_command *own = restoring->own;
    double timeout_ms = (double)own->timeout_ms;
    double retries = own->retry;
    struct {
        const char *option, *unit;
        bool is_given;
        double was;
        double *now;
    } rows[] = {
        {"patience", "", own->patience > 0, was->patience, &own->patience},
        {"timeout", "ms", own->timeout_ms > 0, (double)was->timeout_ms, &timeout_ms},
        {"retry", "", own->retry_text != NULL, was->retries, &retries},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char now[VALUE_TEXT], before[VALUE_TEXT];
        snprintf(now, sizeof now, "%.15g%s", *rows[i].now, rows[i].unit);
        snprintf(before, sizeof before, "%.15g%s", rows[i].was, rows[i].unit);
        if (!rows[i].is_given)
            *rows[i].now = rows[i].was;
        else if (strcmp(now, before) != 0)
            tell_difference(restoring, rows[i].option, now, rows[i].was > 0 ? before : NULL);
    }
    own->timeout_ms = (int64_t)timeout_ms;
    own->retry = retries <= RETRY_MOST ? (uint16_t)retries : RETRY_MOST;
}

/* Who is somebody else's has to be named again, since it may be elsewhere; and nobody's device is
 * changed without being asked. */
static int check_ends(const struct restoring *restoring)
{
    const struct run_manner *was = restoring->was;
    const struct run_command *own = restoring->own;
    const struct {
        const char *what, *options;
        bool was, is;
    } rows[] = {
        {"device", "--device external", was->is_external, run_is_external(own)},
        {"server", "--server and --driver", was->is_foreign, run_is_foreign(own)},
        {"device that could be written to", "--allow-writes", was->is_external && was->allow_writes,
         was->is_external && (was->allow_writes && own->allow_writes)},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].was && !rows[i].is)
            return usage_error(restoring->command,
                               "\"%s\" is of somebody else's %s: give %s again, as it was",
                               restoring->report, rows[i].what, rows[i].options);
        else if (rows[i].is && !rows[i].was)
            return usage_error(restoring->command,
                               "\"%s\" is of the built-in %s; what failed there is played there: "
                               "leave out %s, or name scenarios instead of the report",
                               restoring->report, rows[i].what, rows[i].options);
    return EXIT_PASSED;
}

static bool has_binding(const struct bindings *bindings, const char *name, size_t len)
{
    for (size_t i = 0; i < bindings->count; i++)
        if (strlen(bindings->items[i].name) == len &&
            memcmp(bindings->items[i].name, name, len) == 0)
            return true;
    return false;
}

/* Values of --set may be secrets, so that no report has them. */
static int check_set(const struct restoring *restoring, const struct bindings *bindings)
{
    const char *name = restoring->was->set == NULL ? "" : restoring->was->set;
    while (*name != '\0') {
        size_t len = strcspn(name, " ");
        if (!has_binding(bindings, name, len))
            return usage_error(
                restoring->command,
                "\"%s\" was played with --set %.*s=..., whose value no report tells: "
                "give it again",
                restoring->report, (int)len, name);
        name += len + strspn(name + len, " ");
    }
    return EXIT_PASSED;
}

int run_restore(const struct command *command, struct session *session)
{
    const struct restoring restoring = {
        .command = command,
        .report = session->again.names[0],
        .was = &session->again.items[0].info.manner,
        .own = &session->own,
    };
    if (!restoring.was->is_known) {
        complain("\"%s\" does not tell one way in which all was played: options that change "
                 "verdicts are those of this command",
                 restoring.report);
        return EXIT_PASSED;
    }
    int status = check_ends(&restoring);
    if (status == EXIT_PASSED)
        status = check_set(&restoring, &session->bindings);
    if (status != EXIT_PASSED)
        return status;
    restore_texts(&restoring);
    restore_flags(&restoring);
    restore_numbers(&restoring);
    return EXIT_PASSED;
}

/* --- the digest --------------------------------------------------------------------------------
 */

static void put_text(const char *text, struct buf *out)
{
    buf_printf(out, "%s%c", text == NULL ? "" : text, text == NULL ? 'n' : 't');
    buf_put_u8(out, 0);
}

/* The content of profile NAME, and as what version of a device it is played; the name of one that
 * cannot be loaded. */
static void put_profile(const char *name, struct buf *out)
{
    struct error_list errors;
    uint8_t sha256[32];
    if (name == NULL) {
        put_text(NULL, out);
        return;
    }
    error_list_init(&errors);
    struct profile *profile = data_profile(name, sha256, &errors);
    if (profile != NULL)
        buf_put(out, (struct bytes){sha256, sizeof sha256});
    put_text(profile == NULL ? name : strchr(name, '@'), out);
    profile_free(profile);
    error_list_release(&errors);
}

static const char *without_folder(const char *path)
{
    const char *last = path == NULL ? NULL : strrchr(path, '/');
    return last == NULL ? path : last + 1;
}

/* What shards of one run have in common, whatever their machines call the files. Of a seed that
 * each draws it is the word. */
static void put_playing(const struct session *session, struct buf *out)
{
    const struct run_command *given = session->given;
    bool draws = given->seed != NULL && strcmp(given->seed, "random") == 0;
    struct run_manner manner;
    struct buf names;
    buf_init(&names, DIGESTED_MOST);
    run_put_manner(session, &names, &manner);
    const char *const texts[] = {given->format,
                                 manner.set,
                                 without_folder(manner.security),
                                 manner.device_defect,
                                 draws ? given->seed : NULL,
                                 manner.server_defect};
    put_profile(given->profile, out);
    put_profile(given->expect, out);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        put_text(texts[i], out);
    buf_printf(out, "%d %d %d %d %d %.17g %u %" PRId64 " %d %" PRId64, manner.is_external,
               manner.is_foreign, manner.strict, manner.virtual_time, manner.allow_writes,
               manner.patience, manner.retries, manner.timeout_ms, given->repeat,
               draws ? 0 : session->seed);
    buf_release(&names);
}

void run_digest(struct session *session)
{
    struct buf text;
    struct buf digits;
    uint8_t sha256[32];
    buf_init(&text, DIGESTED_MOST);
    buf_init(&digits, 2 * sizeof sha256);
    bool good = true;
    for (size_t i = 0; i < session->files.count; i++) {
        good = good && secure_sha256(buf_bytes(&session->files.items[i].text), sha256) == ST_OK;
        buf_put(&text, (struct bytes){sha256, sizeof sha256});
    }
    put_playing(session, &text);
    if (session->again.count > 0)
        reports_put_failed(&session->again.items[0], &text);
    good = good && !text.bad && secure_sha256(buf_bytes(&text), sha256) == ST_OK;
    if (good)
        buf_put_hex(&digits, (struct bytes){sha256, sizeof sha256});
    snprintf(session->selection, sizeof session->selection, "%s", buf_text(&digits));
    buf_release(&digits);
    buf_release(&text);
}
