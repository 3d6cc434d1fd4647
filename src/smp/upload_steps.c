/* SPDX-License-Identifier: MIT */
/* The flash operations of an upload, one at a time. What comes next follows
 * from how far everything is; so nothing depends on when data arrives. */
#include <string.h>

#include "smp/upload_internal.h"

enum op {
    OP_NONE,
    OP_CHECK, /* Read back what was just written. */
    OP_FIRST, /* Erase the first unit. */
    OP_LAST,  /* Erase the last one. */
    OP_RECORD,
    OP_MARK,
    OP_BLANKING,
    OP_BLANK,
    OP_LOOK, /* Is the next unit blank? */
    OP_ERASE,
    OP_WRITE,
    OP_HASH,
};

#define PIECE      DUO_UPLOAD_PIECE_BYTES
#define NOT_BLANK  UINT32_MAX /* For looked_bytes. */
#define TODO_COUNT 7U

/* By bit of todo. */
static const uint8_t todo_op[TODO_COUNT] = {
    OP_CHECK, OP_FIRST, OP_LAST, OP_RECORD, OP_MARK, OP_BLANKING, OP_BLANK,
};

static uint32_t min_bytes(uint32_t left_bytes, uint32_t right_bytes)
{
    return left_bytes < right_bytes ? left_bytes : right_bytes;
}

/* --- What comes next --- */

static enum op next_erase(const struct duo_upload *upload)
{
    return upload->blank_counts && upload->looked_bytes != NOT_BLANK ? OP_LOOK
                                                                     : OP_ERASE;
}

/* A whole piece, or the rest of the file, waits in the ring. */
static bool has_piece(const struct duo_upload *upload)
{
    uint32_t waiting_bytes = upload->received_bytes - upload->written_bytes;

    return waiting_bytes >= PIECE ||
           (waiting_bytes != 0 && upload->received_bytes == upload->len_bytes);
}

/* All is hashed. What is wrong goes again: nothing half right is ever listed. */
static void conclude(struct duo_upload *upload)
{
    upload->crypto->ops->sha256_finish(upload->crypto, upload->digest);
    upload->hashed = true;
    if (!duo_upload_matches(upload)) {
        upload->todo = UPLOAD_TODO_FIRST | UPLOAD_TODO_LAST;
    } else if (upload->target.keeps_record) {
        upload->todo = UPLOAD_TODO_MARK;
    }
}

static enum op next_of_upload(const struct duo_upload *upload)
{
    if (has_piece(upload)) {
        return upload->erased_bytes > upload->written_bytes
                   ? OP_WRITE
                   : next_erase(upload);
    }
    if (upload->hashed_bytes < upload->written_bytes) {
        return OP_HASH;
    }
    return upload->erased_bytes < upload->len_bytes ? next_erase(upload)
                                                    : OP_NONE;
}

static enum op next_todo(struct duo_upload *upload)
{
    for (unsigned bit = 0; bit < TODO_COUNT; bit++) {
        if ((upload->todo & (1U << bit)) != 0) {
            upload->todo &= (uint8_t) ~(1U << bit);
            return (enum op)todo_op[bit];
        }
    }
    return OP_NONE;
}

static enum op next_of_state(struct duo_upload *upload)
{
    switch (upload->state) {
    case DUO_UPLOAD_RUNNING:
        if (upload->hashed) {
            upload->state = DUO_UPLOAD_WHOLE;
            return OP_NONE;
        }
        if (upload->hashed_bytes == upload->len_bytes) {
            conclude(upload);
            return OP_NONE; /* Of what is to be done now, at the next step. */
        }
        return next_of_upload(upload);
    case DUO_UPLOAD_BLANKING:
        if (upload->erased_bytes < upload->len_bytes) {
            return next_erase(upload);
        }
        upload->state = DUO_UPLOAD_CLEARING;
        return OP_BLANK;
    case DUO_UPLOAD_CLEARING: upload->state = DUO_UPLOAD_NONE; return OP_NONE;
    case DUO_UPLOAD_NONE:
    case DUO_UPLOAD_HEAD:
    case DUO_UPLOAD_WHOLE:
    case DUO_UPLOAD_FAILED: break;
    }
    return OP_NONE;
}

/* --- Operations --- */

static enum duo_err start_read(struct duo_upload *upload, uint32_t off_bytes,
                               uint32_t len_bytes)
{
    upload->op_bytes = len_bytes;
    return duo_area_start_read(&upload->target.area, off_bytes, upload->piece,
                               len_bytes);
}

static enum duo_err start_record(struct duo_upload *upload)
{
    upload_encode_record(upload, upload->piece);
    return duo_area_start_write(&upload->target.area,
                                upload_last_off(&upload->target.area),
                                upload->piece, UPLOAD_RECORD_BYTES);
}

static enum duo_err start_mark(struct duo_upload *upload, uint32_t off_bytes)
{
    memset(upload->piece, 0, UPLOAD_MARK_BYTES);
    return duo_area_start_write(
        &upload->target.area, upload_last_off(&upload->target.area) + off_bytes,
        upload->piece, UPLOAD_MARK_BYTES);
}

/* Of the last step that is whole. */
static uint32_t mark_off(const struct duo_upload *upload)
{
    bool blanking = upload->state == DUO_UPLOAD_BLANKING;
    uint32_t done_bytes =
        blanking ? upload->erased_bytes : upload->written_bytes;
    uint32_t first_off = blanking ? UPLOAD_OFF_BLANKED : UPLOAD_OFF_MARKS;

    return first_off + (upload_mark_count(done_bytes) - 1U) * UPLOAD_MARK_BYTES;
}

