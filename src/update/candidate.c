/* SPDX-License-Identifier: MIT */
/* Which of the staged images are installed at this boot, and why not. */
#include <string.h>

#include "boot_internal.h"

/* A staged image and where it lies, by the core that it is for. */
struct candidates {
    const struct duo_survey *by_core[DUO_CORE_COUNT]; /* NULL: none. */
    enum duo_core slot[DUO_CORE_COUNT];               /* Staged slot of it. */
};

static bool is_request(enum duo_action action)
{
    return action == DUO_ACTION_INSTALL_TEST ||
           action == DUO_ACTION_INSTALL_PERMANENT;
}

/* Refuse what lies in a staged slot: tell, and clear its request so that it is
 * not tried at every boot. The image stays where it is, to be looked at. */
static void refuse(struct duo_boot *boot, enum duo_core slot,
                   enum duo_reason reason)
{
    const struct duo_survey *survey = &boot->staged[slot];
    enum duo_core core =
        survey->image.core < DUO_CORE_COUNT ? survey->image.core : slot;

    duo_boot_tell(boot, reason, core, &survey->image.version);
    boot->actions[slot] = DUO_ACTION_NONE;
    if (duo_trailer_clear(&boot->slots.staged[slot]) != DUO_OK) {
        duo_boot_ext_failed(boot);
    }
}

/* Rules about one image against the one it would replace. */
static enum duo_reason replace_rules(const struct duo_boot *boot,
                                     const struct duo_image *image)
{
    const struct duo_survey *active = &boot->active[image->core];

    if (active->verdict != DUO_VERDICT_ACCEPT) {
        return DUO_REASON_NONE; /* Anything good is better than that. */
    }
    if (memcmp(active->image.digest, image->digest, DUO_SHA256_BYTES) == 0) {
        return DUO_REASON_SAME_IMAGE;
    }
    if (boot->config->policy->downgrade == DUO_DOWNGRADE_REFUSE &&
        duo_version_compare(&image->version, &active->image.version) < 0) {
        return DUO_REASON_DOWNGRADE;
    }
    return DUO_REASON_NONE;
}

static enum duo_reason route_rules(const struct duo_boot *boot,
                                   enum duo_core slot)
{
    enum duo_core core = boot->staged[slot].image.core;

    if (core == slot) {
        return DUO_REASON_NONE;
    }
    if (core != DUO_CORE_NET) {
        return DUO_REASON_WRONG_CORE;
    }
    if (boot->config->policy->route == DUO_ROUTE_REFUSE) {
        return DUO_REASON_ROUTE_REFUSED;
    }
    return is_request(boot->actions[DUO_CORE_NET]) ? DUO_REASON_SLOT_CONFLICT
                                                   : DUO_REASON_NONE;
}

static void log_staged(struct duo_boot *boot, enum duo_core slot)
{
    const struct duo_event event = {
        .type = DUO_EVENT_STAGED,
        .core = boot->staged[slot].image.core,
        .version = boot->staged[slot].image.version,
        .detail = slot,
    };
    duo_boot_log(boot, &event);
}

static bool is_reachable(const struct duo_boot *boot, enum duo_core core)
{
    return core == DUO_CORE_APP || boot->net_ok;
}

/* What is there against installing the image that staged[slot] tells of. */
static enum duo_reason judge(const struct duo_boot *boot, enum duo_core slot)
{
    const struct duo_survey *survey = &boot->staged[slot];
    enum duo_reason reason = survey->reason;

    if (survey->verdict == DUO_VERDICT_ACCEPT) {
        reason = route_rules(boot, slot);
        if (reason == DUO_REASON_NONE &&
            is_reachable(boot, survey->image.core)) {
            reason = replace_rules(boot, &survey->image);
        }
    }
    return reason;
}

static void look_at_staged(struct duo_boot *boot, enum duo_core slot)
{
    duo_boot_verify_ext(boot, &boot->slots.staged[slot], DUO_CORE_NONE,
                        &boot->staged[slot]);
}

/* Fill an empty slot whose request asks for the previous image; look again.
 * Nothing is copied that would be refused then, or is not wanted yet. */
static enum duo_err fill_with_previous(struct duo_boot *boot,
                                       enum duo_core slot)
{
    if (!duo_boot_finds_previous(boot, slot) || !is_reachable(boot, slot) ||
        judge(boot, slot) != DUO_REASON_NONE) {
        return DUO_OK;
    }
    enum duo_err err = duo_boot_stage_previous(boot, slot);
    if (err == DUO_OK) {
        look_at_staged(boot, slot);
    }
    return err;
}

