/* SPDX-License-Identifier: MIT */
/* The progress record; see duo/progress.h. */
#include "duo/progress.h"

#include <string.h>

#include "duo/bytes.h"

/* Offsets in the sector [FORMAT 5]. */
enum {
    OFF_MAGIC = 0,
    OFF_VERSION = 4,
    OFF_FLAGS = 8,
    OFF_IMAGES = 12,
    IMAGE_BYTES = 72, /* new_bytes, old_bytes, new_digest, old_digest */
    OFF_CRC = OFF_IMAGES + 2 * IMAGE_BYTES,
    HEADER_BYTES = OFF_CRC + 4,
    OFF_PHASES = 192,
    OFF_MARKS = 256,
};
#define MAGIC      0x504F5544U /* "DUOP" */
#define VERSION    1U
#define MARK_BYTES 4U

_Static_assert(HEADER_BYTES <= OFF_PHASES, "header runs into the phase marks");
_Static_assert(OFF_PHASES + DUO_PHASE_COUNT * MARK_BYTES <= OFF_MARKS,
               "phase marks run into the unit marks");
_Static_assert(OFF_MARKS + (3U * DUO_PROGRESS_UNITS_APP +
                            4U * DUO_PROGRESS_UNITS_NET) *
                               MARK_BYTES <=
                   DUO_UNIT_BYTES,
               "unit marks must fit in the sector");

/* Flags: one bit for the record, then six for each image. */
#define FLAG_DEPENDENT 1U
#define IMAGE_FLAGS    6U

/* Where each copy's marks begin, as an index of marks; -1: has none. Those
 * behind the mirror's are in a sector of their own. */
#define APP_MARKS(copies) ((int32_t)(copies) * (int32_t)DUO_PROGRESS_UNITS_APP)
#define NET_MARKS(copies) \
    (APP_MARKS(3) + (int32_t)(copies) * (int32_t)DUO_PROGRESS_UNITS_NET)
static const int32_t first_mark[DUO_COPY_COUNT][DUO_CORE_COUNT] = {
    [DUO_COPY_BACKUP] = {APP_MARKS(0), NET_MARKS(0)},
    [DUO_COPY_INSTALL] = {APP_MARKS(1), NET_MARKS(1)},
    [DUO_COPY_RESTORE] = {APP_MARKS(2), NET_MARKS(2)},
    [DUO_COPY_MIRROR] = {-1,           NET_MARKS(3)},
    [DUO_COPY_REBUILD] = {-1,           0           },
    [DUO_COPY_PREVIOUS] = {0,            0           },
};

static const _Alignas(4) uint8_t mark_set[MARK_BYTES] = {0, 0, 0, 0};

static uint32_t units_max(enum duo_core core)
{
    return core == DUO_CORE_APP ? DUO_PROGRESS_UNITS_APP
                                : DUO_PROGRESS_UNITS_NET;
}

static uint32_t mark_off(enum duo_copy copy, enum duo_core core,
                         uint32_t unit_index)
{
    uint32_t first = (uint32_t)first_mark[copy][core];
    return OFF_MARKS + (first + unit_index) * MARK_BYTES;
}

static uint32_t image_flags(const struct duo_progress_image *image)
{
    return (uint32_t)image->included | ((uint32_t)image->permanent << 1) |
           ((uint32_t)image->has_backup << 2) |
           ((uint32_t)image->from_other << 3) |
           ((uint32_t)image->restore_only << 4) |
           ((uint32_t)image->from_mirror << 5);
}

static void encode_header(const struct duo_progress *progress,
                          uint8_t raw[HEADER_BYTES])
{
    uint32_t flags = progress->dependent ? FLAG_DEPENDENT : 0;

    duo_store_le32(&raw[OFF_MAGIC], MAGIC);
    duo_store_le32(&raw[OFF_VERSION], VERSION);
    for (uint32_t core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_progress_image *image = &progress->images[core];
        uint8_t *at = &raw[OFF_IMAGES + core * IMAGE_BYTES];

        flags |= image_flags(image) << (1U + IMAGE_FLAGS * core);
        duo_store_le32(at, image->new_bytes);
        duo_store_le32(at + 4, image->old_bytes);
        memcpy(at + 8, image->new_digest, DUO_SHA256_BYTES);
        memcpy(at + 8 + DUO_SHA256_BYTES, image->old_digest, DUO_SHA256_BYTES);
    }
    duo_store_le32(&raw[OFF_FLAGS], flags);
    duo_store_le32(&raw[OFF_CRC],
                   duo_crc32(0, (struct duo_bytes){raw, OFF_CRC}));
}

