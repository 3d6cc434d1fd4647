/* SPDX-License-Identifier: MIT */
/* One life of a board, ten uploads long; see soak.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soak_life.h"

#define SIZE_MIN   3000U
#define SIZE_RANGE 30000U
#define ASKS       6U /* Of a state, over the bad line. */
#define BOOT_US    10000000U

static char told[sizeof(((struct life *)0)->broken)];

/* --- Test, confirm, revert, erase --- */

static bool list(struct life *life, struct duo_client_images *images)
{
    struct duo_tool_error error;

    return duo_client_images(&life->client, images, &error) ||
           soak_fail(life, "no list on a clean line", error.text);
}

static const struct duo_client_image *
find(const struct duo_client_images *images, const struct rig_image *image)
{
    for (size_t i = 0; i < images->count; i++) {
        if (images->list[i].image_index == image->core &&
            memcmp(images->list[i].hash, image->digest, DUO_SHA256_BYTES) ==
                0) {
            return &images->list[i];
        }
    }
    return NULL;
}

/* Ask over the bad line, as long as it takes; at last over a clean one. */
static bool ask_state(struct life *life, bool confirm)
{
    const struct duo_client_set set = {
        {life->image->digest, DUO_SHA256_BYTES},
        confirm
    };
    struct duo_tool_error error;
    bool done = false;

    /* Other bytes could be another command. */
    if (!soak_may_damage(life)) {
        soak_set_line(life, true);
        for (uint32_t i = 0; !done && i < ASKS; i++) {
            done = duo_client_set(&life->client, &set, NULL, &error);
        }
    }
    return soak_clean(life) &&
           (done || duo_client_set(&life->client, &set, NULL, &error) ||
            soak_fail(life, "state refused", error.text));
}

/* Away and back; the power fails in it now and then. */
static bool restart(struct life *life)
{
    const struct duo_client_reset reset = {.boot_mode = -1};
    struct duo_tool_error error;
    uint32_t start_count = life->wire->end.start_count;

    if (soak_draw(life, 3) == 0) {
        wire_power_cycle(life->wire);
    } else {
        if (soak_draw(life, 3) == 0) {
            wire_cut(life->wire, 1U + soak_draw(life, SOAK_CUT_OPS_MAX));
        }
        if (!duo_client_reset(&life->client, &reset, &error)) {
            return soak_fail(life, "no reset on a clean line", error.text);
        }
        life->wire->end.link.ops->wait(&life->wire->end.link, BOOT_US);
    }
    if (life->wire->end.start_count == start_count) {
        return soak_fail(life, "the device did not start anew", "");
    }
    duo_client_forget(&life->client);
    return soak_clean(life);
}

/* What the cores hold: one whole image each, of those that may be. */
static bool look(struct life *life, bool may_be_old, bool *is_new)
{
    const struct rig_image *other_now =
        rig_active(&life->wire->rig, (enum duo_core)(1U - life->core));
    const struct rig_image *now = rig_active(&life->wire->rig, life->core);

    *is_new = now == life->image;
    if (other_now != life->active[1U - life->core]) {
        return soak_fail(life, "the other core's image changed", "");
    }
    if (now != life->image &&
        !(may_be_old && now == life->active[life->core])) {
        return soak_fail(life,
                         now == NULL ? "the core holds no image that we made"
                                     : "the core holds another image",
                         "");
    }
    return true;
}

static bool confirm_trial(struct life *life)
{
    struct duo_client_images images;
    const struct duo_client_image *shown;
    bool is_new;

    if (!ask_state(life, true) || !list(life, &images)) {
        return false;
    }
    shown = find(&images, life->image);
    if (shown == NULL || !shown->active || !shown->confirmed) {
        return soak_fail(life, "confirmed, but the list does not say so", "");
    }
    life->counts->confirms++;
    if (!restart(life) || !look(life, false, &is_new)) {
        return false;
    }
    life->active[life->core] = life->image;
    return true;
}

