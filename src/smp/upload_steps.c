/* SPDX-License-Identifier: MIT */
/* The flash operations of an upload, one at a time. What comes next follows
 * from how far everything is; so nothing depends on when data arrives. */
#include <string.h>

#include "smp/upload_internal.h"

#define PIECE     DUO_UPLOAD_PIECE_BYTES
#define NOT_BLANK UINT32_MAX /* For looked_bytes. */
#define READS_MAX 4U         /* In one step. */

/* Also what is told if it fails. */
enum kind {
    READ = DUO_UPLOAD_READ_FAILED,
    WRITE = DUO_UPLOAD_WRITE_FAILED,
    ERASE = DUO_UPLOAD_ERASE_FAILED,
};

/* What the place of an operation counts from. */
enum base { AT_START, AT_LAST, AT_ERASED, AT_WRITTEN, AT_HASHED, BASE_COUNT };

struct row {
    uint8_t kind;
    uint8_t base;
    uint8_t off_bytes;
    uint16_t len_bytes;
};

static const struct row rows[UPLOAD_OP_COUNT] = {
    [UPLOAD_OP_CHECK] = {READ,  AT_WRITTEN, 0,                   PIECE              },
    [UPLOAD_OP_FIRST] = {ERASE, AT_START,   0,                   0                  },
    [UPLOAD_OP_LAST] = {ERASE, AT_LAST,    0,                   0                  },
    [UPLOAD_OP_RECORD] = {WRITE, AT_LAST,    0,                   UPLOAD_RECORD_BYTES},
    [UPLOAD_OP_MARK] = {WRITE, AT_LAST,    0,                   UPLOAD_MARK_BYTES  },
    [UPLOAD_OP_BLANKING] = {WRITE, AT_LAST,    UPLOAD_OFF_BLANKING,
                         UPLOAD_MARK_BYTES                                          },
    [UPLOAD_OP_BLANK] = {WRITE, AT_LAST,    UPLOAD_OFF_BLANK,    UPLOAD_MARK_BYTES  },
    [UPLOAD_OP_LOOK] = {READ,  AT_ERASED,  0,                   PIECE              },
    [UPLOAD_OP_ERASE] = {ERASE, AT_ERASED,  0,                   0                  },
    [UPLOAD_OP_WRITE] = {WRITE, AT_WRITTEN, 0,                   PIECE              },
    [UPLOAD_OP_HASH] = {READ,  AT_HASHED,  0,                   PIECE              },
};

static uint32_t min_bytes(uint32_t left_bytes, uint32_t right_bytes)
{
    return left_bytes < right_bytes ? left_bytes : right_bytes;
}

/* --- What comes next --- */

static enum upload_op next_erase(const struct duo_upload *upload)
{
    return upload->blank_counts && upload->looked_bytes != NOT_BLANK
               ? UPLOAD_OP_LOOK
               : UPLOAD_OP_ERASE;
}

/* A whole piece, or the rest of the file, waits in the ring. */
static bool has_piece(const struct duo_upload *upload)
{
    uint32_t waiting_bytes = upload->received_bytes - upload->written_bytes;

    return waiting_bytes >= PIECE ||
           (waiting_bytes != 0 && upload->received_bytes == upload->len_bytes);
}

/* What was read back is hashed while the flash is at the next operation: the
 * processor takes a good part of the time that a page takes to be programmed. */
static void hash_later(struct duo_upload *upload, uint32_t len_bytes)
{
    upload->unhashed_bytes = len_bytes;
    upload->hashed_bytes += len_bytes;
}

static void hash_now(struct duo_upload *upload)
{
    if (upload->unhashed_bytes != 0) {
        upload->crypto->ops->sha256_update(
            upload->crypto,
            (struct duo_bytes){upload->piece, upload->unhashed_bytes});
        upload->unhashed_bytes = 0;
    }
}

/* All is hashed. What is wrong goes again: nothing half right is ever listed. */
static void conclude(struct duo_upload *upload)
{
    hash_now(upload);
    upload->crypto->ops->sha256_finish(upload->crypto, upload->digest);
    upload->hashed = true;
    if (!duo_upload_matches(upload)) {
        upload->todo =
            UPLOAD_TODO(UPLOAD_OP_FIRST) | UPLOAD_TODO(UPLOAD_OP_LAST);
    } else if (upload->target.keeps_record) {
        upload->todo = UPLOAD_TODO(UPLOAD_OP_MARK);
    }
}

static enum upload_op next_of_upload(const struct duo_upload *upload)
{
    if (has_piece(upload)) {
        return upload->erased_bytes > upload->written_bytes
                   ? UPLOAD_OP_WRITE
                   : next_erase(upload);
    }
    if (upload->hashed_bytes < upload->written_bytes) {
        return UPLOAD_OP_HASH;
    }
    bool ahead =
        upload->target.keeps_record && upload->erased_bytes < upload->len_bytes;
    return ahead ? next_erase(upload) : UPLOAD_OP_NONE;
}

