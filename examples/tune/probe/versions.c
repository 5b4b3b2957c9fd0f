/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which encoder it is: the versions of plugins and of the libraries that they
 * use, and the hashes of programs.
 */
#include "tune/probe/candidate.h"

#include "console/printable.h"

#include <string.h>

/* What the plugins' elements only hand frames to. */
static const struct
{
  const gchar *plugin;
  const gchar *library;
} libraries[] = {
  { "aom", "libaom" },
  { "libav", "libavcodec" },
  { "mpeg2enc", "libmpeg2encpp" },
  { "openh264", "libopenh264" },
  { "svtav1", "libSvtAv1Enc" },
  { "svthevcenc", "libSvtHevcEnc" },
  { "theora", "libtheoraenc" },
  { "vpx", "libvpx" },
  { "x264", "libx264" },
  { "x265", "libx265" },
};

/* Larger files are no programs. */
#define LARGEST (256 << 20)

/* Returns: (transfer full) (nullable): what follows the name of @library in
 * that of the file that is loaded, as ".so.164". */
static gchar *
find_loaded (const gchar *library)
{
  g_autofree gchar *maps = NULL;
  g_autofree gchar *name = g_strdup_printf ("/%s.so", library);
  const gchar *at;

  if (!g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL))
    return NULL;
  at = strstr (maps, name);
  if (at == NULL)
    return NULL;
  at += 1 + strlen (library);
  return g_strndup (at, strcspn (at, "\n "));
}

static void
add_element (JsonObject *versions, GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  g_autoptr (GstPlugin) plugin = factory != NULL
      ? gst_plugin_feature_get_plugin (GST_PLUGIN_FEATURE (factory))
      : NULL;

  if (plugin == NULL)
    return;
  json_object_set_string_member (versions,
      gst_plugin_feature_get_name (factory), gst_plugin_get_version (plugin));
  for (guint i = 0; i < G_N_ELEMENTS (libraries); i++) {
    g_autofree gchar *version = NULL;

    if (strcmp (gst_plugin_get_name (plugin), libraries[i].plugin) != 0)
      continue;
    version = find_loaded (libraries[i].library);
    if (version != NULL)
      json_object_set_string_member (versions, libraries[i].library, version);
  }
}

static void
add_elements (JsonObject *versions, const TuneCandidate *candidate)
{
  GstElement *bin = tune_candidate_make_encoder (candidate, NULL);

  if (bin == NULL)
    return;
  gst_object_ref_sink (bin);
  for (GList *child = GST_BIN_CHILDREN (bin); child; child = child->next)
    add_element (versions, child->data);
  gst_object_unref (bin);
}

static void
add_file (JsonObject *versions, const gchar *path)
{
  g_autofree gchar *name = g_path_get_basename (path);
  g_autofree gchar *label = printable_exact (name);
  g_autoptr (GMappedFile) file = NULL;
  g_autofree gchar *hash = NULL;
  gsize size;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return;
  file = g_mapped_file_new (path, FALSE, NULL);
  size = file != NULL ? g_mapped_file_get_length (file) : 0;
  if (size == 0 || size > LARGEST)
    return;
  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256,
      (const guchar *) g_mapped_file_get_contents (file), size);
  json_object_set_string_member (versions, label, hash);
}

static void
add_command (JsonObject *versions, const TuneCandidate *candidate)
{
  g_auto (GStrv) words = NULL;
  g_autofree gchar *program = NULL;

  if (!g_shell_parse_argv (candidate->encoder, NULL, &words, NULL))
    return;
  program = g_find_program_in_path (words[0]);
  if (program != NULL)
    add_file (versions, program);
  for (guint i = 1; words[i] != NULL; i++)
    add_file (versions, words[i]);
}

gchar *
tune_candidate_versions (const TuneCandidate *self)
{
  JsonObject *versions = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, versions);
  if (self->how == TUNE_HOW_COMMAND)
    add_command (versions, self);
  else
    add_elements (versions, self);
  return tune_json_print (node);
}
