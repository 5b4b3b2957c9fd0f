#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes values of options, good and broken, for fuzzing to start from.

Usage: values_seeds.py FOLDER

The first letter of each chooses what reads it, in the order of values.c.
"""

from seeds import write_seeds

TEXTS = [
    # times
    "40ms 1.5s 0:01:30 3f -3f -40ms 0 1 999999 1e9 .5s 1. 1.5 1:60 1:2:3:4 "
    "100:00 9223372036854775807 9223372036854775808 -9223372036854775808 "
    "2562047:47:16.854775807 2562047:47:16.854775808 18446744073709551616h "
    "33.366667ms 1µs 1m 1min 5x :1 1: - 0.9999999999999999s",
    # quantities
    "90 1:30 512M 2G 1.5GiB 0 -1 1e30 inf nan 0x10 1e-320 3 10 11 9999999999G "
    "10000h 10001h 1ms .5 5",
    # parts of pictures
    "64x48+0+0 1x1+16384+16384 0x1+0+0 16385x1+0+0 64x48 64x48+1 "
    "99999999999999999999x1+0+0 -1x1+0+0 1x1+0+0x auto",
    # headerless video
    "720x404:i420:25 1920x1080:I420_10LE:30000/1001 1x1:rgb24 "
    "16384x16384:argb64 16385x1:i420 3x3:v210:23.976 3x3:nv12_64z32 "
    "3x3:encoded 3x3:i420:0 3x3:i420:1/0 3x3:i420:nan 3x3:i420:1e5 "
    "3x3:i420:999999.5 0x0:i420 3x3 "
    "3x3:yuv420p10le:2147483648 3x3:gray16le:60/1/1",
    # metrics
    "lpips lpips:backbone=vgg,taps=1,3 mmd-ssim: mmd:features=0 "
    "psnr,ssim,lpips:taps=1,2,psnr , :, lpips:heads lpips:= mmd-sim",
    # their options
    "1 0 -1 0.5 1e999 nan true vgg none 1,2,3 1,,2 7,1 18446744073709551615 "
    "random 1,1 0.1 sort",
    # targets
    "p95<0.02 mean>=40 p5>32 p95<=0 worst-second<1 max<nan p95<1e999 p95 <1 "
    "p95=1 p95<>1 p95<-1 median<0x10",
    # properties
    "true 1 -5 10 3 18446744073709551615 18446744073709551616 7 7.1 -2 30 "
    "30000/1001 1/0 0/1 121 40ms ready paused nope -9223372036854775808",
    # encoders
    "x264 x264:speed-preset=1,tune=4 x264:bitrate=1 nope x264: x264:a "
    "x264enc!quantizer={value} x264:option-string=a=1\\,b=2 "
    "x{input}{output}{value} 20:40 1:5:0.5",
    # ranges
    "20:40 40:20 1:5:0.5 0:51:0 0:1e300:1e-300 1:2:3:4 nan:1 -1e308:1e308 "
    "500:2000 5:5 0:51:0.0000001 20:40:-1 100:8000",
    # perceptual-compare
    "p95<0.02 lpips.max<=0.4 psnr.p5>32 0.5 -1 2% 0.001 -2% 40ms 3f 10 nan "
    "lpips:heads=0.1.mean<1 < >= p95<=< 720x404:i420:25 auto both 64x48+1+1",
    # addresses
    "127.0.0.1:9750 [::1]:9750 0.0.0.0 localhost localhost:0 1.2.3.4:65536 "
    "[::1 [fe80::1%eth0]:1 :1 a.example:80 ::1",
]
CONFIG = ["name = value\n# no\n\nsrt://a:1?x=1\n--log=a\n", "config = a\n",
          "a=\n", "=a\n", "a\n=b\r\n", "  x  =  y  \n", "--config=a"]

write_seeds(
    [chr(ord("a") + number) + word for number, words in enumerate(TEXTS)
     for word in words.split(" ")]
    + ["m" + text for text in CONFIG]
    + [chr(ord("a") + number) for number in range(13)]
    + [bytes([ord("a") + number]) + b"\xff\x1b[2J\n" for number in range(13)])
