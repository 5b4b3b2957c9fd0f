/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the system lets a program have, as by ulimit.
 */
#ifndef MEMORY_LIMIT_H
#define MEMORY_LIMIT_H

#include <glib.h>

G_BEGIN_DECLS

/* To be called first in main(), with its @argv.  Where memory is limited the
 * program is started anew without threads of OpenBLAS's own, which are of no
 * use to it: each wants 128 MB, and waits for ever where it does not get them,
 * and so does every fork for it. */
void memory_limit_obey (char **argv);

G_END_DECLS

#endif /* MEMORY_LIMIT_H */
