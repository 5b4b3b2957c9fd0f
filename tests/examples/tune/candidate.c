/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What becomes of a candidate's words.
 */
#include "folder.h"

#include "console/program-error.h"
#include "tune/probe/candidate.h"
#include "tune/probe/external.h"

#include <gst/gst.h>
#include <string.h>

static TuneCandidate
command (const gchar *line, gdouble value, const gchar *extra)
{
  return (TuneCandidate){ TUNE_HOW_COMMAND, (gchar *) line, value,
    (gchar *) extra };
}

/* What @line becomes, its words joined by "|"; and after "=", the file that is
 * to be written. */
static gchar *
fill (const gchar *line, gdouble value, const gchar *extra)
{
  const TuneCandidate candidate = command (line, value, extra);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *written = NULL, *joined = NULL;
  g_auto (GStrv) words = tune_candidate_make_arguments (
      &candidate, "/t m/in.y4m", "/t m/out", ".mkv", &written, &error);

  if (words == NULL) {
    g_assert_error (error, PROGRAM_ERROR, PROGRAM_ERROR_DATA);
    return g_strdup (error->message);
  }
  joined = g_strjoinv ("|", words);
  return g_strdup_printf ("%s=%s", joined, written);
}

static const struct
{
  const gchar *line;
  gdouble value;
  const gchar *extra;
  const gchar *filled;
} commands[] = {
  { "enc -i {input} -q {value} {output}", 27, NULL,
      "enc|-i|/t m/in.y4m|-q|27|/t m/out.mkv=/t m/out.mkv" },
  { "enc --in={input} --q={value} {output}.ivf", 27.5, "{}",
      "enc|--in=/t m/in.y4m|--q=27.5|/t m/out.ivf=/t m/out.ivf" },
  { "'my enc' {input} {output}. {value}{value}", .1, NULL,
      "my enc|/t m/in.y4m|/t m/out.mkv.|0.10.1=/t m/out.mkv" },
  { "sh -c 'x=1; enc ${x} $1 { } {preset}' {input} {output} {value}", -3,
      "{\"preset\":\"a b; c\"}",
      "sh|-c|x=1; enc ${x} $1 { } a b; c|/t m/in.y4m|/t m/out.mkv|-3"
      "=/t m/out.mkv" },
  { "enc {input} {output} {value} {n} {on}", 1e6, "{\"n\":3,\"on\":true}",
      "enc|/t m/in.y4m|/t m/out.mkv|1000000|3|true=/t m/out.mkv" },
  { "enc {input} {output} {value} {what}", 1, NULL,
      "enc at 1: nothing is given for \"{what}\"" },
  { "enc {input} {output} {value}", 1, "{\"a\":1}",
      "enc at 1: it has no place for the setting: \"{a}\"" },
  { "enc {input} {value}", 1, NULL, "enc at 1: it has no \"{output}\"" },
};

static void
test_words_of_a_command_are_filled_in (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree gchar *filled =
        fill (commands[i].line, commands[i].value, commands[i].extra);

    g_assert_cmpstr (filled, ==, commands[i].filled);
  }
}

static void
test_candidates_have_names (void)
{
  const TuneCandidate rate = { TUNE_HOW_NAMED, (gchar *) "x264-rate", 2020.2,
    NULL };
  const TuneCandidate launched = { TUNE_HOW_LAUNCH,
    (gchar *) "x264enc quantizer={value}", 20, NULL };
  const TuneCandidate called = command ("/usr/bin/enc {input}", 2.5, NULL);
  const TuneCandidate broken = command ("'enc", 2, NULL);
  g_autofree gchar *a = tune_candidate_describe (&rate);
  g_autofree gchar *b = tune_candidate_describe (&launched);
  g_autofree gchar *c = tune_candidate_describe (&called);
  g_autofree gchar *d = tune_candidate_describe (&broken);

  g_assert_cmpstr (a, ==, "x264-rate at 2020");
  g_assert_cmpstr (b, ==, "x264enc at 20");
  g_assert_cmpstr (c, ==, "enc at 2.5");
  g_assert_cmpstr (d, ==, "the command at 2");
}

static void
test_versions_tell_programs_apart (TestFolder *folder, gconstpointer name)
{
  g_autofree gchar *line =
      g_strdup_printf ("sh '%s' {input} {output} {value}", folder->path);
  const TuneCandidate candidate = command (line, 1, NULL);
  g_autofree gchar *before = NULL, *after = NULL;

  g_assert_true (g_file_set_contents (folder->path, "one", -1, NULL));
  before = tune_candidate_versions (&candidate);
  g_assert_true (g_file_set_contents (folder->path, "two", -1, NULL));
  after = tune_candidate_versions (&candidate);
  g_assert_nonnull (strstr (before, "\"sh\""));
  g_assert_nonnull (strstr (before, "\"script.sh\""));
  g_assert_cmpstr (before, !=, after);
}

static void
test_last_lines_fit_into_a_message (TestFolder *folder, gconstpointer name)
{
  g_autofree gchar *filler = g_strnfill (5000, 'x');
  g_autofree gchar *text = g_strconcat (
      filler, "\nprogress\r 100 %\nfailed:\nno such \xff option\n\n", NULL);
  g_autofree gchar *lines = NULL, *none = NULL;

  none = tune_last_lines (folder->path);
  g_assert_true (g_file_set_contents (folder->path, text, -1, NULL));
  lines = tune_last_lines (folder->path);
  g_assert_cmpstr (none, ==, "");
  g_assert_cmpstr (lines, ==, " 100 % / failed: / no such \\xff option");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  g_test_add_func ("/candidate/words_of_a_command_are_filled_in",
      test_words_of_a_command_are_filled_in);
  g_test_add_func (
      "/candidate/candidates_have_names", test_candidates_have_names);
  g_test_add ("/candidate/versions_tell_programs_apart", TestFolder,
      "script.sh", test_folder_set_up, test_versions_tell_programs_apart,
      test_folder_tear_down);
  g_test_add ("/candidate/last_lines_fit_into_a_message", TestFolder, "log",
      test_folder_set_up, test_last_lines_fit_into_a_message,
      test_folder_tear_down);
  return g_test_run ();
}
