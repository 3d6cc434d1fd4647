/* SPDX-License-Identifier: MIT */
/* A whole update; see device.h. */
#include "device_run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void duo_device_say(const struct duo_device_run *run, enum duo_device_step step,
                    size_t image_index, const char *format, ...)
{
    char sentence[512];
    va_list args;

    if (run->update->on_step == NULL) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    run->update->on_step(run->update->ctx, step, image_index, sentence);
}

const struct duo_client_image *
duo_device_where(const struct duo_client_images *images,
                 const struct duo_device_image *image)
{
    const struct duo_client_image *found = NULL;

    for (size_t i = 0; i < images->count; i++) {
        const struct duo_client_image *at = &images->list[i];

        if ((image->image_index >= 0 &&
             at->image_index != (uint32_t)image->image_index) ||
            at->hash_bytes != sizeof(image->hash) ||
            memcmp(at->hash, image->hash, sizeof(image->hash)) != 0) {
            continue;
        }
        if (found == NULL || at->active) {
            found = at;
        }
    }
    return found;
}

/* --- Upload --- */

struct progress_of {
    const struct duo_device_run *run;
    size_t index;
};

static void on_progress(void *ctx, const struct duo_client_progress *progress)
{
    const struct progress_of *of = ctx;
    struct duo_device_update *update = of->run->update;

    if (update->progress != NULL) {
        update->progress[of->index] = *progress;
    }
    if (update->on_progress != NULL) {
        update->on_progress(update->ctx, of->index, progress);
    }
}

static bool upload(struct duo_device_run *run, size_t index,
                   struct duo_tool_error *error)
{
    const struct duo_device_update *update = run->update;
    const struct duo_device_image *image = &update->images[index];
    struct progress_of of = {run, index};
    struct duo_client_upload job = {
        .file = image->file,
        .image_index = image->image_index,
        .only_upgrade = update->only_upgrade,
        .packet_bytes_max = update->packet_bytes_max,
        .window_max = update->window_max,
        .on_progress = on_progress,
        .ctx = &of,
    };
    struct duo_tool_error why;

    duo_device_say(run, DUO_DEVICE_STEP_UPLOAD, index,
                   "%s: version %s, %zu bytes", image->label, image->version,
                   image->file.len_bytes);
    if (!duo_client_upload(run->client, &job, &why)) {
        return duo_tool_fail(error, why.exit_code, "%s: %s", image->label,
                             why.text);
    }
    duo_device_say(run, DUO_DEVICE_STEP_UPLOADED, index, "%s: %s", image->label,
                   job.was_there   ? "the device has it already"
                   : job.has_match ? "received; the device's digest agrees"
                                   : "received");
    return true;
}

/* False: it is to be uploaded. */
static bool is_there(const struct duo_device_run *run, size_t index)
{
    const struct duo_device_image *image = &run->update->images[index];
    const struct duo_client_image *at =
        duo_device_where(&run->update->before, image);
    char who[DUO_DEVICE_WHO_BYTES];

    if (at == NULL) {
        return false;
    }
    if (at->active) {
        duo_device_say(run, DUO_DEVICE_STEP_SKIP, index,
                       "%s: %s runs this version %s already", image->label,
                       duo_device_who(at->image_index, who), at->version);
    } else {
        duo_device_say(run, DUO_DEVICE_STEP_SKIP, index,
                       "%s: the device has it already, in slot %u of %s",
                       image->label, (unsigned)at->slot_index,
                       duo_device_who(at->image_index, who));
    }
    return true;
}

static bool upload_all(struct duo_device_run *run, struct duo_tool_error *error)
{
    for (size_t i = 0; i < run->update->count; i++) {
        if (!is_there(run, i) && !upload(run, i, error)) {
            return false;
        }
    }
    return true;
}

/* --- Test or confirm --- */

static bool is_unsupported(const struct duo_client *client)
{
    return client->failure.kind == DUO_CLIENT_REFUSED_SMP &&
           client->failure.error == DUO_SMP_RC_NOT_SUPPORTED;
}

static bool ask_for(struct duo_device_run *run, size_t index, bool confirm,
                    struct duo_tool_error *error)
{
    const struct duo_device_image *image = &run->update->images[index];
    const struct duo_client_set set = {
        .hash = {image->hash, sizeof(image->hash)},
          .confirm = confirm
    };
    struct duo_tool_error why;

