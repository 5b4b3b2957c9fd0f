# Pixel reductions on whole rows.  row-programs.c tries each program once against
# plain C, since versions of ORC make wrong code of what is right here:
#
# 0.4.33 counts twice what it accumulates from the halves of a split 64-bit
# temporary, so sums of pixels take one channel at a time.
#
# 0.4.41, for AVX2, multiplies doubles where a float operand lies beyond the
# eighth register, so programs on floats are to need no more than eight: each
# constant, each temporary, and each source in each instruction takes one.

# Sum of squared differences of the colour samples of two rows of RGBX pixels.
# Exact in 32 bits for up to 22016 pixels.
.function perceptual_orc_ssd_rgbx8
.source 4 a guint8
.source 4 b guint8
.accumulator 4 sum guint32
.temp 4 x
.temp 4 y
.temp 2 d
andl x, a, 0x000000ff
andl y, b, 0x000000ff
subl x, x, y
convlw d, x
mulswl x, d, d
accl sum, x
shrul x, a, 8
andl x, x, 0x000000ff
shrul y, b, 8
andl y, y, 0x000000ff
subl x, x, y
convlw d, x
mulswl x, d, d
accl sum, x
shrul x, a, 16
andl x, x, 0x000000ff
shrul y, b, 16
andl y, y, 0x000000ff
subl x, x, y
convlw d, x
mulswl x, d, d
accl sum, x

# Rows as the pyramid metrics keep them ("split rows"): samples in 0..255, one
# array for the even and one for the odd columns of each channel, so that a
# 3x3 patch at every second column is nine plain loads per channel.

# A row of 8-bit RGBX pixels to three rows of samples in 0..255.  Four pixels
# at a time: masks and shifts, where unpacking bytes would leave lanes empty.
.function perceptual_orc_unpack_rgbx8
.dest 4 r float
.dest 4 g float
.dest 4 b float
.source 4 pixel guint32
.temp 4 t
andl t, pixel, 0x000000ff
convlf r, t
shrul t, pixel, 8
andl t, t, 0x000000ff
convlf g, t
shrul t, pixel, 16
andl t, t, 0x000000ff
convlf b, t

# A row of 16-bit RGBX pixels to three rows of samples in 0..255.
.function perceptual_orc_unpack_rgbx16
.dest 4 r float
.dest 4 g float
.dest 4 b float
.source 8 pixel guint64
.temp 4 rg
.temp 4 bx
.temp 2 w
.temp 4 l
.temp 4 f
splitql bx, rg, pixel
select0lw w, rg
convuwl l, w
convlf f, l
mulf r, f, 0.00389105058365759
select1lw w, rg
convuwl l, w
convlf f, l
mulf g, f, 0.00389105058365759
select0lw w, bx
convuwl l, w
convlf f, l
mulf b, f, 0.00389105058365759

# Sum of squared differences of two rows of bytes.  Exact in 32 bits for up to
# 66051 samples.
.function perceptual_orc_ssd_u8
.source 1 a guint8
.source 1 b guint8
.accumulator 4 sum guint32
.temp 2 wa
.temp 2 wb
.temp 4 sq
convubw wa, a
convubw wb, b
subw wa, wa, wb
mulswl sq, wa, wa
accl sum, sq

.function perceptual_orc_squares_row
.dest 4 sq float
.dest 4 sd float
.source 4 a float
.source 4 b float
.temp 4 t
.temp 4 q
mulf q, a, a
mulf t, b, b
addf sq, q, t
subf t, a, b
mulf sd, t, t

.function perceptual_orc_scale
.dest 4 d float
.source 4 a float
.floatparam 4 w
mulf d, a, w

.function perceptual_orc_add_scaled
.dest 4 d float
.source 4 a float
.floatparam 4 w
.temp 4 t
mulf t, a, w
addf d, d, t

# Rows of canonical planes: 8 bits, full range, chroma halved both ways.

# Luma in 16..235 to 0..255: ((max (y, 16) - 16) * 149 + 64) >> 7, at most 255.
.function perceptual_orc_full_luma
.dest 1 d guint8
.source 1 y guint8
.temp 1 b
.temp 2 w
subusb b, y, 16
convubw w, b
mullw w, w, 149
addw w, w, 64
shruw w, w, 7
convuuswb d, w

# Chroma in 16..240 to 0..255: (((c - 128) * 146 + 64) >> 7) + 128, in 0..255.
.function perceptual_orc_full_chroma
.dest 1 d guint8
.source 1 c guint8
.temp 2 w
convubw w, c
subw w, w, 128
mullw w, w, 146
addw w, w, 64
shrsw w, w, 7
addw w, w, 128
convsuswb d, w

# Samples of more than 8 bits, @shift bits up in their words: (v + half) >> more
# with half = 2^(depth - 9) and more = depth - 8, at most 255.
.function perceptual_orc_narrow
.dest 1 d guint8
.source 2 v guint16
.param 2 shift
.param 2 half
.param 2 more
.temp 2 w
shruw w, v, shift
addusw w, w, half
shruw w, w, more
convuuswb d, w

# Means of 2x2 samples of two rows, rounded half up.
.function perceptual_orc_half
.dest 1 d guint8
.source 2 a guint8
.source 2 b guint8
.temp 1 l
.temp 1 r
.temp 2 s
.temp 2 t
splitwb r, l, a
convubw s, l
convubw t, r
addw s, s, t
splitwb r, l, b
convubw t, l
addw s, s, t
convubw t, r
addw s, s, t
addw s, s, 2
shruw s, s, 2
convwb d, s

# R'G'B' of pixels of four bytes to Y: (54 R + 183 G + 19 B + 128) >> 8.
.function perceptual_orc_luma_of_rgb
.dest 1 y guint8
.source 4 pixel guint32
.temp 2 rg
.temp 2 b
.temp 2 t
.temp 2 s
select0lw rg, pixel
andw s, rg, 255
mullw s, s, 54
shruw t, rg, 8
mullw t, t, 183
addw s, s, t
select1lw b, pixel
andw b, b, 255
mullw b, b, 19
addw s, s, b
addw s, s, 128
shruw s, s, 8
convwb y, s

# To Cb: ((-29 R - 99 G + 128 B + 128) >> 8) + 128, at most 255.  With the last
# 128 inside the brackets as 32768 nothing is below 0, and what would not fit
# is what is cut to 255.
.function perceptual_orc_cb_of_rgb
.dest 1 c guint8
.source 4 pixel guint32
.temp 2 rg
.temp 2 b
.temp 2 t
.temp 2 s
loadpw s, 32896
select0lw rg, pixel
andw t, rg, 255
mullw t, t, 29
subw s, s, t
shruw t, rg, 8
mullw t, t, 99
subw s, s, t
select1lw b, pixel
andw b, b, 255
mullw b, b, 128
addusw s, s, b
shruw s, s, 8
convwb c, s

# To Cr: ((128 R - 116 G - 12 B + 128) >> 8) + 128, at most 255.
.function perceptual_orc_cr_of_rgb
.dest 1 c guint8
.source 4 pixel guint32
.temp 2 rg
.temp 2 b
.temp 2 t
.temp 2 s
loadpw s, 32896
select0lw rg, pixel
shruw t, rg, 8
mullw t, t, 116
subw s, s, t
select1lw b, pixel
andw b, b, 255
mullw b, b, 12
subw s, s, b
andw t, rg, 255
mullw t, t, 128
addusw s, s, t
shruw s, s, 8
convwb c, s
