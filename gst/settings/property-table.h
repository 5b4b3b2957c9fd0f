/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of the element's own properties.
 */
#ifndef PERCEPTUAL_PROPERTY_TABLE_H
#define PERCEPTUAL_PROPERTY_TABLE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* ns; of sync-window */
#define PERCEPTUAL_MOST_SYNC_WINDOW ((gint64) (10 * GST_SECOND))

typedef enum
{
  PERCEPTUAL_PROPERTY_BOOLEAN,  /* gboolean */
  PERCEPTUAL_PROPERTY_UINT,     /* guint */
  PERCEPTUAL_PROPERTY_INT64,    /* gint64 */
  PERCEPTUAL_PROPERTY_TIME,     /* gint64, ns */
  PERCEPTUAL_PROPERTY_DOUBLE,   /* gdouble */
  PERCEPTUAL_PROPERTY_ENUM,     /* gint */
  PERCEPTUAL_PROPERTY_FRACTION, /* two gint; 0/1 to infinity */
  PERCEPTUAL_PROPERTY_STRING,   /* gchar *; the empty string is NULL */
  PERCEPTUAL_PROPERTY_CHOICE,   /* gchar *, the nick of a value of an enum */
} PerceptualPropertyKind;

/* A property and the field of PerceptualConfig behind it. */
typedef struct
{
  const gchar *name;
  const gchar *nick;
  const gchar *blurb;
  PerceptualPropertyKind kind;
  gsize offset;
  gint64 least;   /* numbers */
  gint64 most;    /* numbers */
  gdouble lowest; /* doubles, in place of the two above */
  gdouble highest;
  GType (*type) (void);   /* enums and choices */
  gboolean makes_metrics; /* metrics must be made anew when it changes */
  gboolean live;          /* may be changed while it runs */
} PerceptualProperty;

/* Ends with a name that is NULL.  Its place, plus 1, is a property's id. */
extern const PerceptualProperty perceptual_property_table[];

G_END_DECLS

#endif /* PERCEPTUAL_PROPERTY_TABLE_H */
