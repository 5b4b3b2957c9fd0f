/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-judge flaws: which flaws does a metric see, and to which is it
 * blind? Measures images against flawed copies of themselves.
 */
#include "judge/command.h"
#include "judge/failure.h"
#include "judge/data/flaw.h"
#include "judge/commands/flaws-report.h"
#include "judge/interrupt.h"
#include "judge/options.h"
#include "judge/report-page.h"

#include "console/output-file.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define DEFAULT_STEPS 5

/* Own options. */
typedef struct
{
  gint steps;
  gint64 seed;
  gchar *save;
  gchar *names; /* as typed; NULL for all flaws */
  guint *flaws; /* numbers in judge_flaws, rising */
  guint n_flaws;
} Own;

/* One image while it is measured. */
typedef struct
{
  JudgeSession *session;
  JudgeFlawValues *values;
  guint number;
  JudgeImage *original;
  JudgeRegion region;
} Subject;

/* A set that needs no weights and sees different things. */
static const gchar *const default_metrics[] = { "mmd-ssim", "mmd", "ssim", "l2",
  NULL };

/* --- options ------------------------------------------------------------- */

static void
add_options (GOptionGroup *group, gpointer memory)
{
  Own *own = memory;
  const GOptionEntry entries[] = {
    { "flaws", 0, 0, G_OPTION_ARG_STRING, &own->names,
        "Only these flaws, separated by commas (default: all)", "NAME,..." },
    { "steps", 0, 0, G_OPTION_ARG_INT, &own->steps,
        "Strengths of each flaw, 1 to 12 (default: 5)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &own->seed,
        "Seed of noise and of the choice of patches (default: 0)", "N" },
    { "save", 0, 0, G_OPTION_ARG_FILENAME, &own->save,
        "Write the compared images into DIR as PNG", "DIR" },
    G_OPTION_ENTRY_NULL,
  };

  own->steps = DEFAULT_STEPS;
  g_option_group_add_entries (group, entries);
}

static gboolean
refuse_flaw (const gchar *name, GError **error)
{
  g_autofree gchar *valid = judge_flaw_names ();

  return judge_options_refuse (name, "flaws", valid, error);
}

/* From names to numbers, each once, in the order of the table, which is that
 * of the result. */
static gboolean
choose_flaws (Own *own, GError **error)
{
  guint n = judge_flaw_count ();
  g_autofree gboolean *chosen = g_new0 (gboolean, n);
  g_auto (GStrv) names = NULL;

  if (own->names != NULL)
    names = g_strsplit (own->names, ",", -1);
  /* An empty text splits into no name at all. */
  if (names != NULL && names[0] == NULL)
    return refuse_flaw ("", error);
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    gint flaw = judge_flaw_find (names[i]);

    if (flaw < 0)
      return refuse_flaw (names[i], error);
    chosen[flaw] = TRUE;
  }
  own->flaws = g_new (guint, n);
  for (guint i = 0; i < n; i++) {
    if (names == NULL || chosen[i])
      own->flaws[own->n_flaws++] = i;
  }
  return TRUE;
}

static gboolean
check_options (JudgeSession *session, GError **error)
{
  Own *own = session->own;
  g_autofree gchar *text = NULL;

  if (!choose_flaws (own, error))
    return FALSE;
  if (own->steps < 1 || own->steps > JUDGE_FLAW_MAX_STEPS) {
    text = g_strdup_printf ("%d", own->steps);
    return judge_options_refuse (
        text, "steps", "a whole number from 1 to 12", error);
  }
  if (own->seed < 0) {
    text = g_strdup_printf ("%" G_GINT64_FORMAT, own->seed);
    return judge_options_refuse (
        text, "seed", "a whole number, 0 or above", error);
  }
  if (session->options.metrics == NULL)
    session->options.metrics = g_strdupv ((gchar **) default_metrics);
  return TRUE;
}

static void
clear_options (gpointer memory)
{
  Own *own = memory;

  g_clear_pointer (&own->save, g_free);
  g_clear_pointer (&own->names, g_free);
  g_clear_pointer (&own->flaws, g_free);
}

/* --- images -------------------------------------------------------------- */

/* All that can be known before the first image is measured. */
static gboolean
check_images (gchar **paths, guint steps, GError **error)
{
  for (; *paths != NULL; paths++) {
    guint width, height;
    JudgeRegion region;

    if (!judge_image_peek (*paths, &width, &height, error))
      return FALSE;
    /* The bound is the same when the image is turned upright later. */
    if (!judge_flaw_region (width, height, steps, &region))
      return program_fail (error, *paths,
          "%u x %u pixels are too few for --steps %u: less than %d x %d would "
          "be left inside of what translation, rotation and blur reach",
          width, height, steps, JUDGE_FLAW_MIN_SIDE, JUDGE_FLAW_MIN_SIDE);
  }
  return TRUE;
}

