# Pixel reductions on whole rows.  Every program here is also plain C (orcc
# writes it), and the unit tests compare the two on random sizes.

# Sum of squared differences of the colour samples of two rows of RGBX pixels;
# the X byte is masked away.  Exact in 32 bits for up to 22016 pixels.
.function perceptual_orc_ssd_rgbx8
.source 4 a guint8
.source 4 b guint8
.accumulator 4 sum guint32
.temp 4 ma
.temp 4 mb
.temp 2 a0
.temp 2 a1
.temp 2 b0
.temp 2 b1
.temp 4 wa
.temp 4 wb
.temp 8 sq
.temp 4 lo
.temp 4 hi
andl ma, a, 0x00ffffff
andl mb, b, 0x00ffffff
splitlw a1, a0, ma
splitlw b1, b0, mb
x2 convubw wa, a0
x2 convubw wb, b0
x2 subw wa, wa, wb
x2 mulswl sq, wa, wa
splitql hi, lo, sq
accl sum, lo
accl sum, hi
x2 convubw wa, a1
x2 convubw wb, b1
x2 subw wa, wa, wb
x2 mulswl sq, wa, wa
splitql hi, lo, sq
accl sum, lo
accl sum, hi