    if (duo_client_set(run->client, &set, &run->update->after, &why)) {
        duo_device_say(run,
                       confirm ? DUO_DEVICE_STEP_CONFIRM : DUO_DEVICE_STEP_TEST,
                       index, "%s: %s", image->label,
                       confirm ? "confirmed" : "to run once, on trial");
        return true;
    }
    /* A boot loader in recovery installs what was uploaded, unasked. */
    if (is_unsupported(run->client)) {
        duo_device_say(run, DUO_DEVICE_STEP_SKIP, index,
                       "%s: this server has neither test nor confirm; it "
                       "starts what was uploaded",
                       image->label);
        run->is_recovery = true;
        return true;
    }
    return duo_tool_fail(error, why.exit_code, "%s: %s", image->label,
                         why.text);
}

/* What runs already needs no test; it may need to be confirmed. */
static bool request(struct duo_device_run *run, size_t index,
                    struct duo_tool_error *error)
{
    const struct duo_device_image *image = &run->update->images[index];
    const struct duo_client_image *at =
        duo_device_where(&run->update->before, image);
    bool wants_confirm = run->update->mode == DUO_DEVICE_CONFIRM;

    if (at != NULL && at->active) {
        return run->update->mode == DUO_DEVICE_TEST || at->confirmed ||
               ask_for(run, index, true, error);
    }
    run->needs_reset = true;
    if (at != NULL && at->pending && (at->permanent || !wants_confirm)) {
        return true; /* Asked for before. */
    }
    return ask_for(run, index, wants_confirm, error);
}

static bool request_all(struct duo_device_run *run,
                        struct duo_tool_error *error)
{
    for (size_t i = 0; i < run->update->count; i++) {
        if (!request(run, i, error)) {
            return false;
        }
    }
    return true;
}

static bool confirm_all(struct duo_device_run *run,
                        struct duo_tool_error *error)
{
    for (size_t i = 0; i < run->update->count; i++) {
        const struct duo_client_image *at =
            duo_device_where(&run->update->after, &run->update->images[i]);

        if (at != NULL && at->active && !at->confirmed &&
            !ask_for(run, i, true, error)) {
            return false;
        }
    }
    return duo_client_images(run->client, &run->update->after, error);
}

/* --- Reset --- */

static bool restart(struct duo_device_run *run, struct duo_tool_error *error)
{
    struct duo_device_update *update = run->update;
    struct duo_device_restart restart = {
        .reset = {.force = update->force, .boot_mode = -1},
        .back_ms_max = update->back_ms_max,
    };
    struct duo_client_install install;
    struct duo_tool_error ignored;

    duo_device_note_journal(run);
    if (duo_client_install(run->client, &install, &ignored)) {
        restart.expect_ms = install.ms;
    }
    duo_device_say(run, DUO_DEVICE_STEP_RESET, SIZE_MAX, "reset");
    if (restart.expect_ms != 0) {
        duo_device_say(run, DUO_DEVICE_STEP_WAIT, SIZE_MAX,
                       "the device expects to be back in %.1f s",
                       (double)restart.expect_ms / 1000.0);
    }
    if (!duo_device_restart(run->client, &restart, error)) {
        return false;
    }
    duo_device_say(run, DUO_DEVICE_STEP_BACK, SIZE_MAX,
                   "the device is back after %.1f s",
                   (double)restart.took_us / 1e6);
    return duo_client_images(run->client, &update->after, error);
}

static bool run_update(struct duo_device_run *run, struct duo_tool_error *error)
{
    struct duo_device_update *update = run->update;

    update->after.count = 0;
    if (!duo_client_images(run->client, &update->before, error)) {
        return false;
    }
    duo_device_say(run, DUO_DEVICE_STEP_LOOK, SIZE_MAX,
                   "the device lists %zu image%s", update->before.count,
                   update->before.count == 1 ? "" : "s");
    if (!upload_all(run, error)) {
        return false;
    }
    if (update->mode == DUO_DEVICE_NONE) {
        return true;
    }
    if (!request_all(run, error)) {
        return false;
    }
    if (update->no_reset) {
        return true;
    }
    if (run->needs_reset
            ? !restart(run, error)
            : !duo_client_images(run->client, &update->after, error)) {
        return false;
    }
    if (update->mode == DUO_DEVICE_TEST_AND_CONFIRM && !run->is_recovery &&
        !confirm_all(run, error)) {
        return false;
    }
    return duo_device_judge(run, error);
}

bool duo_device_update(struct duo_client *client,
                       struct duo_device_update *update,
                       struct duo_tool_error *error)
{
    struct duo_device_run run = {.client = client, .update = update};

    return run_update(&run, error);
}
