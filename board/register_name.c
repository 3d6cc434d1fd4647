/* SPDX-License-Identifier: MIT */
/* Name the register at an address, for messages: "NVMC.CONFIG". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "register_names.h"
#include "soc.h"

#define TEXT_BYTES 64U
#define PAGE_BYTES 0x1000U
#define DIMS_MAX   2U
#define SECURE_BIT 0x10000000U
#define BUS_MASK   0xE0000000U
#define PERIPH_BUS 0x40000000U
/* SUBSCRIBE and PUBLISH stand so far behind their tasks and events. */
#define CHANNEL_OFF   0x80U
#define SUBSCRIBE_OFF 0x080U
#define EVENTS_OFF    0x100U
#define PUBLISH_OFF   0x180U
#define PUBLISH_END   0x200U

/* A word of the table: where the register is, and how often. */
struct word {
    uint32_t off;
    const char *name;
    size_t name_bytes;
    unsigned dim_count;
    uint32_t counts[DIMS_MAX];
    uint32_t steps[DIMS_MAX];
};

/* Take the next word. False: there is none. The table is ours, and whole. */
static bool next_word(const char **cursor, struct word *word)
{
    char *end;

    if (**cursor == '\0') {
        return false;
    }
    word->off = (uint32_t)strtoul(*cursor, &end, 16);
    word->name = end + 1;
    word->name_bytes = strcspn(word->name, "*+ ");
    word->dim_count = 0;
    *cursor = word->name + word->name_bytes;
    while (**cursor == '*' && word->dim_count < DIMS_MAX) {
        word->counts[word->dim_count] =
            (uint32_t)strtoul(*cursor + 1, &end, 16);
        word->steps[word->dim_count] = (uint32_t)strtoul(end + 1, &end, 16);
        word->dim_count++;
        *cursor = end;
    }
    *cursor += strspn(*cursor, " ");
    return true;
}

/* Is @p off of the register? Then its indices. */
static bool is_at(const struct word *word, uint32_t off,
                  uint32_t index[DIMS_MAX])
{
    uint32_t left = off - word->off;

    if (off < word->off) {
        return false;
    }
    for (unsigned i = 0; i < word->dim_count; i++) {
        index[i] = left / word->steps[i];
        if (index[i] >= word->counts[i]) {
            return false;
        }
        left %= word->steps[i];
    }
    return left == 0;
}

/* "CC[n]" with its index; cut to what fits. */
static void put_name(const struct word *word, const uint32_t index[DIMS_MAX],
                     char *text, size_t text_bytes)
{
    size_t used = 0;
    unsigned dim = 0;

    for (size_t i = 0; i < word->name_bytes && used + 1U < text_bytes; i++) {
        if (word->name[i] == 'n' && i > 0 && word->name[i - 1U] == '[' &&
            dim < word->dim_count) {
            int put = snprintf(text + used, text_bytes - used, "%u",
                               (unsigned)index[dim++]);
            used += put > 0 ? (size_t)put : 0;
            continue;
        }
        text[used++] = word->name[i];
    }
    text[used < text_bytes ? used : text_bytes - 1U] = '\0';
}

static bool find_register(const struct vb_named_periph *periph, uint32_t off,
                          char *text, size_t text_bytes)
{
    const char *cursor = periph->registers;
    uint32_t index[DIMS_MAX] = {0};
    struct word word;

    while (next_word(&cursor, &word)) {
        if (is_at(&word, off, index)) {
            put_name(&word, index, text, text_bytes);
            return true;
        }
    }
    return false;
}

/* "PUBLISH_READY" of the event "EVENTS_READY". */
static bool find_channel(const struct vb_named_periph *periph, uint32_t off,
                         char *text, size_t text_bytes)
{
    const char *kind = NULL;
    char source[TEXT_BYTES];
    const char *rest;

    if (off >= SUBSCRIBE_OFF && off < EVENTS_OFF) {
        kind = "SUBSCRIBE";
    } else if (off >= PUBLISH_OFF && off < PUBLISH_END) {
        kind = "PUBLISH";
    }
    if (kind == NULL ||
        !find_register(periph, off - CHANNEL_OFF, source, sizeof(source))) {
        return false;
    }
    rest = strchr(source, '_');
    (void)snprintf(text, text_bytes, "%s%.40s", kind, rest == NULL ? "" : rest);
    return true;
}

static const char *find(const struct vb_named_periph *table, unsigned count,
                        uint32_t addr, char text[TEXT_BYTES])
{
    const struct vb_named_periph *nearest = NULL;
    char name[TEXT_BYTES];

    for (unsigned i = 0; i < count; i++) {
        const struct vb_named_periph *periph = &table[i];
        uint32_t off = addr - periph->base_addr;
        if (addr < periph->base_addr || off >= PAGE_BYTES) {
            continue;
        }
        if (find_register(periph, off, name, sizeof(name)) ||
            find_channel(periph, off, name, sizeof(name))) {
            (void)snprintf(text, TEXT_BYTES, "%.16s.%.40s", periph->name, name);
            return text;
        }
        nearest = periph;
    }
    if (nearest == NULL) {
        return NULL;
    }
    (void)snprintf(text, TEXT_BYTES, "%.16s+0x%03X", nearest->name,
                   (unsigned)(addr - nearest->base_addr));
    return text;
}

/* see soc.h */
const char *vb_register_name(enum duo_core core, uint32_t addr,
                             char text[TEXT_BYTES])
{
    const char *found = NULL;

    addr &= ~3U;
    if ((addr & BUS_MASK) == PERIPH_BUS) {
        addr &= ~SECURE_BIT;
    }
    if (core == DUO_CORE_NET) {
        found = find(vb_named_net, vb_named_net_count, addr, text);
    }
    /* The network core reaches peripherals of the application core, too. */
    return found != NULL ? found
                         : find(vb_named_app, vb_named_app_count, addr, text);
}
