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
    const struct duo_version none = {0, 0, 0, 0};
    struct duo_event event = {
        .type = DUO_EVENT_REASON,
        .reason = reason,
        .core = core,
        .version = version != NULL ? *version : none,
    };
    const struct duo_journal_entry entry = {
        /* By 8 and 125: 9 hours without a division of 64 bits, which is 750
         * bytes of code on the device. */
        .time_ms =
            (uint32_t)(boot->config->clock->now_us(boot->config->clock) >> 3) /
            125U,
        .reason = reason,
        .core = core,
        .version = event.version,
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

static void put_version(struct text *text, const struct duo_version *version)
{
    char words[32];

    duo_version_format(version, words);
    put(text, words);
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

static bool has_version(const struct duo_version *version)
{
    return version->major != 0 || version->minor != 0 ||
           version->revision != 0 || version->build != 0;
}

static void put_reason(struct text *text, const struct duo_event *event)
{
    const struct duo_reason_text *reason = duo_reason_text(event->reason);

    if (event->core != DUO_CORE_NONE) {
        put(text, duo_core_name(event->core));
        if (has_version(&event->version)) {
            put(text, " ");
            put_version(text, &event->version);
        }
        put(text, ": ");
    }
    /* A device may have the names only. */
    if (reason->sentence[0] != '\0') {
        put(text, reason->sentence);
        put(text, " [");
        put(text, reason->name);
        put(text, "]");
        return;
    }
    put(text, reason->name);
}

static void put_decision(struct text *text, const struct duo_event *event)
{
    put(text, "decision for ");
    put(text, duo_core_name(event->core));
    put(text, ": ");
    put(text, duo_action_name(event->action));
}

static const char *copy_words(uint32_t copy)
{
    static const char *const words[DUO_COPY_COUNT] = {
        [DUO_COPY_BACKUP] = "backed up ", [DUO_COPY_INSTALL] = "installed ",
        [DUO_COPY_RESTORE] = "restored ", [DUO_COPY_MIRROR] = "mirrored ",
        [DUO_COPY_REBUILD] = "mirrored ",
    };
    return copy < DUO_COPY_COUNT ? words[copy] : "copied ";
}

void duo_event_format(const struct duo_event *event, char *text_out,
                      uint32_t text_bytes)
{
    struct text text = {text_out, text_bytes};

    *text_out = '\0';
    switch (event->type) {
    case DUO_EVENT_BOOT: put(&text, "*** Duoboot ***"); return;
    case DUO_EVENT_VERIFIED:
        put(&text, duo_core_name(event->core));
        put(&text, " image ");
        put_version(&text, &event->version);
        put(&text, " verified");
        return;
    case DUO_EVENT_BAD: put_reason(&text, event); return;
    case DUO_EVENT_DECISION: put_decision(&text, event); return;
    case DUO_EVENT_STAGED:
        put(&text, "staged in slot of image ");
        put_number(&text, event->detail);
        put(&text, ": ");
        put(&text, duo_core_name(event->core));
        put(&text, " image ");
        put_version(&text, &event->version);
        put(&text, ", signature good");
        return;
    case DUO_EVENT_COPIED:
        put(&text, duo_core_name(event->core));
        put(&text, ": ");
        put(&text, copy_words(event->detail >> 16));
        put_number(&text, event->detail & 0xFFFFU);
        put(&text, " units of 4096 bytes");
        return;
    case DUO_EVENT_REASON: put_reason(&text, event); return;
    case DUO_EVENT_START:
        put(&text, "starting ");
        put(&text, duo_core_name(event->core));
        put(&text, " image ");
        put_version(&text, &event->version);
        return;
    }
    put(&text, "unknown event");
}
