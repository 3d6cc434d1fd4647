/* SPDX-License-Identifier: MIT */
/* Why something was refused, reverted or repaired. The numbers are stored in
 * the boot journal and sent over SMP: never reuse or renumber one. */
#ifndef DUO_REASON_H
#define DUO_REASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum duo_reason {
    DUO_REASON_NONE = 0, /* Nothing to tell: accepted, or nothing done. */

    /* 1..39: an image is refused. */
    DUO_REASON_READ_FAILED = 1,
    DUO_REASON_EMPTY = 2,
    DUO_REASON_MAGIC = 3,
    DUO_REASON_HEADER_SIZE = 4,
    DUO_REASON_FLAGS = 5,
    DUO_REASON_TOO_LARGE = 6,
    DUO_REASON_TLV_MAGIC = 7,
    DUO_REASON_TLV_SIZE = 8,
    DUO_REASON_TLV_PROTECTED_SIZE = 9,
    DUO_REASON_TLV_NOT_ALLOWED = 10,
    DUO_REASON_TLV_LENGTH = 11,
    DUO_REASON_TLV_DUPLICATE = 12,
    DUO_REASON_DIGEST_MISSING = 13,
    DUO_REASON_DIGEST_TYPE = 14,
    DUO_REASON_DIGEST_MISMATCH = 15,
    DUO_REASON_KEY_UNKNOWN = 16,
    DUO_REASON_SIGNATURE_MISSING = 17,
    DUO_REASON_SIGNATURE_TYPE = 18,
    DUO_REASON_SIGNATURE_BAD = 19,
    DUO_REASON_VECTOR_TABLE = 20,
    DUO_REASON_CORE_UNKNOWN = 21,
    DUO_REASON_CORE_MISMATCH = 22,
    DUO_REASON_WRONG_CORE = 23,
    DUO_REASON_LOAD_ADDRESS = 24,
    DUO_REASON_DOWNGRADE = 25,
    DUO_REASON_SECURITY_COUNTER_LOW = 26,
    DUO_REASON_SECURITY_COUNTER_MISSING = 27,
    DUO_REASON_DEPENDENCY_FORMAT = 28,
    DUO_REASON_DEPENDENCY_MISSING = 29,
    DUO_REASON_DEPENDENCY_PARTNER = 30,
    DUO_REASON_DEPENDENCY_COUNT = 31,
    DUO_REASON_ROUTE_REFUSED = 32,
    DUO_REASON_CHANGED_WHILE_READ = 33,
    DUO_REASON_SLOT_CONFLICT = 34,
    DUO_REASON_SAME_IMAGE = 35,
    DUO_REASON_REQUEST_TORN = 36,
    DUO_REASON_REQUEST_DAMAGED = 37,

    /* 40..69: something was done. */
    DUO_REASON_INSTALL_STARTED = 40,
    DUO_REASON_INSTALL_RESUMED = 41,
    DUO_REASON_INSTALLED_TEST = 42,
    DUO_REASON_INSTALLED_PERMANENT = 43,
    DUO_REASON_CONFIRMED = 44,
    DUO_REASON_REVERT_NOT_CONFIRMED = 45,
    DUO_REASON_REVERT_PARTNER = 46,
    DUO_REASON_REVERT_RESUMED = 47,
    DUO_REASON_REVERTED = 48,
    DUO_REASON_ROLLED_BACK = 49,
    DUO_REASON_REPAIRED_FROM_BACKUP = 50,
    DUO_REASON_REPAIRED_FROM_MIRROR = 51,
    DUO_REASON_MIRROR_REBUILT = 52,
    DUO_REASON_TRAILER_REPAIRED = 53,
    DUO_REASON_COUNTER_RAISED = 54,
    DUO_REASON_ROUTED_TO_NET = 55,
    DUO_REASON_REPAIRED_FROM_STAGED = 56,
    DUO_REASON_PREVIOUS_STAGED = 57,

    /* 70..99: something is wrong with the board. */
    DUO_REASON_EXT_FLASH_ABSENT = 70,
    DUO_REASON_EXT_FLASH_FAILED = 71,
    DUO_REASON_APP_FLASH_FAILED = 72,
    DUO_REASON_NET_FLASH_FAILED = 73,
    DUO_REASON_NET_NO_ANSWER = 74,
    DUO_REASON_NET_PROTOCOL = 75,
    DUO_REASON_NET_REFUSED = 76,
    DUO_REASON_BACKUP_DAMAGED = 77,
    DUO_REASON_APP_IMAGE_BAD = 78,
    DUO_REASON_NET_IMAGE_BAD = 79,
    DUO_REASON_RECOVERY_ENTERED = 80,
    DUO_REASON_INSTALL_VERIFY_FAILED = 81,
    DUO_REASON_COUNTER_STORE_FULL = 82,
    DUO_REASON_RETRIES_EXHAUSTED = 83,
    DUO_REASON_STAGED_LOST = 84,
};

struct duo_reason_text {
    enum duo_reason reason;
    const char *name;     /* Short and stable: for --json and scripts. */
    const char *sentence; /* For a person: what happened and what to do. */
};

/** Is @p number that of a reason? */
bool duo_reason_is_known(uint32_t number);

/** The name of @p reason; "unknown" for an unknown number. */
const char *duo_reason_name(enum duo_reason reason);

/** The sentence of @p reason; empty in the boot loaders, which have the names
 * only. */
const char *duo_reason_sentence(enum duo_reason reason);

/** The text of @p reason. Never NULL: an unknown number gets "unknown". */
const struct duo_reason_text *duo_reason_text(enum duo_reason reason);

/** The whole table, in the order of the numbers; @p count rows. */
const struct duo_reason_text *duo_reason_table(size_t *count);

#endif
