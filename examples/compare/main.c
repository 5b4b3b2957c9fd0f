/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * perceptual-compare: measures distorted files against a reference, prints a
 * report.  The order of the steps and the exit code are here.
 */
#include "compare/interrupt.h"
#include "compare/options.h"
#include "compare/report-page.h"
#include "compare/report.h"
#include "measure/child.h"
#include "measure/words/packages.h"
#include "measure/picture.h"
#include "measure/remote.h"

#include "console/terminal.h"
#include "console/metric-tables.h"
#include "perceptual.h"

#include <gst/gst.h>
#include <locale.h>
#include <stdio.h>

#define PROGRAM "perceptual-compare"

typedef struct
{
  CompareOptions options;
  Console console;
  MeasureRemote *remote;
  GPtrArray *inputs;     /* MeasureInput, reference first */
  GPtrArray *results;    /* MeasureResult, one per distorted file */
  GHashTable *said;      /* warnings that were printed */
  GPtrArray *remarks;    /* the same, as they were printed, in order */
  CompareCourse *course; /* (nullable): of a page */
  gboolean interrupted;
  gboolean told; /* that it was interrupted */
} Session;

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

static gboolean
print (Session *session, const gchar *text)
{
  g_autoptr (GError) error = NULL;

  if (console_print (&session->console, text, &error))
    return TRUE;
  console_say (&session->console, "%s", error->message);
  return FALSE;
}

/* Looks at every input, and reports all that is wrong with them.  Returns: the
 * number of problems. */
static guint
inspect (Session *session)
{
  const MeasureInput *reference;
  guint problems = 0;

  for (guint i = 0; session->options.files[i] != NULL; i++)
    g_ptr_array_add (session->inputs,
        measure_remote_inspect_raw (session->remote, session->options.files[i],
            compare_reading_find_raw (&session->options.reading, i == 0),
            &session->interrupted));
  reference = session->inputs->pdata[0];
  for (guint i = 0; i < session->inputs->len; i++) {
    const MeasureInput *input = session->inputs->pdata[i];

    g_autofree gchar *missing = input->problem == NULL
        ? compare_section_find_problem (
            &session->options.section, input, i == 0)
        : NULL;

    if (missing != NULL) {
      console_say (&session->console, "%s", missing);
      problems++;
    }
    if (input->problem != NULL) {
      console_say (&session->console, "%s", input->problem);
      problems++;
    } else if (reference->problem == NULL && !session->interrupted
        && input->is_image != reference->is_image) {
      console_say (&session->console,
          "%s is %s, but the reference %s is %s; images are compared with "
          "images and videos with videos",
          input->label, input->is_image ? "an image" : "a video",
          reference->label, reference->is_image ? "an image" : "a video");
      problems++;
    }
  }
  return problems;
}

/* What is told in frames of the reference is known now. */
static gboolean
resolve_frames (Session *session)
{
  const MeasureInput *reference = session->inputs->pdata[0];
  g_autoptr (GError) error = NULL;

  if (measure_settings_resolve (
          &session->options.settings, reference->frame, &error))
    return TRUE;
  console_say (&session->console, "%s", error->message);
  return FALSE;
}

/* A video cannot be written to an image file, nor an image to a video file. */
static gboolean
check_heatmap (Session *session)
{
  const MeasureInput *reference = session->inputs->pdata[0];
  const gchar *path = session->options.heatmap;
  g_autofree gchar *endings = measure_picture_endings (reference->is_image);

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

static void
find_crop (Session *session)
{
  if (session->options.crop.automatic && !session->interrupted)
    compare_crop_find (session->remote, session->inputs,
        &session->options.section.chosen, !session->options.ignore_orientation,
        note, session, &session->interrupted);
}

static void
warn_of_section (Session *session)
{
  g_autofree gchar *text = compare_section_find_warning (
      &session->options.section, session->inputs->pdata[0]);

  if (text != NULL && !session->interrupted)
    warn (text, session);
}

static void
advance (guint64 pairs, gdouble part, gpointer user)
{
  Session *session = user;

  console_advance (&session->console, pairs, part);
}

/* How many files are decoded side by side: frames of all of them are held. */
#define MOST_TOGETHER 8

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
  g_autofree gchar *problem =
      compare_reading_find_problem (session->inputs, most_together (session));

  if (problem != NULL)
    console_say (&session->console, "%s", problem);
  return problem == NULL;
}

/* Measures the files of these numbers, from 1, and keeps their results.  Those
 * that another's failure broke off are put into @again. */
