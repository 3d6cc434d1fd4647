/* SPDX-License-Identifier: MIT */
/* One entry of a layout file, from YAML nodes; see layout_read.h. Numbers are
 * checked before they are used, names before they are copied. */
#include "layout_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What one entry says, before it is checked for consistency. */
struct fields {
    bool has_addr;
    bool has_end_addr;
    bool has_size;
    uint64_t addr;
    uint64_t end_addr;
    uint64_t size_bytes;
    uint32_t end_addr_line;
    char region[DUO_LAYOUT_NAME_CHARS];
};

uint32_t duo_layout_line_of(const yaml_node_t *node)
{
    return (uint32_t)node->start_mark.line + 1;
}

static const char *scalar_of(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

bool duo_layout_copy_name(char dst[DUO_LAYOUT_NAME_CHARS],
                          const yaml_node_t *node)
{
    static const char first[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char rest[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    size_t len_chars;

    if (node == NULL || node->type != YAML_SCALAR_NODE) {
        return false;
    }
    len_chars = node->data.scalar.length;
    if (len_chars == 0 || len_chars >= DUO_LAYOUT_NAME_CHARS ||
        strspn(scalar_of(node), first) == 0 ||
        strspn(scalar_of(node), rest) != len_chars) {
        return false;
    }
    memcpy(dst, scalar_of(node), len_chars + 1);
    return true;
}

/* Hexadecimal with 0x or decimal; a leading 0 is octal to some YAML readers
 * and decimal to others, so it is refused. */
static bool parse_number(const yaml_node_t *node, uint64_t *value)
{
    const char *text;
    const char *digits;
    bool is_hex;
    char *end = NULL;
    unsigned long long parsed;

    if (node == NULL || node->type != YAML_SCALAR_NODE) {
        return false;
    }
    text = scalar_of(node);
    is_hex = strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0;
    digits = is_hex ? text + 2 : text;
    if (strlen(text) != node->data.scalar.length || digits[0] == '\0' ||
        strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789") !=
            strlen(digits)) {
        return false;
    }
    if (!is_hex && digits[0] == '0' && digits[1] != '\0') {
        return false;
    }
    errno = 0;
    parsed = strtoull(digits, &end, is_hex ? 16 : 10);
    if (errno != 0 || parsed > DUO_LAYOUT_ADDR_END_MAX) {
        return false;
    }
    *value = parsed;
    return true;
}

static void read_number(struct duo_layout_reader *reader,
                        const char *entry_name, const yaml_node_t *key,
                        const yaml_node_t *value_node, uint64_t *value)
{
    *value = 0;
    if (!parse_number(value_node, value)) {
        duo_layout_error(reader->file, duo_layout_line_of(key),
                         "%s: %s is not a number from 0 to 0x100000000 "
                         "(hexadecimal with 0x, or decimal)",
                         entry_name, scalar_of(key));
    }
}

static void add_span(struct duo_layout_reader *reader,
                     struct duo_layout_entry *entry, const yaml_node_t *node)
{
    char name[DUO_LAYOUT_NAME_CHARS];

    if (!duo_layout_copy_name(name, node)) {
        duo_layout_error(reader->file, entry->line,
                         "%s: span holds something that is no partition name",
                         entry->name);
        return;
    }
    if (duo_layout_spans(entry, name)) {
        return;
    }
    if (entry->span_count == DUO_LAYOUT_SPAN_MAX) {
        duo_layout_error(reader->file, entry->line,
                         "%s: span lists more than %u partitions", entry->name,
                         DUO_LAYOUT_SPAN_MAX);
        return;
    }
    memcpy(entry->span[entry->span_count], name, sizeof(name));
    entry->span_count++;
}

/* span: [a, b], or span: a. The partition manager has replaced its other
 * forms (one_of) by the result when it writes a file with addresses. */
static void read_span(struct duo_layout_reader *reader,
                      struct duo_layout_entry *entry, const yaml_node_t *value)
{
    const yaml_node_item_t *item;

    if (value->type == YAML_SCALAR_NODE) {
        add_span(reader, entry, value);
        return;
    }
    if (value->type != YAML_SEQUENCE_NODE) {
        duo_layout_error(reader->file, entry->line,
                         "%s: span is not a list of partition names",
                         entry->name);
        return;
    }
    for (item = value->data.sequence.items.start;
         item < value->data.sequence.items.top; item++) {
        add_span(reader, entry, yaml_document_get_node(reader->doc, *item));
    }
}

/* Keys of the partition manager that say nothing about where a partition is:
 * it has already placed them. */
static bool is_known_key(const char *key)
{
    static const char *const names[] = {
        "affiliation",
        "align",
        "default_driver_kconfig",
        "device",
        "dynamic_partition",
        "extra_params",
        "inside",
        "orig_inside",
        "orig_outside",
        "orig_span",
        "outside",
        "placement",
        "share_size",
        "sharers",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], key) == 0) {
            return true;
        }
    }
    return false;
}

