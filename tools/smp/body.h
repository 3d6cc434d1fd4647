/* SPDX-License-Identifier: MIT */
/* Bodies of packets as libcbor's items: made, and read from hostile bytes. */
#ifndef DUO_SMP_CLIENT_BODY_H
#define DUO_SMP_CLIENT_BODY_H

#include <cbor.h>

#include "calls.h"

/* An answer has no business to be nested deeper. */
#define DUO_BODY_DEPTH_MAX 16U

/** The one map in @p bytes, or NULL: malformed, nested too deep, or not a map.
 * No bytes at all are an empty map. */
cbor_item_t *duo_body_parse(struct duo_bytes bytes);
/** The encoding; appends. */
void duo_body_encode(cbor_item_t *body, struct duo_tool_buffer *out);

/* Making: a map for up to this many keys. Memory that is short ends the
 * process. */
cbor_item_t *duo_body_new(size_t key_count);
void duo_body_put(cbor_item_t *map, const char *key, cbor_item_t *value);
void duo_body_put_uint(cbor_item_t *map, const char *key, uint64_t value);
void duo_body_put_bool(cbor_item_t *map, const char *key, bool value);
void duo_body_put_text(cbor_item_t *map, const char *key, const char *text);
void duo_body_put_bytes(cbor_item_t *map, const char *key,
                        struct duo_bytes bytes);

/* Reading. NULL or false: the key is not there, or its value is of another
 * kind. @p map may be NULL or any item. */
cbor_item_t *duo_body_find(const cbor_item_t *map, const char *key);
bool duo_body_uint(const cbor_item_t *map, const char *key, uint64_t *value);
bool duo_body_int(const cbor_item_t *map, const char *key, int64_t *value);
/** Also 0 and 1; absent is false. */
bool duo_body_flag(const cbor_item_t *map, const char *key);
struct duo_client_number duo_body_number(const cbor_item_t *map,
                                         const char *key);
/** At most @p max; else false. */
bool duo_body_u32(const cbor_item_t *map, const char *key, uint32_t *value);

/** A text (or byte) string, fit to print, cut to @p room_bytes; empty if it is
 * not there. */
bool duo_body_text(const cbor_item_t *map, const char *key, char *text,
                   size_t room_bytes);
/** The same of an item, such as a key. */
bool duo_body_item_text(const cbor_item_t *item, char *text, size_t room_bytes);
/** Whole, as it is, 0 behind; on the heap. NULL: not there. */
char *duo_body_text_copy(const cbor_item_t *map, const char *key);
/** A byte or text string; appends. */
bool duo_body_bytes(const cbor_item_t *map, const char *key,
                    struct duo_tool_buffer *out);
/** Items of an array; NULL-safe. */
size_t duo_body_count(const cbor_item_t *array);
cbor_item_t *duo_body_at(const cbor_item_t *array, size_t index);

#endif
