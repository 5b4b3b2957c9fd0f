/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-compare: looks at files, measures distorted ones against their
 * references.  The order of the steps and the exit code are here; what is told
 * at the end is in telling.c.
 */
#include "compare/group.h"
#include "compare/interrupt.h"
#include "compare/session.h"
#include "measure/batch.h"
#include "measure/child.h"
#include "measure/words/packages.h"
#include "measure/picture.h"
#include "measure/reader/sequence.h"
#include "measure/written.h"

#include "console/memory-limit.h"
#include "console/child.h"
#include "console/output-file.h"
#include "console/printable.h"
#include "console/program-error.h"
#include "perceptual.h"

#include <gst/gst.h>
#include <locale.h>
#include <stdio.h>

#define PROGRAM "perceptual-compare"

/* Says so as soon as the main loop runs, since the end may have to wait for
 * the reader of the log; or at the end, if the loop does not run any more. */
static void
tell_of_interrupt (gpointer user)
{
  Session *session = user;

  if (!session->told)
    console_say (&session->console,
        "interrupted; what was measured until then is reported");
  session->told = TRUE;
}

/* Pairs of still images are measured in one run, as far as options allow. */
static gboolean
may_batch (const Session *session)
{
  const CompareOptions *options = &session->options;

  return options->pairs.several && !options->crop.automatic
      && options->log == NULL && options->heatmap == NULL
      && measure_batch_allows (&options->settings);
}

static MeasureInput *
look_at (Session *session, const gchar *path, const gchar *raw)
{
  const CompareOptions *options = &session->options;
  const MeasureInspection look = {
    .raw = raw,
    .briefly = may_batch (session),
    .any_playlist = options->reading.any_playlist,
  };
  g_autofree gchar *sequence = measure_sequence_is_named (path)
      ? measure_sequence_order (path, options->rate_n, options->rate_d)
      : NULL;
  MeasureInput *input = measure_remote_look (session->remote,
      sequence != NULL ? sequence : path, &look, &session->interrupted);

  g_ptr_array_add (session->inputs, input);
  return input;
}

/* @known: what was looked at already, by what was said of it and its name.
 * Returns: (transfer none). */
static MeasureInput *
look_once (Session *session, const gchar *path, gboolean is_reference,
    GHashTable *known)
{
  const gchar *raw =
      compare_reading_find_raw (&session->options.reading, is_reference);
  g_autofree gchar *key =
      g_strdup_printf ("%s %s", raw != NULL ? raw : "", path);
  MeasureInput *input = g_hash_table_lookup (known, key);

  if (input == NULL) {
    input = look_at (session, path, raw);
    g_hash_table_insert (known, g_steal_pointer (&key), input);
  }
  return input;
}

static void
look_at_all (Session *session)
{
  const ComparePairs *pairs = &session->options.pairs;
  const gchar *raw =
      compare_reading_find_raw (&session->options.reading, FALSE);
  gboolean once = pairs->several && !session->options.crop.automatic
      && session->options.reading.deinterlace == COMPARE_DEINTERLACE_NONE;
  g_autoptr (GHashTable) known =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < pairs->distorted->len; i++) {
    const gchar *distorted = pairs->distorted->pdata[i];

    g_ptr_array_add (session->references,
        look_once (session, pairs->references->pdata[i], TRUE, known));
    /* Each has its place behind the reference, where there is one; bars and
     * fields are those of a file and its reference. */
    g_ptr_array_add (session->distorted,
        once ? look_once (session, distorted, FALSE, known)
             : look_at (session, distorted, raw));
  }
}

/* Says what is wrong, of each text once.  @problem: (transfer full)
 * (nullable).  Returns: (transfer full) (nullable): @problem */
static gchar *
say_problem (Session *session, GHashTable *said, gchar *problem)
{
  if (problem != NULL && g_hash_table_add (said, g_strdup (problem)))
    console_say (&session->console, "%s", problem);
  return problem;
}

/* @input: of a pair.  Returns: (transfer full) (nullable): why it cannot be
 * measured, by itself */
