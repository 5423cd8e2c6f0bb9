/* SPDX-License-Identifier: Apache-2.0 */
/* Access Control of a device with several servers: object 2, made from "access" of each server
 * (LwM2M TS 1.1, 8.1). */
#include "base/std.h"

#include "model/profile_impl.h"

enum { SERVER_OBJECT = 1, ACCESS_CONTROL_OBJECT = 2 };
enum { OBJECT_ID = 0, INSTANCE_ID = 1, ACL = 2, OWNER = 3 };
/* Rights to one instance; the right to create is asked for at the object, as ID_NONE. */
enum { INSTANCE_RIGHTS = RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE | RIGHT_DELETE };

unsigned access_rights(const struct loading *loading, const struct json *server)
{
    static const char letters[] = "RWEDC";
    const struct json *member = get_member(server, "access");
    struct bytes text = get_text(server, "access", letters);
    unsigned rights = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *letter = text.data[i] == '\0' ? NULL : strchr(letters, text.data[i]);
        unsigned right = letter == NULL ? 0 : 1u << (letter - letters);
        if (right == 0 || (rights & right) != 0) {
            COMPLAIN(loading, member, false, "\"access\" must be letters of \"RWEDC\", each once");
            return rights;
        }
        rights |= right;
    }
    return rights;
}

/* One instance of object 2: who may do what with TARGET. */
static void add_control(struct loading *loading, unsigned control, struct path target,
                        unsigned owner)
{
    struct path path = path_instance(ACCESS_CONTROL_OBJECT, control);
    content_fill(loading, path, value_none());
    content_fill(loading, path_child(path, OBJECT_ID), value_integer(target.id[0]));
    content_fill(loading, path_child(path, INSTANCE_ID),
                 value_integer(target.depth > 1 ? target.id[1] : ID_NONE));
    content_fill(loading, path_child(path, ACL), value_none());
    content_fill(loading, path_child(path, OWNER), value_integer(owner));
}

static void add_rights(struct loading *loading, unsigned control, unsigned ssid, unsigned rights)
{
    struct path acl = path_resource(ACCESS_CONTROL_OBJECT, control, ACL);
    content_fill(loading, path_child(acl, ssid), value_integer(rights));
}

/* A Server object instance is its own server's alone; all else is shared. */
static void control_instance(struct loading *loading, unsigned control, struct path target)
{
    const struct profile *profile = loading->profile;
    size_t place = 0;
    if (target.id[0] == SERVER_OBJECT &&
        tree_find(&loading->content, path_child(target, 0), &place)) {
        unsigned ssid = (unsigned)loading->content.cells[place].value.integer;
        add_control(loading, control, target, ssid);
        add_rights(loading, control, ssid, INSTANCE_RIGHTS);
        return;
    }
    add_control(loading, control, target, profile->servers[0].ssid);
    for (size_t i = 0; i < profile->server_count; i++)
        add_rights(loading, control, profile->servers[i].ssid,
                   profile->servers[i].rights & INSTANCE_RIGHTS);
}

/* Nobody but a bootstrap server may change who creates instances. */
static void control_object(struct loading *loading, unsigned control, struct path target)
{
    const struct profile *profile = loading->profile;
    add_control(loading, control, target, ID_NONE);
    for (size_t i = 0; i < profile->server_count; i++)
        add_rights(loading, control, profile->servers[i].ssid,
                   profile->servers[i].rights & RIGHT_CREATE);
}

static bool controlled(const struct loading *loading, struct path path)
{
    bool instance = path.depth == 2 && path.id[0] != 0;
    bool object = path.depth == 1 && path.id[0] > ACCESS_CONTROL_OBJECT &&
                  catalogue_object(loading->profile->catalogue, path.id[0])->multiple;
    return instance || object;
}

void access_add(struct loading *loading)
{
    struct path object = path_object(ACCESS_CONTROL_OBJECT);
    struct tree *content = &loading->content;
    if (loading->profile->server_count < 2 || tree_has(content, object))
        return;
    struct path *targets = xarray(content->count, sizeof *targets);
    size_t count = 0;
    for (size_t i = 0; i < content->count; i++)
        if (controlled(loading, content->cells[i].path))
            targets[count++] = content->cells[i].path;
    content_fill(loading, object, value_none());
    for (size_t i = 0; i < count; i++) {
        if (targets[i].depth == 1)
            control_object(loading, (unsigned)i, targets[i]);
        else
            control_instance(loading, (unsigned)i, targets[i]);
    }
    free(targets);
}
