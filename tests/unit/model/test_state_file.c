/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a state: whole or not at all, and nothing else is believed. */
#include "base/std.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/secret.h"
#include "model/state.h"
#include "tests/unit/model/support.h"

static const char device[] =
    "{ \"endpoint\": \"dev \\\"1\\\"\", \"lwm2m\": \"1.1\", \"servers\": [ { \"ssid\": 1, \"uri\": "
    "\"coap://a\" } ],"
    "  \"definitions\": { \"1000\": { \"name\": \"All\", \"resources\": {"
    "    \"1\": { \"name\": \"s\", \"ops\": \"RW\", \"type\": \"string\" },"
    "    \"2\": { \"name\": \"i\", \"ops\": \"RW\", \"type\": \"integer\" },"
    "    \"3\": { \"name\": \"f\", \"ops\": \"RW\", \"type\": \"float\", \"multiple\": true },"
    "    \"4\": { \"name\": \"b\", \"ops\": \"RW\", \"type\": \"boolean\" },"
    "    \"5\": { \"name\": \"o\", \"ops\": \"RW\", \"type\": \"opaque\" },"
    "    \"6\": { \"name\": \"t\", \"ops\": \"RW\", \"type\": \"time\" },"
    "    \"7\": { \"name\": \"l\", \"ops\": \"RW\", \"type\": \"objlink\" },"
    "    \"8\": { \"name\": \"e\", \"ops\": \"E\" } } } },"
    "  \"objects\": { \"16\": { \"0\": { \"0\": { \"0\": \"a\" } } } } }";

struct setting {
    char folder[32];
    char path[64];
    struct profile *profile;
    struct state state;
    struct error_list errors;
    struct error error;
};

static struct profile *parse(const char *text)
{
    struct error_list errors;
    error_list_init(&errors);
    struct profile *profile = profile_parse(bytes_of(text), "dev.json", NULL, &errors);
    ck_assert_ptr_nonnull(profile);
    error_list_release(&errors);
    return profile;
}

static void fill(struct state *state)
{
    static const uint8_t text[] = {'a', '"', '\\', 0, '\n', 0x7f, 0xc3, 0xbc};
    add(&state->values, at("/1000/0"), value_none());
    add(&state->values, at("/1000/0/1"),
        value_octets(VALUE_STRING, (struct bytes){text, sizeof text}));
    add(&state->values, at("/1000/0/2"), value_integer(INT64_MIN));
    add(&state->values, at("/1000/0/3"), value_none());
    add(&state->values, at("/1000/0/3/0"), value_float(0.1));
    add(&state->values, at("/1000/0/3/1"), value_float(1e300));
    add(&state->values, at("/1000/0/3/2"), value_float(NAN));
    add(&state->values, at("/1000/0/3/3"), value_float(-INFINITY));
    add(&state->values, at("/1000/0/3/4"), value_float(-3));
    add(&state->values, at("/1000/0/4"), value_boolean(true));
    add(&state->values, at("/1000/0/5"),
        value_octets(VALUE_OPAQUE, (struct bytes){text, sizeof text}));
    add(&state->values, at("/1000/0/6"), value_time(1500000000));
    add(&state->values, at("/1000/0/7"), value_link(16, 65535));
    add(&state->values, at("/1000/0/8"), value_none());
    state->gone = xarray(1, sizeof *state->gone);
    state->gone[state->gone_count++] = at("/16/0/0/0");
    state_add_unprovisioned(state, at("/16/0"));
    state_add_unprovisioned(state, at("/16/7"));
    ck_assert(state_add_attribute(state, 1, at("/3/0/9"), bytes_of("pmin=5&pmax=10")));
    ck_assert(state_add_attribute(state, 2, at("/16"), bytes_of("gt=\"1\"")));
}

static void begin(struct setting *setting)
{
    strncpy(setting->folder, "/tmp/state-XXXXXX", sizeof setting->folder);
    ck_assert_ptr_nonnull(mkdtemp(setting->folder));
    snprintf(setting->path, sizeof setting->path, "%s/dev.state", setting->folder);
    setting->profile = parse(device);
    state_init(&setting->state);
    error_list_init(&setting->errors);
    error_clear(&setting->error);
}

static unsigned files_in(const char *folder)
{
    unsigned count = 0;
    DIR *open = opendir(folder);
    ck_assert_ptr_nonnull(open);
    for (struct dirent *entry = readdir(open); entry != NULL; entry = readdir(open))
        count += entry->d_name[0] != '.';
    closedir(open);
    return count;
}

static void end(struct setting *setting)
{
    unlink(setting->path);
    ck_assert_int_eq(rmdir(setting->folder), 0);
    state_release(&setting->state);
    error_list_release(&setting->errors);
    profile_free(setting->profile);
}

