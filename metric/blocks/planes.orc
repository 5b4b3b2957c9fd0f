# Rows of canonical planes: 8 bits, full range, chroma halved both ways.  Every
# program here is also plain C (orcc writes it), and the unit tests compare the
# two.  None accumulates, which versions of ORC compile differently.

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