static gboolean
measure_together (Session *session, const GArray *numbers, GArray *again)
{
  const MeasureEvents events = {
    .warn = warn, .note = note, .advance = advance, .user = session
  };
  g_autoptr (GPtrArray) distorted = g_ptr_array_new ();
  g_autoptr (GPtrArray) results = NULL;
  GPtrArray *timelines = compare_course_lend (session->course, numbers);
  g_autofree gchar *log = NULL, *heatmap = NULL;
  guint first = g_array_index (numbers, guint, 0);
  gboolean hopeless = FALSE;

  for (guint i = 0; i < numbers->len; i++)
    g_ptr_array_add (
        distorted, session->inputs->pdata[g_array_index (numbers, guint, i)]);
  log = compare_options_log (&session->options, first);
  heatmap = compare_options_heatmap (&session->options, first);
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
          .reference = session->inputs->pdata[0],
          .distorted = distorted,
          .log = log,
          .heatmap = heatmap,
          .events = &events,
          .timelines = timelines,
          .interrupted = &session->interrupted,
      });
  console_clear (&session->console);
  compare_course_take_back (session->course, timelines);
  g_ptr_array_set_free_func (results, NULL);
  for (guint i = 0; i < results->len; i++) {
    MeasureResult *result = results->pdata[i];
    guint number = g_array_index (numbers, guint, i);

    hopeless |= result->hopeless;
    if (result->broken_off && !session->interrupted
        && !compare_reading_is_over (session->inputs->pdata[0], result)) {
      g_array_append_val (again, number);
      measure_result_free (result);
      continue;
    }
    /* A problem of all files is reported once. */
    if (result->error != NULL && (i == 0 || !result->hopeless))
      console_say (&session->console, "%s", result->error);
    session->results->pdata[number - 1] = result;
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
    result = measure_result_new (session->inputs->pdata[1 + i]);
    result->error = g_strdup (why);
    result->incomplete = TRUE;
    session->results->pdata[i] = result;
  }
}

/* Measures as many files together as the options allow.  If one fails, the others are measured
 * again; if it is not known which one failed, each by itself. */
static void
measure (Session *session)
{
  guint n = session->inputs->len - 1;
  guint most = most_together (session);
  g_autoptr (GArray) left = g_array_new (FALSE, FALSE, sizeof (guint));

  g_ptr_array_set_size (session->results, (gint) n);
  for (guint i = 1; i <= n; i++)
    g_array_append_val (left, i);
  while (left->len > 0 && !session->interrupted) {
    g_autoptr (GArray) now = g_array_new (FALSE, FALSE, sizeof (guint));
    g_autoptr (GArray) again = g_array_new (FALSE, FALSE, sizeof (guint));
    guint count = MIN (left->len, most);

    g_array_append_vals (now, left->data, count);
    g_array_remove_range (left, 0, count);
    if (!measure_together (session, now, again))
      break;
    if (again->len == count)
      most = 1;
    g_array_prepend_vals (left, again->data, again->len);
  }
  note_unmeasured (session);
}

static gboolean
report (Session *session)
{
  const CompareOptions *options = &session->options;
  const MeasureInput *reference = session->inputs->pdata[0];
  g_autofree gchar *text = NULL;

  if (g_strcmp0 (options->log, "-") == 0)
    return TRUE;
  if (options->format == COMPARE_FORMAT_JSON)
    text = compare_report_json (options, reference, session->results);
  else if (options->quiet)
    text = compare_report_numbers (session->results);
  else
    text = compare_report_text (options, reference, session->results);
  return print (session, text);
}

/* Writes the page of what was measured, if one is wanted.  Returns: FALSE where
 * it could not be written, which was said. */
static gboolean
write_page (Session *session)
{
  const CompareOptions *options = &session->options;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *line = NULL;

  if (session->course == NULL || !compare_is_measured (session->results))
    return TRUE;
  line = compare_report_page_write (
      &(CompareContent){
          .options = options,
          .inputs = session->inputs,
          .results = session->results,
          .course = session->course,
          .remarks = session->remarks,
          .remote = session->remote,
          .interrupted = &session->interrupted,
      },
      &error);
  if (line == NULL) {
    console_say (&session->console, "%s", error->message);
    return FALSE;
  }
  return options->format == COMPARE_FORMAT_JSON || options->quiet
      || g_strcmp0 (options->log, "-") == 0 || print (session, line);
}

