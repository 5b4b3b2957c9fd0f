/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fuzzing of requests to what perceptual-monitor serves: any path, query and
 * headers must be answered, with the status that belongs to the answer.
 *
 * Built for libFuzzer by -Dfuzz=true; without it, replay.c runs files once.
 */
#include "monitor/made-up.h"
#include "monitor/serve/address.h"
#include "monitor/serve/answers.h"
#include "monitor/serve/exposition.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static MonitorSnapshot *
look (gpointer data)
{
  return made_up_snapshot (2);
}

static MonitorPoint *
look_back (gpointer data, guint64 since, guint *n)
{
  *n = 0;
  return since > 1000 ? NULL : made_up_history (2, 3, n);
}

static GBytes *
show (gpointer data, MonitorPicture which)
{
  return which == MONITOR_PICTURE_MAP ? NULL : g_bytes_new_static ("jpeg", 4);
}

/* Lines that the text may not have are as if they were not sent. */
static const gchar *
field (gchar **lines, guint i)
{
  return i < g_strv_length (lines) && *lines[i] != '\0' ? lines[i] : NULL;
}

static void
check_host (const gchar *header)
{
  static const gchar *const hosts[] = { "monitor.example", NULL };
  static const gchar *const listens[] = { "127.0.0.1:9750", "[::1]:1",
    "0.0.0.0:80" };

  for (guint i = 0; i < G_N_ELEMENTS (listens); i++) {
    g_autoptr (GSocketAddress) address =
        monitor_address_parse (listens[i], NULL);
    gboolean allowed = monitor_address_allows (address, hosts, header);

    g_assert_true (header != NULL || !allowed);
    /* A name that is not ours, whatever is written around it. */
    if (header != NULL && g_ascii_isalpha (header[0])
        && strpbrk (header, ":.") == NULL && strlen (header) > 20)
      g_assert_false (allowed);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const MonitorSource source = {
    .snapshot = look, .history = look_back, .picture = show
  };
  MonitorAnswers *answers = monitor_answers_new (&source);
  g_autofree gchar *text = g_strndup ((const gchar *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 5);
  const gchar *path = field (lines, 0) != NULL ? lines[0] : "";

  for (guint i = 0; i < 2; i++) {
    MonitorAnswer answer = monitor_answers_find (
        answers, path, field (lines, 1), field (lines, 2), field (lines, 3));

    g_assert_true (answer.status == 200 || answer.status == 400
        || answer.status == 404 || answer.status == 503);
    g_assert_nonnull (answer.type);
    g_assert_cmpuint (g_bytes_get_size (answer.body), >, 0);
    g_bytes_unref (answer.body);
  }
  check_host (field (lines, 4));
  g_assert_nonnull (monitor_exposition_type (
      monitor_exposition_negotiate (field (lines, 1))));
  monitor_answers_free (answers);
  return 0;
}