static gchar *
find_input_problem (
    const Session *session, const MeasureInput *input, gboolean is_reference)
{
  if (input->problem != NULL)
    return g_strconcat (input->problem,
        input->is_hidden_playlist ? "; --allow-playlists allows that" : NULL,
        NULL);
  return compare_section_find_problem (
      &session->options.section, input, is_reference);
}

/* Returns: (transfer full) (nullable): why the two cannot be compared */
static gchar *
find_mismatch (const MeasureInput *reference, const MeasureInput *input)
{
  if (input->is_image == reference->is_image)
    return NULL;
  return g_strdup_printf (
      "%s is %s, but the reference %s is %s; images are compared with images "
      "and videos with videos",
      input->label, input->is_image ? "an image" : "a video", reference->label,
      reference->is_image ? "an image" : "a video");
}

/* Says all that is wrong with pair @i.  Returns: whether it can be measured;
 * else its result says why not. */
static gboolean
inspect_pair (Session *session, guint i, GHashTable *said)
{
  MeasureInput *reference = session->references->pdata[i];
  MeasureInput *input = session->distorted->pdata[i];
  g_autofree gchar *one = say_problem (
      session, said, find_input_problem (session, reference, TRUE));
  g_autofree gchar *other =
      say_problem (session, said, find_input_problem (session, input, FALSE));
  g_autofree gchar *both = one == NULL && other == NULL && !session->interrupted
      ? say_problem (session, said, find_mismatch (reference, input))
      : NULL;
  const gchar *why = other != NULL ? other : one != NULL ? one : both;
  MeasureResult *result;

  if (why == NULL)
    return TRUE;
  result = measure_result_new (input);
  result->error = g_strdup (why);
  result->incomplete = TRUE;
  session->results->pdata[i] = result;
  return FALSE;
}

/* Looks at every input, and reports all that is wrong with them.  Returns:
 * whether there is anything to measure: of files with one reference all have to
 * be right, of many pairs one. */
static gboolean
inspect (Session *session)
{
  guint n, fit = 0;
  g_autoptr (GHashTable) said =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  look_at_all (session);
  n = session->distorted->len;
  g_ptr_array_set_size (session->results, (gint) n);
  for (guint i = 0; i < n; i++)
    fit += inspect_pair (session, i, said) ? 1 : 0;
  return session->options.pairs.several ? fit > 0 : fit == n;
}

/* Whether nothing is wrong with pair @i so far. */
static gboolean
is_fit (const Session *session, guint i)
{
  return session->results->pdata[i] == NULL;
}

/* What is told in frames of the reference is known now. */
static gboolean
resolve_frames (Session *session)
{
  for (guint i = 0; i < session->references->len; i++) {
    const MeasureInput *reference = session->references->pdata[i];
    g_autoptr (GError) error = NULL;

    if (!is_fit (session, i)
        || measure_settings_resolve (
            &session->options.settings, reference->frame, &error))
      continue;
    console_say (&session->console, "%s%s%s",
        session->options.pairs.several ? reference->label : "",
        session->options.pairs.several ? ": " : "", error->message);
    return FALSE;
  }
  return TRUE;
}

/* Files of two folders that have no partner are not measured. */
static void
tell_alone (Session *session)
{
  const GPtrArray *alone = session->options.pairs.alone;

  for (guint i = 0; i < alone->len; i++) {
    g_autofree gchar *name = printable_text (alone->pdata[i]);

    console_say (&session->console,
        "warning: %s: there is no file of its name in the other folder", name);
  }
}

/* Returns: the reference of the first pair that can be measured. */
static const MeasureInput *
first_fit (const Session *session)
{
  guint i = 0;

  while (!is_fit (session, i))
    i++;
  return session->references->pdata[i];
}

/* A video cannot be written to an image file, nor an image to a video file; and
 * images have no time. */
