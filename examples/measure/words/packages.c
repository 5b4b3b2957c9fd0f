/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells which package has an element, or reads a type of media or a codec, or
 * that no package does.
 */
#include "measure/words/packages.h"

#include "console/low-limits.h"

#include <gst/pbutils/pbutils.h>
#include <string.h>

#define BASE "gstreamer1.0-plugins-base"
#define GOOD "gstreamer1.0-plugins-good"
#define BAD "gstreamer1.0-plugins-bad"
#define UGLY "gstreamer1.0-plugins-ugly"
#define LIBAV "gstreamer1.0-libav"

#define PLUGIN "libgstperceptual.so"

/* Tables. */
/* clang-format off */
static const struct
{
  const gchar *element;
  const gchar *package;
  gboolean needed; /* for every file */
} elements[] = {
  { "filesrc", "libgstreamer1.0-0", TRUE },
  { "typefind", "libgstreamer1.0-0", TRUE },
  { "queue", "libgstreamer1.0-0", TRUE },
  { "multiqueue", "libgstreamer1.0-0", TRUE },
  { "fakesink", "libgstreamer1.0-0", TRUE },
  { "uridecodebin", BASE, TRUE },
  { "decodebin", BASE, TRUE },
  { "videoconvert", BASE, FALSE },
  { "videoscale", BASE, FALSE },
  { "pngenc", GOOD, FALSE },
  { "matroskamux", GOOD, FALSE },
  { "webmmux", GOOD, FALSE },
  { "mp4mux", GOOD, FALSE },
  { "vp8enc", GOOD, FALSE },
  { "x264enc", UGLY, FALSE },
  { "avenc_ffv1", LIBAV, FALSE },
};

/* What gst_plugin_get_source() returns. */
static const struct
{
  const gchar *source;
  const gchar *package;
} sources[] = {
  { "gstreamer", "libgstreamer1.0-0" },
  { "gst-plugins-base", BASE },
  { "gst-plugins-good", GOOD },
  { "gst-plugins-bad", BAD },
  { "gst-plugins-ugly", UGLY },
  { "gst-libav", LIBAV },
};

/* Decoders and demuxers; what is not here is libav's if it is anyone's. */
static const struct
{
  const gchar *type;
  const gchar *package;
} types[] = {
  { "application/ogg", BASE },
  { "application/x-id3", GOOD },
  { "image/bmp", LIBAV },
  { "image/gif", LIBAV },
  { "image/jpeg", GOOD },
  { "image/png", GOOD },
  { "image/svg+xml", BAD },
  { "image/tiff", LIBAV },
  { "image/webp", BAD },
  { "image/x-j2c", BAD },
  { "image/x-jpc", BAD },
  { "multipart/x-mixed-replace", GOOD },
  { "application/dash+xml", BAD },
  { "application/x-hls", BAD },
  { "application/mxf", BAD },
  { "application/x-yuv4mpeg", BAD },
  { "video/mpegts", BAD },
  { "video/quicktime", GOOD },
  { "video/webm", GOOD },
  { "video/x-av1", BAD },
  { "video/x-dv", GOOD },
  { "video/x-flv", GOOD },
  { "video/x-matroska", GOOD },
  { "video/x-ms-asf", UGLY },
  { "video/x-msvideo", GOOD },
  { "video/x-theora", BASE },
  { "video/x-vp8", GOOD },
  { "video/x-vp9", GOOD },
};

