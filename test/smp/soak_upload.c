/* SPDX-License-Identifier: MIT */
/* The uploads of a life: over a bad line, until all is there; see soak.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soak_life.h"

#define ATTEMPTS       8U /* Over the bad line. */
#define CLEAN_ATTEMPTS 3U
#define SILENCE_US     4000000U

uint32_t soak_draw(struct life *life, uint32_t below)
{
    return double_random(&life->wire->end.chance, below);
}

bool soak_fail(struct life *life, const char *what, const char *why)
{
    const struct double_faults *faults = &life->faults;

    (void)snprintf(
        life->broken, sizeof(life->broken),
        "round %u, core %u, of 1000: %u lost, %u doubled, %u damaged, %u cut, "
        "%u late, %u chatter, %u disconnects: %s%s%s",
        life->round + 1U, (unsigned)life->core, faults->drop, faults->twice,
        faults->corrupt, faults->cut, faults->late, faults->chatter,
        life->wire->end.disconnect, what, why[0] == '\0' ? "" : ": ", why);
    return false;
}

/* --- The line --- */

/* Does this coding tell a damaged packet from a right one? */
static bool is_checked(const struct life *life)
{
    return life->wire->end.coding == DOUBLE_CONSOLE ||
           life->wire->end.coding == DOUBLE_SLIP;
}

void soak_draw_faults(struct life *life)
{
    /* A console line is a small part of a packet, a piece of BLE even more. */
    const bool is_cut_up = life->wire->end.coding == DOUBLE_CONSOLE ||
                           life->wire->end.coding == DOUBLE_GATT;
    uint32_t per_unit = is_cut_up ? 15U : 150U;
    uint32_t mood = soak_draw(life, 8);
    bool all = mood == 6;
    struct double_faults *faults = &life->faults;

    *faults = (struct double_faults){.delay_us_max = 1500000U};
    if (all) {
        per_unit /= 3U;
    }
    faults->drop = mood == 0 || all ? per_unit : 0;
    faults->twice = mood == 1 || all ? per_unit : 0;
    faults->corrupt = mood == 2 || all ? per_unit : 0;
    faults->cut = mood == 3 || all ? per_unit : 0;
    faults->late = mood == 4 || all ? per_unit : 0;
    faults->chatter =
        (mood == 5 || all) && life->wire->end.coding == DOUBLE_CONSOLE
            ? per_unit
            : 0;
    if (!is_checked(life)) {
        /* A wrong bit may be in the image: the digest tells, at the end. */
        faults->corrupt /= 16U;
        faults->cut /= 4U;
    }
    life->wire->end.disconnect = mood == 7 || all ? 3U : 0;
}

bool soak_may_damage(const struct life *life)
{
    bool is_stream = life->wire->end.coding == DOUBLE_RAW ||
                     life->wire->end.coding == DOUBLE_GATT;

    return !is_checked(life) &&
           (life->faults.corrupt != 0 || life->faults.cut != 0 ||
            (is_stream && (life->faults.drop != 0 || life->faults.twice != 0)));
}

void soak_set_line(struct life *life, bool bad)
{
    static const struct double_faults none;
    uint32_t disconnect = life->wire->end.disconnect;

    double_end_faults(&life->wire->end, bad ? &life->faults : &none);
    life->wire->end.disconnect = bad ? disconnect : 0;
}

bool soak_clean(struct life *life)
{
    struct duo_tool_error error;
    char *reply = NULL;
    bool done;

    wire_cut(life->wire, 0);
    soak_set_line(life, false);
    life->wire->end.link.ops->wait(&life->wire->end.link, SILENCE_US);
    done = duo_client_echo(&life->client, "is it stuck?", &reply, &error) &&
           strcmp(reply, "is it stuck?") == 0;
    free(reply);
    return done || soak_fail(life, "no echo on a clean line", error.text);
}

/* --- The upload --- */

static void on_progress(void *ctx, const struct duo_client_progress *progress)
{
    struct life *life = ctx;

    if (life->cancel_at_bytes != 0 &&
        progress->off_bytes >= life->cancel_at_bytes) {
        life->cancel = 1;
    }
}

static bool holds(const struct life *life)
{
    struct duo_slots slots;
    const struct duo_area *slot;

    duo_native_slots(life->wire->rig.board, &slots);
    slot = &slots.staged[life->core];
    return memcmp(life->wire->rig.board->ext->data + slot->off_bytes,
                  life->image->bytes.data, life->image->bytes.len_bytes) == 0;
}

/* One call of the client. @p done: it says that all is there. */
static bool upload_once(struct life *life, bool is_clean, bool *done)
{
    struct soak_counts *counts = life->counts;
    struct duo_client_upload upload = {
        .file = life->image->bytes,
        .image_index = soak_draw(life, 2) == 0 ? -1 : (int32_t)life->core,
        .packet_bytes_max =
            soak_draw(life, 2) == 0 ? 0 : 150U + soak_draw(life, 2000),
        .window_max = soak_draw(life, 3),
        .on_progress = on_progress,
        .ctx = life,
    };
    struct duo_tool_error error = {0};

    *done = duo_client_upload(&life->client, &upload, &error);
    counts->attempts++;
    counts->resent += upload.progress.resent_packets;
    counts->resumed += upload.progress.resumed_bytes != 0;
    if (*done && !holds(life) && soak_may_damage(life) && !upload.has_match) {
        /* Damage to the image, and to the answer that tells of it. */
        counts->unsure++;
        *done = false;
        return true;
    }
    if (*done) {
        return holds(life) ||
               soak_fail(life, "success, but not these bytes", "");
    }
    counts->errors++;
    if (strlen(error.text) < 10) {
        return soak_fail(life, "an error without a sentence", error.text);
    }
    if (life->client.failure.kind == DUO_CLIENT_CANCELLED) {
        counts->stopped++;
        if (life->cancel == 0) {
            return soak_fail(life, "stopped by nobody", error.text);
        }
    }
    if (strstr(error.text, "digest") != NULL) {
        /* What came by a bad line may come out on a clean one. */
        counts->no_match++;
        return soak_may_damage(life) ||
               soak_fail(life, "wrong bytes by a right line", error.text);
    }
    return !is_clean || soak_fail(life, "error on a clean line", error.text);
}

/* The user stops it now and then; the power fails now and then. */
static void draw_troubles(struct life *life)
{
    life->cancel = 0;
    life->cancel_at_bytes =
        soak_draw(life, 5) == 0
            ? 1U + soak_draw(life, (uint32_t)life->image->bytes.len_bytes)
            : 0;
    wire_cut(life->wire, soak_draw(life, 2) == 0
                             ? 1U + soak_draw(life, SOAK_CUT_OPS_MAX)
                             : 0);
}

bool soak_upload(struct life *life)
{
    bool done = false;

    soak_set_line(life, true);
    for (uint32_t i = 0; !done && i < ATTEMPTS; i++) {
        draw_troubles(life);
        if (!upload_once(life, false, &done)) {
            return false;
        }
    }
    life->counts->over_bad += done;
    life->cancel = 0;
    life->cancel_at_bytes = 0;
    if (!soak_clean(life)) {
        return false;
    }
    /* Damage to the last answer, or a cut in the rest that follows it. */
    for (uint32_t i = 0; !(done && holds(life)) && i < CLEAN_ATTEMPTS; i++) {
        if (!upload_once(life, true, &done)) {
            return false;
        }
    }
    life->counts->uploads++;
    return done || soak_fail(life, "not uploaded", "");
}