static gboolean
check_outputs (Session *session)
{
  const MeasureInput *reference = first_fit (session);
  const gchar *path = session->options.heatmap;
  g_autofree gchar *endings = measure_picture_endings (reference->is_image);

  for (guint i = 0; session->options.plot != NULL && i < session->results->len;
       i++) {
    if (!is_fit (session, i)
        || !((MeasureInput *) session->references->pdata[i])->is_image)
      continue;
    console_say (&session->console,
        "--plot %s: %s, and a chart over time needs videos",
        session->options.plot,
        session->options.pairs.several ? "there are images among the inputs"
                                       : "the inputs are images");
    return FALSE;
  }
  if (path == NULL || measure_picture_fits (path, reference->is_image))
    return TRUE;
  console_say (&session->console,
      "--heatmap %s: the inputs are %s, whose heat map needs a name that ends "
      "in %s",
      path, reference->is_image ? "images" : "videos", endings);
  return FALSE;
}

/* Of each text once. */
static void
remark (Session *session, const gchar *kind, const gchar *text)
{
  if (!g_hash_table_add (session->said, g_strdup (text)))
    return;
  g_ptr_array_add (session->remarks, g_strdup_printf ("%s: %s", kind, text));
  console_say (&session->console, "%s: %s", kind, text);
}

static void
warn (const gchar *text, gpointer user)
{
  remark (user, "warning", text);
}

static void
note (const gchar *text, gpointer user)
{
  remark (user, "note", text);
}

/* Sees what is to be done to the pictures before they are measured: to those of
 * each reference and of what is compared with it together. */
static void
prepare_pictures (Session *session)
{
  const CompareOptions *options = &session->options;
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < session->references->len; i++) {
    MeasureInput *reference = session->references->pdata[i];
    g_autoptr (GPtrArray) group = g_ptr_array_new ();

    if (session->interrupted || !is_fit (session, i)
        || !g_hash_table_add (seen, reference))
      continue;
    g_ptr_array_add (group, reference);
    for (guint k = i; k < session->references->len; k++) {
      if (session->references->pdata[k] == reference && is_fit (session, k))
        g_ptr_array_add (group, session->distorted->pdata[k]);
    }
    compare_reading_deinterlace (&options->reading, group, note, session);
    if (options->crop.automatic)
      compare_crop_find (session->remote, group, &options->section.chosen,
          !options->ignore_orientation, note, session, &session->interrupted);
  }
}

static void
warn_of_sections (Session *session)
{
  for (guint i = 0; i < session->references->len; i++) {
    g_autofree gchar *text = compare_section_find_warning (
        &session->options.section, session->references->pdata[i]);

    if (text != NULL && !session->interrupted && is_fit (session, i))
      warn (text, session);
  }
}

static void
advance (guint64 pairs, gdouble part, gpointer user)
{
  Session *session = user;

  console_advance (&session->console, pairs, part);
}

/* How many files are decoded side by side: frames of all of them are held. */
#define MOST_TOGETHER 8
/* How many pairs of images a run has at most: if it crashes, so many are
 * measured again, half of them at a time.  Some kB describe a pair, and the
 * system sends messages of up to 200 kB. */
#define MOST_IN_BATCH 64

static const MeasureInput *
reference_of (const Session *session, guint number)
{
  return session->references->pdata[number - 1];
}

static gboolean
is_image (const Session *session, guint number)
{
  return reference_of (session, number)->is_image;
}

static gboolean
is_in_batch (const Session *session, guint number)
{
  return may_batch (session) && is_image (session, number);
}

/* With a log or heat maps for each file, they take turns. */
static guint
most_together (const Session *session)
{
  return session->options.log != NULL || session->options.heatmap != NULL
      ? 1
      : MOST_TOGETHER;
}

static gboolean
check_pipes (Session *session)
{
  g_autofree gchar *problem = session->options.pairs.several
      ? NULL
      : compare_reading_find_problem (reference_of (session, 1),
          session->distorted->len, most_together (session));

  if (problem != NULL)
    console_say (&session->console, "%s", problem);
  return problem == NULL;
}

