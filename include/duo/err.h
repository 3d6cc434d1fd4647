/* SPDX-License-Identifier: MIT */
/* The one error enum. Ranges mean something; zero is the only success. Why an
 * image or a request was refused is not an error: see duo/reason.h. */
#ifndef DUO_ERR_H
#define DUO_ERR_H

#include "duo/compiler.h"

enum DUO_NODISCARD duo_err {
    DUO_OK = 0,
    /* -1..-9: the caller's mistake. */
    DUO_ERR_ARG = -1,   /* An argument breaks the function's contract. */
    DUO_ERR_RANGE = -2, /* The range does not lie inside the device or area. */
    /* -10..-29: data is malformed; reject it and go on. */
    DUO_ERR_FORMAT = -10, /* Bytes from outside do not have their format. */
    /* -30..-39: a device failed; stop, retry or reset. */
    DUO_ERR_FLASH = -30,   /* The flash refused or failed an operation. */
    DUO_ERR_BUSY = -31,    /* An operation is under way; poll again. */
    DUO_ERR_TIMEOUT = -32, /* The device or peer did not answer in its time. */
    DUO_ERR_FULL = -33,    /* A write-once area has no room left. */
    /* -40..-49: policy or signature said no. */
    DUO_ERR_REFUSED = -40, /* Refused; the reason is told separately. */
};

/** One sentence for a person. Never NULL, also for values not in the enum. */
const char *duo_err_sentence(enum duo_err err);

#endif