static void read_field(struct duo_layout_reader *reader,
                       struct duo_layout_entry *entry, struct fields *fields,
                       const yaml_node_t *key, const yaml_node_t *value)
{
    const char *name = scalar_of(key);

    if (strcmp(name, "address") == 0) {
        fields->has_addr = true;
        read_number(reader, entry->name, key, value, &fields->addr);
    } else if (strcmp(name, "end_address") == 0) {
        fields->has_end_addr = true;
        fields->end_addr_line = duo_layout_line_of(key);
        read_number(reader, entry->name, key, value, &fields->end_addr);
    } else if (strcmp(name, "size") == 0) {
        fields->has_size = true;
        read_number(reader, entry->name, key, value, &fields->size_bytes);
    } else if (strcmp(name, "region") == 0) {
        if (!duo_layout_copy_name(fields->region, value)) {
            duo_layout_error(reader->file, duo_layout_line_of(key),
                             "%s: region is no name", entry->name);
        }
    } else if (strcmp(name, "span") == 0) {
        read_span(reader, entry, value);
    } else if (!is_known_key(name)) {
        duo_layout_warning(reader->file, duo_layout_line_of(key),
                           "%s: key '%s' is not known and is ignored",
                           entry->name, name);
    }
}

/* From two of address, end_address and size to addr and end_addr. */
static void settle_range(struct duo_layout_reader *reader,
                         struct duo_layout_entry *entry,
                         const struct fields *fields)
{
    if (!fields->has_addr) {
        duo_layout_error(reader->file, entry->line, "%s has no address",
                         entry->name);
        return;
    }
    if (!fields->has_end_addr && !fields->has_size) {
        duo_layout_error(reader->file, entry->line,
                         "%s has neither end_address nor size", entry->name);
        return;
    }
    entry->addr = fields->addr;
    entry->end_addr = fields->has_end_addr ? fields->end_addr
                                           : fields->addr + fields->size_bytes;
    if (entry->end_addr < entry->addr) {
        duo_layout_error(reader->file, fields->end_addr_line,
                         "%s: end_address 0x%llx is below address 0x%llx",
                         entry->name, (unsigned long long)entry->end_addr,
                         (unsigned long long)entry->addr);
        entry->end_addr = entry->addr;
    } else if (fields->has_end_addr && fields->has_size &&
               fields->end_addr - fields->addr != fields->size_bytes) {
        duo_layout_error(
            reader->file, fields->end_addr_line,
            "%s: address 0x%llx and end_address 0x%llx make 0x%llx bytes, "
            "but size says 0x%llx",
            entry->name, (unsigned long long)fields->addr,
            (unsigned long long)fields->end_addr,
            (unsigned long long)(fields->end_addr - fields->addr),
            (unsigned long long)fields->size_bytes);
    }
}

/* Regions that the partition manager knows and Duoboot does not use. */
static bool is_other_region(const char *region)
{
    static const char *const names[] = {"otp", "sram_network", "sram_secure",
                                        "sram_nonsecure", "ram_flash"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], region) == 0) {
            return true;
        }
    }
    return false;
}

static void settle_region(struct duo_layout_reader *reader,
                          struct duo_layout_entry *entry, const char *region)
{
    /* The partition manager's default. */
    const char *name = region[0] == '\0' ? "flash_primary" : region;

    for (uint32_t i = 0; i < DUO_MEMORY_COUNT; i++) {
        if (strcmp(duo_layout_devices[i].name, name) == 0) {
            entry->has_memory = true;
            entry->memory = (enum duo_memory_id)i;
            return;
        }
    }
    if (!is_other_region(name)) {
        duo_layout_warning(reader->file, entry->line,
                           "%s: region '%s' is not known; the entry is not "
                           "checked",
                           entry->name, name);
    }
}

void duo_layout_read_entry(struct duo_layout_reader *reader,
                           struct duo_layout_entry *entry,
                           const yaml_node_t *node)
{
    struct fields fields = {0};
    const yaml_node_pair_t *pair;

    if (node->type != YAML_MAPPING_NODE) {
        duo_layout_error(reader->file, entry->line,
                         "%s is not a mapping with address and size",
                         entry->name);
        return;
    }
    for (pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(reader->doc, pair->key);
        const yaml_node_t *value =
            yaml_document_get_node(reader->doc, pair->value);

        if (key->type != YAML_SCALAR_NODE) {
            duo_layout_error(reader->file, duo_layout_line_of(key),
                             "%s: a key is not a name", entry->name);
            continue;
        }
        read_field(reader, entry, &fields, key, value);
    }
    settle_range(reader, entry, &fields);
    settle_region(reader, entry, fields.region);
}
