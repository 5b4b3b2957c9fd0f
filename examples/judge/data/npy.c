/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads .npy files that hold one number.  The header is a Python dictionary
 * written by numpy.lib.format; it is read by the grammar that NumPy writes, not
 * evaluated.  Arrays with more entries and structured types are refused.
 */
#include "judge/data/npy.h"

#include "judge/failure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* One number with any header that NumPy writes is far smaller. */
#define MAX_FILE (64 * 1024)

/* How much of an unknown type the message shows. */
#define SHOWN 20

static const gchar magic[6] = { '\x93', 'N', 'U', 'M', 'P', 'Y' };

/**
 * Header:
 * @order: '<' little endian, '>' big endian, '|' not applicable, '=' native
 * @kind: 'b' boolean, 'i' signed, 'u' unsigned, 'f' float
 * @size: bytes of the number
 */
typedef struct
{
  gchar order;
  gchar kind;
  guint size;
} Header;

/* --- the file ------------------------------------------------------------ */

static gboolean
read_bounded (const gchar *path, guint8 *bytes, gsize *size, GError **error)
{
  FILE *file = fopen (path, "rb");

  if (file == NULL)
    return program_fail (error, path, "cannot be opened: %s",
        g_file_test (path, G_FILE_TEST_EXISTS) ? "no permission"
                                               : "there is no such file");
  *size = fread (bytes, 1, MAX_FILE + 1, file);
  fclose (file);
  if (*size > MAX_FILE)
    return program_fail (error, path,
        "is larger than %d bytes, but should hold one number", MAX_FILE);
  return TRUE;
}

/* Finds the header's text.  Returns: FALSE with @error set. */
static gboolean
find_header (const gchar *path, const guint8 *bytes, gsize size, gsize *start,
    gsize *length, GError **error)
{
  if (size < 10 || memcmp (bytes, magic, sizeof magic) != 0)
    return program_fail (error, path, "is not a .npy file");
  if (bytes[6] < 1 || bytes[6] > 3)
    return program_fail (error, path,
        "is a .npy file of version %u; versions 1 to 3 are known", bytes[6]);
  *start = bytes[6] == 1 ? 10 : 12;
  if (size < *start)
    return program_fail (error, path, "the file is cut off in its header");
  *length = (gsize) bytes[8] | (gsize) bytes[9] << 8;
  if (bytes[6] > 1)
    *length |= (gsize) bytes[10] << 16 | (gsize) bytes[11] << 24;
  if (*length > size - *start)
    return program_fail (error, path, "the file is cut off in its header");
  return TRUE;
}

/* --- the header's dictionary --------------------------------------------- */

static const gchar *
skip_spaces (const gchar *text)
{
  return text + strspn (text, " \n");
}

/* Moves past "'@name':" and spaces.  Returns: FALSE when it is not there. */
static gboolean
take_key (const gchar **text, const gchar *name)
{
  gsize length = strlen (name);
  const gchar *at = skip_spaces (*text);

  if (at[0] != '\'' || strncmp (at + 1, name, length) != 0
      || at[length + 1] != '\'')
    return FALSE;
  at = skip_spaces (at + length + 2);
  if (*at != ':')
    return FALSE;
  *text = skip_spaces (at + 1);
  return TRUE;
}

static gboolean
is_known (const Header *header)
{
  switch (header->kind) {
    case 'b':
      return header->size == 1;
    case 'f':
      return header->size == 2 || header->size == 4 || header->size == 8;
    default:
      return header->size == 1 || header->size == 2 || header->size == 4
          || header->size == 8;
  }
}

static gboolean
take_descr (const gchar **text, Header *header)
{
  const gchar *at = *text;

  if (at[0] != '\'' || at[1] == '\0' || strchr ("<>|=", at[1]) == NULL
      || at[2] == '\0' || strchr ("biuf", at[2]) == NULL
      || !g_ascii_isdigit (at[3]) || at[4] != '\'')
    return FALSE;
  *header = (Header){ at[1], at[2], (guint) (at[3] - '0') };
  if (!is_known (header))
    return FALSE;
  *text = at + 5;
  return TRUE;
}

/* The bytes at @descr come from a file that anyone may have made: unescaped,
 * they could garble the terminal or be invalid UTF-8. */
static gboolean
fail_descr (const gchar *path, const gchar *descr, GError **error)
{
  g_autofree gchar *start = g_strndup (descr, SHOWN);
  g_autofree gchar *shown = g_strescape (start, "\"");

  return program_fail (error, path,
      "holds something else than a plain number (descr %s...)", shown);
}

