/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded defects as users name them. */
#include <cjson/cJSON.h>

#include "base/std.h"

#include "cli/command.h"
#include "cli/defects.h"

/* --- by name -------------------------------------------------------------------------------- */

static const struct defect *device_defect(size_t index)
{
    const struct device_defect *defect = device_defect_at(index);
    return defect == NULL ? NULL : device_defect_info(defect);
}

static const struct defect *server_defect(size_t index)
{
    const struct server_defect *defect = server_defect_at(index);
    return defect == NULL ? NULL : server_defect_info(defect);
}

static void miss(const char *side, const char *name, const struct defect *(*at)(size_t index),
                 struct error *error)
{
    struct suggestion suggestion;
    struct buf meant;
    const struct defect *defect;
    buf_init(&meant, 200);
    suggestion_init(&suggestion, name);
    for (size_t i = 0; (defect = at(i)) != NULL; i++)
        suggestion_consider(&suggestion, defect->name);
    suggestion_put(&suggestion, &meant);
    error_set(error,
              "no defect of a %s is called \"%s\"%s; \"lwm2m-portfolio list defects\" shows them",
              side, name, buf_text(&meant));
    buf_release(&meant);
}

bool defects_device(const char *name, const struct device_defect **out, struct error *error)
{
    *out = name == NULL ? NULL : device_defect_named(bytes_of(name));
    if (name != NULL && *out == NULL)
        miss("device", name, device_defect, error);
    return name == NULL || *out != NULL;
}

bool defects_server(const char *name, const struct server_defect **out, struct error *error)
{
    *out = name == NULL ? NULL : server_defect_named(bytes_of(name));
    if (name != NULL && *out == NULL)
        miss("server", name, server_defect, error);
    return name == NULL || *out != NULL;
}

void defects_put(const char *side, const char *name, struct buf *out)
{
    if (name != NULL)
        buf_printf(out, "%s%s defect %s", out->len == 0 ? "" : "; ", side, name);
}

/* --- the list ------------------------------------------------------------------------------- */

static void put_defect(struct list_output *output, const char *side, const struct defect *defect)
{
    cJSON *object = list_item(output, defect->name);
    if (object != NULL) {
        cJSON_AddStringToObject(object, "name", defect->name);
        cJSON_AddStringToObject(object, "side", side);
        cJSON_AddStringToObject(object, "rule", defect->rule);
        cJSON_AddStringToObject(object, "text", defect->text);
    } else if (!output->options->common.quiet) {
        printf("%-30s %-7s %-22s %s\n", defect->name, side, defect->rule, defect->text);
    }
}

int list_defects(const struct list_options *given)
{
    static const struct {
        const char *side;
        const struct defect *(*at)(size_t index);
    } tables[] = {{"device", device_defect}, {"server", server_defect}};
    struct list_output output = list_begin(given, "defects");
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        const struct defect *defect;
        for (size_t k = 0; (defect = tables[i].at(k)) != NULL; k++)
            put_defect(&output, tables[i].side, defect);
    }
    return list_end(&output);
}
