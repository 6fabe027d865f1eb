"""What Disco Diffusion called things, what it took where a file says nothing, and which of its keys never acted.

Source: Disco Diffusion v5.7's settings and their history back to v2.
"""

from __future__ import annotations

CLIPS = {  # in the order they were loaded; six were built with another activation than they were trained with
    "ViTB32": "ViT-B-32/openai",
    "ViTB16": "ViT-B-16/openai",
    "ViTL14": "ViT-L-14/openai",
    "ViTL14_336px": "ViT-L-14-336/openai",
    "RN50": "RN50/openai",
    "RN50x4": "RN50x4/openai",
    "RN50x16": "RN50x16/openai",
    "RN50x64": "RN50x64/openai",
    "RN101": "RN101/openai",
    "ViTB32_laion2b_e16": "ViT-B-32/laion2b_e16",
    "ViTB32_laion400m_e31": "ViT-B-32-gelu/laion400m_e31",
    "ViTB32_laion400m_32": "ViT-B-32-gelu/laion400m_e32",
    "ViTB32quickgelu_laion400m_e31": "ViT-B-32-quickgelu/laion400m_e31",
    "ViTB32quickgelu_laion400m_e32": "ViT-B-32-quickgelu/laion400m_e32",
    "ViTB16_laion400m_e31": "ViT-B-16/laion400m_e31",
    "ViTB16_laion400m_e32": "ViT-B-16/laion400m_e32",
    "RN50_yffcc15m": "RN50-gelu/yfcc15m",
    "RN50_cc12m": "RN50-gelu/cc12m",
    "RN50_quickgelu_yfcc15m": "RN50-quickgelu/yfcc15m",
    "RN50_quickgelu_cc12m": "RN50-quickgelu/cc12m",
    "RN101_yfcc15m": "RN101-gelu/yfcc15m",
    "RN101_quickgelu_yfcc15m": "RN101-quickgelu/yfcc15m",
}
CLIPS_ON = ("ViTB32", "ViTB16", "RN50")  # where a file says nothing

LARGE = "512x512_diffusion_uncond_finetune_008100"
DIFFUSION = {  # and the size where a file says none
    LARGE: (1280, 768),
    "portrait_generator_v001": (1280, 768),
    "256x256_diffusion_uncond": (512, 448),
    "pixelartdiffusion_expanded": (512, 448),
    "pixel_art_diffusion_hard_256": (512, 448),
    "pixel_art_diffusion_soft_256": (512, 448),
    "pixelartdiffusion4k": (512, 448),
    "watercolordiffusion_2": (512, 448),
    "watercolordiffusion": (512, 448),
    "PulpSciFiDiffusion": (512, 448),
}

# The notebook's own, which its settings stored as width and height; the last two by what the model was trained on.
SIZE_KEYS = ("width_height", "width_height_for_512x512_models", "width_height_for_256x256_models")

CUTS = {
    "cut_overview": "[12]*400+[4]*600",
    "cut_innercut": "[4]*400+[12]*600",
    "cut_ic_pow": "[1]*1000",
    "cut_icgray_p": "[0.2]*400+[0]*600",
}
CUTN = 16  # before there were schedules of cuts
SCALES = {"clip_guidance_scale": 5000.0, "tv_scale": 0.0, "range_scale": 150.0, "sat_scale": 0.0}

STILL, FLAT, SPACE, VIDEO = "None", "2D", "3D", "Video Input"
MODES = (STILL, FLAT, SPACE, VIDEO)
FLAT_KEYS = {"angle": "0:(0)", "zoom": "0: (1), 10: (1.05)"}
SPACE_KEYS = {"translation_z": "0: (10.0)", **dict.fromkeys((f"rotation_3d_{axis}" for axis in "xyz"), "0: (0)")}
BOTH_KEYS = {"translation_x": "0: (0)", "translation_y": "0: (0)"}
CAMERA_KEYS = FLAT_KEYS | BOTH_KEYS | SPACE_KEYS
SPACE_ONLY = ("midas_depth_model", "midas_weight", "fov", "padding_mode", "sampling_mode")
TURBO = ("turbo_mode", "turbo_steps", "turbo_preroll", "turbo_frame_blend")
VIDEO_KEYS = (
    *("video_init_path", "extract_nth_frame", "video_init_seed_continuity", "video_init_steps"),
    *("video_init_clip_guidance_scale", "video_init_tv_scale", "video_init_range_scale", "video_init_sat_scale"),
    *("video_init_cutn_batches", "video_init_skip_steps", "video_init_frames_scale", "video_init_frames_skip_steps"),
    *("video_init_flow_warp", "video_init_flow_blend", "video_init_check_consistency", "video_init_blend_mode"),
)
INERT = {
    "near_plane": "had no effect there",
    "far_plane": "had no effect there",
    "randomize_class": "none of its models had classes",
    "diffusion_steps": "followed from steps",
    "timestep_respacing": "followed from steps",
    "key_frames": "was always on where films were made",
}
BORDERS = {"border": "smear", "reflection": "reflect"}
