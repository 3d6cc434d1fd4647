/* SPDX-License-Identifier: MIT */
/* The part of CBOR (RFC 8949) that SMP speaks, for a device: maps of text
 * keys. Reading takes every legal encoding: definite and indefinite lengths,
 * strings in chunks, arguments of any width, tags, and unknown keys of any
 * type, nested up to a bound. */
#ifndef DUO_CBOR_H
#define DUO_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "duo/bytes.h"

/* Deeper nesting is refused as malformed. */
#define DUO_CBOR_DEPTH_MAX 8U

/* A buffer whose content is read and, where a string comes in chunks, put
 * together in place. */
struct duo_cbor_input {
    uint8_t *data;
    size_t len_bytes;
};

enum duo_cbor_kind {
    DUO_CBOR_UINT,   /* number */
    DUO_CBOR_BOOL,   /* number: 0 or 1; an integer counts too (0 is false). */
    DUO_CBOR_TEXT,   /* bytes; UTF-8 is not checked. */
    DUO_CBOR_BYTES,  /* bytes */
    DUO_CBOR_STRING, /* bytes: text or byte string, as clients differ. */
    DUO_CBOR_ARRAY,  /* bytes: the encoded items, to duo_cbor_next_text(). */
};

/* One wanted key of a map. */
struct duo_cbor_field {
    const char *key;
    enum duo_cbor_kind kind;
    bool found; /* A null counts as absent. */
    uint64_t number;
    struct duo_bytes bytes; /* Lies in the input. */
};

/**
 * Read a map and fill in the fields; keys that no field names are passed
 * over; of a key that comes twice the last counts. An empty input is an empty
 * map.
 *
 * @return false: malformed, too deep, not one map, bytes after it, or a wanted
 * key with a value of another kind. Fields are not to be used then.
 */
bool duo_cbor_read_map(struct duo_cbor_input input,
                       struct duo_cbor_field *fields, size_t field_count);

/** Length of the one item at the start of @p input: 0 if malformed. Strings
 * in it are put together. */
size_t duo_cbor_item_bytes(struct duo_cbor_input input);

/** The next text of the items of an array field. Moves @p items on. False: none
 * left, or the next is not text (then items->len_bytes is not 0). */
bool duo_cbor_next_text(struct duo_bytes *items, struct duo_bytes *text);

/** The same for an unsigned integer. */
bool duo_cbor_next_uint(struct duo_bytes *items, uint64_t *number);

/* Grows into the caller's memory; a write that does not fit sets overflow and
 * everything after it is dropped. */
struct duo_cbor_writer {
    uint8_t *data;
    size_t room_bytes;
    size_t len_bytes;
    bool overflow;
};

/* Maps and arrays are of indefinite length, as the reference server's. */
void duo_cbor_begin_map(struct duo_cbor_writer *writer);
void duo_cbor_begin_array(struct duo_cbor_writer *writer);
void duo_cbor_end(struct duo_cbor_writer *writer);

/* A key may be NULL: an item of an array. */
void duo_cbor_put_uint(struct duo_cbor_writer *writer, const char *key,
                       uint64_t value);
void duo_cbor_put_int(struct duo_cbor_writer *writer, const char *key,
                      int64_t value);
void duo_cbor_put_bool(struct duo_cbor_writer *writer, const char *key,
                       bool value);
void duo_cbor_put_text(struct duo_cbor_writer *writer, const char *key,
                       const char *text);
void duo_cbor_put_text_bytes(struct duo_cbor_writer *writer, const char *key,
                             struct duo_bytes text);
void duo_cbor_put_bytes(struct duo_cbor_writer *writer, const char *key,
                        struct duo_bytes bytes);
/** A byte string that the caller fills in: where its @p len_bytes bytes are, or
 * NULL if they do not fit. */
uint8_t *duo_cbor_put_room(struct duo_cbor_writer *writer, const char *key,
                           size_t len_bytes);
/** The key of a map or array that is begun next. */
void duo_cbor_put_key(struct duo_cbor_writer *writer, const char *key);

#endif