/* Name of an image without folder and ending. */
static gchar *
base_of (const gchar *path)
{
  gchar *base = g_path_get_basename (path);
  gchar *dot = strrchr (base, '.');

  if (dot != NULL && dot != base)
    *dot = '\0';
  return base;
}

/* One file must not overwrite another's copies. */
static gboolean
prepare_folder (const gchar *folder, gchar **paths, GError **error)
{
  g_autoptr (GHashTable) bases =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (folder == NULL)
    return TRUE;
  for (guint i = 0; paths[i] != NULL; i++) {
    gchar *base = base_of (paths[i]);
    const gchar *other = g_hash_table_lookup (bases, base);

    if (other != NULL) {
      program_fail (error, paths[i],
          "--save would give its copies the same names as those of %s", other);
      g_free (base);
      return FALSE;
    }
    g_hash_table_insert (bases, base, paths[i]);
  }
  if (g_mkdir_with_parents (folder, 0777) == 0)
    return TRUE;
  return program_fail (
      error, folder, "the folder cannot be made: %s", g_strerror (errno));
}

/* @image's pixels as a PNG, "FOLDER/BASE-WORD.png". */
static gboolean
save_image (const JudgeImage *image, const gchar *folder, const gchar *path,
    const gchar *word, GError **error)
{
  g_autofree gchar *base = base_of (path);
  g_autofree gchar *name = g_strdup_printf ("%s-%s.png", base, word);
  g_autofree gchar *file = g_build_filename (folder, name, NULL);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8,
      (gint) image->view.width, (gint) image->view.height);
  g_autofree gchar *png = NULL;
  guint8 *pixels;
  gsize stride, size;
  gint failure;

  if (pixbuf == NULL)
    return program_fail (error, file, "no memory");
  pixels = gdk_pixbuf_get_pixels (pixbuf);
  stride = (gsize) gdk_pixbuf_get_rowstride (pixbuf);
  for (guint y = 0; y < image->view.height; y++) {
    for (guint x = 0; x < image->view.width; x++)
      memcpy (pixels + y * stride + x * 3,
          image->memory + y * image->view.stride + x * 4, 3);
  }
  if (!gdk_pixbuf_save_to_buffer (pixbuf, &png, &size, "png", &reason, NULL))
    return program_fail (error, file, "cannot be written: %s", reason->message);
  failure = output_file_put (file, png, size);
  return failure == 0
      || program_fail (
          error, file, "cannot be written: %s", g_strerror (failure));
}

/* --- measuring ----------------------------------------------------------- */

/* Measures an image with these strengths of a flaw at once; @folder: where they
 * are saved, or NULL. */
static gboolean
measure_steps (const Subject *self, guint flaw, guint first, guint last,
    const gchar *folder, GError **error)
{
  const JudgeSession *session = self->session;
  const Own *own = session->own;
  const gchar *path = session->options.arguments[self->number];
  guint steps = last - first + 1;
  guint n_metrics = session->metrics->metrics->len;
  g_autoptr (GPtrArray) flawed =
      g_ptr_array_new_with_free_func ((GDestroyNotify) judge_image_free);
  g_autofree PerceptualImage *views = g_new (PerceptualImage, steps);
  g_autofree gdouble *found = g_new (gdouble, (gsize) steps * n_metrics);
  g_autoptr (JudgeImage) reference = judge_flaw_apply (
      &judge_flaws[flaw], self->original, &self->region, 0, 0, error);

  for (guint i = 0; reference != NULL && i < steps; i++) {
    JudgeImage *copy = judge_flaw_apply (&judge_flaws[flaw], self->original,
        &self->region, first + i, (guint64) own->seed, error);
    g_autofree gchar *word =
        g_strdup_printf ("%s-%u", judge_flaws[flaw].name, first + i);

    if (copy == NULL)
      return FALSE;
    g_ptr_array_add (flawed, copy);
    views[i] = copy->view;
    if (folder != NULL && !save_image (copy, folder, path, word, error))
      return FALSE;
  }
  if (reference == NULL
      || !judge_metric_list_measure (
          session->metrics, &reference->view, views, steps, found, error))
    return FALSE;
  for (guint metric = 0; metric < n_metrics; metric++) {
    for (guint i = 0; i < steps; i++)
      *judge_flaw_values_at (self->values, self->number, metric, flaw,
          first + i) = found[metric * steps + i];
  }
  return TRUE;
}

static gboolean
measure_flaw (const Subject *self, guint flaw, GError **error)
{
  const Own *own = self->session->own;
  guint steps = judge_flaws[flaw].graded ? (guint) own->steps : 1;

  return measure_steps (self, flaw, 1, steps, own->save, error);
}

/* Measures what all distances are compared with, if the user has not chosen
 * it. */
