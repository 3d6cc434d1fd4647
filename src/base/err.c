/* SPDX-License-Identifier: MIT */
/* Sentences for errors; see duo/err.h. */
#include "duo/err.h"

const char *duo_err_sentence(enum duo_err err)
{
    switch (err) {
    case DUO_OK: return "No error.";
    case DUO_ERR_ARG: return "A function was called with a bad argument.";
    case DUO_ERR_RANGE: return "The range lies outside its device or area.";
    case DUO_ERR_FORMAT: return "The bytes do not have the expected format.";
    case DUO_ERR_FLASH: return "The flash device failed an operation.";
    case DUO_ERR_BUSY: return "An operation is still under way.";
    case DUO_ERR_TIMEOUT: return "The device did not answer in its time.";
    case DUO_ERR_FULL: return "A write-once area has no room left.";
    case DUO_ERR_REFUSED: return "Refused by policy or signature.";
    }
    return "Unknown error.";
}
