/* SPDX-License-Identifier: Apache-2.0 */
/* What the Portfolio specification asks of a profile as a whole: links, dedication, the GSMA
 * layout. */
#include "base/std.h"

#include "model/profile_impl.h"

enum { PORTFOLIO_OBJECT = 16 };
enum gsma_identity { HOST_DEVICE_ID, HOST_MANUFACTURER, HOST_MODEL, HOST_SOFTWARE_VERSION };

static bool same_target(struct objlink a, struct objlink b)
{
    return a.object == b.object && a.instance == b.instance;
}

/* rule: PF-OBJ-7 */
static void check_dedication(const struct loading *loading, const struct record *cell)
{
    struct objlink link = cell->value.link;
    struct path from = path_cut(cell->path, 2);
    const struct profile_portfolio *portfolio =
        link.object == PORTFOLIO_OBJECT ? profile_portfolio(loading->profile, link.instance) : NULL;
    if (portfolio != NULL && portfolio->has_dedicated && !path_equal(portfolio->dedicated_to, from))
        COMPLAIN(loading, objects_find(loading, cell->path), false,
                 "link to \"16:%u\", which is dedicated to \"%u/%u\"", (unsigned)link.instance,
                 (unsigned)portfolio->dedicated_to.id[0], (unsigned)portfolio->dedicated_to.id[1]);
    for (const struct record *other = loading->content.cells; other < cell; other++) {
        if (other->value.type != VALUE_OBJLINK || link.object != PORTFOLIO_OBJECT)
            continue;
        if (!same_target(other->value.link, link) || path_covers(from, other->path))
            continue;
        COMPLAIN(loading, objects_find(loading, cell->path), false,
                 "link to \"16:%u\", to which \"%u/%u\" leads already (line %u); an instance is "
                 "dedicated to one object instance",
                 (unsigned)link.instance, (unsigned)other->path.id[0], (unsigned)other->path.id[1],
                 objects_find(loading, other->path)->line);
        return;
    }
}

static const struct value *identity_of(const struct loading *loading, unsigned instance,
                                       unsigned identity)
{
    size_t place = 0;
    struct path path = path_child(path_resource(PORTFOLIO_OBJECT, instance, 0), identity);
    return tree_find(&loading->content, path, &place) ? &loading->content.cells[place].value : NULL;
}

static bool alphanumeric(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool digit = c >= '0' && c <= '9';
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!digit && !letter)
            return false;
    }
    return text.len > 0;
}

static bool linked_from_device(const struct loading *loading, unsigned instance)
{
    struct path links = path_resource(3, 0, 22);
    for (size_t i = 0; i < loading->content.count; i++) {
        const struct record *cell = &loading->content.cells[i];
        if (cell->value.type == VALUE_OBJLINK && path_covers(links, cell->path) &&
            same_target(cell->value.link, (struct objlink){PORTFOLIO_OBJECT, (uint16_t)instance}))
            return true;
    }
    return false;
}

/* rule: PF-GSMA-1, PF-GSMA-2, PF-GSMA-3 */
static void check_gsma(const struct loading *loading, unsigned instance)
{
    static const char *const names[] = {
        [HOST_DEVICE_ID] = "host device id",
        [HOST_MANUFACTURER] = "host device manufacturer",
        [HOST_MODEL] = "host device model",
        [HOST_SOFTWARE_VERSION] = "host device software version",
    };
    const struct json *place = objects_find(loading, path_instance(PORTFOLIO_OBJECT, instance));
    for (unsigned i = HOST_MANUFACTURER; i <= HOST_SOFTWARE_VERSION; i++)
        if (identity_of(loading, instance, i) == NULL)
            COMPLAIN(loading, place, false,
                     "instance claims \"gsma\", but identity %u (%s) is missing", i, names[i]);
    const struct value *id = identity_of(loading, instance, HOST_DEVICE_ID);
    struct path id_path = path_child(path_resource(PORTFOLIO_OBJECT, instance, 0), HOST_DEVICE_ID);
    if (id != NULL && !alphanumeric(value_bytes(id)))
        COMPLAIN(loading, objects_find(loading, id_path), false,
                 "instance claims \"gsma\", but the host device id is not alphanumeric");
    if (!linked_from_device(loading, instance))
        COMPLAIN(loading, place, false,
                 "instance claims \"gsma\", but \"/3/0/22\" does not link to \"16:%u\"", instance);
}

void links_check(struct loading *loading)
{
    for (size_t i = 0; i < loading->content.count; i++) {
        const struct record *cell = &loading->content.cells[i];
        if (cell->value.type != VALUE_OBJLINK)
            continue;
        if (!tree_link_leads(&loading->content, cell->value.link))
            COMPLAIN(loading, objects_find(loading, cell->path), false,
                     "link \"%u:%u\" leads to nothing among the objects",
                     (unsigned)cell->value.link.object, (unsigned)cell->value.link.instance);
        check_dedication(loading, cell);
    }
    for (size_t i = 0; i < loading->profile->portfolio_count; i++)
        if (loading->profile->portfolios[i].gsma)
            check_gsma(loading, loading->profile->portfolios[i].instance);
}