static gboolean
measure_yardstick (const Subject *self, GError **error)
{
  const Own *own = self->session->own;
  guint noise = (guint) judge_flaw_find ("noise");
  guint step = judge_flaw_yardstick ((guint) own->steps);

  for (guint i = 0; i < own->n_flaws; i++) {
    if (own->flaws[i] == noise)
      return TRUE;
  }
  return measure_steps (self, noise, step, step, NULL, error);
}

/* Returns: FALSE with @error set; also where the user wants to stop, without
 * @error. */
static gboolean
measure_flaws (const Subject *self, GError **error)
{
  JudgeSession *session = self->session;
  const Own *own = session->own;
  const gchar *path = session->options.arguments[self->number];
  guint images = g_strv_length (session->options.arguments);

  for (guint i = 0; i < own->n_flaws; i++) {
    const JudgeFlaw *flaw = &judge_flaws[own->flaws[i]];
    guint done = self->number * own->n_flaws + i + 1;
    g_autoptr (GError) problem = NULL;

    if (judge_interrupted (session))
      return FALSE;
    if ((i > 0 || measure_yardstick (self, &problem))
        && measure_flaw (self, own->flaws[i], &problem)) {
      console_advance (
          &session->console, done, (gdouble) done / (images * own->n_flaws));
      continue;
    }
    if (!judge_is_cancelled (problem))
      g_propagate_prefixed_error (
          error, g_steal_pointer (&problem), "%s: %s: ", path, flaw->name);
    return FALSE;
  }
  return TRUE;
}

/* As measure_flaws(). */
static gboolean
measure_image (JudgeSession *session, JudgeFlawValues *values, guint number,
    GError **error)
{
  const Own *own = session->own;
  const gchar *path = session->options.arguments[number];
  g_autoptr (JudgeImage) original = judge_image_load (path, error);
  Subject subject = { session, values, number, original, { 0 } };

  if (original == NULL)
    return FALSE;
  if (original->view.pixels != PERCEPTUAL_PIXELS_RGBX8)
    return program_fail (error, path,
        "has 16 bits a sample, and flaws are put into images of 8; convert it");
  if (!judge_flaw_region (original->view.width, original->view.height,
          (guint) own->steps, &subject.region))
    return program_fail (error, path, "its size changed while it was read");
  if (own->save != NULL) {
    g_autoptr (JudgeImage) reference = judge_flaw_apply (
        &judge_flaws[0], original, &subject.region, 0, 0, error);

    if (reference == NULL
        || !save_image (reference, own->save, path, "original", error))
      return FALSE;
  }
  return measure_flaws (&subject, error);
}

static gboolean
run (JudgeSession *session, GError **error)
{
  const Own *own = session->own;
  gchar **paths = session->options.arguments;
  g_autoptr (GError) failure = NULL;
  g_autoptr (JudgeFlawValues) values = NULL;

  if (!check_images (paths, (guint) own->steps, error)
      || !prepare_folder (own->save, paths, error))
    return FALSE;
  values =
      judge_flaw_values_new (session->metrics, (const gchar *const *) paths,
          (guint) own->steps, own->flaws, own->n_flaws);
  console_begin (&session->console);
  for (guint i = 0; paths[i] != NULL; i++) {
    if (!measure_image (session, values, i, &failure))
      break;
    values->n_images = i + 1;
  }
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (values->n_images == 0)
    return program_fail_interrupted (
        error, "all flaws of the first image were measured");
  return judge_flaw_values_print (values, session, error)
      && (!judge_report_wants_chart (session, session->options.plot)
          || judge_flaw_values_plot (values, session, error));
}

const JudgeCommand judge_command_flaws = {
  .name = "flaws",
  .arguments = "IMAGE...",
  .min_arguments = 1,
  .max_arguments = G_MAXUINT,
  .blurb = "which flaws does a metric see?",
  .help =
      "Puts flaws of rising strength into each image (translate, rotate,\n"
      "mirror, invert, stain, brightness, blur, noise, jpeg, flat, swap) and\n"
      "measures the distances, which it compares with that of noise, as a\n"
      "yardstick that all metrics have in common. Only the inner part of the\n"
      "images is compared, so that nothing moves in from beyond the border.\n"
      "Without --metric: mmd-ssim, mmd, ssim, l2. --flaws chooses\n"
      "flaws by the names above.\n"
      "\n"
      "Examples:\n"
      "  perceptual-judge flaws --plot flaws.svg photos/*.png\n"
      "  perceptual-judge flaws --flaws translate,rotate --steps 3 photo.png",
  .unit = "flaws",
  .offers = JUDGE_OFFERS_METRICS | JUDGE_OFFERS_PLOT | JUDGE_OFFERS_FORMAT,
  .own_size = sizeof (Own),
  .add_options = add_options,
  .check_options = check_options,
  .run = run,
  .clear_options = clear_options,
};
