/* SPDX-License-Identifier: MIT */
/* The commands of `duoboot package`. */
#ifndef DUO_TOOLS_PACKAGE_VERB_H
#define DUO_TOOLS_PACKAGE_VERB_H

int duo_package_create(int argc, char **argv);
int duo_package_check_file(int argc, char **argv);
int duo_package_show(int argc, char **argv);

#endif