static void write_state(struct setting *setting)
{
    ck_assert_int_eq(state_write(&setting->state, setting->profile, setting->path, &setting->error),
                     ST_OK);
}

static enum status load(struct setting *setting, struct state *out)
{
    state_init(out);
    error_list_release(&setting->errors);
    return state_load(out, setting->profile, setting->path, &setting->errors);
}

static void read_file(const char *path, struct buf *out)
{
    buf_init(out, 1 << 20);
    ck_assert_int_eq(file_read(path, out, NULL, NULL), ST_OK);
}

static void put_file(const char *path, struct bytes text)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text.data, 1, text.len, file), text.len);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(reads_what_it_wrote)
{
    struct setting setting;
    struct state again;
    struct stat info;
    begin(&setting);
    fill(&setting.state);
    write_state(&setting);
    ck_assert_int_eq(stat(setting.path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    ck_assert_uint_eq(files_in(setting.folder), 1);
    ck_assert_int_eq(load(&setting, &again), ST_OK);
    ck_assert(records_equal(&again.values, &setting.state.values));
    ck_assert_uint_eq(again.gone_count, 1);
    ck_assert(path_equal(again.gone[0], at("/16/0/0/0")));
    ck_assert_uint_eq(again.unprovisioned_count, 2);
    ck_assert(state_lacks_keys(&again, at("/16/7")));
    ck_assert(!state_lacks_keys(&again, at("/16/1")));
    ck_assert_uint_eq(again.attribute_count, 2);
    ck_assert_str_eq(again.attributes[1].text, "gt=\"1\"");
    ck_assert_uint_eq(again.attributes[1].ssid, 2);
    ck_assert(path_equal(again.attributes[1].path, at("/16")));
    state_release(&again);
    end(&setting);
}
END_TEST

START_TEST(has_nothing_to_say_before_the_first_write)
{
    struct setting setting;
    struct state none;
    begin(&setting);
    ck_assert_int_eq(load(&setting, &none), ST_NOT_FOUND);
    ck_assert_uint_eq(setting.errors.count, 0);
    state_release(&none);
    end(&setting);
}
END_TEST

START_TEST(replaces_what_was_there)
{
    struct setting setting;
    struct state again;
    begin(&setting);
    write_state(&setting);
    fill(&setting.state);
    write_state(&setting);
    ck_assert_int_eq(load(&setting, &again), ST_OK);
    ck_assert_uint_eq(again.values.count, setting.state.values.count);
    state_release(&again);
    end(&setting);
}
END_TEST

static void assert_damaged(struct setting *setting, struct bytes text)
{
    struct state again;
    struct buf kept;
    put_file(setting->path, text);
    ck_assert_int_eq(load(setting, &again), ST_INVALID);
    ck_assert_uint_eq(again.values.count, 0);
    ck_assert_uint_eq(again.attribute_count, 0);
    ck_assert_uint_ge(setting->errors.count, 2);
    ck_assert_str_eq(setting->errors.items[setting->errors.count - 1].text,
                     "this state is not used, and is left as it is; take the file away to begin "
                     "with what the profile says");
    read_file(setting->path, &kept);
    ck_assert(bytes_equal(buf_bytes(&kept), text));
    buf_release(&kept);
}

START_TEST(refuses_a_file_that_ends_early_wherever_it_does)
{
    struct setting setting;
    struct buf text;
    begin(&setting);
    fill(&setting.state);
    write_state(&setting);
    read_file(setting.path, &text);
    for (size_t len = 0; len < text.len; len++)
        assert_damaged(&setting, (struct bytes){text.data, len});
    buf_put_u8(&text, '\n');
    assert_damaged(&setting, buf_bytes(&text));
    buf_release(&text);
    end(&setting);
}
END_TEST

START_TEST(refuses_a_file_with_any_octet_changed)
{
    struct setting setting;
    struct buf text;
    begin(&setting);
    fill(&setting.state);
    write_state(&setting);
    read_file(setting.path, &text);
    for (size_t i = 0; i < text.len; i++) {
        text.data[i] ^= 1;
        assert_damaged(&setting, buf_bytes(&text));
        text.data[i] ^= 1;
    }
    buf_release(&text);
    end(&setting);
}
END_TEST

START_TEST(says_whose_state_it_is)
{
    static const struct {
        const char *from, *to, *message;
    } cases[] = {
        {"dev \\\"1\\\"", "dev 2", "state is that of \"dev \"1\"\", not of \"dev 2\""},
        {"coap://a", "coap://b", "state is that of another content of the profile"},
        {"\"1.1\"", "\"1.0\"", "state is that of another content of the profile"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct setting setting;
        struct state again;
        struct buf other;
        const char *found = strstr(device, cases[i].from);
        begin(&setting);
        write_state(&setting);
        buf_init(&other, 4096);
        buf_put(&other, (struct bytes){(const uint8_t *)device, (size_t)(found - device)});
        buf_puts(&other, cases[i].to);
        buf_puts(&other, found + strlen(cases[i].from));
        profile_free(setting.profile);
        setting.profile = parse(buf_text(&other));
        ck_assert_int_eq(load(&setting, &again), ST_INVALID);
        ck_assert_str_eq(setting.errors.items[0].text, cases[i].message);
        ck_assert_uint_gt(setting.errors.items[0].line, 0);
        buf_release(&other);
        end(&setting);
    }
}
END_TEST

/* A file of our form with the right sum in it, made by the writer from a state that nobody takes.
 */
static void assert_refused_value(const char *path, struct value value, const char *message)
{
    struct setting setting;
    struct state again;
    begin(&setting);
    add(&setting.state.values, at(path), value);
    write_state(&setting);
    ck_assert_int_eq(load(&setting, &again), ST_INVALID);
    ck_assert_str_eq(setting.errors.items[0].text, message);
    end(&setting);
}

START_TEST(refuses_values_that_cannot_be)
{
    assert_refused_value("/77/0/1", value_integer(1),
                         "value of \"/77/0/1\" is none that it can have");
    assert_refused_value("/77/0", value_none(), "value of \"/77/0\" is none that it can have");
    assert_refused_value("/1000/0/9", value_integer(1),
                         "value of \"/1000/0/9\" is none that it can have");
    assert_refused_value("/1000/0/2", value_string("1"),
                         "value of \"/1000/0/2\" is none that it can have");
    assert_refused_value("/1000/0/5", value_string("file:/etc/passwd"),
                         "value of \"/1000/0/5\" is none that it can have");
    assert_refused_value("/1000/0/3", value_float(1),
                         "value of \"/1000/0/3\" is none that it can have");
    assert_refused_value("/1000/0/2/0", value_integer(1),
                         "value of \"/1000/0/2/0\" is none that it can have");
    assert_refused_value("/1000/0/1", value_none(),
                         "value of \"/1000/0/1\" is none that it can have");
    assert_refused_value("/1000", value_none(), "value of \"/1000\" is none that it can have");
    assert_refused_value("/1/0/1", value_integer(-1),
                         "value of \"/1/0/1\" is none that it can have");
}
END_TEST

/* --- when it cannot be written ------------------------------------------------------------------
 */

START_TEST(keeps_the_old_state_when_the_disk_is_full)
{
    struct setting setting;
    struct state again;
    struct rlimit before;
    begin(&setting);
    ck_assert(state_add_attribute(&setting.state, 3, at("/3"), bytes_of("pmin=1")));
    write_state(&setting);
    fill(&setting.state);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit full = {.rlim_cur = 300, .rlim_max = before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
    enum status status = state_write(&setting.state, setting.profile, setting.path, &setting.error);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_int_eq(status, ST_IO);
    ck_assert_ptr_nonnull(strstr(setting.error.text, "what was there is kept"));
    ck_assert_uint_eq(files_in(setting.folder), 1);
    ck_assert_int_eq(load(&setting, &again), ST_OK);
    ck_assert_uint_eq(again.attribute_count, 1);
    state_release(&again);
    end(&setting);
}
END_TEST

START_TEST(says_that_a_folder_cannot_be_written_to)
{
    static const char *const paths[] = {"/proc/dev.state", "/no/such/folder/dev.state",
                                        "/dev/null/dev.state"};
    struct setting setting;
    begin(&setting);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        ck_assert_int_eq(state_write(&setting.state, setting.profile, paths[i], &setting.error),
                         ST_IO);
        ck_assert_ptr_nonnull(strstr(setting.error.text, paths[i]));
    }
    if (getuid() != 0) {
        ck_assert_int_eq(chmod(setting.folder, 0500), 0);
        ck_assert_int_eq(state_write(&setting.state, setting.profile, setting.path, &setting.error),
                         ST_IO);
        ck_assert_int_eq(chmod(setting.folder, 0700), 0);
    }
    end(&setting);
}
END_TEST

START_TEST(says_that_a_file_cannot_be_read)
{
    struct setting setting;
    struct state none;
    begin(&setting);
    state_init(&none);
    ck_assert_int_eq(state_load(&none, setting.profile, setting.folder, &setting.errors), ST_IO);
    ck_assert_uint_eq(setting.errors.count, 2);
    state_release(&none);
    end(&setting);
}
END_TEST

UNIT_MAIN("state_file", reads_what_it_wrote, has_nothing_to_say_before_the_first_write,
          replaces_what_was_there, refuses_a_file_that_ends_early_wherever_it_does,
          refuses_a_file_with_any_octet_changed, says_whose_state_it_is,
          refuses_values_that_cannot_be, keeps_the_old_state_when_the_disk_is_full,
          says_that_a_folder_cannot_be_written_to, says_that_a_file_cannot_be_read)
