/* SPDX-License-Identifier: Apache-2.0 */
/* The table of defects, and that each decorator does what its row says and nothing else. That the
 * suite finds them all is proven by tests/defects. */
#include "base/std.h"

#include "device/defects_impl.h"
#include "tests/fake/fake_endpoint.h"
#include "tests/fake/fake_secure.h"
#include "tests/fake/fake_world.h"
#include "tests/unit/unit.h"

START_TEST(each_row_has_a_name_of_its_own_a_rule_and_a_clause)
{
    const struct device_defect *row;
    for (size_t i = 0; (row = device_defect_at(i)) != NULL; i++) {
        const struct defect *defect = device_defect_info(row);
        ck_assert_uint_eq(strspn(defect->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                          strlen(defect->name));
        ck_assert_ptr_eq(device_defect_named(bytes_of(defect->name)), row);
        ck_assert_uint_gt(strlen(defect->rule), 0);
        ck_assert_uint_gt(strlen(defect->text), 0);
        ck_assert_uint_le(row->patch_count, PATCHES_MOST);
    }
    ck_assert_ptr_null(device_defect_named(bytes_of("nonesuch")));
}
END_TEST

/* --- a row of our own ----------------------------------------------------------------------- */

static void give_it_another_id(struct provision *provision)
{
    provision->instances[0].instance = 99;
}

static void ask_for_key_9(const struct inquiry *inquiry)
{
    buf_puts(inquiry->data, "other");
    inquiry->request->key_index = 9;
    inquiry->request->challenge = buf_bytes(inquiry->data);
}

static enum secure_result tell_more(const struct inquiry *inquiry, enum secure_result result)
{
    ck_assert_uint_eq(inquiry->request->key_index, 1);
    buf_puts(inquiry->out, "!");
    return result;
}

static enum portfolio_event always_passed_by(enum portfolio_event event, enum portfolio_way way,
                                             struct path target)
{
    UNUSED(event);
    UNUSED(way);
    UNUSED(target);
    return PASSED_BY;
}

static const struct device_defect row = {
    .info = {"mine", "PF-STATE-1", "does it wrong"},
    .patches = {{READ_DATA, DATA_AVAIL, {NOTHING, ERROR}}},
    .patch_count = 1,
    .leaving = always_passed_by,
    .provision = give_it_another_id,
    .ask = ask_for_key_9,
    .tell = tell_more,
};

START_TEST(only_the_cell_of_the_row_is_another)
{
    struct world *world = world_new(NULL);
    struct seeded *seeded = seeded_new(&row, world->profile, world->clock, &world->trace);
    const struct portfolio_ops *ops = seeded_portfolio(seeded);
    for (unsigned event = 0; event < PORTFOLIO_EVENTS; event++)
        for (unsigned from = 0; from < STATUS_VALUES; from++) {
            struct portfolio_cell cell = ops->cell(ops, event, from);
            struct portfolio_cell good = portfolio_standard.cell(&portfolio_standard, event, from);
            bool same = cell.action == good.action && cell.next == good.next;
            ck_assert_int_eq(same, event != READ_DATA || from != DATA_AVAIL);
        }
    ck_assert_int_eq(ops->leaving(ops, PORTFOLIO_READ, path_root(), true), PASSED_BY);
    ck_assert_uint_eq(seeded_provision(seeded)->instances[0].instance, 99);
    ck_assert_uint_ne(world->profile->provision.instances[0].instance, 99);
    seeded_free(seeded);
    world_free(world);
}
END_TEST

START_TEST(the_component_is_asked_and_quoted_wrongly)
{
    struct world *world = world_new(NULL);
    struct seeded *seeded = seeded_new(&row, world->profile, world->clock, &world->trace);
    struct fake_secure fake;
    struct secure *secure = seeded_secure(seeded, fake_secure_init(&fake));
    struct secure_request request = {.challenge = bytes_of("c"), .key_index = 1};
    struct buf out;
    buf_init(&out, 200);
    ck_assert_int_eq(secure_compute(secure, &request, &out), SECURE_OK);
    ck_assert_ptr_nonnull(strstr(buf_text(&out), "key=9"));
    ck_assert_ptr_nonnull(strstr(buf_text(&out), "challenge=6f74686572)!"));
    secure_free(secure);
    ck_assert_uint_eq(fake.freed, 1);
    ck_assert_ptr_null(seeded_secure(seeded, NULL));
    buf_release(&out);
    seeded_free(seeded);
    world_free(world);
}
END_TEST

UNIT_MAIN("device/defects", each_row_has_a_name_of_its_own_a_rule_and_a_clause,
          only_the_cell_of_the_row_is_another, the_component_is_asked_and_quoted_wrongly)
