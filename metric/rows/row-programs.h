/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The programs of pixels.orc that metrics run, behind one table, so that plain
 * C can stand in for all of them where ORC's code is wrong.  Their results are
 * the same bit for bit.
 */
#ifndef PERCEPTUAL_ROW_PROGRAMS_H
#define PERCEPTUAL_ROW_PROGRAMS_H

#include <glib.h>

G_BEGIN_DECLS

/* pixels.orc says what each of them does.  Rows of @n pixels or samples; what
 * is written overlaps nothing that is read. */
typedef struct
{
  void (*ssd_rgbx8) (guint32 *sum, const guint8 *a, const guint8 *b, int n);
  void (*ssd_u8) (guint32 *sum, const guint8 *a, const guint8 *b, int n);
  void (*unpack_rgbx8) (
      gfloat *r, gfloat *g, gfloat *b, const guint32 *pixels, int n);
  void (*unpack_rgbx16) (
      gfloat *r, gfloat *g, gfloat *b, const guint64 *pixels, int n);
  void (*squares_row) (
      gfloat *sq, gfloat *sd, const gfloat *a, const gfloat *b, int n);
  void (*scale) (gfloat *d, const gfloat *a, gfloat w, int n);
  void (*add_scaled) (gfloat *d, const gfloat *a, gfloat w, int n);
  void (*full_luma) (guint8 *d, const guint8 *y, int n);
  void (*full_chroma) (guint8 *d, const guint8 *c, int n);
  void (*narrow) (
      guint8 *d, const guint16 *v, int shift, int half, int more, int n);
  void (*half) (guint8 *d, const guint8 *a, const guint8 *b, int n);
  void (*luma_of_rgb) (guint8 *y, const guint32 *pixels, int n);
  void (*cb_of_rgb) (guint8 *c, const guint32 *pixels, int n);
  void (*cr_of_rgb) (guint8 *c, const guint32 *pixels, int n);
} PerceptualRowPrograms;

extern const PerceptualRowPrograms perceptual_row_programs_orc;
extern const PerceptualRowPrograms perceptual_row_programs_c;

/* Returns: (nullable): the name of a program of @programs whose results are
 * not those of plain C. */
const gchar *perceptual_row_programs_fault (
    const PerceptualRowPrograms *programs);

/* Returns: @programs, or those in C if any of @programs is wrong. */
const PerceptualRowPrograms *perceptual_row_programs_or_c (
    const PerceptualRowPrograms *programs);

/* Returns: ORC's programs, or those in C if any of ORC's was found wrong when
 * this was called first.  From any thread. */
const PerceptualRowPrograms *perceptual_row_programs (void);

G_END_DECLS

#endif /* PERCEPTUAL_ROW_PROGRAMS_H */