/* What GStreamer has no name for, by the fourccs in files. */
static const struct
{
  const gchar *prefix;
  const gchar *codec;
} codecs[] = {
  { "ULRG", "UtVideo" },
  { "ULRA", "UtVideo" },
  { "ULY0", "UtVideo" },
  { "ULY2", "UtVideo" },
  { "ULY4", "UtVideo" },
  { "ULH0", "UtVideo" },
  { "ULH2", "UtVideo" },
  { "ULH4", "UtVideo" },
  { "UQ", "UtVideo Pro" },
  { "UM", "UtVideo T2" },
  { "FFVH", "FFVHuff" },
  { "HFYU", "HuffYUV" },
  { "LAGS", "Lagarith" },
  { "M8", "MagicYUV" },
  { "M0", "MagicYUV" },
  { "MAGY", "MagicYUV" },
  { "CFHD", "CineForm" },
  { "FPS1", "Fraps" },
  { "FICV", "FIC" },
  { "G2M", "GoToMeeting" },
  { "MSZH", "LCL" },
  { "ZLIB", "LCL" },
  { "SHQ", "SpeedHQ" },
  { "VMNC", "VMware" },
  { "ASV", "Asus V" },
  { "SNOW", "Snow" },
  { "Hap", "Hap" },
};
/* clang-format on */

const gchar *
measure_package_of_element (const gchar *factory)
{
  g_autoptr (GstElementFactory) found = gst_element_factory_find (factory);
  g_autoptr (GstPlugin) plugin = found != NULL
      ? gst_plugin_feature_get_plugin (GST_PLUGIN_FEATURE (found))
      : NULL;
  const gchar *source = plugin != NULL ? gst_plugin_get_source (plugin) : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++) {
    if (g_str_equal (elements[i].element, factory))
      return elements[i].package;
  }
  for (guint i = 0; source != NULL && i < G_N_ELEMENTS (sources); i++) {
    if (g_str_equal (sources[i].source, source))
      return sources[i].package;
  }
  return NULL;
}

/* Returns: (transfer full) (nullable): the file of the plugin, where GStreamer
 * has given it up: it failed when it was looked at first, and is not looked at
 * again. */
static gchar *
find_given_up (void)
{
  GList *plugins = gst_registry_get_plugin_list (gst_registry_get ());
  gchar *found = NULL;

  for (GList *at = plugins; at != NULL && found == NULL; at = at->next) {
    const gchar *file = gst_plugin_get_filename (at->data);

    if (GST_OBJECT_FLAG_IS_SET (at->data, GST_PLUGIN_FLAG_BLACKLISTED)
        && file != NULL && g_str_has_suffix (file, "/" PLUGIN))
      found = g_strdup (file);
  }
  gst_plugin_list_free (plugins);
  return found;
}

/* Returns: (transfer full): where GStreamer remembers its plugins. */
static gchar *
find_registry (void)
{
  const gchar *file = g_getenv ("GST_REGISTRY_1_0");

  if (file == NULL)
    file = g_getenv ("GST_REGISTRY");
  return file != NULL
      ? g_strdup (file)
      : g_build_filename (g_get_user_cache_dir (), "gstreamer-1.0", NULL);
}

gchar *
measure_packages_lack_element (void)
{
  g_autofree gchar *limits = limits_suspect ();
  g_autofree gchar *given_up = find_given_up ();
  g_autofree gchar *registry = find_registry ();

  if (limits != NULL)
    return g_strdup_printf (
        "GStreamer cannot load the element perceptualdistance: %s", limits);
  if (given_up != NULL)
    return g_strdup_printf (
        "GStreamer has given up %s, which failed once; remove %s to have it "
        "tried again",
        given_up, registry);
  return g_strdup ("GStreamer does not find the element perceptualdistance; "
                   "set GST_PLUGIN_PATH to the folder of " PLUGIN);
}

gchar *
measure_packages_missing (void)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) packages = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++) {
    g_autoptr (GstElementFactory) found = NULL;

    if (!elements[i].needed)
      continue;
    found = gst_element_factory_find (elements[i].element);
    if (found != NULL)
      continue;
    g_string_append_printf (
        names, "%s%s", names->len > 0 ? ", " : "", elements[i].element);
    if (strstr (packages->str, elements[i].package) == NULL)
      g_string_append_printf (packages, "%s%s",
          packages->len > 0 ? " and " : "", elements[i].package);
  }
  if (names->len == 0)
    return NULL;
  return g_strdup_printf ("GStreamer lacks what files are read with: %s; "
                          "install %s (that is the name in Debian)",
      names->str, packages->str);
}

