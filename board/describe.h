/* SPDX-License-Identifier: MIT */
/* What the virtual board models, as a table for people. */
#ifndef DUO_VB_DESCRIBE_H
#define DUO_VB_DESCRIBE_H

#include <stdio.h>

/** Print a Markdown table: each kind of peripheral, how many of it each core
 * has, what is modelled, simplified and left out. */
void duo_vb_describe(FILE *stream);

#endif
