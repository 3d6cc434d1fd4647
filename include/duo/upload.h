/* SPDX-License-Identifier: MIT */
/* One upload into a staged slot. Chunks of any size go into a ring in RAM and
 * are answered at once; meanwhile the flash erases ahead, programs and reads
 * back for the digest. How far the flash has come is marked in the slot's last
 * unit, so that an upload goes on after a reset or a power cut from what the
 * flash really holds. Bytes: docs/FORMAT.md section "Upload record".
 *
 * The same engine empties a slot, at leisure or because it was asked to. */
#ifndef DUO_UPLOAD_H
#define DUO_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "duo/bytes.h"
#include "duo/crypto.h"
#include "duo/flash.h"

/* Data is marked as written in steps of this size. */
#define DUO_UPLOAD_MARK_BYTES 16384U
/* Programmed at once; the ring holds a multiple of it. */
#define DUO_UPLOAD_PIECE_BYTES 256U

struct duo_upload_request {
    uint32_t len_bytes;
    struct duo_bytes sha; /* Of the whole file; empty: none was sent. At most
                           * DUO_SHA256_BYTES. */
};

/* Where it goes: the last erase unit is never written with data. */
struct duo_upload_target {
    struct duo_area area;
    bool keeps_record; /* A staged slot; else nothing is marked, and nothing
                        * goes on after a reset. */
};

enum duo_upload_state {
    DUO_UPLOAD_NONE,
    DUO_UPLOAD_HEAD,     /* Data waits in the ring: the target is not known. */
    DUO_UPLOAD_RUNNING,  /* Received, written, hashed. */
    DUO_UPLOAD_WHOLE,    /* All is written and the digest is known. If that is
                          * not the sha, nothing of it is left in the slot. */
    DUO_UPLOAD_CLEARING, /* duo_upload_clear() is at work. */
    DUO_UPLOAD_BLANKING, /* duo_upload_blank() is at work. */
    DUO_UPLOAD_FAILED,   /* The flash failed; see failure. */
};

/* What failed. */
enum duo_upload_failure {
    DUO_UPLOAD_READ_FAILED,
    DUO_UPLOAD_WRITE_FAILED, /* Or it read back as something else. */
    DUO_UPLOAD_ERASE_FAILED,
};

struct duo_upload {
    /* The caller's, before anything else. */
    struct duo_crypto *crypto; /* Its SHA-256 belongs to the upload. */
    uint8_t *ring; /* A multiple of DUO_UPLOAD_PIECE_BYTES, word-aligned. */
    size_t ring_bytes;

    /* To look at. */
    enum duo_upload_state state;
    enum duo_upload_failure failure;
    struct duo_upload_target target; /* While there is one. */
    uint32_t len_bytes;
    uint8_t sha[DUO_SHA256_BYTES];
    uint8_t sha_bytes;
    uint8_t digest[DUO_SHA256_BYTES]; /* Of what the flash holds, when WHOLE. */
    uint32_t received_bytes;
    uint32_t written_bytes;

    /* Private. */
    bool paused;           /* No further operation is started. */
    bool blank_counts;     /* A unit that reads blank need not be erased. */
    bool hashed;           /* The digest is known. */
    uint8_t op;            /* What the flash does now. */
    uint8_t todo;          /* Operations that come before all else. */
    uint32_t erased_bytes; /* Blank from written_bytes up to here. */
    uint32_t looked_bytes; /* Of the unit there, found blank. */
    uint32_t hashed_bytes;
    uint32_t unhashed_bytes; /* Of piece: counted there, not yet hashed. */
    _Alignas(4) uint8_t piece[DUO_UPLOAD_PIECE_BYTES];
};

/** Begin a new one. What was under way is forgotten, but for its record. Data
 * is taken into the ring at once. Nothing is written yet. */
void duo_upload_open(struct duo_upload *upload,
                     const struct duo_upload_request *request);

/** The target is known: what was received, and comes, goes there. Its request
 * and record go first. DUO_ERR_RANGE: it does not fit; flash errors. */
enum duo_err duo_upload_into(struct duo_upload *upload,
                             const struct duo_upload_target *target);

/* What the last unit of a staged slot says. */
enum duo_upload_note {
    DUO_UPLOAD_NOTE_NONE,
    DUO_UPLOAD_NOTE_PART,     /* An upload has come as far as marked_bytes. */
    DUO_UPLOAD_NOTE_ALL,      /* One was whole, and its digest right. */
    DUO_UPLOAD_NOTE_BLANKING, /* It was being emptied, up to marked_bytes. */
    DUO_UPLOAD_NOTE_BLANK,    /* It was emptied. */
};

struct duo_upload_record {
    enum duo_upload_note note;
    uint32_t len_bytes; /* Of an upload; with sha. */
    uint8_t sha[DUO_SHA256_BYTES];
    uint8_t sha_bytes;
    uint32_t marked_bytes;
};

/** Read the record of a staged slot. Flash errors only; then it is NONE. */
enum duo_err duo_upload_look(const struct duo_area *slot,
                             struct duo_upload_record *record);

/** Is it the record of this very file, so that the upload can go on? */
bool duo_upload_is_of(const struct duo_upload_record *record,
                      const struct duo_upload_request *request);

/** Go on from the record of @p slot; received_bytes tells from where on data is
 * wanted. All of it: what is there is hashed, and the state becomes WHOLE. */
void duo_upload_resume(struct duo_upload *upload, const struct duo_area *slot,
                       const struct duo_upload_record *record);

/** How many bytes the ring takes now. */
size_t duo_upload_room(const struct duo_upload *upload);

/** Take data at received_bytes; data.len_bytes <= duo_upload_room(), and not
 * beyond len_bytes. */
void duo_upload_put(struct duo_upload *upload, struct duo_bytes data);

/* Units that duo_upload_clear() erases. */
#define DUO_UPLOAD_FIRST_UNIT 1U
#define DUO_UPLOAD_LAST_UNIT  2U

/** Erase the first unit, the last one, or both of @p area; NONE when done. */
void duo_upload_clear(struct duo_upload *upload, const struct duo_area *area,
                      unsigned unit_set);

/** Erase all of @p slot that is not blank; NONE when done. With @p all the last
 * unit goes first, and with it a request and a record; else it is kept, and
 * an emptying that was cut goes on. Flash errors; nothing is begun then. */
enum duo_err duo_upload_blank(struct duo_upload *upload,
                              const struct duo_area *slot, bool all);

/** Start or poll one operation of the flash. True: more to do soon. */
bool duo_upload_step(struct duo_upload *upload);

/** Is the flash at an erase? It takes tens of milliseconds: time to sleep. */
bool duo_upload_is_erasing(const struct duo_upload *upload);

/** Start no further operation until duo_upload_go_on(). True: none is under
 * way, so that the flash can be read. */
bool duo_upload_pause(struct duo_upload *upload);
void duo_upload_go_on(struct duo_upload *upload);

/** Wait for the operation that is under way. */
void duo_upload_settle(struct duo_upload *upload);

/** Forget it. What the flash holds stays, with its record: it can be resumed. */
void duo_upload_end(struct duo_upload *upload);

/** Does the upload's digest agree with the sha that was announced? */
bool duo_upload_matches(const struct duo_upload *upload);

#endif