static enum upload_op next_todo(struct duo_upload *upload)
{
    for (unsigned op = 1; upload->todo >> op != 0; op++) {
        if ((upload->todo & UPLOAD_TODO(op)) != 0) {
            upload->todo &= (uint8_t)~UPLOAD_TODO(op);
            return (enum upload_op)op;
        }
    }
    return UPLOAD_OP_NONE;
}

static enum upload_op next_of_state(struct duo_upload *upload)
{
    switch (upload->state) {
    case DUO_UPLOAD_RUNNING:
        if (upload->hashed) {
            upload->state = DUO_UPLOAD_WHOLE;
            return UPLOAD_OP_NONE;
        }
        if (upload->hashed_bytes == upload->len_bytes) {
            conclude(upload);
            return UPLOAD_OP_NONE; /* Of what is to be done now, at the next step. */
        }
        return next_of_upload(upload);
    case DUO_UPLOAD_BLANKING:
        if (upload->erased_bytes < upload->len_bytes) {
            return next_erase(upload);
        }
        upload->state = DUO_UPLOAD_CLEARING;
        return UPLOAD_OP_BLANK;
    case DUO_UPLOAD_CLEARING:
        upload->state = DUO_UPLOAD_NONE;
        return UPLOAD_OP_NONE;
    case DUO_UPLOAD_NONE:
    case DUO_UPLOAD_HEAD:
    case DUO_UPLOAD_WHOLE:
    case DUO_UPLOAD_FAILED: break;
    }
    return UPLOAD_OP_NONE;
}

/* --- Operations --- */

/* Of the last step that is whole. */
static uint32_t mark_off(const struct duo_upload *upload)
{
    bool blanking = upload->state == DUO_UPLOAD_BLANKING;
    uint32_t done_bytes =
        blanking ? upload->erased_bytes : upload->written_bytes;
    uint32_t first_off = blanking ? UPLOAD_OFF_BLANKED : UPLOAD_OFF_MARKS;

    return first_off + (upload_mark_count(done_bytes) - 1U) * UPLOAD_MARK_BYTES;
}

static uint32_t place_of(const struct duo_upload *upload, enum upload_op op)
{
    const uint32_t bases[BASE_COUNT] = {
        [AT_LAST] = upload_last_off(&upload->target.area),
        [AT_ERASED] = upload->erased_bytes,
        [AT_WRITTEN] = upload->written_bytes,
        [AT_HASHED] = upload->hashed_bytes,
    };
    uint32_t off_bytes = bases[rows[op].base] + rows[op].off_bytes;

    if (op == UPLOAD_OP_LOOK) {
        off_bytes += upload->looked_bytes;
    }
    return op == UPLOAD_OP_MARK ? off_bytes + mark_off(upload) : off_bytes;
}

static uint8_t *ring_piece(const struct duo_upload *upload)
{
    return &upload->ring[upload->written_bytes % upload->ring_bytes];
}

/* What is written. Pieces are programmed whole; behind the end of the file with
 * erased bytes, which change nothing. */
static const uint8_t *source_of(struct duo_upload *upload, enum upload_op op)
{
    if (op != UPLOAD_OP_WRITE) {
        memset(upload->piece, 0, UPLOAD_MARK_BYTES);
        if (op == UPLOAD_OP_RECORD) {
            upload_encode_record(upload, upload->piece);
        }
        return upload->piece;
    }
    uint8_t *piece = ring_piece(upload);
    uint32_t used_bytes =
        min_bytes(PIECE, upload->len_bytes - upload->written_bytes);
    memset(&piece[used_bytes], upload->target.area.flash->geometry.erased_value,
           PIECE - used_bytes);
    return piece;
}

static enum duo_err start(struct duo_upload *upload, enum upload_op op)
{
    const struct duo_area *area = &upload->target.area;
    const struct row *row = &rows[op];
    uint32_t off_bytes = place_of(upload, op);

    if (row->kind == ERASE) {
        return duo_area_start_erase(area, off_bytes);
    }
    return row->kind == READ
               ? duo_area_start_read(area, off_bytes, upload->piece,
                                     row->len_bytes)
               : duo_area_start_write(area, off_bytes, source_of(upload, op),
                                      row->len_bytes);
}

/* One more unit is blank. */
static void end_unit(struct duo_upload *upload)
{
    upload->erased_bytes += upload_unit_bytes(&upload->target.area);
    upload->looked_bytes = 0;
    if (upload->state == DUO_UPLOAD_BLANKING &&
        upload->erased_bytes % DUO_UPLOAD_MARK_BYTES == 0 &&
        upload->erased_bytes / DUO_UPLOAD_MARK_BYTES <= UPLOAD_BLANKED_MAX) {
        upload->todo |= UPLOAD_TODO(UPLOAD_OP_MARK);
    }
}

