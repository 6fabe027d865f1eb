"""What Deforum calls things: keys that act only under a switch, that are off at a value, or that have no place here.

Source: Deforum's settings files of the web UI, the notebook and deforum-studio.
"""

from __future__ import annotations

RENAMED = {
    "width": "W",
    "height": "H",
    "animation_prompts": "prompts",
    "animation_prompts_positive": "positive_prompts",
    "animation_prompts_negative": "negative_prompts",
    "flip_2d_perspective": "enable_perspective_flip",
    "skip_video_for_run_all": "skip_video_creation",
}
MODES = ("2D", "3D", "Video Input", "Interpolation", "None")
MOTIONS = {"Optical Flow": "flow", "Perspective": "perspective", "Affine": "affine"}
FLAT = {"angle": "roll", "zoom": "zoom", "transform_center_x": "center_x", "transform_center_y": "center_y"}
FLIP = {
    "perspective_flip_phi": "flip_x",
    "perspective_flip_gamma": "flip_y",
    "perspective_flip_theta": "flip_z",
    "perspective_flip_fv": "flip_fov",
}
SPACE = {
    **{f"translation_{axis}": f"translation_{axis}" for axis in "xyz"},
    **{f"rotation_3d_{axis}": f"rotation_{axis}" for axis in "xyz"},
    "fov_schedule": "fov",
    "aspect_ratio_schedule": "aspect",
}
OF_SPACE = (
    *("padding_mode", "sampling_mode", "depth_algorithm", "midas_weight", "use_depth_warping", "use_zoe_depth"),
    "aspect_ratio_use_old_formula",
)
STANDING = {
    "zoom": 1.0,
    "transform_center_x": 0.5,
    "transform_center_y": 0.5,
    "aspect_ratio_schedule": 1.0,
    "perspective_flip_fv": 53.0,
}
DEFAULTS: dict[str, str | float] = {  # where they move something though a file says nothing
    "zoom": "0: (1.0025+0.002*sin(1.25*3.14*t/30))",
    "translation_z": "0: (1.75)",
    "fov_schedule": 70,
}
COLOURS = {"HSV": "hsv", "LAB": "lab", "RGB": "rgb"}
SEEDS = {"iter": "frame", "fixed": "fixed", "ladder": "ladder", "alternate": "alternate", "schedule": "schedule"}
BORDERS = {"border": "smear", "reflection": "reflect"}

SWITCHED = {  # keys that count only where a switch is on
    "steps_schedule": "enable_steps_scheduling",
    "sampler_schedule": "enable_sampler_scheduling",
    "checkpoint_schedule": "enable_checkpoint_scheduling",
    "clipskip_schedule": "enable_clipskip_scheduling",
    "noise_multiplier_schedule": "enable_noise_multiplier_scheduling",
    "ddim_eta_schedule": "enable_ddim_eta_scheduling",
    "ancestral_eta_schedule": "enable_ancestral_eta_scheduling",
    "subseed_schedule": "enable_subseed_scheduling",
    "subseed_strength_schedule": "enable_subseed_scheduling",
    **dict.fromkeys(
        (f"perspective_flip_{name}" for name in ("theta", "phi", "gamma", "fv")), "enable_perspective_flip"
    ),
}
ACTIVE_UNLESS = {  # keys with no place here, which did nothing at one of these values
    "tiling": (False,),
    "restore_faces": (False,),
    "use_noise_mask": (False,),
    "use_mask_video": (False,),
    "color_force_grayscale": (False,),
    "hybrid_motion": ("None",),
    "hybrid_composite": ("None", False),
    "optical_flow_redo_generation": ("None", False),
    "diffusion_redo": ("0", 0, ""),
    "parseq_manifest": ("", None),
    "seed_resize_from_w": (0, "0", -1),
    "seed_resize_from_h": (0, "0", -1),
    "reroll_blank_frames": ("ignore",),
    "make_gif": (False,),
    "resume_from_timestring": (False,),
    "motion_preview_mode": (False,),
    "aspect_ratio_use_old_formula": (False,),
    "areas": ({}, [], None, ""),
    "schedule_events": ([], None, ""),
    "color_match_at": ([], None, ""),
    "beat_offset": (0,),
    **{f"cn_{n}_enabled": (False,) for n in range(1, 6)},
}
WHAT_TO_DO = {
    "parseq_manifest": "its values took the place of these schedules; --fetch reads it from its address",
    "make_gif": "pipeline assemble --codec gif makes one of the film",
    "color_force_grayscale": "ask for grey in the prompts",
}
FILLS = ("1", "original")
MASK_KEYS: dict[str, tuple[str, tuple]] = {  # where a mask acts: what to do unless a value is one of these
    "mask_file": ("", ()),
    "invert_mask": ("", ()),
    "overlay_mask": ("", ()),
    "mask_overlay_blur": ("", ()),
    "fill": ("", ()),
    "use_alpha_as_mask": ("write what is opaque as white into a picture of its own", (False,)),
    "mask_contrast_adjust": ("change the contrast of the picture itself", (1, "1", "1.0")),
    "mask_brightness_adjust": ("change the brightness of the picture itself", (1, "1", "1.0")),
    "mask_schedule": ("one picture masks the whole film here", ("", '0: ("{video_mask}")', '0:("{video_mask}")')),
    "full_res_mask": ("", ()),  # all is drawn at its own size here
    "full_res_mask_padding": ("", ()),
}
OF_FRAME_BEFORE = (
    *("strength_schedule", "noise_schedule", "noise_type", "perlin_octaves", "perlin_persistence"),
    *("contrast_schedule", "amount_schedule", "kernel_schedule", "sigma_schedule", "threshold_schedule"),
    *("color_coherence", "color_coherence_image_path", "legacy_colormatch", "color_coherence_video_every_N_frames"),
    *("diffusion_cadence", "optical_flow_cadence", "cadence_flow_factor_schedule", "use_looper", "init_images"),
    *("image_strength_schedule", "blendFactorMax", "blendFactorSlope", "tweening_frames_schedule"),
    "color_correction_factor",
)
HYBRID = ("hybrid_motion", "hybrid_composite", "animation_mode")
BELONGS = {  # how keys begin, and the switches without which they do nothing; {} is the key's own beginning
    "cn_": ("{}_enabled",),
    "hybrid_": HYBRID,
    "video_init_path": HYBRID,
    "extract_": HYBRID,
    "overwrite_extracted_frames": HYBRID,
    "color_coherence_video": ("color_coherence",),
    "r_upscale_": ("r_upscale_video",),
    "frame_interpolation_": ("frame_interpolation_engine",),
    "parseq_": ("parseq_manifest",),
    "resume_timestring": ("resume_from_timestring",),
    "reroll_patience": ("reroll_blank_frames",),
    "noise_mask_schedule": ("use_noise_mask",),
    "video_mask_path": ("use_mask_video",),
    **dict.fromkeys(("redo_flow",), ("optical_flow_redo_generation",)),
    "mask_schedule": ("use_mask_video",),
}
NO_EFFECT = (
    *("sd_model_name", "sd_model_hash", "deforum_git_commit_id", "batch_name", "fetched_parseq_manifest_summary"),
    *("show_info_on_ui", "near_schedule", "far_schedule", "save_depth_maps", "engine", "dry_run", "outdir"),
    *("skip_video_creation", "delete_imgs", "delete_input_frames", "store_frames_in_ram", "histogram_matching"),
    *("pix2pix_img_cfg_scale_schedule", "perlin_w", "perlin_h", "subseed", "timestring"),
)
