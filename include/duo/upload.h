/* SPDX-License-Identifier: MIT */
/* One upload into a staged slot. Chunks of any size go into a ring in RAM and
 * are answered at once; meanwhile the flash erases ahead, programs and reads
 * back for the digest. How far the flash has come is marked in the slot's last
 * unit, so that an upload goes on after a reset or a power cut from what the
 * flash really holds. Bytes: docs/FORMAT.md section "Upload record". */
#ifndef DUO_UPLOAD_H
#define DUO_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "duo/bytes.h"
#include "duo/crypto.h"
#include "duo/flash.h"
#include "duo/image.h"

/* Data is marked as written in steps of this size. */
#define DUO_UPLOAD_MARK_BYTES 16384U
/* Programmed at once; the ring holds a multiple of it. */
#define DUO_UPLOAD_PIECE_BYTES 256U

struct duo_upload_request {
    uint32_t len_bytes;
    struct duo_bytes sha; /* Of the whole file; empty: none was sent. At most
                           * DUO_SHA256_BYTES. */
};

enum duo_upload_state {
    DUO_UPLOAD_NONE,
    DUO_UPLOAD_RUNNING,
    DUO_UPLOAD_WHOLE,  /* All is written and the digest is known. */
    DUO_UPLOAD_FAILED, /* The flash failed; see error. */
};

struct duo_upload {
    enum duo_upload_state state;
    struct duo_area area;
    struct duo_crypto *crypto;
    uint8_t *ring; /* A multiple of DUO_UPLOAD_PIECE_BYTES, word-aligned. */
    size_t ring_bytes;
    bool keeps_record; /* The area has room for one: a staged slot. */
    uint32_t len_bytes;
    uint8_t sha[DUO_SHA256_BYTES];
    uint8_t sha_bytes;
    uint8_t digest[DUO_SHA256_BYTES]; /* Of what the flash holds, when WHOLE. */
    uint32_t received_bytes;
    uint32_t written_bytes;
    uint32_t erased_bytes; /* Blank from written_bytes up to here. */
    uint32_t hashed_bytes;
    uint32_t marked_bytes;
    unsigned op; /* What the flash does now; private. */
    uint32_t op_bytes;
    uint8_t check[DUO_UPLOAD_PIECE_BYTES]; /* What was read back. */
    enum duo_err error;
};

/** Begin. If the area's record is of the same length and sha, and @p resume,
 * received_bytes tells from where on data is wanted (also len_bytes: all of it
 * is there and will be hashed again). Else the slot's record, request and
 * first unit are erased at the next steps and received_bytes is 0.
 * @p upload->area, crypto, ring, ring_bytes and keeps_record are set by the
 * caller. DUO_ERR_RANGE: it does not fit; flash errors. */
enum duo_err duo_upload_begin(struct duo_upload *upload,
                              const struct duo_upload_request *request,
                              bool resume);

/** How many bytes the ring takes now. */
size_t duo_upload_room(const struct duo_upload *upload);

/** Take data at received_bytes; data.len_bytes <= duo_upload_room(). */
void duo_upload_put(struct duo_upload *upload, struct duo_bytes data);

/** Start or poll one operation of the flash. True: more to do soon. */
bool duo_upload_step(struct duo_upload *upload);

/** Wait for the operation that is under way. */
void duo_upload_settle(struct duo_upload *upload);

/** Forget it. What the flash holds stays, with its record: it can be resumed. */
void duo_upload_end(struct duo_upload *upload);

/** Does the upload's digest agree with the sha that was announced? */
bool duo_upload_matches(const struct duo_upload *upload);

#endif
