/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sorts pairs by their references.
 */
#include "compare/group.h"

static void
free_numbers (gpointer data)
{
  g_array_unref (data);
}

GPtrArray *
compare_group_all (const GPtrArray *references)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func (free_numbers);
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < references->len; i++) {
    GArray *numbers = g_hash_table_lookup (known, references->pdata[i]);
    guint number = i + 1;

    if (numbers == NULL) {
      numbers = g_array_new (FALSE, FALSE, sizeof (guint));
      g_hash_table_insert (known, references->pdata[i], numbers);
      g_ptr_array_add (groups, numbers);
    }
    g_array_append_val (numbers, number);
  }
  return groups;
}

GPtrArray *
compare_group_choose (const GPtrArray *all, const GArray *numbers)
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint i = 0; i < numbers->len; i++)
    g_ptr_array_add (chosen, all->pdata[g_array_index (numbers, guint, i) - 1]);
  return chosen;
}