/* A heat map of half of a file does not replace what was there. */
static void
end_map (MeasureResult *result, const gchar *path, OutputPart *map)
{
  gboolean whole = result->summary != NULL && !result->incomplete;
  gint reason = output_part_end (map, whole && !result->hopeless);
  g_autofree gchar *name = path != NULL ? printable_text (path) : NULL;

  if (reason != 0 && result->error == NULL)
    result->error = g_strdup_printf (
        "The heat map: %s cannot be written: %s", name, g_strerror (reason));
}

/* Measures the files of these numbers, from 1, and keeps their results.  Those
 * that another's failure broke off are put into @again.  @more: others are to
 * be measured after them */
static gboolean
measure_together (
    Session *session, const GArray *numbers, gboolean more, GArray *again)
{
  const MeasureEvents events = {
    .warn = warn, .note = note, .advance = advance, .user = session
  };
  guint first = g_array_index (numbers, guint, 0);
  gboolean batch = is_in_batch (session, first);
  g_autoptr (GPtrArray) references =
      compare_group_choose (session->references, numbers);
  g_autoptr (GPtrArray) distorted =
      compare_group_choose (session->distorted, numbers);
  g_autoptr (GPtrArray) results = NULL;
  GPtrArray *timelines =
      batch ? NULL : compare_course_lend (session->course, numbers);
  g_autofree gchar *log = NULL, *heatmap = NULL;
  OutputPart map = { NULL, NULL, -1 };
  gboolean hopeless = FALSE;

  /* It could, for all of them. */
  measure_settings_resolve (
      &session->options.settings, reference_of (session, first)->frame, NULL);
  log = compare_options_log (&session->options, first);
  heatmap = compare_options_heatmap (&session->options, first);
  if (heatmap != NULL)
    output_part_begin (&map, heatmap);
  session->console.step = first - 1;
  console_begin (&session->console);
  results = measure_remote_run (session->remote,
      &(MeasureOrder){
          .settings = &session->options.settings,
          .align = session->options.align,
          .section = measure_section_is_all (&session->options.section.chosen)
              ? NULL
              : &session->options.section.chosen,
          .turn = !session->options.ignore_orientation,
          .reference = reference_of (session, first),
          .references = batch ? references : NULL,
          .more = more,
          .distorted = distorted,
          .log = log,
          .heatmap = heatmap,
          .heatmap_place = map.place,
          .events = &events,
          .timelines = timelines,
          .interrupted = &session->interrupted,
      });
  console_clear (&session->console);
  end_map (results->pdata[0], heatmap, &map);
  compare_course_take_back (session->course, numbers, timelines);
  g_ptr_array_set_free_func (results, NULL);
  for (guint i = 0; i < results->len; i++) {
    MeasureResult *result = results->pdata[i];
    guint number = g_array_index (numbers, guint, i);

    /* What is wrong with one reference says nothing of others. */
    hopeless |= result->hopeless
        && (!session->options.pairs.several || result->wrong_usage);
    if (result->broken_off && !session->interrupted
        && !compare_reading_is_over (reference_of (session, number), result)) {
      g_array_append_val (again, number);
      measure_result_free (result);
      continue;
    }
    /* A problem of all files is reported once. */
    if (result->error != NULL && (i == 0 || !result->hopeless))
      console_say (&session->console, "%s", result->error);
    session->results->pdata[number - 1] = result;
    if (batch)
      compare_course_note_image (session->course, number, result);
  }
  return !hopeless;
}

/* Files that were not reached are in the report too: readers count on one
 * result for each file. */
static void
note_unmeasured (Session *session)
{
  const gchar *why = NULL;

  for (guint i = 0; i < session->results->len; i++) {
    MeasureResult *result = session->results->pdata[i];

    if (result != NULL && result->hopeless)
      why = result->error;
    if (result != NULL)
      continue;
    result = measure_result_new (session->distorted->pdata[i]);
    result->error = g_strdup (why);
    result->incomplete = TRUE;
    session->results->pdata[i] = result;
  }
  for (guint i = 0; i < session->results->len; i++)
    ((MeasureResult *) session->results->pdata[i])->reference =
        session->references->pdata[i];
}

