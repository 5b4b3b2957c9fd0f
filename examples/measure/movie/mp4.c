/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks over the outermost boxes of a file; nothing is read but their heads.
 */
#include "measure/movie/mp4.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* No file that was recorded has more. */
#define MOST_BOXES 100000

#define HEAD 8
#define LONG_HEAD 16

static guint64
read_big_endian (const guint8 *bytes, guint n)
{
  guint64 number = 0;

  for (guint i = 0; i < n; i++)
    number = number << 8 | bytes[i];
  return number;
}

/* Reads the head of a box and moves to the next one.
 * @type: (out): four characters
 * Returns: FALSE at the end */
static gboolean
next_box (FILE *file, gchar *type)
{
  guint8 head[LONG_HEAD];
  guint64 size, read = HEAD;

  if (fread (head, 1, HEAD, file) != HEAD)
    return FALSE;
  memcpy (type, head + 4, 4);
  size = read_big_endian (head, 4);
  if (size == 1) {
    if (fread (head + HEAD, 1, HEAD, file) != HEAD)
      return FALSE;
    size = read_big_endian (head + HEAD, 8);
    read = LONG_HEAD;
  }
  /* One of size 0 goes on to the end of the file. */
  return size >= read && size < (guint64) G_MAXINT64
      && fseeko (file, (off_t) (size - read), SEEK_CUR) == 0;
}

static gboolean
is_type (const gchar *type, const gchar *wanted)
{
  return memcmp (type, wanted, 4) == 0;
}

gboolean
measure_mp4_is_headless (const gchar *path)
{
  FILE *file = g_fopen (path, "rbe");
  gchar type[5] = "";
  gboolean is_mp4 = FALSE, has_head = FALSE;
  gboolean more = file != NULL;

  for (guint i = 0; more && !has_head && i < MOST_BOXES; i++) {
    more = next_box (file, type);
    if (i == 0)
      is_mp4 = is_type (type, "ftyp");
    if (!is_mp4)
      break;
    /* Still images have a meta box in its place. */
    has_head = is_type (type, "moov") || is_type (type, "meta");
  }
  if (file != NULL)
    fclose (file);
  return is_mp4 && !has_head;
}
