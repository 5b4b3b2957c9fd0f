/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads a part of a picture.
 */
#include "frames/crop.h"

#include "perceptual.h"

/* Reads a number up to @end, the character that follows it; the end of the text
 * for 0.  Returns: FALSE where there is none. */
static gboolean
take_number (const gchar **text, gchar end, guint least, guint *number)
{
  gchar *rest = NULL;
  guint64 value;

  if (!g_ascii_isdigit (**text))
    return FALSE;
  value = g_ascii_strtoull (*text, &rest, 10);
  if (*rest != end || value < least || value > PERCEPTUAL_MAX_SIZE)
    return FALSE;
  *number = (guint) value;
  *text = rest + (end != '\0');
  return TRUE;
}

gboolean
perceptual_crop_parse (const gchar *text, PerceptualRegion *region)
{
  if (take_number (&text, 'x', 1, &region->width)
      && take_number (&text, '+', 1, &region->height)
      && take_number (&text, '+', 0, &region->x)
      && take_number (&text, '\0', 0, &region->y))
    return TRUE;
  *region = (PerceptualRegion){ 0 };
  return FALSE;
}
