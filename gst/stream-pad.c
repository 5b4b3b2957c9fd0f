/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A sink pad with the settings of one distorted stream.
 */
#include "stream-pad.h"

struct _GstPerceptualDistancePad
{
  GstAggregatorPad parent;

  /* Protected by the object lock. */
  gint64 offset;
  GstStructure *notes;
  gboolean margins;
  gchar *crop;
};

G_DEFINE_FINAL_TYPE (GstPerceptualDistancePad, gst_perceptual_distance_pad,
    GST_TYPE_AGGREGATOR_PAD)

enum
{
  PROP_OFFSET = 1,
  PROP_NOTES,
  PROP_MARGINS,
  PROP_CROP,
};

gint64
perceptual_pad_get_offset (GstAggregatorPad *pad)
{
  GstPerceptualDistancePad *self = GST_PERCEPTUAL_DISTANCE_PAD (pad);
  gint64 offset;

  GST_OBJECT_LOCK (self);
  offset = self->offset;
  GST_OBJECT_UNLOCK (self);
  return offset;
}

GstStructure *
perceptual_pad_get_notes (GstAggregatorPad *pad)
{
  GstPerceptualDistancePad *self = GST_PERCEPTUAL_DISTANCE_PAD (pad);
  GstStructure *notes;

  GST_OBJECT_LOCK (self);
  notes = self->notes != NULL ? gst_structure_copy (self->notes) : NULL;
  GST_OBJECT_UNLOCK (self);
  return notes;
}

gboolean
perceptual_pad_has_margins (GstAggregatorPad *pad)
{
  GstPerceptualDistancePad *self = GST_PERCEPTUAL_DISTANCE_PAD (pad);
  gboolean margins;

  GST_OBJECT_LOCK (self);
  margins = self->margins;
  GST_OBJECT_UNLOCK (self);
  return margins;
}

gchar *
perceptual_pad_get_crop (GstAggregatorPad *pad)
{
  GstPerceptualDistancePad *self = GST_PERCEPTUAL_DISTANCE_PAD (pad);
  gchar *crop;

  GST_OBJECT_LOCK (self);
  crop = g_strdup (self->crop);
  GST_OBJECT_UNLOCK (self);
  return crop;
}

static void
gst_perceptual_distance_pad_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstPerceptualDistancePad *self = GST_PERCEPTUAL_DISTANCE_PAD (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_OFFSET:
      self->offset = g_value_get_int64 (value);
      break;
    case PROP_NOTES:
      g_clear_pointer (&self->notes, gst_structure_free);
      self->notes = g_value_dup_boxed (value);
      break;
    case PROP_MARGINS:
      self->margins = g_value_get_boolean (value);
      break;
    case PROP_CROP:
      g_free (self->crop);
      self->crop = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_perceptual_distance_pad_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstAggregatorPad *pad = GST_AGGREGATOR_PAD (object);

  switch (id) {
    case PROP_OFFSET:
      g_value_set_int64 (value, perceptual_pad_get_offset (pad));
      break;
    case PROP_NOTES:
      g_value_take_boxed (value, perceptual_pad_get_notes (pad));
      break;
    case PROP_MARGINS:
      g_value_set_boolean (value, perceptual_pad_has_margins (pad));
      break;
    case PROP_CROP:
      g_value_take_string (value, perceptual_pad_get_crop (pad));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_perceptual_distance_pad_finalize (GObject *object)
{
  GstPerceptualDistancePad *self = GST_PERCEPTUAL_DISTANCE_PAD (object);

  g_clear_pointer (&self->notes, gst_structure_free);
  g_clear_pointer (&self->crop, g_free);
  G_OBJECT_CLASS (gst_perceptual_distance_pad_parent_class)->finalize (object);
}

static void
gst_perceptual_distance_pad_init (GstPerceptualDistancePad *self)
{
}

static void
gst_perceptual_distance_pad_class_init (GstPerceptualDistancePadClass *klass)
{
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = gst_perceptual_distance_pad_set_property;
  object_class->get_property = gst_perceptual_distance_pad_get_property;
  object_class->finalize = gst_perceptual_distance_pad_finalize;
  /**
   * GstPerceptualDistancePad:sync-offset:
   *
   * Nanoseconds added to the running times of this stream's frames, besides
   * #GstPerceptualDistance:sync-offset.  Default 0.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_OFFSET,
      g_param_spec_int64 ("sync-offset", "Sync offset",
          "Nanoseconds added to this stream's running times before pairing, "
          "besides those of the element",
          -G_MAXINT64 / 4, G_MAXINT64 / 4, 0, flags));
  /**
   * GstPerceptualDistancePad:notes:
   *
   * Fields that are put into the header of this stream's log and into its
   * summary as they are, for instance where
   * #GstPerceptualDistancePad:sync-offset comes from.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_NOTES,
      g_param_spec_boxed ("notes", "Notes",
          "Fields to put into the header of this stream's log and into its "
          "summary",
          GST_TYPE_STRUCTURE, flags));
  /**
   * GstPerceptualDistancePad:margins:
   *
   * Whether frames of this stream from before the reference's first frame, and
   * from after its last one, are margins: they are neither counted nor
   * reported.  For a reference that is a part of a longer one.  Default false.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MARGINS,
      g_param_spec_boolean ("margins", "Margins",
          "Whether frames of this stream outside of the reference are left out "
          "of all counts",
          FALSE, flags));
  /**
   * GstPerceptualDistancePad:crop:
   *
   * The part of this stream's frames that is measured, in place of what
   * #GstPerceptualDistance:distorted-crop and #GstPerceptualDistance:crop say.
   * Unset by default.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_CROP,
      g_param_spec_string ("crop", "Crop",
          "The part of this stream's frames that is measured, in place of the "
          "element's: WIDTHxHEIGHT+X+Y",
          NULL, flags));
}
