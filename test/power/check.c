/* SPDX-License-Identifier: MIT */
/* The properties; see check.h. */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "duo/counter.h"
#include "duo/trailer.h"

static const char *const core_name[DUO_CORE_COUNT] = {"app", "net"};

void check_fail(struct run *run, const char *property, const char *format, ...)
{
    va_list args;

    if (run->broken != NULL) {
        return;
    }
    run->broken = property;
    va_start(args, format);
    (void)vsnprintf(run->detail, sizeof(run->detail), format, args);
    va_end(args);
}

/* P3: no page of an image lies in the other core's code memory. The images are
 * random data, so the first bytes of a page tell it. */
void check_flash(struct run *run)
{
    struct duo_slots slots;

    duo_native_slots(run->rig->board, &slots);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_area *area = &slots.active[core];
        const uint8_t *flash = ((struct duo_sim_flash *)area->flash)->data;
        for (unsigned i = 0; i < run->rig->image_count; i++) {
            const struct rig_image *image = &run->rig->images[i];
            size_t limit_bytes = image->bytes.len_bytes < area->size_bytes
                                     ? image->bytes.len_bytes
                                     : area->size_bytes;
            for (size_t off = 2048;
                 image->core != core && off + 16U < limit_bytes; off += 2048) {
                const uint8_t *page = image->bytes.data + off;
                if (memcmp(flash + area->off_bytes + off, page, 16) == 0 &&
                    !duo_bytes_are((struct duo_bytes){page, 16}, 0xFF)) {
                    check_fail(run, "P3 own core",
                               "page at 0x%zx of the %s slot is the other's",
                               off, core_name[core]);
                }
            }
        }
    }
}

static const struct rig_image *active_of(struct run *run, enum duo_core core)
{
    return rig_active(run->rig, core);
}

/* P1, P2: what runs is a whole image, good, and one of the two. */
static void check_images(struct run *run, const struct duo_boot_result *result)
{
    const struct duo_native_board *board = run->rig->board;
    const struct duo_image *const started[DUO_CORE_COUNT] = {
        &result->app, duo_native_net_image(board)};
    bool by_boot = board->config.policy.net_start == DUO_NET_START_BY_BOOT;

    if (result->outcome != DUO_BOOT_START || started[DUO_CORE_NET] == NULL) {
        check_fail(run, run->scenario->lying ? "P9 distrust" : "P6 settles",
                   "a core was not started");
        return;
    }
    if (result->app_verdict != DUO_VERDICT_ACCEPT ||
        board->netboot.verdict != DUO_VERDICT_ACCEPT) {
        check_fail(run, "P2 verified", "started without a verdict");
    }
    if (result->net_started != by_boot ||
        memcmp(result->net.digest, started[DUO_CORE_NET]->digest,
               DUO_SHA256_BYTES) != 0) {
        check_fail(run, "P2 verified",
                   "the network core runs what the boot did not say");
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct expected *expected = &run->cores[core];
        const struct rig_image *image = active_of(run, (enum duo_core)core);

        if (image == NULL) {
            check_fail(run, "P1 whole", "no whole image in %s",
                       core_name[core]);
        } else if (memcmp(image->digest, started[core]->digest,
                          DUO_SHA256_BYTES) != 0) {
            check_fail(run, "P2 verified", "%s runs another than it verified",
                       core_name[core]);
        } else if (image != expected->old_image &&
                   ((run->scenario->refused && !run->scenario->lying) ||
                    image != expected->new_image)) {
            check_fail(run, "P2 verified",
                       "%s runs an image that must be refused",
                       core_name[core]);
        }
    }
}

/* P4: an image on trial runs once. */
static void check_trials(struct run *run)
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        struct expected *expected = &run->cores[core];
        const struct rig_image *image = active_of(run, (enum duo_core)core);
        bool is_new = image != NULL && image == expected->new_image;
        bool trial =
            is_new && !expected->permanent && expected->confirmed == DONE_NO;

        if (trial && expected->ran_trial) {
            check_fail(run, "P4 revert", "%s runs a trial a second time",
                       core_name[core]);
        }
        if (!is_new && expected->ran_trial) {
            run->reverted[core] = true;
        }
        expected->ran_trial = expected->ran_trial || trial;
    }
}

