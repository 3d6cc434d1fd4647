/* SPDX-License-Identifier: MIT */
/* Reading of CBOR: one pass checks the whole item and puts its strings
 * together, a second one picks the wanted keys; see duo/cbor.h. */
#include "duo/cbor.h"

#include <string.h>

#include "cbor_format.h"

/* The start of an item: RFC 8949, 3. */
struct head {
    uint8_t major;
    uint8_t info;
    uint64_t argument;
};

/* A container on the way to the item at hand. */
struct level {
    size_t left_count; /* Open ones count below 0: only parity matters. */
    bool is_open;      /* Ended by a break. */
    bool is_map;
};

static struct duo_bytes view(struct duo_cbor_input input)
{
    return (struct duo_bytes){input.data, input.len_bytes};
}

static void pass(struct duo_bytes *rest, size_t len_bytes)
{
    rest->data += len_bytes;
    rest->len_bytes -= len_bytes;
}

static bool is_open(const struct head *head)
{
    return head->info == CBOR_INFO_OPEN;
}

static bool is_break(const struct head *head)
{
    return head->major == CBOR_SIMPLE && is_open(head);
}

static bool is_string(const struct head *head)
{
    return head->major == CBOR_BYTES || head->major == CBOR_TEXT;
}

/* Without an argument: only strings, containers and the break are open. */
static bool may_be_open(uint8_t major)
{
    return major != CBOR_UINT && major != CBOR_NEGATIVE && major != CBOR_TAG;
}

static bool take_head(struct duo_bytes *rest, struct head *head)
{
    size_t width_bytes;

    if (rest->len_bytes == 0) {
        return false;
    }
    head->major = (uint8_t)(rest->data[0] >> CBOR_INFO_BITS);
    head->info = rest->data[0] & CBOR_INFO_OPEN;
    head->argument = head->info;
    pass(rest, 1);
    if (head->info < CBOR_INFO_1_BYTE) {
        return true;
    }
    if (head->info > CBOR_INFO_8_BYTES) {
        return is_open(head) && may_be_open(head->major);
    }
    width_bytes = (size_t)1 << (head->info - CBOR_INFO_1_BYTE);
    if (width_bytes > rest->len_bytes) {
        return false;
    }
    head->argument = 0;
    for (size_t i = 0; i < width_bytes; i++) {
        head->argument = head->argument << 8 | rest->data[i];
    }
    pass(rest, width_bytes);
    /* Simple values below 32 have one byte only. */
    return head->major != CBOR_SIMPLE || head->info != CBOR_INFO_1_BYTE ||
           head->argument > CBOR_INFO_OPEN;
}

/* The string of @p head whose chunks, if any, are together. */
static bool take_string(struct duo_bytes *rest, struct head head,
                        struct duo_bytes *string)
{
    bool is_chunked = is_open(&head);

    if (is_chunked && !take_head(rest, &head)) {
        return false;
    }
    *string = (struct duo_bytes){rest->data, 0};
    if (!is_break(&head)) {
        if (!is_string(&head) || is_open(&head) ||
            head.argument > rest->len_bytes) {
            return false;
        }
        string->len_bytes = (size_t)head.argument;
        pass(rest, string->len_bytes);
    }
    while (is_chunked && !is_break(&head)) { /* Empty chunks. */
        if (!take_head(rest, &head)) {
            return false;
        }
    }
    return true;
}

/* Write what join() gathered as one chunk, then empty ones. The span stays
 * legal and means the same, so that it can be read again. */
static void fill_chunks(struct duo_cbor_input span, uint8_t major,
                        size_t len_bytes)
{
    uint8_t head[CBOR_HEAD_BYTES_MAX];
    size_t head_bytes = duo_cbor_head(head, major, len_bytes);
    size_t used_bytes = head_bytes + len_bytes;

    memmove(span.data + head_bytes, span.data, len_bytes);
    memcpy(span.data, head, head_bytes);
    memset(span.data + used_bytes, major << CBOR_INFO_BITS,
           span.len_bytes - used_bytes);
}