/* Takes the first of @left, and those that can be measured with it, @most at
 * most, or @most_images.  Returns: (transfer full). */
static GArray *
take_together (
    const Session *session, GArray *left, guint most, guint most_images)
{
  GArray *now = g_array_new (FALSE, FALSE, sizeof (guint));
  guint first = g_array_index (left, guint, 0);
  gboolean batch = is_in_batch (session, first);

  most = batch ? most_images : most;
  for (guint i = 0; i < left->len && now->len < most;) {
    guint number = g_array_index (left, guint, i);
    gboolean fits = batch
        ? is_image (session, number)
        : reference_of (session, number) == reference_of (session, first);

    if (fits) {
      g_array_append_val (now, number);
      g_array_remove_index (left, i);
    } else {
      i++;
    }
  }
  return now;
}

/* How many of the images that a crash broke off are measured at once the next
 * time: it comes down to the one that did it, and goes up again behind it. */
static guint
adapt (guint most, guint measured, guint again)
{
  if (again == measured)
    return MAX (measured / 2, 1);
  return again == 0 ? MIN (2 * most, MOST_IN_BATCH) : most;
}

/* Measures as many files together as the options allow.  If one fails, the
 * others are measured again; if it is not known which one failed, each by
 * itself. */
static void
measure (Session *session)
{
  guint n = session->distorted->len;
  guint most = most_together (session), most_images = MOST_IN_BATCH;
  g_autoptr (GArray) left = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 1; i <= n; i++) {
    if (is_fit (session, i - 1))
      g_array_append_val (left, i);
  }
  while (left->len > 0 && !session->interrupted) {
    g_autoptr (GArray) now = take_together (session, left, most, most_images);
    g_autoptr (GArray) again = g_array_new (FALSE, FALSE, sizeof (guint));

    if (!measure_together (session, now, left->len > 0, again))
      break;
    if (is_in_batch (session, g_array_index (now, guint, 0)))
      most_images = adapt (most_images, now->len, again->len);
    else if (again->len == now->len)
      most = 1;
    g_array_prepend_vals (left, again->data, again->len);
  }
  note_unmeasured (session);
}

/* An error outweighs a limit: an incomplete run gives no verdict. */
static int
exit_code (const Session *session)
{
  for (guint i = 0; i < session->results->len; i++) {
    const MeasureResult *result = session->results->pdata[i];

    if (result->wrong_usage)
      return COMPARE_EXIT_USAGE;
    if (result->error != NULL || result->incomplete)
      return COMPARE_EXIT_ERROR;
  }
  if (session->interrupted)
    return COMPARE_EXIT_ERROR;
  return compare_checks_count_failed (session->verdict.checks) > 0
      ? COMPARE_EXIT_FAILED
      : COMPARE_EXIT_DONE;
}

/* Whether the page and the chart of each reference can be written. */
static gboolean
can_write_pages (const Session *session, GError **error)
{
  const CompareOptions *options = &session->options;
  guint n = compare_options_count_references (options);

  for (guint number = 1; number <= n; number++) {
    g_autofree gchar *page = compare_options_report (options, number);
    g_autofree gchar *plot = compare_options_plot (options, number);

    if ((page != NULL && !measure_written_can (page, "--report", error))
        || (plot != NULL && !measure_written_can (plot, "--plot", error)))
      return FALSE;
  }
  return TRUE;
}

/* Finds out before anything is measured whether what is to be written can be,
 * and what is to be read is there. */
static gboolean
begin_files (Session *session)
{
  const CompareOptions *options = &session->options;
  const GPtrArray *distorted = options->pairs.distorted;
  g_autoptr (GError) error = NULL;

  if (options->report != NULL || options->worst_dir != NULL
      || options->plot != NULL)
    session->course = compare_course_new (distorted->len);
  if (can_write_pages (session, &error)
      && (options->worst_dir == NULL
          || measure_written_folder (options->worst_dir, "--worst-dir", &error))
      && compare_verdict_begin (&session->verdict, options, &error))
    return TRUE;
  console_say (&session->console, "%s", error->message);
  return FALSE;
}