/* P5: a pair is old on both cores or new on both. */
static void check_pair(struct run *run)
{
    const struct rig_image *app = active_of(run, DUO_CORE_APP);
    const struct rig_image *net = active_of(run, DUO_CORE_NET);
    bool app_is_pair = app != NULL && app->version.minor == 2;
    bool net_is_pair = net != NULL && net->version.minor == 2;

    if (app_is_pair != net_is_pair) {
        check_fail(run, "P5 both or none", "half of a pair runs");
    }
}

static bool on_trial(struct run *run, enum duo_core core)
{
    const struct expected *expected = &run->cores[core];
    const struct rig_image *image = active_of(run, core);

    return image != NULL && image == expected->new_image &&
           expected->confirmed == DONE_NO && !expected->permanent;
}

/* P8: the mirror and the trailers say what is. A network image that came
 * through the application's slot shows in the application's trailer too. */
static void check_truth(struct run *run)
{
    struct duo_slots slots;
    const struct rig_image *net = active_of(run, DUO_CORE_NET);
    const struct duo_sim_flash *ext = run->rig->board->ext;

    duo_native_slots(run->rig->board, &slots);
    /* A chip that lies can spoil the mirror's payload; the header and the
     * TLVs, which are what is listed, are read back and compared. */
    size_t compared_bytes = net == NULL            ? 0
                            : run->scenario->lying ? DUO_IMAGE_HEADER_BYTES
                                                   : net->bytes.len_bytes;
    if (net != NULL && memcmp(ext->data + slots.mirror.off_bytes,
                              net->bytes.data, compared_bytes) != 0) {
        check_fail(run, "P8 truth", "the mirror is not the network image");
    }
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        const struct expected *other = &run->cores[1U - i];
        struct duo_trailer trailer;
        enum duo_err err = duo_trailer_read(&slots.trailer[i], &trailer);
        bool confirmed = trailer.image_ok == DUO_FIELD_GOOD ||
                         trailer.magic == DUO_FIELD_ERASED;
        bool trial = on_trial(run, (enum duo_core)i) ||
                     (other->routed && on_trial(run, (enum duo_core)(1U - i)));
        if (err == DUO_OK && run->cores[i].confirmed != DONE_PARTLY &&
            !run->cores[i].open_mode &&
            !(other->routed && other->confirmed == DONE_PARTLY) &&
            confirmed == trial) {
            check_fail(run, "P8 truth", "%s is listed as %s", core_name[i],
                       confirmed ? "confirmed" : "on trial");
        }
    }
}

/* P11: counters rise, and not before the confirmation. */
static void check_counters(struct run *run)
{
    struct duo_slots slots;
    uint32_t values[DUO_CORE_COUNT];

    duo_native_slots(run->rig->board, &slots);
    if (duo_counter_read(&slots.counters, values) != DUO_OK) {
        check_fail(run, "P11 counter", "counters cannot be read");
        return;
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        struct expected *expected = &run->cores[core];
        bool may_rise = expected->permanent || expected->confirmed != DONE_NO;
        if (values[core] < expected->counter) {
            check_fail(run, "P11 counter", "%s fell", core_name[core]);
        }
        if (values[core] > expected->counter && !may_rise) {
            check_fail(run, "P11 counter", "%s rose without a confirmation",
                       core_name[core]);
        }
        expected->counter = values[core];
    }
}

void check_boot(struct run *run, const struct duo_boot_result *result)
{
    check_flash(run);
    check_pair(run);
    check_images(run, result);
    check_trials(run);
    check_truth(run);
    check_counters(run);
}

/* What the end may be, by what was asked for and confirmed. */
static void check_final_image(struct run *run, enum duo_core core,
                              enum done requested, enum done is_kept)
{
    const struct expected *expected = &run->cores[core];
    const struct rig_image *image = active_of(run, core);
    enum done stays = requested;

