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

# The vertical step of the pyramid filter [1 4 6 4 1] / 16.
.function perceptual_orc_pyramid_rows
.dest 4 d float
.source 4 a float
.source 4 b float
.source 4 c float
.source 4 e float
.source 4 f float
.temp 4 outer
.temp 4 inner
.temp 4 mid
addf outer, a, f
addf inner, b, e
mulf inner, inner, 4.0
mulf mid, c, 6.0
addf outer, outer, inner
addf outer, outer, mid
mulf d, outer, 0.0625

# Luma .299 R + .587 G + .114 B less 127.5.
.function perceptual_orc_luma
.dest 4 y float
.source 4 r float
.source 4 g float
.source 4 b float
.temp 4 t
.temp 4 s
mulf s, r, 0.299
mulf t, g, 0.587
addf s, s, t
mulf t, b, 0.114
addf s, s, t
subf y, s, 127.5

# Per column of images a and b, over two rows: a^2 + b^2 and (a - b)^2.
.function perceptual_orc_squares
.dest 4 sq float
.dest 4 sd float
.source 4 a0 float
.source 4 b0 float
.source 4 a1 float
.source 4 b1 float
.temp 4 t
.temp 4 q
.temp 4 d
.temp 4 u
mulf q, a0, a0
mulf t, b0, b0
addf q, q, t
subf d, a0, b0
mulf d, d, d
mulf t, a1, a1
mulf u, b1, b1
addf t, t, u
addf sq, q, t
subf t, a1, b1
mulf t, t, t
addf sd, d, t

.function perceptual_orc_add4
.dest 4 d float
.source 4 a float
.source 4 b float
.source 4 c float
.source 4 e float
.temp 4 t
.temp 4 u
addf t, a, b
addf u, c, e
addf d, t, u

# Their sum divided by the 64 pixels of a box.
.function perceptual_orc_mean4
.dest 4 d float
.source 4 a float
.source 4 b float
.source 4 c float
.source 4 e float
.temp 4 t
.temp 4 u
addf t, a, b
addf u, c, e
addf t, t, u
mulf d, t, 0.015625

.function perceptual_orc_add2
.dest 4 d float
.source 4 a float
.source 4 b float
addf d, a, b

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
