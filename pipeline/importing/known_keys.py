"""Every key that each program wrote into its settings, by which a file is known for whose it is.

Source: the settings files of each: Disco Diffusion v2 to v5.7, the web UI's and the notebook's Deforum and
deforum-studio, Parseq's documents, PyTTI's default configuration, WarpFusion's settings, FizzNodes' inputs.
"""

from __future__ import annotations

from . import deforum_tables, disco_tables, discoart
from .reading import BARE

DISCO = frozenset(
    (
        *("text_prompts", "image_prompts", "clip_guidance_scale", "tv_scale", "range_scale", "sat_scale", "init_scale"),
        *("frames_scale", "clamp_max", "clamp_grad", "rand_mag", "eta", "cutn", "cutn_batches", "max_frames", "seed"),
        *("skip_steps", "skip_timesteps", "width", "height", "steps", "interp_spline", "perlin_init", "perlin_mode"),
        *disco_tables.SIZE_KEYS,
        *(
            "diffusion_model",
            "diffusion_sampling_mode",
            "frames_skip_steps",
            "init_image",
            "skip_augs",
            "clip_denoised",
        ),
        *("fuzzy_prompt", "use_secondary_model", "use_horizontal_symmetry", "use_vertical_symmetry"),
        *(
            "animation_mode",
            "transformation_percent",
            *disco_tables.CLIPS,
            *disco_tables.CUTS,
            *disco_tables.CAMERA_KEYS,
        ),
        *(*disco_tables.INERT, *disco_tables.SPACE_ONLY, *disco_tables.TURBO, *disco_tables.VIDEO_KEYS),
    )
)

DISCOART = frozenset(discoart.KEYS)

CONTROL = (
    *("overwrite_frames", "vid_path", "mask_vid_path", "enabled", "low_vram", "pixel_perfect", "module", "model"),
    *("weight", "guidance_start", "guidance_end", "processor_res", "threshold_a", "threshold_b", "resize_mode"),
    *("control_mode", "loopback_mode"),
)
HYBRID = (
    *("generate_inputframes", "use_first_frame_as_init_image", "use_init_image", "motion", "motion_use_prev_img"),
    *("flow_method", "flow_factor_schedule", "flow_consistency", "consistency_blur", "composite"),
    *("comp_alpha_schedule", "comp_mask_type", "comp_mask_inverse", "comp_mask_equalize", "use_full_video"),
    *("comp_mask_contrast_schedule", "comp_mask_auto_contrast", "comp_mask_auto_contrast_cutoff_low_schedule"),
    *("comp_mask_auto_contrast_cutoff_high_schedule", "comp_mask_blend_alpha_schedule", "comp_save_extra_frames"),
)
DEFORUM = frozenset(
    (
        *("prompts", "positive_prompts", "negative_prompts", "W", "H", "steps", "seed", "seed_iter_N", "max_frames"),
        *("fps", "sampler", "seed_behavior", "seed_schedule", "animation_mode", "border", "padding_mode"),
        *(
            "sampling_mode",
            "use_init",
            "strength_0_no_init",
            "strength",
            "init_image",
            "mask_file",
            "use_depth_warping",
        ),
        *("mask_contrast_adjust", "mask_brightness_adjust", "mask_overlay_blur", "full_res_mask_padding"),
        *("overlay_mask", "invert_mask", "use_alpha_as_mask", "full_res_mask", "fill", "mask_schedule"),
        *("depth_algorithm", "midas_weight", "use_zoe_depth", "noise_schedule", "strength_schedule"),
        *("contrast_schedule", "cfg_scale_schedule", "amount_schedule", "kernel_schedule", "sigma_schedule"),
        *("threshold_schedule", "cadence_flow_factor_schedule", "redo_flow_factor_schedule", "noise_type"),
        *("perlin_octaves", "perlin_persistence", "color_coherence", "color_coherence_image_path"),
        *("color_coherence_video_every_N_frames", "legacy_colormatch", "video_init_path", "extract_nth_frame"),
        *("extract_from_frame", "extract_to_frame", "overwrite_extracted_frames", "init_images"),
        *("image_strength_schedule", "blendFactorMax", "blendFactorSlope", "tweening_frames_schedule"),
        *("color_correction_factor", "parseq_use_deltas", "parseq_non_schedule_overrides", "resume_timestring"),
        *("r_upscale_keep_imgs", "r_upscale_factor", "r_upscale_model", "frame_interpolation_slow_mo_enabled"),
        *("frame_interpolation_keep_imgs", "frame_interpolation_use_upscaled", "frame_interpolation_x_amount"),
        *("frame_interpolation_slow_mo_amount", "soundtrack_path", "video_mask_path", "noise_mask_schedule"),
        *("reroll_patience", "bpm", "beat_offset", "schedule_events", "areas", "color_match_at"),
        *("use_mask", "use_looper", "add_soundtrack", "r_upscale_video", "frame_interpolation_engine"),
        *deforum_tables.MASK_KEYS,
        *deforum_tables.OF_FRAME_BEFORE,
        *deforum_tables.OF_SPACE,
        *("diffusion_cadence", "optical_flow_cadence"),
        *deforum_tables.RENAMED,
        *deforum_tables.RENAMED.values(),
        *deforum_tables.FLAT,
        *deforum_tables.SPACE,
        *deforum_tables.SWITCHED,
        *deforum_tables.SWITCHED.values(),
        *deforum_tables.ACTIVE_UNLESS,
        *deforum_tables.NO_EFFECT,
        *(f"cn_{n}_{name}" for n in range(1, 6) for name in CONTROL),
        *(f"hybrid_{name}" for name in HYBRID),
    )
)