    if (run->scenario->lying && run->cuts_happened != 0) {
        return; /* After a cut the chip may be honest for long enough. */
    }
    if (expected->new_image == NULL || run->scenario->refused) {
        stays = DONE_NO;
    } else if (is_kept != DONE_YES && requested != DONE_NO) {
        stays = is_kept;
    }
    bool is_new = image != NULL && image == expected->new_image;
    if ((stays == DONE_YES && !is_new) || (stays == DONE_NO && is_new)) {
        check_fail(run, stays == DONE_YES ? "P1 whole" : "P4 revert",
                   "%s ends with the %s image", core_name[core],
                   is_new ? "new" : "old");
    }
}

static enum done lesser(enum done left, enum done right)
{
    return left < right ? left : right;
}

/* P7: what was refused, reverted or installed stands in the journal. */
static void check_told(struct run *run)
{
    const struct scenario *scenario = run->scenario;

    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        const struct expected *expected = &run->cores[core];
        const struct rig_image *image = active_of(run, core);

        if (run->reverted[core] &&
            !rig_journal_has(run->rig, DUO_REASON_REVERTED, core)) {
            check_fail(run, "P7 told", "no word of the revert of %s",
                       core_name[core]);
        }
        if (image != NULL && image == expected->new_image &&
            !expected->open_mode &&
            !rig_journal_has(run->rig,
                             expected->permanent
                                 ? DUO_REASON_INSTALLED_PERMANENT
                                 : DUO_REASON_INSTALLED_TEST,
                             core)) {
            check_fail(run, "P7 told", "no word of the install of %s",
                       core_name[core]);
        }
        if (image != NULL && image == expected->new_image &&
            expected->is_previous &&
            !rig_journal_has(run->rig, DUO_REASON_PREVIOUS_STAGED, core)) {
            check_fail(run, "P7 told", "no word of the previous image of %s",
                       core_name[core]);
        }
        if (scenario->refused && expected->requested == DONE_YES &&
            !(scenario->lying && run->cuts_happened != 0) &&
            !rig_journal_has(run->rig, scenario->why, DUO_CORE_NONE)) {
            check_fail(run, "P7 told", "no word of the refusal (%s)",
                       duo_reason_text(scenario->why)->name);
        }
    }
}

/* What is for good counts as confirmed. */
static enum done kept(const struct expected *expected)
{
    return expected->permanent ? DONE_YES : expected->confirmed;
}

void check_end(struct run *run)
{
    const struct expected *app = &run->cores[DUO_CORE_APP];
    const struct expected *net = &run->cores[DUO_CORE_NET];

    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum done requested = run->cores[i].requested;
        enum done stays = kept(&run->cores[i]);
        if (run->scenario->dependent) {
            requested = lesser(app->requested, net->requested);
            stays = lesser(kept(app), kept(net));
        }
        check_final_image(run, (enum duo_core)i, requested, stays);
    }
    check_told(run);
}

/* P10: a page is erased at most once, and only if its content changes. */
void check_wear(struct run *run, const uint8_t *const before[DUO_CORE_COUNT])
{
    struct duo_slots slots;

    duo_native_slots(run->rig->board, &slots);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_area *area = &slots.active[core];
        const struct duo_sim_flash *flash =
            (const struct duo_sim_flash *)area->flash;
        uint32_t page_bytes = area->flash->geometry.erase_bytes;
        uint32_t end_off = area->off_bytes + slots.image_bytes_max[core];
        for (uint32_t off = area->off_bytes; off < end_off; off += page_bytes) {
            uint32_t erases = flash->page_erases[off / page_bytes];
            bool same =
                memcmp(before[core] + off, flash->data + off, page_bytes) == 0;
            if (erases > 1 || (erases == 1 && same)) {
                check_fail(run, "P10 least wear",
                           "%s page at 0x%x: %u erases, content %s",
                           core_name[core], (unsigned)off, (unsigned)erases,
                           same ? "same" : "new");
            }
        }
    }
}
