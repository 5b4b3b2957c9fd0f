/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitor/config-file.h"

#include <glib/gstdio.h>
#include <string.h>

/* Returns: (transfer full) (nullable): the argument; NULL for none. */
static gchar *
read_line (gchar *line)
{
  gsize name;
  gchar *value;

  g_strstrip (line);
  if (*line == '\0' || *line == '#')
    return NULL;
  /* A URI has a colon before its first equals sign. */
  name = strspn (line, "abcdefghijklmnopqrstuvwxyz0123456789-");
  value = line + name + strspn (line + name, " \t");
  if (name == 0 || *value != '=')
    return g_strdup (line);
  value++;
  value += strspn (value, " \t");
  return g_strdup_printf ("--%.*s=%s", (int) name, line, value);
}

gboolean
monitor_config_file_lasts (const gchar *path, GError **error)
{
  GStatBuf status;

  if (g_stat (path, &status) != 0 || S_ISREG (status.st_mode))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
      "--config %s is not a plain file, which could be read again", path);
  return FALSE;
}

gchar **
monitor_config_file_read (const gchar *path, GError **error)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) cause = NULL;
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, &cause)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "--config: %s",
        cause->message);
    return NULL;
  }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    gchar *argument = read_line (lines[i]);

    const gchar *problem = NULL;

    if (argument == NULL)
      continue;
    g_ptr_array_add (arguments, argument);
    if (g_str_has_prefix (argument, "--config="))
      problem = "a configuration file cannot name another one";
    else if (argument[0] == '[')
      problem = "a configuration file has no sections";
    if (problem == NULL)
      continue;
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
        "%s, line %u: %s", path, i + 1, problem);
    return NULL;
  }
  g_ptr_array_add (arguments, NULL);
  return (gchar **) g_ptr_array_free (g_steal_pointer (&arguments), FALSE);
}