static bool let_revert(struct life *life)
{
    bool is_new;
    const struct rig_image *old = life->active[life->core];

    if (!restart(life)) {
        return false;
    }
    if (!look(life, true, &is_new)) {
        return false;
    }
    life->counts->reverts++;
    return rig_active(&life->wire->rig, life->core) == old ||
           soak_fail(life, "not confirmed, and not reverted", "");
}

static bool install(struct life *life, bool permanent)
{
    struct duo_client_images images;
    const struct duo_client_image *shown;
    bool is_new;

    if (!ask_state(life, permanent) || !list(life, &images)) {
        return false;
    }
    shown = find(&images, life->image);
    if (shown == NULL || !shown->pending || shown->permanent != permanent) {
        return soak_fail(life, "asked for, but the list does not say so", "");
    }
    if (!restart(life) || !look(life, !permanent, &is_new)) {
        return false;
    }
    life->counts->installs += is_new;
    if (permanent) {
        life->counts->confirms++;
        life->active[life->core] = life->image;
        return true;
    }
    if (!is_new) { /* The power failed in its only boot. */
        life->counts->reverts++;
        return true;
    }
    return soak_draw(life, 2) == 0 ? confirm_trial(life) : let_revert(life);
}

static bool erase(struct life *life)
{
    struct duo_client_images images;
    struct duo_tool_error error;

    if (!duo_client_erase(&life->client, (int32_t)(2U * life->core + 1U),
                          &error)) {
        return soak_fail(life, "no erase on a clean line", error.text);
    }
    life->counts->erases++;
    return list(life, &images) &&
           (find(&images, life->image) == NULL ||
            soak_fail(life, "erased, and still in the list", ""));
}

static bool play_round(struct life *life)
{
    const struct rig_image_spec spec = {
        .core = (enum duo_core)soak_draw(life, 2),
        .minor = (uint8_t)(2U + life->round),
        .total_bytes = SIZE_MIN + soak_draw(life, SIZE_RANGE),
        .seed = soak_draw(life, UINT32_MAX),
    };

    life->core = spec.core;
    life->image = rig_make(&life->wire->rig, &spec);
    soak_draw_faults(life);
    if (!soak_upload(life)) {
        return false;
    }
    switch (soak_draw(life, 5)) {
    case 0: return install(life, true);
    case 1:
    case 2: return install(life, false);
    case 3: return erase(life);
    default: return true; /* The next upload finds it there. */
    }
}

static void begin(struct life *life)
{
    struct duo_tool_error error;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct rig_image_spec spec = {.core = (enum duo_core)core,
                                            .minor = 1,
                                            .total_bytes = 6000,
                                            .seed = 1000U + core};
        life->active[core] = rig_make(&life->wire->rig, &spec);
    }
    wire_factory(life->wire, life->active[0], life->active[1]);
    life->wire->cut_chance = 30;
    (void)life->wire->end.link.ops->open(&life->wire->end.link, &error);
    duo_client_init(&life->client, &life->wire->end.link);
    life->client.cancel = &life->cancel;
}

const char *soak_play(const struct soak_link *link, uint64_t seed,
                      uint32_t rounds, struct soak_counts *counts)
{
    const struct wire_options options = {link->coding, link->mtu, seed};
    struct life life = {.wire = wire_create(&options), .counts = counts};
    bool done = true;

    begin(&life);
    for (life.round = 0; done && life.round < rounds; life.round++) {
        done = play_round(&life);
    }
    counts->faults += life.wire->end.to_device.fault_count +
                      life.wire->end.to_host.fault_count;
    counts->cuts += life.wire->cut_count;
    counts->gone += life.wire->end.disconnect_count;
    counts->virtual_us += double_end_now_us(&life.wire->end);
    wire_destroy(life.wire);
    (void)snprintf(told, sizeof(told), "%s", life.broken);
    return done ? NULL : told;
}