/* --- codecs -------------------------------------------------------------- */

/* A fourcc is a text or a number. */
static gchar *
read_fourcc (const GstStructure *type)
{
  const gchar *text = gst_structure_get_string (type, "fourcc");
  gint number = 0;

  if (text == NULL && gst_structure_get_int (type, "fourcc", &number))
    return g_strdup_printf (
        "%" GST_FOURCC_FORMAT, GST_FOURCC_ARGS ((guint) number));
  return g_strdup (text);
}

/* Returns: (transfer full) (nullable): what a container says about a codec that
 * GStreamer does not know */
static gchar *
unknown_codec (const GstStructure *type)
{
  static const gchar prefix[] = "video/x-gst-fourcc-";
  const gchar *name = gst_structure_get_name (type);
  gchar *code;

  if (g_str_has_prefix (name, prefix))
    return g_strdup (name + strlen (prefix));
  if (!g_str_has_prefix (name, "video/") || strstr (name, "unknown") == NULL)
    return NULL;
  code = read_fourcc (type);
  if (code == NULL)
    code = g_strdup (gst_structure_get_string (type, "codec-id"));
  return code != NULL ? code : g_strdup ("something without a name");
}

static gchar *
describe_unknown (const gchar *code)
{
  const gchar *codec = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (codecs) && codec == NULL; i++) {
    if (g_str_has_prefix (code, codecs[i].prefix))
      codec = codecs[i].codec;
  }
  return g_strdup_printf ("its video is coded as %s%s%s%s, for which GStreamer "
                          "has no decoder; convert it, for instance by "
                          "ffmpeg -i FILE -c:v ffv1 OUT.mkv",
      codec != NULL ? codec : code, codec != NULL ? " (" : "",
      codec != NULL ? code : "", codec != NULL ? ")" : "");
}

/* Returns: (nullable): NULL for what is of no use here, such as ZIP and PDF */
static const gchar *
package_of_type (const gchar *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    if (g_str_equal (types[i].type, type))
      return types[i].package;
  }
  return g_str_has_prefix (type, "application/")
          || g_str_has_prefix (type, "text/")
      ? NULL
      : LIBAV;
}

gchar *
measure_packages_describe (GstMessage *message)
{
  g_autofree gchar *what = gst_missing_plugin_message_get_description (message);
  const GstStructure *fields = gst_message_get_structure (message);
  const gchar *kind = gst_structure_get_string (fields, "type");
  const gchar *package = NULL;
  const gchar *useless = NULL;
  g_autofree gchar *unknown = NULL;
  GstCaps *caps = NULL;
  gchar *text;

  if (g_strcmp0 (kind, "decoder") == 0)
    gst_structure_get (fields, "detail", GST_TYPE_CAPS, &caps, NULL);
  if (caps != NULL && gst_caps_get_size (caps) > 0) {
    const GstStructure *type = gst_caps_get_structure (caps, 0);

    unknown = unknown_codec (type);
    package = package_of_type (gst_structure_get_name (type));
    if (package == NULL)
      useless = gst_structure_get_name (type);
  } else {
    package = g_strcmp0 (kind, "element") == 0 ? measure_package_of_element (
                  gst_structure_get_string (fields, "detail"))
                                               : BAD;
  }
  if (unknown != NULL)
    text = describe_unknown (unknown);
  else if (useless != NULL)
    text = g_strdup_printf ("neither a video nor an image (%s)", useless);
  else if (package != NULL)
    text = g_strdup_printf ("no %s is installed; it should come with the "
                            "package %s (that is its name in Debian)",
        what, package);
  else
    text = g_strdup_printf ("no %s is installed", what);
  gst_clear_caps (&caps);
  return text;
}
