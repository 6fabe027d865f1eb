"""What ffmpeg is told for each codec: how colours become the codec's own, and how much of them is kept.

Films in YUV are converted by BT.709 to limited range and say so, in their stream and in their file; GIF, WebP and PNG
are RGB to whoever shows them and carry no such tag. Every encoder runs on a fixed number of threads, whatever cores
there are: most write other bytes for each number.
"""

from __future__ import annotations

from ..types import FilmFormat, Size
from ..types.codec import CODECS, QUALITIES

SCALE = "flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
# set on the frames: the encoder prefers what they say to its own options (primaries were lost that way)
_BT709 = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
# x264's MB-tree reads memory that it never wrote where it has AVX-512 and a row is not a multiple of 8 macroblocks:
# its films were other bytes in every process
_TAME_X264 = ("-x264-params", "asm=AVX2")
# By quality. At one constant rate factor `veryfast` writes as many bytes as `medium` in 40 % of the time and is 0.9 dB
# further from the frames, at 46 dB (the demo's film and another, enlarged to 512 px, on two cores).
_X264_PRESETS = ("veryfast", "veryfast", "medium")
_X264_THREADS = "4"  # frames it works at side by side: 1.8 times as fast on two cores, and a film no larger
_AVX512 = 13  # as OpenCV counts what processors have: CV_CPU_AVX_512F, which its Python names nowhere
_X265 = "pools=none:frame-threads=1:info=0:log-level=error"
_PRORES = ("0", "3", "4")  # Proxy, HQ and 4444, by quality
_GIF = (("64", "bayer:bayer_scale=3"), ("256", "bayer:bayer_scale=4"), ("256", "sierra2_4a"))  # colours and dither
_WEBP = (("-q:v", "60"), ("-q:v", "90"), ("-lossless", "1"))


def filters(size: Size, format: FilmFormat, *, times: int) -> str:
    """Return ffmpeg's filter chain: `times` larger by Lanczos, sides made even for YUV, and the codec's colours."""
    height, width = size.height * times, size.width * times
    chain = ["format=gbrp"]
    if times > 1:
        chain.append(f"scale=w={width}:h={height}:{SCALE}")
    pixels = _yuv(format)
    if not pixels:
        return ",".join([*chain, _rgb(format)])
    if height % 2 or width % 2:
        chain.append(f"pad=w={width + width % 2}:h={height + height % 2}:x=0:y=0")
        chain.append(f"fillborders=right={width % 2}:bottom={height % 2}:mode=smear")
    chain.append(f"scale={SCALE}:in_range=full:out_range=limited:out_color_matrix=bt709")
    return ",".join([*chain, f"format={pixels}", _BT709])


def encoding(format: FilmFormat, *, preset: str | None) -> list[str]:
    """Return the encoder's arguments; `preset` is x264's, by default that of the format's quality."""
    codec, level = CODECS[format.codec], QUALITIES.index(format.quality)
    preset = preset or _X264_PRESETS[level]
    crf = ["-crf", str(format.settled_crf)]
    more = {
        "h264": ["-preset", preset, *crf, "-threads", _X264_THREADS, *(_TAME_X264 if _has_avx512() else ())],
        "h265": ["-preset", "medium", *crf, "-threads", "1", "-x265-params", _X265, "-tag:v", "hvc1"],
        "vp9": [*crf, "-b:v", "0", "-deadline", "good", "-cpu-used", "2", "-row-mt", "0", "-threads", "1"],
        "av1": [*crf, "-preset", "6", "-svtav1-params", "lp=1"],
        "prores": ["-profile:v", _PRORES[level], "-vendor", "apl0", "-threads", "1"],
        "gif": ["-threads", "1"],
        "webp": [*_WEBP[level], "-threads", "1"],
        "png": ["-threads", "1"],
    }
    pixels = _yuv(format)
    return [
        "-c:v",
        codec.encoder,
        *more[format.codec],
        *(["-pix_fmt", pixels] if pixels else []),
        "-flags:v",
        "+bitexact",
    ]


def container(format: FilmFormat) -> list[str]:
    """Return the arguments for the kind of file."""
    kind = CODECS[format.codec].container
    more = {
        "mp4": ["-movflags", "+faststart"],
        "mov": ["-movflags", "+faststart"],
        "gif": ["-loop", "0"],
        "webp": ["-loop", "0"],
        "image2": ["-start_number", "0"],
    }
    return [*more.get(kind, []), "-fflags", "+bitexact", "-f", kind]


def _has_avx512() -> bool:
    """Tell whether the processor has vector instructions of 512 bits, and so all of the smaller ones."""
    import cv2

    return cv2.checkHardwareSupport(_AVX512)


def _yuv(format: FilmFormat) -> str:
    """Return ffmpeg's name of the pixels of a codec that holds YUV, else ""."""
    if format.codec == "prores":
        return "yuv444p10le" if format.quality == QUALITIES[-1] else "yuv422p10le"
    return "yuv420p" if format.codec in ("h264", "h265", "vp9", "av1") else ""


def _rgb(format: FilmFormat) -> str:
    """Return the end of the filter chain of a codec that holds RGB."""
    if format.codec == "webp":
        return "format=bgra"
    if format.codec == "png":
        return "format=rgb24"
    colours, dither = _GIF[QUALITIES.index(format.quality)]
    # a palette for each frame: one for all of them would need the whole film in memory first
    palette = f"palettegen=stats_mode=single:reserve_transparent=0:max_colors={colours}"
    return f"format=rgb24,split[a][b];[a]{palette}[p];[b][p]paletteuse=new=1:dither={dither}"
