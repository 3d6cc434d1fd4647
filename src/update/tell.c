/* SPDX-License-Identifier: MIT */
/* Telling what happened, to log and journal; and events as text. */
#include <string.h>

#include "boot_internal.h"

void duo_boot_log(struct duo_boot *boot, const struct duo_event *event)
{
    if (boot->config->on_event != NULL) {
        boot->config->on_event(boot->config->ctx, event);
    }
}

void duo_boot_tell(struct duo_boot *boot, enum duo_reason reason,
                   enum duo_core core, const struct duo_version *version)
{
    static const struct duo_version none = {0, 0, 0, 0};
    const struct duo_version *told = version != NULL ? version : &none;
    const struct duo_event event = {
        .type = DUO_EVENT_REASON,
        .reason = reason,
        .core = core,
        .version = *told,
    };
    const struct duo_journal_entry entry = {
        /* By 8 and 125: 9 hours without a division of 64 bits, which is 750
         * bytes of code on the device. */
        .time_ms =
            (uint32_t)(boot->config->clock->now_us(boot->config->clock) >> 3) /
            125U,
        .reason = reason,
        .core = core,
        .version = *told,
    };

    duo_boot_log(boot, &event);
    if (!duo_journal_knows(&boot->journal, reason, core)) {
        duo_journal_append(&boot->journal, &entry);
    }
}

/* A text that is filled from the left and never overflows. */
struct text {
    char *at;
    uint32_t left_bytes; /* Including the terminator; at least 1. */
};

static void put(struct text *text, const char *words)
{
    while (*words != '\0' && text->left_bytes > 1U) {
        *text->at++ = *words++;
        text->left_bytes--;
    }
    *text->at = '\0';
}

static void put_number(struct text *text, uint32_t number)
{
    char digits[11];
    unsigned at = sizeof(digits) - 1U;

    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + number % 10U);
        number /= 10U;
    } while (number != 0);
    put(text, &digits[at]);
}

static void put_version(struct text *text, const struct duo_version *version)
{
    put_number(text, version->major);
    put(text, ".");
    put_number(text, version->minor);
    put(text, ".");
    put_number(text, version->revision);
    if (version->build != 0) {
        put(text, "+");
        put_number(text, version->build);
    }
}

static bool has_version(const struct duo_version *version)
{
    return ((uint32_t)version->major | version->minor | version->revision |
            version->build) != 0;
}

static const char *copy_words(uint32_t copy)
{
    static const char *const words[DUO_COPY_COUNT] = {
        [DUO_COPY_BACKUP] = "backed up", [DUO_COPY_INSTALL] = "installed",
        [DUO_COPY_RESTORE] = "restored", [DUO_COPY_MIRROR] = "mirrored",
        [DUO_COPY_REBUILD] = "mirrored", [DUO_COPY_PREVIOUS] = "staged",
    };
    return copy < DUO_COPY_COUNT ? words[copy] : "copied";
}

/* What a letter of a pattern stands for. */
static void put_field(struct text *text, const struct duo_event *event,
                      char field)
{
    switch (field) {
    case 'a': put(text, duo_action_name(event->action)); return;
    case 'c': put(text, duo_core_name(event->core)); return;
    case 'k': put(text, copy_words(event->detail >> 16)); return;
    case 'n': put_number(text, event->detail & 0xFFFFU); return;
    case 'r': put(text, duo_reason_name(event->reason)); return;
    case 's': put(text, duo_reason_sentence(event->reason)); return;
    case 'v': put_version(text, &event->version); return;
    default: return;
    }
}

/* A pattern is text with fields: a percent sign and a letter. */
static void put_pattern(struct text *text, const struct duo_event *event,
                        const char *pattern)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '%') {
            pattern++;
            put_field(text, event, *pattern);
        } else {
            const char letter[2] = {*pattern, '\0'};
            put(text, letter);
        }
    }
}

static void put_reason(struct text *text, const struct duo_event *event)
{
    if (event->core != DUO_CORE_NONE) {
        put_pattern(text, event,
                    has_version(&event->version) ? "%c %v: " : "%c: ");
    }
    /* A device may have the names only. */
    put_pattern(text, event,
                *duo_reason_sentence(event->reason) != '\0' ? "%s [%r]" : "%r");
}

static const char *pattern_of(enum duo_event_type type)
{
    switch (type) {
    case DUO_EVENT_BOOT: return "boot";
    case DUO_EVENT_VERIFIED: return "%c image %v verified";
    case DUO_EVENT_DECISION: return "decision for %c: %a";
    case DUO_EVENT_STAGED: return "staged in slot of image %n: %c image %v";
    case DUO_EVENT_COPIED: return "%c: %k %n units of 4096 bytes";
    case DUO_EVENT_START: return "starting %c image %v";
    case DUO_EVENT_BAD:
    case DUO_EVENT_REASON: return NULL; /* See put_reason(). */
    }
    return "unknown event";
}

void duo_event_format(const struct duo_event *event, char *text_out,
                      uint32_t text_bytes)
{
    struct text text = {text_out, text_bytes};
    const char *pattern = pattern_of(event->type);

    *text_out = '\0';
    if (pattern != NULL) {
        put_pattern(&text, event, pattern);
    } else {
        put_reason(&text, event);
    }
}