static void decode_image(struct duo_progress_image *image, uint32_t flags,
                         const uint8_t *at)
{
    image->included = (flags & 1U) != 0;
    image->permanent = (flags & 2U) != 0;
    image->has_backup = (flags & 4U) != 0;
    image->from_other = (flags & 8U) != 0;
    image->restore_only = (flags & 16U) != 0;
    image->from_mirror = (flags & 32U) != 0;
    image->new_bytes = duo_load_le32(at);
    image->old_bytes = duo_load_le32(at + 4);
    memcpy(image->new_digest, at + 8, DUO_SHA256_BYTES);
    memcpy(image->old_digest, at + 8 + DUO_SHA256_BYTES, DUO_SHA256_BYTES);
}

/* Whatever the record says must fit its marks, whoever wrote it. */
static bool sizes_fit(const struct duo_progress *progress)
{
    bool fit = true;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        uint32_t bytes_max = units_max((enum duo_core)core) * DUO_UNIT_BYTES;
        fit = fit && progress->images[core].new_bytes <= bytes_max &&
              progress->images[core].old_bytes <= bytes_max;
    }
    return fit;
}

static bool decode_header(struct duo_progress *progress,
                          const uint8_t raw[HEADER_BYTES])
{
    uint32_t flags = duo_load_le32(&raw[OFF_FLAGS]);

    if (duo_load_le32(&raw[OFF_MAGIC]) != MAGIC ||
        duo_load_le32(&raw[OFF_VERSION]) != VERSION ||
        duo_load_le32(&raw[OFF_CRC]) !=
            duo_crc32(0, (struct duo_bytes){raw, OFF_CRC})) {
        return false;
    }
    progress->dependent = (flags & FLAG_DEPENDENT) != 0;
    for (uint32_t core = 0; core < DUO_CORE_COUNT; core++) {
        decode_image(&progress->images[core],
                     flags >> (1U + IMAGE_FLAGS * core),
                     &raw[OFF_IMAGES + core * IMAGE_BYTES]);
    }
    return sizes_fit(progress);
}

static bool is_set(const uint8_t *mark)
{
    return duo_load_le32(mark) == 0;
}

/* A set mark says that all units up to its own are done. */
enum duo_err duo_progress_load_units(struct duo_progress *progress,
                                     enum duo_copy copy, enum duo_core core)
{
    _Alignas(4) uint8_t piece[60U * MARK_BYTES];
    uint32_t done = 0;

    _Static_assert(DUO_PROGRESS_UNITS_APP % 60U == 0, "whole pieces");
    _Static_assert(DUO_PROGRESS_UNITS_NET % 60U == 0, "whole pieces");
    for (uint32_t unit = 0; unit < units_max(core); unit += 60U) {
        enum duo_err err = duo_area_read(
            &progress->area, mark_off(copy, core, unit), piece, sizeof(piece));
        if (err != DUO_OK) {
            return err;
        }
        for (uint32_t i = 0; i < 60U; i++) {
            const uint8_t *mark = &piece[(size_t)i * MARK_BYTES];
            done = is_set(mark) ? unit + i + 1U : done;
        }
    }
    progress->units_done[copy][core] = done;
    return DUO_OK;
}

static enum duo_err load_marks(struct duo_progress *progress)
{
    _Alignas(4) uint8_t raw[DUO_PHASE_COUNT * MARK_BYTES];
    enum duo_err err =
        duo_area_read(&progress->area, OFF_PHASES, raw, sizeof(raw));

    for (unsigned i = 0; err == DUO_OK && i < DUO_PHASE_COUNT; i++) {
        progress->phases[i] = is_set(&raw[(size_t)i * MARK_BYTES]);
    }
    for (unsigned i = 0; err == DUO_OK && i < DUO_COPY_REBUILD * DUO_CORE_COUNT;
         i++) {
        enum duo_copy copy = (enum duo_copy)(i / DUO_CORE_COUNT);
        enum duo_core core = (enum duo_core)(i % DUO_CORE_COUNT);
        if (progress->images[core].included && first_mark[copy][core] >= 0) {
            err = duo_progress_load_units(progress, copy, core);
        }
    }
    return err;
}

