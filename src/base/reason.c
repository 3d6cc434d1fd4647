/* SPDX-License-Identifier: MIT */
/* Names and sentences of the reasons; see duo/reason.h. */
#include "duo/reason.h"

#define ROW(code, name, sentence)         \
    {                                     \
        DUO_REASON_##code, name, sentence \
    }

/* clang-format off */
static const struct duo_reason_text table[] = {
    ROW(NONE, "none", "Nothing to report."),

    ROW(READ_FAILED, "read-failed", "The image could not be read from its flash."),
    ROW(EMPTY, "empty", "The slot is empty: it holds no image."),
    ROW(MAGIC, "magic", "This is not an MCUboot image: the header magic is wrong."),
    ROW(HEADER_SIZE, "header-size", "The image header gives a header size that is too small, too large or not a multiple of 4."),
    ROW(FLAGS, "flags", "The image needs a feature that this boot loader does not have (encrypted, compressed, RAM-load or non-bootable)."),
    ROW(TOO_LARGE, "too-large", "The image is larger than its slot can hold."),
    ROW(TLV_MAGIC, "tlv-magic", "The image is damaged: no TLV area follows the payload."),
    ROW(TLV_SIZE, "tlv-size", "The image is damaged: a TLV reaches beyond its area."),
    ROW(TLV_PROTECTED_SIZE, "tlv-protected-size", "The image is damaged: header and protected TLV area disagree about its size."),
    ROW(TLV_NOT_ALLOWED, "tlv-not-allowed", "The image carries a TLV outside the signed part that is only accepted inside it."),
    ROW(TLV_LENGTH, "tlv-length", "The image carries a TLV of the wrong length for its type."),
    ROW(TLV_DUPLICATE, "tlv-duplicate", "The image carries a TLV twice that may stand there once."),
    ROW(DIGEST_MISSING, "digest-missing", "The image has no SHA-256 digest."),
    ROW(DIGEST_TYPE, "digest-type", "The image has a digest of a type that this boot loader does not use; sign it with SHA-256."),
    ROW(DIGEST_MISMATCH, "digest-mismatch", "The image is damaged: its content does not match its digest."),
    ROW(KEY_UNKNOWN, "key-unknown", "The image is signed with a key that this board does not know."),
    ROW(SIGNATURE_MISSING, "signature-missing", "The image is not signed."),
    ROW(SIGNATURE_TYPE, "signature-type", "The image is signed in a way that this boot loader does not support."),
    ROW(SIGNATURE_BAD, "signature-bad", "The signature is wrong: the image was changed after it was signed, or signed with another key."),
    ROW(VECTOR_TABLE, "vector-table", "The image does not begin with a usable vector table (initial stack pointer or reset vector)."),
    ROW(CORE_UNKNOWN, "core-unknown", "The reset vector lies in neither core's memory: the image is linked for another address."),
    ROW(CORE_MISMATCH, "core-mismatch", "The reset vector and the signed target say different cores."),
    ROW(WRONG_CORE, "wrong-core", "The image is for the other core than its slot."),
    ROW(LOAD_ADDRESS, "load-address", "The image demands a flash address that is not its slot's."),
    ROW(DOWNGRADE, "downgrade", "The image is older than the running one, and this board refuses that."),
    ROW(SECURITY_COUNTER_LOW, "security-counter-low", "The image's security counter is lower than the board's: this release was withdrawn."),
    ROW(SECURITY_COUNTER_MISSING, "security-counter-missing", "The image has no security counter, and this board demands one."),
    ROW(DEPENDENCY_FORMAT, "dependency-format", "A dependency of the image is malformed or names an image that does not exist."),
    ROW(DEPENDENCY_MISSING, "dependency-missing", "The image needs a newer image on the other core than the board has or was sent."),
    ROW(DEPENDENCY_PARTNER, "dependency-partner", "The image was to be installed together with another, and that one was refused."),
    ROW(DEPENDENCY_COUNT, "dependency-count", "The image has more dependencies than this boot loader reads."),
    ROW(ROUTE_REFUSED, "route-refused", "A network core image lies in the application's slot, and this board's policy refuses that."),
    ROW(CHANGED_WHILE_READ, "changed-while-read", "The external flash gave different data when the image was read again."),
    ROW(SLOT_CONFLICT, "slot-conflict", "Two images for the network core are staged at once; the one in its own slot is used."),
    ROW(SAME_IMAGE, "same-image", "The staged image is already the running one."),
    ROW(REQUEST_TORN, "request-torn", "The request to install was cut off while it was written; ask again."),
    ROW(REQUEST_DAMAGED, "request-damaged", "The trailer of the staged slot is damaged; the request was cleared."),

    ROW(INSTALL_STARTED, "install-started", "An install began."),
    ROW(INSTALL_RESUMED, "install-resumed", "An install that was cut off goes on."),
    ROW(INSTALLED_TEST, "installed-test", "The image is installed on trial; it is reverted at the next boot unless confirmed."),
    ROW(INSTALLED_PERMANENT, "installed-permanent", "The image is installed for good."),
    ROW(CONFIRMED, "confirmed", "The image on trial was confirmed."),
    ROW(REVERT_NOT_CONFIRMED, "revert-not-confirmed", "The image on trial was not confirmed; the previous one comes back."),
    ROW(REVERT_PARTNER, "revert-partner", "The image goes back together with the one that it depends on."),
    ROW(REVERT_RESUMED, "revert-resumed", "A revert that was cut off goes on."),
    ROW(REVERTED, "reverted", "The previous image runs again."),
    ROW(ROLLED_BACK, "rolled-back", "The install failed and was undone; the previous image runs."),
    ROW(REPAIRED_FROM_BACKUP, "repaired-from-backup", "The image in the core was damaged and was replaced by the backup."),
    ROW(REPAIRED_FROM_MIRROR, "repaired-from-mirror", "The network image was damaged and was healed from its mirror."),
    ROW(MIRROR_REBUILT, "mirror-rebuilt", "The mirror of the network image was made anew."),
    ROW(TRAILER_REPAIRED, "trailer-repaired", "A trailer that was written half was put in order."),
    ROW(COUNTER_RAISED, "counter-raised", "The security counter was raised."),
    ROW(ROUTED_TO_NET, "routed-to-net", "A network core image was found in the application's slot and is installed where it belongs."),
    ROW(REPAIRED_FROM_STAGED, "repaired-from-staged", "The image in the core was missing or damaged and was replaced by the staged one."),
    ROW(PREVIOUS_STAGED, "previous-staged", "The previous image is to be installed again; it was copied to the empty staged slot."),

    ROW(EXT_FLASH_ABSENT, "ext-flash-absent", "The external flash does not answer."),
    ROW(EXT_FLASH_FAILED, "ext-flash-failed", "The external flash failed an operation."),
    ROW(APP_FLASH_FAILED, "app-flash-failed", "The application core's flash failed an operation."),
    ROW(NET_FLASH_FAILED, "net-flash-failed", "The network core's flash failed an operation."),
    ROW(NET_NO_ANSWER, "net-no-answer", "The network core does not answer."),
    ROW(NET_PROTOCOL, "net-protocol", "The network core answered with a message that is not valid."),
    ROW(NET_REFUSED, "net-refused", "The network core refused a request."),
    ROW(BACKUP_DAMAGED, "backup-damaged", "The backup is damaged: the previous image cannot be brought back."),
    ROW(APP_IMAGE_BAD, "app-image-bad", "The application image cannot be verified and is not started."),
    ROW(NET_IMAGE_BAD, "net-image-bad", "The network image cannot be verified and is not started."),
    ROW(RECOVERY_ENTERED, "recovery-entered", "Nothing can be started: the board waits in recovery mode."),
    ROW(INSTALL_VERIFY_FAILED, "install-verify-failed", "The image did not verify after it was copied into the core."),
    ROW(COUNTER_STORE_FULL, "counter-store-full", "The store of the security counters is full."),
    ROW(RETRIES_EXHAUSTED, "retries-exhausted", "An update failed too often and was given up."),
    ROW(STAGED_LOST, "staged-lost", "The staged image was lost or changed while its install was under way."),
};
/* clang-format on */

static const struct duo_reason_text unknown = {
    DUO_REASON_NONE, "unknown", "A reason that this version does not know."};

const struct duo_reason_text *duo_reason_text(enum duo_reason reason)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (table[i].reason == reason) {
            return &table[i];
        }
    }
    return &unknown;
}

bool duo_reason_is_known(uint32_t number)
{
    return (uint32_t)duo_reason_text((enum duo_reason)number)->reason == number;
}

const char *duo_reason_name(enum duo_reason reason)
{
    return duo_reason_text(reason)->name;
}

const char *duo_reason_sentence(enum duo_reason reason)
{
    return duo_reason_text(reason)->sentence;
}

const struct duo_reason_text *duo_reason_table(size_t *count)
{
    *count = sizeof(table) / sizeof(table[0]);
    return table;
}