static uint8_t *ring_piece(const struct duo_upload *upload)
{
    return &upload->ring[upload->written_bytes % upload->ring_bytes];
}

/* Pieces are programmed whole; behind the end of the file with erased bytes,
 * which change nothing. */
static enum duo_err start_write(struct duo_upload *upload)
{
    uint8_t *piece = ring_piece(upload);
    uint32_t used_bytes =
        min_bytes(PIECE, upload->len_bytes - upload->written_bytes);

    memset(&piece[used_bytes], upload->target.area.flash->geometry.erased_value,
           PIECE - used_bytes);
    return duo_area_start_write(&upload->target.area, upload->written_bytes,
                                piece, PIECE);
}

static enum duo_err start(struct duo_upload *upload, enum op op)
{
    const struct duo_area *area = &upload->target.area;

    switch (op) {
    case OP_FIRST: return duo_area_start_erase(area, 0);
    case OP_LAST: return duo_area_start_erase(area, upload_last_off(area));
    case OP_RECORD: return start_record(upload);
    case OP_MARK: return start_mark(upload, mark_off(upload));
    case OP_BLANKING: return start_mark(upload, UPLOAD_OFF_BLANKING);
    case OP_BLANK: return start_mark(upload, UPLOAD_OFF_BLANK);
    case OP_LOOK:
        return start_read(upload, upload->erased_bytes + upload->looked_bytes,
                          PIECE);
    case OP_ERASE: return duo_area_start_erase(area, upload->erased_bytes);
    case OP_WRITE: return start_write(upload);
    case OP_CHECK: return start_read(upload, upload->written_bytes, PIECE);
    case OP_HASH:
        return start_read(
            upload, upload->hashed_bytes,
            min_bytes(PIECE, upload->written_bytes - upload->hashed_bytes));
    case OP_NONE: break;
    }
    return DUO_OK;
}

/* One more unit is blank. */
static void end_unit(struct duo_upload *upload)
{
    upload->erased_bytes += upload_unit_bytes(&upload->target.area);
    upload->looked_bytes = 0;
    if (upload->state == DUO_UPLOAD_BLANKING &&
        upload->erased_bytes % DUO_UPLOAD_MARK_BYTES == 0 &&
        upload->erased_bytes / DUO_UPLOAD_MARK_BYTES <= UPLOAD_BLANKED_MAX) {
        upload->todo |= UPLOAD_TODO_MARK;
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

static void hash(struct duo_upload *upload, uint32_t len_bytes)
{
    upload->crypto->ops->sha256_update(
        upload->crypto, (struct duo_bytes){upload->piece, len_bytes});
    upload->hashed_bytes += len_bytes;
}

static enum duo_err end_check(struct duo_upload *upload)
{
    uint32_t used_bytes =
        min_bytes(PIECE, upload->len_bytes - upload->written_bytes);

    if (memcmp(upload->piece, ring_piece(upload), PIECE) != 0) {
        return DUO_ERR_FLASH;
    }
    if (upload->hashed_bytes == upload->written_bytes) {
        hash(upload, used_bytes);
    }
    upload->written_bytes += used_bytes;
    if (upload->target.keeps_record &&
        upload->written_bytes % DUO_UPLOAD_MARK_BYTES == 0 &&
        upload->written_bytes != upload->len_bytes) {
        upload->todo |= UPLOAD_TODO_MARK;
    }
    return DUO_OK;
}

static enum duo_err end(struct duo_upload *upload, enum op op)
{
    switch (op) {
    case OP_LOOK: end_look(upload); break;
    case OP_ERASE: end_unit(upload); break;
    case OP_WRITE: upload->todo |= UPLOAD_TODO_CHECK; break;
    case OP_CHECK: return end_check(upload);
    case OP_HASH: hash(upload, upload->op_bytes); break;
    case OP_NONE:
    case OP_FIRST:
    case OP_LAST:
    case OP_RECORD:
    case OP_MARK:
    case OP_BLANKING:
    case OP_BLANK: break;
    }
    return DUO_OK;
}

static void fail(struct duo_upload *upload, enum op op)
{
    upload->state = DUO_UPLOAD_FAILED;
    upload->todo = 0;
    upload->failure = DUO_UPLOAD_WRITE_FAILED;
    if (op == OP_LOOK || op == OP_HASH) {
        upload->failure = DUO_UPLOAD_READ_FAILED;
    } else if (op == OP_ERASE || op == OP_FIRST || op == OP_LAST) {
        upload->failure = DUO_UPLOAD_ERASE_FAILED;
    }
}

/* --- The engine --- */

static void finish(struct duo_upload *upload, enum duo_err err)
{
    enum op op = (enum op)upload->op;

    upload->op = OP_NONE;
    if (err == DUO_OK) {
        err = end(upload, op);
    }
    if (err != DUO_OK) {
        fail(upload, op);
    }
}

static bool is_under_way(struct duo_upload *upload)
{
    if (upload->op == OP_NONE) {
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

bool duo_upload_step(struct duo_upload *upload)
{
    if (is_under_way(upload) || upload->paused) {
        return true;
    }
    enum op op = next_todo(upload);
    if (op == OP_NONE) {
        op = next_of_state(upload);
    }
    if (op == OP_NONE) {
        return upload->todo != 0 ||
               (upload->state == DUO_UPLOAD_RUNNING && upload->hashed);
    }
    upload->op = (uint8_t)op;
    enum duo_err err = start(upload, op);
    if (err != DUO_OK) {
        finish(upload, err);
    }
    return true;
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
    if (upload->op != OP_NONE) {
        finish(upload, duo_flash_wait(upload->target.area.flash));
    }
}