/* An error outweighs a distance: an incomplete run gives no verdict. */
static int
exit_code (const Session *session)
{
  gboolean above = FALSE;

  for (guint i = 0; i < session->results->len; i++) {
    const MeasureResult *result = session->results->pdata[i];
    gdouble mean;

    if (result->wrong_usage)
      return COMPARE_EXIT_USAGE;
    if (result->error != NULL || result->incomplete)
      return COMPARE_EXIT_ERROR;
    if (session->options.has_fail_above
        && measure_result_number (result->summary, "mean", &mean)
        && mean > session->options.fail_above)
      above = TRUE;
  }
  if (session->interrupted)
    return COMPARE_EXIT_ERROR;
  return above ? COMPARE_EXIT_ABOVE : COMPARE_EXIT_DONE;
}

/* Finds out before anything is measured whether the page can be written. */
static gboolean
begin_page (Session *session)
{
  const gchar *path = session->options.report;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return TRUE;
  session->course =
      compare_course_new (g_strv_length (session->options.files) - 1);
  if (compare_report_page_can_write (path, &error))
    return TRUE;
  console_say (&session->console, "%s", error->message);
  return FALSE;
}

static int
compare (Session *session)
{
  g_autofree gchar *missing = measure_packages_missing ();

  compare_interrupt_watch (&session->interrupted, tell_of_interrupt, session);
  console_init (&session->console, PROGRAM, "pairs", !session->options.quiet);
  session->console.steps = g_strv_length (session->options.files) - 1;
  if (session->options.has_stall)
    measure_remote_set_stall (
        session->remote, (guint) (session->options.stall.amount / DURATION_MS));
  if (missing != NULL) {
    console_say (&session->console, "%s", missing);
    return COMPARE_EXIT_ERROR;
  }
  if (!begin_page (session) || inspect (session) > 0)
    return COMPARE_EXIT_ERROR;
  if (!session->interrupted)
    compare_reading_deinterlace (
        &session->options.reading, session->inputs, note, session);
  if (!session->interrupted
      && (!check_heatmap (session) || !check_pipes (session)
          || !resolve_frames (session)))
    return COMPARE_EXIT_USAGE;
  warn_of_section (session);
  find_crop (session);
  measure (session);
  if (session->interrupted)
    tell_of_interrupt (session);
  if (!report (session) || !write_page (session))
    return COMPARE_EXIT_ERROR;
  return exit_code (session);
}

static int
say_element_missing (Session *session)
{
  console_say (&session->console,
      "GStreamer does not find the element perceptualdistance; set "
      "GST_PLUGIN_PATH to the folder of libgstperceptual.so");
  return COMPARE_EXIT_ERROR;
}

static int
run (Session *session, int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;

  if (!compare_options_parse (&session->options, argc, argv, &error)) {
    /* Without the element its options are unknown too. */
    if (session->options.settings.element == NULL
        && g_error_matches (
            error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
      return say_element_missing (session);
    console_say (&session->console, "%s", error->message);
    return COMPARE_EXIT_USAGE;
  }
  if (session->options.version)
    text = g_strdup_printf ("perceptual-compare %s\n", perceptual_version ());
  else if (session->options.list_metrics)
    text = metric_tables_print ("--");
  if (text != NULL)
    return print (session, text) ? COMPARE_EXIT_DONE : COMPARE_EXIT_ERROR;
  if (session->options.settings.element == NULL)
    return say_element_missing (session);
  return compare (session);
}

int
main (int argc, char **argv)
{
  Session session = { .interrupted = FALSE };
  int code;

  console_guard_streams ();
  if (measure_child_main (argc, argv, &code))
    return code;
  session.remote = measure_remote_new ();
  /* File names in the user's encoding; numbers stay in the C locale. */
  setlocale (LC_CTYPE, "");
  gst_init (&argc, &argv);
  console_init (&session.console, PROGRAM, "pairs", FALSE);
  session.said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  session.remarks = g_ptr_array_new_with_free_func (g_free);
  session.inputs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) measure_input_free);
  session.results =
      g_ptr_array_new_with_free_func ((GDestroyNotify) measure_result_free);
  code = run (&session, &argc, &argv);
  measure_remote_free (session.remote);
  g_hash_table_unref (session.said);
  g_ptr_array_unref (session.remarks);
  compare_course_free (session.course);
  g_ptr_array_unref (session.results);
  g_ptr_array_unref (session.inputs);
  compare_options_clear (&session.options);
  return code;
}
