/* SPDX-License-Identifier: MIT */
#ifndef DUO_TOOL_TLV_NAME_H
#define DUO_TOOL_TLV_NAME_H

#include <stdint.h>

/** imgtool's name of a TLV type, or "TARGET" for ours, or "unknown". */
const char *duo_tool_tlv_name(uint16_t type);

/** The name of one header flag, or "unknown". */
const char *duo_tool_flag_name(uint32_t flag);

#endif
