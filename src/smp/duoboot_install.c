/* SPDX-License-Identifier: MIT */
/* What the next boot will install and how long that takes: each pending image
 * is compared with what it replaces, since equal units are not touched. */
#include <string.h>

#include "smp/duoboot_internal.h"

/* Steps of the request. */
enum { STEP_BEGIN = 0, STEP_COMPARE };

/* Time of a changed unit, in tenths of a ms: erase, and write every word; two
 * pages of the network core. [TESTING 4.1] */
static const uint16_t unit_tenths_ms[DUO_CORE_COUNT] = {1315, 2190};

/* The running, the staged and the installed image are hashed and verified, at
 * 64 MHz: 63 cycles for a byte, 16 million for a signature. [TESTING 4.2] */
#define VERIFICATIONS     3U
#define HASH_BYTES_PER_MS 1000U
#define SIGNATURE_MS      250U

/* --- What is pending --- */

static bool find_pending(struct duo_smp_duoboot *duoboot)
{
    struct duo_smp_image *image = duoboot->image;
    const struct duo_slots *slots = image->config.slots;
    struct duo_smp_image_state state;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        duoboot->total_bytes[core] = 0;
        duoboot->changed_units[core] = 0;
    }
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        if (duo_smp_image_look(image, (enum duo_core)i, 1, &state) != DUO_OK) {
            return false;
        }
        if (!state.present || !state.pending) {
            continue;
        }
        /* By the image: one for the network core may lie in the other slot. */
        enum duo_core core = image->image.core;
        duoboot->source[core] =
            state.is_backup ? slots->backup[i] : slots->staged[i];
        duoboot->total_bytes[core] = image->image.total_bytes;
    }
    return true;
}

/* --- Comparing --- */

static enum duo_err compare_unit(struct duo_smp_duoboot *duoboot, bool *differs)
{
    struct duo_smp_image *image = duoboot->image;
    const struct duo_area *active =
        &image->config.slots->trailer[duoboot->core];
    const size_t half_bytes = sizeof(image->work) / 2U;
    uint8_t *other = &image->work[half_bytes];
    uint32_t end = duoboot->cursor + DUO_UNIT_BYTES;

    *differs = false;
    for (uint32_t at = duoboot->cursor; at < end && !*differs;
         at += (uint32_t)half_bytes) {
        enum duo_err err = duo_area_read(&duoboot->source[duoboot->core], at,
                                         image->work, half_bytes);
        if (err == DUO_OK) {
            err = duo_area_read(active, at, other, half_bytes);
        }
        if (err != DUO_OK) {
            return err;
        }
        *differs = memcmp(image->work, other, half_bytes) != 0;
    }
    return DUO_OK;
}

/* --- The answer --- */

static uint32_t copy_ms(const struct duo_smp_duoboot *duoboot, unsigned core)
{
    return duoboot->changed_units[core] * unit_tenths_ms[core] / 10U;
}

static enum duo_smp_outcome put_estimate(const struct duo_smp_duoboot *duoboot,
                                         struct duo_smp_request *request)
{
    struct duo_cbor_writer *writer = &request->answer;
    uint32_t longest_ms = 0;
    uint32_t verify_ms = 0;

    duo_cbor_put_key(writer, "pending");
    duo_cbor_begin_array(writer);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        uint32_t ms = copy_ms(duoboot, core);
        if (duoboot->total_bytes[core] == 0) {
            continue;
        }
        duo_cbor_begin_map(writer);
        duo_cbor_put_uint(writer, "image", core);
        duo_cbor_put_uint(writer, "changed", duoboot->changed_units[core]);
        duo_cbor_put_uint(writer, "ms", ms);
        duo_cbor_end(writer);
        longest_ms = ms > longest_ms ? ms : longest_ms;
        verify_ms +=
            VERIFICATIONS *
            (SIGNATURE_MS + duoboot->total_bytes[core] / HASH_BYTES_PER_MS);
    }
    duo_cbor_end(writer);
    duo_cbor_put_uint(writer, "ms", longest_ms + verify_ms);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome refuse(struct duo_smp_request *request,
                                   enum duo_reason reason)
{
    duo_smp_refuse_reason(request, reason);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome compare(struct duo_smp_duoboot *duoboot,
                                    struct duo_smp_request *request)
{
    bool differs;

    while (duoboot->core < DUO_CORE_NONE &&
           duoboot->cursor >= duoboot->total_bytes[duoboot->core]) {
        duoboot->core = (enum duo_core)(duoboot->core + 1);
        duoboot->cursor = 0;
    }
    if (duoboot->core == DUO_CORE_NONE) {
        return put_estimate(duoboot, request);
    }
    if (compare_unit(duoboot, &differs) != DUO_OK) {
        return refuse(request, DUO_REASON_EXT_FLASH_FAILED);
    }
    duoboot->changed_units[duoboot->core] += differs ? 1U : 0U;
    duoboot->cursor += DUO_UNIT_BYTES;
    return DUO_SMP_AGAIN;
}

enum duo_smp_outcome duoboot_install(void *ctx, struct duo_smp_request *request)
{
    struct duo_smp_duoboot *duoboot = ctx;

    if (!smp_image_ready(duoboot->image)) {
        return DUO_SMP_AGAIN;
    }
    if (request->step == STEP_COMPARE) {
        return compare(duoboot, request);
    }
    if (!smp_image_open(duoboot->image)) {
        return refuse(request, DUO_REASON_EXT_FLASH_ABSENT);
    }
    if (!find_pending(duoboot)) {
        return refuse(request, DUO_REASON_EXT_FLASH_FAILED);
    }
    duoboot->core = DUO_CORE_APP;
    duoboot->cursor = 0;
    request->step = STEP_COMPARE;
    return DUO_SMP_AGAIN;
}
