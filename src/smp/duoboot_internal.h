/* SPDX-License-Identifier: MIT */
/* What the files of our own group share. */
#ifndef DUO_SMP_DUOBOOT_INTERNAL_H
#define DUO_SMP_DUOBOOT_INTERNAL_H

#include "duo/smp_duoboot.h"
#include "smp/image_internal.h"

/* Entries of the journal that are read in one step. */
#define DUOBOOT_ENTRIES_PER_STEP 32U

/** The optional key "from" of a request, into duoboot->from. False: refused. */
bool duoboot_read_from(struct duo_smp_duoboot *duoboot,
                       struct duo_smp_request *request);
void duoboot_put_version(struct duo_cbor_writer *writer,
                         const struct duo_version *version);

enum duo_smp_outcome duoboot_journal(void *ctx,
                                     struct duo_smp_request *request);
enum duo_smp_outcome duoboot_map(void *ctx, struct duo_smp_request *request);
enum duo_smp_outcome duoboot_install(void *ctx,
                                     struct duo_smp_request *request);

/** After a begun array item: does it fit, with room for what closes the answer?
 * If not the writer is put back to @p before. */
bool duoboot_keep(struct duo_cbor_writer *writer,
                  const struct duo_cbor_writer *before);

#endif
