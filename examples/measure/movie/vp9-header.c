/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads the first bits of a key frame of VP9 (VP9 Bitstream & Decoding Process
 * Specification, 6.2).
 */
#include "measure/movie/vp9-header.h"

#define CS_RGB 7

static guint
bit (const guint8 *bytes, guint *at)
{
  guint value = bytes[*at / 8] >> (7 - *at % 8) & 1u;

  (*at)++;
  return value;
}

gboolean
vp9_header_read_range (const guint8 *bytes, gsize size, gboolean *full)
{
  guint at = 2, profile, space = 0; /* behind frame_marker */

  if (size < 6 || bytes[0] >> 6 != 2)
    return FALSE;
  profile = bit (bytes, &at);
  profile |= bit (bytes, &at) << 1;
  if (profile == 3)
    at++;
  /* show_existing_frame, frame_type: 0 is a key frame */
  if (bit (bytes, &at) != 0 || bit (bytes, &at) != 0)
    return FALSE;
  at += 2 + 24; /* show_frame, error_resilient_mode, the sync code */
  if (profile >= 2)
    at++;
  for (guint i = 0; i < 3; i++)
    space = space << 1 | bit (bytes, &at);
  *full = space == CS_RGB || bit (bytes, &at) != 0;
  return TRUE;
}