PARSEQ = frozenset(
    (
        *("meta", "options", "managedFields", "displayedFields", "keyframes", "prompts", "timeSeries", "keyframeLock"),
        *("reverseRender", "rendered_frames", "rendered_frames_meta"),
    )
)

PYTTI = frozenset(
    (
        *("scenes", "scene_prefix", "scene_suffix", "direct_image_prompts", "init_image", "direct_init_weight"),
        *("semantic_init_weight", "image_model", "vqgan_model", "animation_mode", "width", "height", "steps_per_scene"),
        *("steps_per_frame", "interpolation_steps", "learning_rate", "reset_lr_each_frame", "seed", "cutouts"),
        *("cut_pow", "cutout_border", "border_mode", "field_of_view", "near_plane", "far_plane", "translate_x"),
        *("translate_y", "translate_z_3d", "rotate_3d", "rotate_2d", "zoom_x_2d", "zoom_y_2d", "sampling_mode"),
        *("infill_mode", "pre_animation_steps", "lock_camera", "pixel_size", "smoothing_weight", "palette_size"),
        *("random_initial_palette", "palettes", "gamma", "hdr_weight", "palette_normalization_weight", "show_palette"),
        *("target_palette", "lock_palette", "frames_per_second", "direct_stabilization_weight", "frame_stride"),
        *("semantic_stabilization_weight", "depth_stabilization_weight", "edge_stabilization_weight", "video_path"),
        *("flow_stabilization_weight", "reencode_each_frame", "flow_long_term_samples", "file_namespace"),
        *("allow_overwrite", "display_every", "clear_every", "display_scale", "save_every", "backups", "show_graphs"),
        *("approximate_vram_usage", "use_tensorboard", "models_parent_dir", "gradient_accumulation_steps", "defaults"),
        *("input_audio", "input_audio_offset", "input_audio_filters", "use_mmc", "mmc_models", "conf", "device"),
        *("ViTB32", "ViTB16", "ViTL14", "RN50", "RN101", "RN50x4", "RN50x16", "RN50x64"),
    )
)

WARP_SCHEDULES = (
    *("steps_schedule", "style_strength_schedule", "flow_blend_schedule", "cfg_scale_schedule"),
    *("latent_scale_schedule", "init_scale_schedule", "image_scale_schedule", "negative_mask_schedule"),
)
WARP = frozenset(
    (
        *("text_prompts", "negative_prompts", "image_prompts", "prompt_patterns_sched", "blend_json_schedules"),
        *("width_height", "seed", "max_frames", "frame_range", "video_init_path", "extract_nth_frame", "init_image"),
        *("animation_mode", "cond_image_src", "check_consistency", "flow_warp", "normalize_latent", "fixed_code"),
        *("code_randomness", "dynamic_thresh", "clamp_max", "sampler", "user_settings", "make_schedules"),
        *("clip_guidance_scale", "sat_scale", "reverse_cc_order", "missed_consistency_weight", "colormatch_frame"),
        *("overshoot_consistency_weight", "edges_consistency_weight", "mask_result", "use_predicted_noise"),
        *WARP_SCHEDULES,
    )
)

FIZZ = frozenset(
    (
        *(BARE, "text", "max_frames", "current_frame", "print_output", "pre_text", "app_text", "start_frame"),
        *("end_frame", "pw_a", "pw_b", "pw_c", "pw_d", "clip", "noised_latents", "num_latents", "stack_direction"),
    )
)
