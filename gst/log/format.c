/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of log formats.
 */
#include "log/format.h"

const PerceptualLogFormat *const perceptual_log_formats[] = {
  &perceptual_log_jsonl,
  &perceptual_log_csv,
  &perceptual_log_vmaf_json,
  NULL,
};
