/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sorts indices.  Each carries its numbers along, since qsort() takes no data
 * for the comparison, and GLib's functions that do have changed names.
 */
#include "judge/arithmetic/order.h"

#include <stdlib.h>

typedef struct
{
  gdouble first;
  gdouble second;
  guint index;
} Entry;

static int
compare (const void *a, const void *b)
{
  const Entry *p = a, *q = b;

  if (p->first != q->first)
    return p->first < q->first ? -1 : 1;
  if (p->second != q->second)
    return p->second < q->second ? -1 : 1;
  return (p->index > q->index) - (p->index < q->index);
}

guint *
judge_order (const gdouble *first, const gdouble *second, guint n)
{
  g_autofree Entry *entries = g_new (Entry, MAX (n, 1));
  guint *order = g_new (guint, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    entries[i] = (Entry){ first[i], second != NULL ? second[i] : 0, i };
  qsort (entries, n, sizeof *entries, compare);
  for (guint i = 0; i < n; i++)
    order[i] = entries[i].index;
  return order;
}