static void end_look(struct duo_upload *upload)
{
    const struct duo_area *area = &upload->target.area;

    if (!duo_bytes_are((struct duo_bytes){upload->piece, PIECE},
                       area->flash->geometry.erased_value)) {
        upload->looked_bytes = NOT_BLANK;
        return;
    }
    upload->looked_bytes += PIECE;
    if (upload->looked_bytes == upload_unit_bytes(area)) {
        end_unit(upload);
    }
}

static enum duo_err end_check(struct duo_upload *upload)
{
    uint32_t used_bytes =
        min_bytes(PIECE, upload->len_bytes - upload->written_bytes);

    if (memcmp(upload->piece, ring_piece(upload), PIECE) != 0) {
        return DUO_ERR_FLASH;
    }
    if (upload->hashed_bytes == upload->written_bytes) {
        hash_later(upload, used_bytes);
    }
    upload->written_bytes += used_bytes;
    if (upload->target.keeps_record &&
        upload->written_bytes % DUO_UPLOAD_MARK_BYTES == 0 &&
        upload->written_bytes != upload->len_bytes) {
        upload->todo |= UPLOAD_TODO(UPLOAD_OP_MARK);
    }
    return DUO_OK;
}

static enum duo_err end(struct duo_upload *upload, enum upload_op op)
{
    if (op == UPLOAD_OP_CHECK) {
        return end_check(upload);
    }
    if (op == UPLOAD_OP_LOOK) {
        end_look(upload);
    } else if (op == UPLOAD_OP_ERASE ||
               (op == UPLOAD_OP_FIRST && upload->erased_bytes == 0)) {
        end_unit(upload);
    } else if (op == UPLOAD_OP_WRITE) {
        upload->todo |= UPLOAD_TODO(UPLOAD_OP_CHECK);
    } else if (op == UPLOAD_OP_HASH) {
        hash_later(upload, min_bytes(PIECE, upload->written_bytes -
                                                upload->hashed_bytes));
    }
    return DUO_OK;
}

static void fail(struct duo_upload *upload, enum upload_op op)
{
    /* What reads back as something else was not written. */
    upload->state = DUO_UPLOAD_FAILED;
    upload->todo = 0;
    upload->failure = op == UPLOAD_OP_CHECK
                          ? DUO_UPLOAD_WRITE_FAILED
                          : (enum duo_upload_failure)rows[op].kind;
}

/* --- The engine --- */

static void finish(struct duo_upload *upload, enum duo_err err)
{
    enum upload_op op = (enum upload_op)upload->op;

    upload->op = UPLOAD_OP_NONE;
    if (err == DUO_OK) {
        err = end(upload, op);
    }
    if (err != DUO_OK) {
        fail(upload, op);
    }
}

static bool is_under_way(struct duo_upload *upload)
{
    if (upload->op == UPLOAD_OP_NONE) {
        return false;
    }
    const struct duo_flash *flash = upload->target.area.flash;
    enum duo_err err = flash->ops->poll(upload->target.area.flash);
    if (err == DUO_ERR_BUSY) {
        return true;
    }
    finish(upload, err);
    return false;
}

static bool needs_piece(enum upload_op op)
{
    return rows[op].kind == READ ||
           (rows[op].kind == WRITE && op != UPLOAD_OP_WRITE);
}

/* False: there is nothing to do. */
static bool start_next(struct duo_upload *upload)
{
    enum upload_op op = next_todo(upload);

    if (op == UPLOAD_OP_NONE) {
        op = next_of_state(upload);
    }
    if (op == UPLOAD_OP_NONE || needs_piece(op)) {
        hash_now(upload);
    }
    if (op == UPLOAD_OP_NONE) {
        return false;
    }
    upload->op = (uint8_t)op;
    enum duo_err err = start(upload, op);
    if (err != DUO_OK) {
        finish(upload, err);
    }
    hash_now(upload);
    return true;
}

static bool is_at(const struct duo_upload *upload, enum kind kind)
{
    return upload->op != UPLOAD_OP_NONE && rows[upload->op].kind == kind;
}

bool duo_upload_step(struct duo_upload *upload)
{
    if (is_under_way(upload) || upload->paused) {
        return true;
    }
    bool more = start_next(upload);
    /* A piece is read sooner than anybody comes back to ask. */
    for (unsigned i = 0; i < READS_MAX && is_at(upload, READ); i++) {
        finish(upload, duo_flash_wait(upload->target.area.flash));
        more = start_next(upload);
    }
    return more || upload->todo != 0 ||
           (upload->state == DUO_UPLOAD_RUNNING && upload->hashed);
}

bool duo_upload_is_erasing(const struct duo_upload *upload)
{
    return is_at(upload, ERASE);
}

bool duo_upload_pause(struct duo_upload *upload)
{
    upload->paused = true;
    return !is_under_way(upload);
}

void duo_upload_go_on(struct duo_upload *upload)
{
    upload->paused = false;
}

void duo_upload_settle(struct duo_upload *upload)
{
    if (upload->op != UPLOAD_OP_NONE) {
        finish(upload, duo_flash_wait(upload->target.area.flash));
    }
}