/* The order of the entries does not matter where there is one. */
static gboolean
take_boolean (const gchar **text)
{
  if (g_str_has_prefix (*text, "True"))
    *text += strlen ("True");
  else if (g_str_has_prefix (*text, "False"))
    *text += strlen ("False");
  else
    return FALSE;
  return TRUE;
}

/* "()", "(1,)", "(1, 1)"; @single: whether every length is 1. */
static gboolean
take_shape (const gchar **text, gboolean *single)
{
  const gchar *at = *text;

  *single = TRUE;
  if (*at++ != '(')
    return FALSE;
  while (*(at = skip_spaces (at)) != ')') {
    gsize digits = strspn (at, "0123456789");

    if (digits == 0)
      return FALSE;
    if (digits != 1 || *at != '1')
      *single = FALSE;
    at = skip_spaces (at + digits);
    if (*at == ',')
      at++;
    else if (*at != ')')
      return FALSE;
  }
  *text = at + 1;
  return TRUE;
}

/* Moves past a comma where there is one, as between and after entries. */
static void
take_comma (const gchar **text)
{
  *text = skip_spaces (*text);
  if (**text == ',')
    *text = skip_spaces (*text + 1);
}

static gboolean
parse_header (
    const gchar *path, const gchar *text, Header *header, GError **error)
{
  gboolean single = FALSE;
  guint descr = 0, fortran = 0, shape = 0;

  text = skip_spaces (text);
  if (*text++ != '{')
    return program_fail (error, path, "the header is not a dictionary");
  while (*(text = skip_spaces (text)) != '}') {
    if (take_key (&text, "descr")) {
      descr++;
      if (!take_descr (&text, header))
        return fail_descr (path, text, error);
    } else if (take_key (&text, "fortran_order") && take_boolean (&text)) {
      fortran++;
    } else if (take_key (&text, "shape") && take_shape (&text, &single)) {
      shape++;
    } else {
      return program_fail (error, path, "the header is damaged");
    }
    take_comma (&text);
  }
  if (descr != 1 || fortran != 1 || shape != 1
      || *skip_spaces (text + 1) != '\0')
    return program_fail (error, path, "the header is damaged");
  return single
      || program_fail (error, path, "does not hold exactly one number");
}

/* --- the number ---------------------------------------------------------- */

/* IEEE 754 binary16. */
static gdouble
half_to_double (guint64 bits)
{
  gint exponent = (gint) (bits >> 10 & 31);
  gdouble fraction = (gdouble) (bits & 1023);
  gdouble value;

  if (exponent == 31)
    value = fraction == 0 ? INFINITY : NAN;
  else if (exponent == 0)
    value = ldexp (fraction, -24);
  else
    value = ldexp (fraction + 1024, exponent - 25);
  return bits >> 15 ? -value : value;
}

static gdouble
decode (const Header *header, guint64 bits)
{
  guint unused = 64 - 8 * header->size;
  guint32 narrow = (guint32) bits;
  gfloat single;
  gdouble number;

  switch (header->kind) {
    case 'b':
      return bits != 0;
    case 'u':
      return (gdouble) bits;
    case 'i':
      return (gdouble) ((gint64) (bits << unused) >> unused);
    default:
      break;
  }
  if (header->size == 2)
    return half_to_double (bits);
  if (header->size == 4) {
    memcpy (&single, &narrow, sizeof single);
    return (gdouble) single;
  }
  memcpy (&number, &bits, sizeof number);
  return number;
}

gboolean
judge_npy_parse_number (const gchar *path, const guint8 *bytes, gsize size,
    gdouble *number, GError **error)
{
  g_autofree gchar *text = NULL;
  gsize start = 0, length = 0;
  Header header = { 0 };
  guint64 bits = 0;

  if (!find_header (path, bytes, size, &start, &length, error))
    return FALSE;
  text = g_strndup ((const gchar *) bytes + start, length);
  if (strlen (text) != length)
    return program_fail (error, path, "the header is damaged");
  if (!parse_header (path, text, &header, error))
    return FALSE;
  if (size - start - length != header.size)
    return program_fail (error, path,
        "%" G_GSIZE_FORMAT " bytes follow the header where %u are announced",
        size - start - length, header.size);
  for (guint i = 0; i < header.size; i++) {
    guint place = header.order == '>' ? header.size - 1 - i : i;

    bits |= (guint64) bytes[start + length + i] << (8 * place);
  }
  *number = decode (&header, bits);
  return TRUE;
}

gboolean
judge_npy_read_number (const gchar *path, gdouble *number, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (MAX_FILE + 1);
  gsize size = 0;

  return read_bounded (path, bytes, &size, error)
      && judge_npy_parse_number (path, bytes, size, number, error);
}
