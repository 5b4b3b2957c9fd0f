/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads a sequence header of AV1 bit by bit (AV1 Bitstream & Decoding Process
 * Specification, 5.5) as far as color_range.
 */
#include "measure/movie/av1-header.h"

#define OBU_SEQUENCE_HEADER 1
/* An OBU of two bytes that holds nothing. */
#define TEMPORAL_DELIMITER 0x12

typedef struct
{
  const guint8 *bytes;
  gsize size;
  gsize at; /* in bits */
  gboolean short_of;
} Bits;

static guint32
take (Bits *bits, guint n)
{
  guint32 value = 0;

  for (; n > 0; n--) {
    gsize byte = bits->at / 8;

    if (byte >= bits->size) {
      bits->short_of = TRUE;
      return 0;
    }
    value = value << 1 | (bits->bytes[byte] >> (7 - bits->at % 8) & 1u);
    bits->at++;
  }
  return value;
}

static gboolean
flag (Bits *bits)
{
  return take (bits, 1) != 0;
}

/* A number that only has to be passed over: uvlc() */
static void
skip_uvlc (Bits *bits)
{
  guint zeros = 0;

  while (!bits->short_of && zeros < 32 && !flag (bits))
    zeros++;
  if (zeros < 32)
    take (bits, zeros);
}

/* Returns: bits of the delays of an operating point, 0 without a model. */
static guint
skip_timing (Bits *bits, gboolean *has_model)
{
  guint delay_bits;

  *has_model = FALSE;
  if (!flag (bits)) /* timing_info_present_flag */
    return 0;
  take (bits, 32);
  take (bits, 32);
  if (flag (bits)) /* equal_picture_interval */
    skip_uvlc (bits);
  *has_model = flag (bits);
  if (!*has_model)
    return 0;
  delay_bits = take (bits, 5) + 1;
  take (bits, 32);
  take (bits, 10);
  return delay_bits;
}

static void
skip_operating_points (Bits *bits)
{
  gboolean has_model, has_delay;
  guint delay_bits = skip_timing (bits, &has_model);
  guint n;

  has_delay = flag (bits);
  n = take (bits, 5) + 1;
  for (guint i = 0; i < n; i++) {
    take (bits, 12);
    if (take (bits, 5) > 7)
      take (bits, 1);
    if (has_model && flag (bits)) {
      take (bits, delay_bits);
      take (bits, delay_bits);
      take (bits, 1);
    }
    if (has_delay && flag (bits))
      take (bits, 4);
  }
}

static void
skip_size (Bits *bits, gboolean reduced)
{
  guint width_bits = take (bits, 4) + 1, height_bits = take (bits, 4) + 1;

  take (bits, width_bits);
  take (bits, height_bits);
  if (!reduced && flag (bits)) /* frame_id_numbers_present_flag */
    take (bits, 7);
}

static void
skip_tools (Bits *bits, gboolean reduced)
{
  gboolean screen = TRUE, order;

  take (bits, 3); /* 128x128, filter_intra, intra_edge_filter */
  if (!reduced) {
    take (bits, 4); /* interintra, masked, warped, dual_filter */
    order = flag (bits);
    if (order)
      take (bits, 2);
    if (!flag (bits)) /* seq_choose_screen_content_tools */
      screen = flag (bits);
    if (screen && !flag (bits)) /* seq_choose_integer_mv */
      take (bits, 1);
    if (order)
      take (bits, 3);
  }
  take (bits, 3); /* superres, cdef, restoration */
}

static gboolean
take_range (Bits *bits, guint profile)
{
  gboolean high = flag (bits), mono = FALSE;
  guint primaries = 2, transfer = 2, matrix = 2;

  if (profile == 2 && high)
    take (bits, 1); /* twelve_bit */
  if (profile != 1)
    mono = flag (bits);
  if (flag (bits)) { /* color_description_present_flag */
    primaries = take (bits, 8);
    transfer = take (bits, 8);
    matrix = take (bits, 8);
  }
  /* sRGB as it is */
  if (!mono && primaries == 1 && transfer == 13 && matrix == 0)
    return TRUE;
  return flag (bits);
}

/* Moves to the payload of an OBU of this type. */
static gboolean
enter_obu (Bits *bits, guint type)
{
  gboolean has_size, has_extension;
  guint found;

  take (bits, 1);
  found = take (bits, 4);
  has_extension = flag (bits);
  has_size = flag (bits);
  take (bits, 1);
  if (has_extension)
    take (bits, 8);
  for (guint i = 0; has_size && i < 8 && take (bits, 8) >= 0x80; i++)
    ;
  return !bits->short_of && found == type;
}

gboolean
av1_header_read_range (const guint8 *bytes, gsize size, gboolean *full)
{
  Bits bits = { .bytes = bytes, .size = size };
  gboolean reduced;
  guint profile;

  if (size >= 2 && bytes[0] == TEMPORAL_DELIMITER && bytes[1] == 0)
    take (&bits, 16);
  if (!enter_obu (&bits, OBU_SEQUENCE_HEADER))
    return FALSE;
  profile = take (&bits, 3);
  take (&bits, 1); /* still_picture */
  reduced = flag (&bits);
  if (reduced)
    take (&bits, 5);
  else
    skip_operating_points (&bits);
  skip_size (&bits, reduced);
  skip_tools (&bits, reduced);
  *full = take_range (&bits, profile);
  return !bits.short_of;
}