/* Put the chunks that follow together. Their heads are at least as long as that
 * of one chunk, up to 64 KiB: an SMP payload has no more. */
static bool join(struct duo_cbor_input input, struct duo_bytes *rest,
                 uint8_t major)
{
    uint8_t *start = input.data + (rest->data - input.data);
    uint8_t *to = start;
    struct duo_bytes walk = *rest;
    uint8_t *end;
    struct head head;

    for (;;) {
        end = input.data + (walk.data - input.data);
        if (!take_head(&walk, &head)) {
            return false;
        }
        if (is_break(&head)) {
            break;
        }
        if (head.major != major || is_open(&head) ||
            head.argument > walk.len_bytes) {
            return false;
        }
        memmove(to, walk.data, (size_t)head.argument);
        to += head.argument;
        pass(&walk, (size_t)head.argument);
    }
    if (to - start > UINT16_MAX) {
        return false;
    }
    if (end != start) {
        fill_chunks((struct duo_cbor_input){start, (size_t)(end - start)},
                    major, (size_t)(to - start));
    }
    return true;
}

/* Enter a container: false if its length is impossible. */
static bool open_level(struct level *level, const struct head *head,
                       size_t rest_bytes)
{
    level->is_map = head->major == CBOR_MAP;
    level->is_open = is_open(head);
    level->left_count = 0;
    if (!level->is_open) {
        /* Every item takes a byte. */
        if (head->argument > rest_bytes) {
            return false;
        }
        level->left_count = (size_t)head->argument << level->is_map;
    }
    return true;
}

/* Is the level at its end? Takes the break of an open one. */
static bool is_over(const struct level *level, struct duo_bytes *rest)
{
    if (!level->is_open) {
        return level->left_count == 0;
    }
    if ((level->is_map && level->left_count % 2 != 0) || rest->len_bytes == 0 ||
        rest->data[0] != CBOR_BREAK) {
        return false;
    }
    pass(rest, 1);
    return true;
}

/* Check one item, without its contents if it is a container. */
static bool take_item(struct duo_cbor_input input, struct duo_bytes *rest,
                      struct head *head)
{
    struct duo_bytes string;

    do {
        if (!take_head(rest, head)) {
            return false;
        }
    } while (head->major == CBOR_TAG);
    if (!is_string(head)) {
        return true;
    }
    return (!is_open(head) || join(input, rest, head->major)) &&
           take_string(rest, *head, &string);
}

size_t duo_cbor_item_bytes(struct duo_cbor_input input)
{
    struct level levels[DUO_CBOR_DEPTH_MAX + 1U] = {{.left_count = 1}};
    struct level *level = levels;
    struct duo_bytes rest = view(input);
    struct head head;

    /* Every round takes a byte at least. */
    do {
        if (!take_item(input, &rest, &head) || is_break(&head)) {
            return 0;
        }
        level->left_count--;
        if (head.major == CBOR_ARRAY || head.major == CBOR_MAP) {
            level++;
            if (level > &levels[DUO_CBOR_DEPTH_MAX] ||
                !open_level(level, &head, rest.len_bytes)) {
                return 0;
            }
        }
        while (level != levels && is_over(level, &rest)) {
            level--;
        }
    } while (level != levels);
    return input.len_bytes - rest.len_bytes;
}

static struct duo_cbor_field *find_field(struct duo_cbor_field *fields,
                                         size_t field_count,
                                         struct duo_bytes key)
{
    for (size_t i = 0; i < field_count; i++) {
        struct duo_bytes name = {(const uint8_t *)fields[i].key,
                                 strlen(fields[i].key)};
        if (duo_bytes_equal(name, key)) {
            return &fields[i];
        }
    }
    return NULL;
}

static bool is_string_of(enum duo_cbor_kind kind, uint8_t major)
{
    switch (kind) {
    case DUO_CBOR_TEXT: return major == CBOR_TEXT;
    case DUO_CBOR_BYTES: return major == CBOR_BYTES;
    case DUO_CBOR_STRING: return major == CBOR_TEXT || major == CBOR_BYTES;
    case DUO_CBOR_UINT:
    case DUO_CBOR_BOOL:
    case DUO_CBOR_ARRAY: break;
    }
    return false;
}

