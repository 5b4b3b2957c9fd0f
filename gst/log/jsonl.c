/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A log of JSON lines: all of it as it comes, each line with its type.
 */
#include "log/format.h"

#include "log/json.h"

static void
append_line (GString *text, const gchar *type, const GstStructure *fields)
{
  perceptual_log_append_json (text, type, fields);
  g_string_append_c (text, '\n');
}

static void
begin (gpointer state, const GstStructure *header, GString *text)
{
  append_line (text, "header", header);
}

static void
add_pair (gpointer state, const GstStructure *distance, GString *text)
{
  append_line (text, "distance", distance);
}

static void
add_alert (gpointer state, const GstStructure *alert, GString *text)
{
  append_line (text, "alert", alert);
}

static void
add_sync (gpointer state, const GstStructure *sync, GString *text)
{
  append_line (text, "sync", sync);
}

static void
add_summary (gpointer state, const GstStructure *summary, GString *text)
{
  append_line (text, "summary", summary);
}

const PerceptualLogFormat perceptual_log_jsonl = {
  .name = "jsonl",
  .blurb = "One JSON object a line",
  .begin = begin,
  .pair = add_pair,
  .alert = add_alert,
  .sync = add_sync,
  .summary = add_summary,
};
