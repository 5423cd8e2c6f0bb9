/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody else's device as an actor: the stimuli that an adapter is asked for. */
#include "base/std.h"

#include <signal.h>
#include <unistd.h>

#include "drivers/adapter_impl.h"
#include "tests/unit/drivers/scene.h"

static struct scene scene;
static struct adapter *adapter;
static struct device_actor *device;
static char asked[] = "/tmp/adapter-asked-XXXXXX";

/* It keeps the last request in a file, and says that all is well. */
static void open_adapter_that_says(const char *can, const char *result)
{
    char command[1000];
    struct error error;
    signal(SIGPIPE, SIG_IGN);
    scene_open(&scene);
    error_clear(&error);
    snprintf(asked, sizeof asked, "/tmp/adapter-asked-XXXXXX");
    close(mkstemp(asked));
    snprintf(command, sizeof command,
             "id=1; read -r line; echo '{\"id\":1,\"protocol\":1,\"name\":\"fake\",\"can\":[%s]}'; "
             "while read -r line; do printf '%%s\\n' \"$line\" >%s; id=$((id + 1)); "
             "printf '{\"id\":%%d,%s}\\n' $id; done",
             can, asked, result);
    adapter = adapter_new(&(struct adapter_config){
        .world = scene.world, .command = command, .tool = "test", .role = ADAPTER_DEVICE});
    ck_assert_msg(adapter_start(adapter, &error) == ST_OK, "%s", error.text);
    device = adapter_device_new(adapter);
}

static void open_adapter(const char *can)
{
    open_adapter_that_says(can, "\"ok\":true,\"text\":\"done\\\\u001b\"");
}

static void close_adapter(void)
{
    device->ops->free(device);
    adapter_free(adapter);
    remove(asked);
    scene_close(&scene);
}

/* Behind id and deadline. */
static void was_asked(const char *wanted)
{
    char line[1000] = "";
    FILE *file = fopen(asked, "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    fclose(file);
    const char *rest = strstr(line, "\"do\"");
    ck_assert_ptr_nonnull(rest);
    ck_assert_str_eq(rest, wanted);
}

START_TEST(asks_for_each_stimulus)
{
    open_adapter("\"restart\",\"set\",\"send\",\"component-delay\",\"component-provision\"");
    ck_assert_str_eq(scene_do(device, STIMULUS_RESTART, path_root()), "done?\n");
    was_asked("\"do\":\"stimulate\",\"what\":\"restart\"}\n");
    struct stimulus stimulus = {
        .kind = STIMULUS_SET, .path = path_resource(3, 0, 9), .value = value_integer(80)};
    ck_assert_str_eq(scene_stimulate(device, &stimulus), "done?\n");
    was_asked("\"do\":\"stimulate\",\"what\":\"set\",\"path\":\"/3/0/9\",\"type\":\"integer\","
              "\"value\":80}\n");
    stimulus = (struct stimulus){.kind = STIMULUS_SEND};
    records_init(&stimulus.paths);
    ck_assert(records_add(&stimulus.paths, path_resource(16, 0, 3), value_none()));
    scene_stimulate(device, &stimulus);
    was_asked("\"do\":\"stimulate\",\"what\":\"send\",\"paths\":[\"/16/0/3\"]}\n");
    records_release(&stimulus.paths);
    stimulus = (struct stimulus){.kind = STIMULUS_COMPONENT_DELAY, .duration_ms = 300};
    scene_stimulate(device, &stimulus);
    was_asked("\"do\":\"stimulate\",\"what\":\"component-delay\",\"duration\":300}\n");
    scene_do(device, STIMULUS_COMPONENT_PROVISION, path_child(path_resource(16, 0, 0), 1));
    was_asked("\"do\":\"stimulate\",\"what\":\"component-provision\",\"path\":\"/16/0/0/1\"}\n");
    close_adapter();
}
END_TEST

static void does_not_work(const struct stimulus *stimulus, enum status wanted, const char *text)
{
    struct error error;
    struct buf answer;
    error_clear(&error);
    buf_init(&answer, 100);
    ck_assert_int_eq(device->ops->stimulate(device, stimulus, &answer, &error), wanted);
    ck_assert_str_eq(error.text, text);
    buf_release(&answer);
}

START_TEST(what_it_cannot_is_unsupported)
{
    const struct stimulus stimulus = {.kind = STIMULUS_COMPONENT_HANG};
    open_adapter("\"restart\"");
    does_not_work(&stimulus, ST_UNSUPPORTED, "adapter \"fake\" cannot do \"component-hang\"");
    close_adapter();
}
END_TEST

/* A device that is muted obeys, and sends nothing. */
START_TEST(what_fails_is_nothing_that_the_device_refuses)
{
    struct stimulus stimulus = {.kind = STIMULUS_SEND};
    open_adapter_that_says("\"send\"", "\"error\":\"failed\",\"text\":\"no cable\"");
    records_init(&stimulus.paths);
    does_not_work(&stimulus, ST_UNREACHABLE, "adapter \"fake\": no cable");
    close_adapter();
}
END_TEST

START_TEST(what_does_not_say_so_is_not_done)
{
    open_adapter_that_says("\"restart\"", "\"ok\":false");
    ck_assert_ptr_nonnull(strstr(scene_do(device, STIMULUS_RESTART, path_root()),
                                 "its answer to \"restart\" has neither"));
    close_adapter();
    open_adapter_that_says("\"restart\"", "\"text\":\"well\"");
    ck_assert_ptr_nonnull(strstr(scene_do(device, STIMULUS_RESTART, path_root()),
                                 "its answer to \"restart\" has neither"));
    close_adapter();
}
END_TEST

UNIT_MAIN("adapter_device", what_fails_is_nothing_that_the_device_refuses, asks_for_each_stimulus,
          what_it_cannot_is_unsupported, what_does_not_say_so_is_not_done)