enum duo_err duo_progress_load(struct duo_progress *progress,
                               const struct duo_area *area)
{
    _Alignas(4) uint8_t raw[HEADER_BYTES];

    memset(progress, 0, sizeof(*progress));
    progress->area = *area;
    enum duo_err err = duo_area_read(area, 0, raw, sizeof(raw));
    if (err != DUO_OK) {
        return err;
    }
    if (!decode_header(progress, raw)) {
        memset(progress, 0, sizeof(*progress));
        progress->area = *area;
        return DUO_OK;
    }
    progress->open = true;
    return load_marks(progress);
}

enum duo_err duo_progress_create(struct duo_progress *progress)
{
    static const _Alignas(4) uint8_t no_magic[4] = {0, 0, 0, 0};
    _Alignas(4) uint8_t raw[HEADER_BYTES];

    /* The old header goes first: an erase that is cut can leave it whole and
     * take some of the marks behind it, which would then tell a lie. */
    enum duo_err err =
        duo_area_write(&progress->area, OFF_MAGIC, no_magic, sizeof(no_magic));
    if (err == DUO_OK) {
        err = duo_area_erase(&progress->area, 0, DUO_UNIT_BYTES);
    }
    if (err != DUO_OK) {
        return err;
    }
    memset(progress->phases, 0, sizeof(progress->phases));
    memset(progress->units_done, 0, sizeof(progress->units_done));
    encode_header(progress, raw);
    err = duo_area_write(&progress->area, 0, raw, sizeof(raw));
    progress->open = err == DUO_OK;
    return err;
}

static bool any_unit_done(const struct duo_progress *progress)
{
    uint32_t sum = 0;

    for (unsigned copy = 0; copy < DUO_COPY_COUNT; copy++) {
        sum += progress->units_done[copy][DUO_CORE_APP] +
               progress->units_done[copy][DUO_CORE_NET];
    }
    return sum != 0;
}

enum duo_err duo_progress_strengthen(const struct duo_progress *progress)
{
    _Alignas(4) uint8_t raw[HEADER_BYTES];
    enum duo_err err = DUO_OK;

    /* With a unit mark set, some earlier boot went on from a whole header. */
    if (!any_unit_done(progress)) {
        encode_header(progress, raw);
        err = duo_area_write(&progress->area, 0, raw, sizeof(raw));
    }
    for (unsigned core = 0; err == DUO_OK && core < DUO_CORE_COUNT; core++) {
        uint32_t done = progress->units_done[DUO_COPY_BACKUP][core];
        if (done != 0) {
            err = duo_area_write(
                &progress->area,
                mark_off(DUO_COPY_BACKUP, (enum duo_core)core, done - 1U),
                mark_set, MARK_BYTES);
        }
    }
    return err;
}

enum duo_err duo_progress_set_phase(struct duo_progress *progress,
                                    unsigned phase)
{
    enum duo_err err = duo_area_write(
        &progress->area, OFF_PHASES + phase * MARK_BYTES, mark_set, MARK_BYTES);

    if (err == DUO_OK) {
        progress->phases[phase] = true;
    }
    return err;
}

bool duo_progress_has_unit(const struct duo_progress *progress,
                           enum duo_copy copy, enum duo_core core,
                           uint32_t unit_index)
{
    return unit_index < progress->units_done[copy][core];
}

enum duo_err duo_progress_start_mark(struct duo_progress *progress,
                                     enum duo_copy copy, enum duo_core core,
                                     uint32_t unit_index)
{
    return duo_area_start_write(&progress->area,
                                mark_off(copy, core, unit_index), mark_set,
                                MARK_BYTES);
}

void duo_progress_unit_marked(struct duo_progress *progress, enum duo_copy copy,
                              enum duo_core core, uint32_t unit_index)
{
    if (progress->units_done[copy][core] <= unit_index) {
        progress->units_done[copy][core] = unit_index + 1U;
    }
}
