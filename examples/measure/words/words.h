/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What elements say, in the words of a command line about files.
 */
#ifndef MEASURE_WORDS_H
#define MEASURE_WORDS_H

#include "measure/settings.h"

G_BEGIN_DECLS

/**
 * MeasureNames:
 * @element: (nullable): class of the measuring element, whose properties are
 *   options
 * @settings: (nullable): the options that the user has set; others of a metric
 *   are within its name, as in lpips:taps=1
 * @labels: of the reference and of the distorted files, NULL-terminated
 * @own: which of them is put before the text
 * @offers: (nullable): whether the program has an option of this name; NULL
 *   for one that has all that are ever named
 * @images: whether they are images
 * @streams: whether they are streams, which nobody can convert
 *
 * What an element's words mean here.
 */
typedef struct
{
  GObjectClass *element;
  const MeasureSettings *settings;
  const gchar *const *labels;
  guint own;
  gboolean (*offers) (const gchar *option);
  gboolean images;
  gboolean streams;
} MeasureNames;

/**
 * measure_words:
 * @text: of an ERROR or WARNING message
 * @debug: (nullable): its debug text, which holds the advice
 *
 * Properties become options, pads become files, and what to do about it in a
 * pipeline becomes what to do about it here.  Advice to use an option that the
 * program does not have is left out.
 *
 * Returns: (transfer full): text and remedy, to follow the name of the file
 */
gchar *measure_words (
    const gchar *text, const gchar *debug, const MeasureNames *names);

/* Whether @message of the measuring element is about its settings or its
 * weights, and not about what is measured. */
gboolean measure_words_are_of_settings (GstMessage *message);

/* Returns: (transfer full): @description of a property, which may name other
 * properties with values, as that of an option */
gchar *measure_words_of_option (
    const gchar *description, GObjectClass *element);

G_END_DECLS

#endif /* MEASURE_WORDS_H */
