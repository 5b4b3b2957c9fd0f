/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which options a monitor has, for advice to name no others.
 */
#include "monitor/options.h"

static void
test_properties_that_are_options_are_offered (void)
{
  MeasureSettings settings;
  g_autofree GParamSpec **specs = NULL;
  guint n, offered = 0;

  measure_settings_init (&settings);
  g_assert_nonnull (settings.element);
  specs = g_object_class_list_properties (settings.element, &n);
  for (guint i = 0; i < n; i++) {
    gboolean own = measure_settings_offers (&settings, specs[i]->name);

    if (own)
      g_assert_true (monitor_options_offer (specs[i]->name));
    offered += own;
  }
  g_assert_cmpuint (offered, >=, 40);
  measure_settings_clear (&settings);
}

static void
test_its_own_options_are_offered (void)
{
  static const gchar *const own[] = { "encoder", "listen", "thumbnails", "log",
    "alert-unmatched", "exit-after", "config", "list-metrics", "version",
    "help" };

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    g_assert_true (monitor_options_offer (own[i]));
}

/* Advice for perceptual-compare names some of these. */
static void
test_options_of_other_programs_are_not_offered (void)
{
  static const gchar *const other[] = { "deinterlace", "crop", "output", "raw",
    "report", "log-location", "liste" };

  for (guint i = 0; i < G_N_ELEMENTS (other); i++)
    g_assert_false (monitor_options_offer (other[i]));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/options/properties", test_properties_that_are_options_are_offered);
  g_test_add_func ("/options/own", test_its_own_options_are_offered);
  g_test_add_func (
      "/options/others", test_options_of_other_programs_are_not_offered);
  return g_test_run ();
}