static bool set_bool(struct duo_cbor_field *field, const struct head *head)
{
    bool is_bool =
        head->major == CBOR_SIMPLE && (head->info & ~1U) == CBOR_FALSE_INFO;

    if (!is_bool && head->major > CBOR_NEGATIVE) {
        return false;
    }
    field->number = is_bool ? head->info & 1U
                            : head->major != CBOR_UINT || head->argument != 0;
    return true;
}

static struct duo_bytes skip_tags(struct duo_bytes rest, struct head *head)
{
    *head = (struct head){.major = CBOR_SIMPLE}; /* Of nothing. */
    while (take_head(&rest, head) && head->major == CBOR_TAG) {
    }
    return rest;
}

/* @p item is one whole item. False: not of the field's kind. */
static bool set_field(struct duo_cbor_field *field, struct duo_bytes item)
{
    struct head head;
    struct duo_bytes rest = skip_tags(item, &head);

    field->found = !(head.major == CBOR_SIMPLE && head.info == CBOR_NULL_INFO);
    if (!field->found) {
        return true;
    }
    if (field->kind == DUO_CBOR_UINT) {
        field->number = head.argument;
        return head.major == CBOR_UINT;
    }
    if (field->kind == DUO_CBOR_BOOL) {
        return set_bool(field, &head);
    }
    if (field->kind == DUO_CBOR_ARRAY) {
        rest.len_bytes -= is_open(&head);
        field->bytes = rest;
        return head.major == CBOR_ARRAY;
    }
    return is_string_of(field->kind, head.major) &&
           take_string(&rest, head, &field->bytes);
}

/* Take an item that was checked before. */
static struct duo_bytes next_item(struct duo_cbor_input *rest)
{
    struct duo_bytes item = {rest->data, duo_cbor_item_bytes(*rest)};

    rest->data += item.len_bytes;
    rest->len_bytes -= item.len_bytes;
    return item;
}

bool duo_cbor_read_map(struct duo_cbor_input input,
                       struct duo_cbor_field *fields, size_t field_count)
{
    struct head head;
    struct duo_cbor_input rest = input;

    for (size_t i = 0; i < field_count; i++) {
        fields[i].found = false;
    }
    if (input.len_bytes == 0) {
        return true;
    }
    if (duo_cbor_item_bytes(input) != input.len_bytes) {
        return false;
    }
    rest.len_bytes = skip_tags(view(input), &head).len_bytes;
    rest.data += input.len_bytes - rest.len_bytes;
    if (head.major != CBOR_MAP) {
        return false;
    }
    rest.len_bytes -= is_open(&head);
    while (rest.len_bytes != 0) {
        struct duo_bytes key_item = next_item(&rest);
        struct duo_bytes value = next_item(&rest);
        struct duo_bytes key;
        struct duo_cbor_field *field = NULL;

        key_item = skip_tags(key_item, &head);
        if (head.major == CBOR_TEXT && take_string(&key_item, head, &key)) {
            field = find_field(fields, field_count, key);
        }
        if (field != NULL && !set_field(field, value)) {
            return false;
        }
    }
    return true;
}

/* NOLINTNEXTLINE(bugprone-easily-swappable-parameters): source, result. */
bool duo_cbor_next_text(struct duo_bytes *items, struct duo_bytes *text)
{
    struct head head;
    struct duo_bytes rest;

    if (items->len_bytes == 0) {
        return false;
    }
    rest = skip_tags(*items, &head);
    if (head.major != CBOR_TEXT || !take_string(&rest, head, text)) {
        return false;
    }
    *items = rest;
    return true;
}

bool duo_cbor_next_uint(struct duo_bytes *items, uint64_t *number)
{
    struct head head;
    struct duo_bytes rest;

    if (items->len_bytes == 0) {
        return false;
    }
    rest = skip_tags(*items, &head);
    if (head.major != CBOR_UINT) {
        return false;
    }
    *number = head.argument;
    *items = rest;
    return true;
}
