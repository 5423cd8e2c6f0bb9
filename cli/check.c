/* SPDX-License-Identifier: Apache-2.0 */
/* Checks scenarios against their profiles. */
#include "base/std.h"

#include "cli/check.h"
#include "cli/output.h"
#include "cli/pairs.h"

/* --- bindings ------------------------------------------------------------------------------- */

bool bindings_read(const struct texts *texts, struct bindings *out, size_t *out_wrong)
{
    *out = (struct bindings){
        .items = xarray(texts->count + 1, sizeof *out->items),
        .names = xarray(texts->count + 1, sizeof *out->names),
    };
    for (size_t i = 0; i < texts->count; i++) {
        const char *equals = strchr(texts->items[i], '=');
        *out_wrong = i;
        if (equals == NULL || equals == texts->items[i])
            return false;
        char *name = xstrdup(texts->items[i]);
        name[equals - texts->items[i]] = '\0';
        out->names[out->count] = name;
        out->items[out->count++] = (struct binding){.name = name, .value = equals + 1};
    }
    return true;
}

void bindings_release(struct bindings *bindings)
{
    for (size_t i = 0; i < bindings->count; i++)
        free(bindings->names[i]);
    free(bindings->names);
    free(bindings->items);
}

/* --- profiles ------------------------------------------------------------------------------- */

enum { OPTIONS_TEXT_MOST = 1 << 16 };

void profiles_init(struct profiles *profiles)
{
    *profiles = (struct profiles){.known = {.items = NULL}};
    buf_init(&profiles->options, OPTIONS_TEXT_MOST);
}

void profiles_release(struct profiles *profiles)
{
    names_list_release(&profiles->known);
    names_list_release(&profiles->broken);
    buf_release(&profiles->options);
}

static bool names_have(const struct names_list *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return false;
}

/* rule: I-4, I-6, I-7. What both ends must agree on for one instance. */
static void put_instance(const struct provision_instance *instance, struct buf *out)
{
    buf_printf(out, ", 16/%u:", instance->instance);
    for (size_t i = 0; i < SERVICE_COUNT; i++)
        if (instance->service[i].suite != SUITE_NONE)
            buf_printf(out, " %s", suite_info(instance->service[i].suite)->name);
    buf_printf(out, " %s", challenge_rule_name(instance->challenge_rule));
}

static void put_options(const char *name, const struct profile *profile, struct buf *out)
{
    buf_printf(out, "%s%s", out->len == 0 ? "" : "; ", name);
    for (size_t i = 0; i < profile->provision.count; i++)
        put_instance(&profile->provision.instances[i], out);
    buf_puts(out, profile->lenient_arguments ? ", lenient_arguments" : "");
    buf_puts(out, profile->strict_create ? ", strict_create" : "");
    if (profile->auth_data_instances > 1)
        buf_printf(out, ", auth_data_instances %u", profile->auth_data_instances);
    buf_puts(out, profile->read_only_count > 0 ? ", read_only" : "");
    if (profile->extra_arguments != NULL)
        buf_printf(out, ", extra_arguments %s", profile->extra_arguments);
}

struct profile *profiles_load(void *arg, const char *name, uint8_t out_sha256[32],
                              struct error_list *errors)
{
    struct profiles *profiles = arg;
    struct error_list found;
    error_list_init(&found);
    struct profile *profile = data_profile(name, out_sha256, &found);
    bool is_known = names_have(&profiles->known, name);
    for (size_t i = 0; i < found.count && (profile == NULL || !is_known); i++)
        error_list_add(errors, &found.items[i]);
    if (profile != NULL && !is_known && !profiles->is_aside) {
        names_list_add(&profiles->known, name);
        put_options(name, profile, &profiles->options);
    }
    error_list_release(&found);
    return profile;
}

struct server_security *profiles_load_security(void *arg, const struct setting *setting,
                                               struct error_list *errors)
{
    UNUSED(arg);
    char *path = setting->security != NULL ? xstrdup(setting->security)
                                           : data_security_path(setting->profile);
    struct server_security *security = NULL;
    if (path != NULL)
        security = pairs_of_security(server_security_load(path, errors), path, errors);
    free(path);
    return security;
}

/* --- scenarios ------------------------------------------------------------------------------ */

/* A profile that is not there at all is the scenario's fault. */
static void blame(struct error_list *errors, const struct scenario_file *file)
{
    for (size_t i = 0; i < errors->count; i++)
        if (errors->items[i].subject[0] == '\0')
            error_place(&errors->items[i], file->name, 0, 0);
}

bool scenario_fits(const struct scenario_file *file, struct stage *stage, struct profiles *profiles,
                   const struct bindings *bindings, struct error_list *errors)
{
    const struct claims *claims = NULL;
    const struct oracle *oracle = NULL;
    struct setting setting = scenario_setting(file->scenario);
    if (names_have(&profiles->broken, setting.profile))
        return false;
    if (stage->ops->look_up(stage, &setting, &claims, &oracle, errors) != ST_OK) {
        bool is_known = names_have(&profiles->known, setting.profile);
        if (!is_known || setting.security == NULL)
            names_list_add(&profiles->broken, setting.profile);
        blame(errors, file);
        return false;
    }
    return scenario_check(file->scenario, claims, oracle, bindings->items, bindings->count,
                          errors) == ST_OK;
}

static bool fits_its_own(const struct scenario_file *file, struct stage *stage,
                         struct profiles *profiles, const struct bindings *bindings)
{
    char *chosen = xstrdup(scenario_profile(file->scenario));
    const char *own = scenario_own_profile(file->scenario);
    bool is_moved = strcmp(own, chosen) != 0 && !names_have(&profiles->broken, chosen);
    struct error_list errors;
    error_list_init(&errors);
    profiles->is_aside = true;
    if (is_moved)
        scenario_set_profile(file->scenario, own);
    bool good = is_moved && scenario_fits(file, stage, profiles, bindings, &errors);
    profiles->is_aside = false;
    scenario_set_profile(file->scenario, chosen);
    error_list_release(&errors);
    free(chosen);
    return good;
}

bool scenarios_fit(const struct scenario_files *files, struct stage *stage,
                   struct profiles *profiles, const struct bindings *bindings)
{
    bool good = true;
    for (size_t i = 0; i < files->count; i++) {
        const struct scenario_file *file = &files->items[i];
        struct error_list errors;
        error_list_init(&errors);
        bool fits = scenario_fits(file, stage, profiles, bindings, &errors);
        if (!fits && fits_its_own(file, stage, profiles, bindings))
            fits = true;
        else
            errors_print(&errors, file->name, buf_bytes(&file->text));
        good = fits && good;
        error_list_release(&errors);
    }
    return good;
}