static int
compare (Session *session)
{
  g_autofree gchar *missing = measure_packages_missing ();

  console_init (&session->console, PROGRAM, "pairs", !session->options.quiet);
  session->console.steps = session->options.pairs.distorted->len;
  if (session->options.has_stall)
    measure_remote_set_stall (
        session->remote, (guint) (session->options.stall.amount / DURATION_MS));
  if (missing != NULL) {
    console_say (&session->console, "%s", missing);
    return COMPARE_EXIT_ERROR;
  }
  if (!begin_files (session) || !inspect (session))
    return COMPARE_EXIT_ERROR;
  if (!session->interrupted
      && (!check_outputs (session) || !check_pipes (session)))
    return COMPARE_EXIT_USAGE;
  prepare_pictures (session);
  if (!session->interrupted && !resolve_frames (session))
    return COMPARE_EXIT_USAGE;
  warn_of_sections (session);
  tell_alone (session);
  measure (session);
  if (session->interrupted)
    tell_of_interrupt (session);
  return session_tell (session) ? exit_code (session) : COMPARE_EXIT_ERROR;
}

static int
say_element_missing (Session *session)
{
  g_autofree gchar *text = measure_packages_lack_element ();

  console_say (&session->console, "%s", text);
  return COMPARE_EXIT_ERROR;
}

static int
run (Session *session, int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;

  /* A list of pairs may be a pipe that nobody writes to. */
  compare_interrupt_watch (&session->interrupted, tell_of_interrupt, session);
  if (!compare_options_parse (&session->options, argc, argv, &error)) {
    if (session->interrupted) {
      tell_of_interrupt (session);
      return COMPARE_EXIT_ERROR;
    }
    /* Without the element its options are unknown too. */
    if (session->options.settings.element == NULL
        && g_error_matches (
            error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
      return say_element_missing (session);
    console_say (&session->console, "%s", error->message);
    return error->domain == PROGRAM_ERROR ? COMPARE_EXIT_ERROR
                                          : COMPARE_EXIT_USAGE;
  }
  text = help_option_answer (&session->options.answers, PROGRAM);
  if (text != NULL)
    return session_print (session, text) ? COMPARE_EXIT_DONE
                                         : COMPARE_EXIT_ERROR;
  if (session->options.settings.element == NULL)
    return say_element_missing (session);
  return compare (session);
}

int
main (int argc, char **argv)
{
  Session session = { .interrupted = FALSE };
  guint threads = child_count_threads ();
  int code;

  memory_limit_obey (argv);
  console_guard_streams ();
  if (measure_child_main (argc, argv, &code))
    return code;
  gst_init (&argc, &argv);
  session.remote = measure_remote_fork (threads);
  if (session.remote == NULL)
    return COMPARE_EXIT_DONE;
  /* File names in the user's encoding; numbers stay in the C locale. */
  setlocale (LC_CTYPE, "");
  console_init (&session.console, PROGRAM, "pairs", FALSE);
  session.said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  session.remarks = g_ptr_array_new_with_free_func (g_free);
  session.inputs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) measure_input_free);
  session.references = g_ptr_array_new ();
  session.distorted = g_ptr_array_new ();
  session.results =
      g_ptr_array_new_with_free_func ((GDestroyNotify) measure_result_free);
  code = run (&session, &argc, &argv);
  measure_remote_free (session.remote);
  g_hash_table_unref (session.said);
  g_ptr_array_unref (session.remarks);
  compare_course_free (session.course);
  compare_verdict_clear (&session.verdict);
  g_clear_pointer (&session.worst, g_ptr_array_unref);
  g_ptr_array_unref (session.results);
  g_ptr_array_unref (session.references);
  g_ptr_array_unref (session.distorted);
  g_ptr_array_unref (session.inputs);
  compare_options_clear (&session.options);
  return code;
}