/* Look into one staged slot that has a request. */
static void take_slot(struct duo_boot *boot, enum duo_core slot,
                      struct candidates *found)
{
    struct duo_survey *survey = &boot->staged[slot];

    if (!is_request(boot->actions[slot])) {
        return;
    }
    look_at_staged(boot, slot);
    if (fill_with_previous(boot, slot) != DUO_OK) {
        refuse(boot, slot, DUO_REASON_EXT_FLASH_FAILED);
        return;
    }
    enum duo_reason reason = judge(boot, slot);
    enum duo_core core = survey->image.core;

    if (survey->verdict == DUO_VERDICT_ACCEPT) {
        log_staged(boot, slot);
    }
    if (survey->verdict != DUO_VERDICT_ACCEPT || reason != DUO_REASON_NONE) {
        refuse(boot, slot, reason);
        return;
    }
    if (!is_reachable(boot, core)) {
        return; /* Told already; the request stays for a better day. */
    }
    found->by_core[core] = survey;
    found->slot[core] = slot;
}

/* The images as they would run: a candidate, else the active one. */
static void outlook(const struct duo_boot *boot, const struct candidates *found,
                    const struct duo_image *images[DUO_CORE_COUNT])
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_survey *active = &boot->active[core];
        images[core] = NULL;
        if (found->by_core[core] != NULL) {
            images[core] = &found->by_core[core]->image;
        } else if (active->verdict == DUO_VERDICT_ACCEPT) {
            images[core] = &active->image;
        }
    }
}

/* The candidate to drop because the set would not work together: one that
 * lacks something; else the one that an image which stays would lack. */
static enum duo_core misfit(const struct duo_boot *boot,
                            const struct candidates *found)
{
    const struct duo_image *images[DUO_CORE_COUNT];

    outlook(boot, found, images);
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        enum duo_core suspect =
            found->by_core[core] != NULL ? core : duo_core_other(core);
        if (found->by_core[suspect] != NULL &&
            !duo_dependencies_met(images, core)) {
            return suspect;
        }
    }
    return DUO_CORE_NONE;
}

static void drop_misfits(struct duo_boot *boot, struct candidates *found)
{
    bool dropped = false;

    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = misfit(boot, found);
        if (core == DUO_CORE_NONE) {
            return;
        }
        refuse(boot, found->slot[core],
               dropped ? DUO_REASON_DEPENDENCY_PARTNER
                       : DUO_REASON_DEPENDENCY_MISSING);
        found->by_core[core] = NULL;
        dropped = true;
    }
}

/* Does one of two images name the other in a dependency? */
static bool are_dependent(const struct candidates *found)
{
    const struct duo_survey *app = found->by_core[DUO_CORE_APP];
    const struct duo_survey *net = found->by_core[DUO_CORE_NET];

    return app != NULL && net != NULL &&
           (app->image.dependency_count != 0 ||
            net->image.dependency_count != 0);
}

static void fill_record(struct duo_boot *boot, const struct candidates *found)
{
    struct duo_progress *progress = &boot->progress;
    bool keep = boot->config->policy->backup == DUO_BACKUP_KEEP;

    memset(progress->images, 0, sizeof(progress->images));
    progress->dependent = are_dependent(found);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_survey *active = &boot->active[core];
        struct duo_progress_image *image = &progress->images[core];

        if (found->by_core[core] == NULL) {
            continue;
        }
        image->included = true;
        image->from_other = found->slot[core] != core;
        image->new_bytes = found->by_core[core]->image.total_bytes;
        memcpy(image->new_digest, found->by_core[core]->image.digest,
               DUO_SHA256_BYTES);
        image->has_backup = keep && active->verdict == DUO_VERDICT_ACCEPT;
        image->permanent =
            !image->has_backup ||
            boot->actions[found->slot[core]] == DUO_ACTION_INSTALL_PERMANENT;
        if (image->has_backup) {
            image->old_bytes = active->image.total_bytes;
            memcpy(image->old_digest, active->image.digest, DUO_SHA256_BYTES);
        }
    }
}

bool duo_boot_choose(struct duo_boot *boot)
{
    struct candidates found = {
        {NULL,          NULL         },
        {DUO_CORE_NONE, DUO_CORE_NONE}
    };

    take_slot(boot, DUO_CORE_NET, &found);
    take_slot(boot, DUO_CORE_APP, &found);
    drop_misfits(boot, &found);
    if (!boot->ext_ok) {
        return false; /* It failed just now; the requests that stand stay. */
    }
    if (found.by_core[DUO_CORE_APP] == NULL &&
        found.by_core[DUO_CORE_NET] == NULL) {
        return false;
    }
    fill_record(boot, &found);
    return true;
}
