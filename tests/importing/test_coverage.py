"""Every key that each program wrote has a verdict here: one that is forgotten fails by its name.

The lists are the programs' own, written out here once more and not taken from the importer's tables.
"""

from __future__ import annotations

import json

import pytest

from pipeline.importing import known_keys
from tests.importing.test_deforum import FLAT
from tests.importing.test_disco import V57
from tests.importing.test_parseq_formulas import line, manifest
from tests.importing.test_warpfusion import SETTINGS

DISCO = """
text_prompts image_prompts clip_guidance_scale tv_scale range_scale sat_scale init_scale frames_scale clamp_max
rand_mag eta cutn_batches max_frames skip_steps seed width height steps diffusion_steps extract_nth_frame
turbo_preroll interp_spline perlin_mode diffusion_model diffusion_sampling_mode midas_depth_model padding_mode
sampling_mode video_init_path frames_skip_steps turbo_steps init_image perlin_init skip_augs randomize_class
clip_denoised clamp_grad fuzzy_prompt use_secondary_model key_frames video_init_seed_continuity turbo_mode
use_horizontal_symmetry use_vertical_symmetry ViTB32 ViTB16 ViTL14 ViTL14_336px RN101 RN50 RN50x4 RN50x16 RN50x64
ViTB32_laion2b_e16 ViTB32_laion400m_e31 ViTB32_laion400m_32 ViTB32quickgelu_laion400m_e31
ViTB32quickgelu_laion400m_e32 ViTB16_laion400m_e31 ViTB16_laion400m_e32 RN50_yffcc15m RN50_cc12m
RN50_quickgelu_yfcc15m RN50_quickgelu_cc12m RN101_yfcc15m RN101_quickgelu_yfcc15m cut_overview cut_innercut
cut_ic_pow cut_icgray_p angle zoom translation_x translation_y translation_z rotation_3d_x rotation_3d_y
rotation_3d_z midas_weight near_plane far_plane fov transformation_percent video_init_steps video_init_cutn_batches
video_init_skip_steps video_init_clip_guidance_scale video_init_tv_scale video_init_range_scale video_init_sat_scale
video_init_frames_scale video_init_flow_blend video_init_frames_skip_steps video_init_blend_mode video_init_flow_warp
video_init_check_consistency cutn timestep_respacing skip_timesteps turbo_frame_blend
"""
DISCOART = """
text_prompts init_image width_height skip_steps steps init_scale clip_guidance_scale tv_scale range_scale sat_scale
cutn_batches diffusion_model diffusion_model_config use_secondary_model diffusion_sampling_mode perlin_init
perlin_mode seed eta clamp_grad clamp_max randomize_class clip_denoised rand_mag cut_overview cut_innercut
cut_icgray_p cut_ic_pow cut_schedules_group save_rate gif_fps gif_size_ratio n_batches batch_size batch_name
clip_models clip_models_schedules use_vertical_symmetry use_horizontal_symmetry transformation_percent
on_misspelled_token name_docarray skip_event stop_event text_clip_on_cpu truncate_overlength_prompt image_output
visualize_cuts display_rate init_document clip_sequential_evaluation fuzzy_prompt skip_augs
"""
DEFORUM = """
prompts positive_prompts negative_prompts sd_model_name sd_model_hash deforum_git_commit_id batch_name
fetched_parseq_manifest_summary W H steps seed seed_resize_from_w seed_resize_from_h seed_iter_N max_frames
diffusion_cadence fps sampler seed_behavior animation_mode border padding_mode sampling_mode tiling restore_faces
show_info_on_ui motion_preview_mode reroll_blank_frames reroll_patience diffusion_redo use_init strength_0_no_init
strength init_image use_mask use_alpha_as_mask invert_mask overlay_mask full_res_mask mask_file mask_contrast_adjust
mask_brightness_adjust mask_overlay_blur full_res_mask_padding fill use_noise_mask use_mask_video video_mask_path
mask_schedule noise_mask_schedule angle zoom translation_x translation_y translation_z transform_center_x
transform_center_y rotation_3d_x rotation_3d_y rotation_3d_z perspective_flip_theta perspective_flip_phi
perspective_flip_gamma perspective_flip_fv fov_schedule aspect_ratio_schedule near_schedule far_schedule
enable_perspective_flip aspect_ratio_use_old_formula use_depth_warping save_depth_maps depth_algorithm midas_weight
noise_schedule strength_schedule contrast_schedule cfg_scale_schedule pix2pix_img_cfg_scale_schedule steps_schedule
seed_schedule subseed_schedule subseed_strength_schedule sampler_schedule checkpoint_schedule clipskip_schedule
noise_multiplier_schedule ddim_eta_schedule ancestral_eta_schedule amount_schedule kernel_schedule sigma_schedule
threshold_schedule cadence_flow_factor_schedule redo_flow_factor_schedule enable_steps_scheduling
enable_sampler_scheduling enable_checkpoint_scheduling enable_clipskip_scheduling enable_noise_multiplier_scheduling
enable_ddim_eta_scheduling enable_ancestral_eta_scheduling enable_subseed_scheduling noise_type perlin_octaves
perlin_persistence color_coherence color_coherence_image_path color_coherence_video_every_N_frames
color_force_grayscale legacy_colormatch optical_flow_cadence optical_flow_redo_generation video_init_path
extract_nth_frame extract_from_frame extract_to_frame overwrite_extracted_frames hybrid_generate_inputframes
hybrid_use_first_frame_as_init_image hybrid_use_init_image hybrid_motion hybrid_motion_use_prev_img
hybrid_flow_method hybrid_flow_factor_schedule hybrid_flow_consistency hybrid_consistency_blur hybrid_composite
hybrid_comp_alpha_schedule hybrid_comp_mask_type hybrid_comp_mask_inverse hybrid_comp_mask_equalize
hybrid_comp_mask_contrast_schedule hybrid_comp_mask_auto_contrast hybrid_comp_mask_auto_contrast_cutoff_low_schedule
hybrid_comp_mask_auto_contrast_cutoff_high_schedule hybrid_comp_mask_blend_alpha_schedule
hybrid_comp_save_extra_frames use_looper init_images image_strength_schedule blendFactorMax blendFactorSlope
tweening_frames_schedule color_correction_factor parseq_manifest parseq_use_deltas parseq_non_schedule_overrides
resume_from_timestring resume_timestring skip_video_creation make_gif delete_imgs delete_input_frames
store_frames_in_ram r_upscale_video r_upscale_keep_imgs frame_interpolation_slow_mo_enabled
frame_interpolation_keep_imgs frame_interpolation_use_upscaled add_soundtrack soundtrack_path r_upscale_factor
r_upscale_model frame_interpolation_engine frame_interpolation_x_amount frame_interpolation_slow_mo_amount
histogram_matching use_zoe_depth engine hybrid_use_full_video bpm beat_offset schedule_events areas color_match_at
dry_run
"""
CONTROL = """
overwrite_frames vid_path mask_vid_path enabled low_vram pixel_perfect module model weight guidance_start
guidance_end processor_res threshold_a threshold_b resize_mode control_mode loopback_mode
"""
RENAMED = "animation_prompts animation_prompts_positive animation_prompts_negative flip_2d_perspective"
RENAMED += " skip_video_for_run_all width height"
PARSEQ = "meta options managedFields displayedFields keyframes prompts timeSeries keyframeLock reverseRender"
PARSEQ += " rendered_frames rendered_frames_meta"
PARSEQ_FIELDS = """
seed scale noise noise_multiplier strength clipskip contrast angle zoom transform_center_x transform_center_y
perspective_flip_theta perspective_flip_phi perspective_flip_gamma perspective_flip_fv translation_x translation_y
translation_z rotation_3d_x rotation_3d_y rotation_3d_z fov near far antiblur_kernel antiblur_sigma antiblur_amount
antiblur_threshold hybrid_comp_alpha hybrid_comp_mask_blend_alpha hybrid_comp_mask_contrast
hybrid_comp_mask_auto_contrast_cutoff_low hybrid_comp_mask_auto_contrast_cutoff_high hybrid_flow_factor
cadence_flow_factor redo_flow_factor cn_1_weight cn_5_guidance_start cn_5_guidance_end guided_blendFactorMax
guided_blendFactorSlope guided_tweening_frames guided_color_correction_factor prompt_weight_1 prompt_weight_8
"""
PYTTI = """
scenes scene_prefix scene_suffix direct_image_prompts init_image direct_init_weight semantic_init_weight image_model
vqgan_model animation_mode width height steps_per_scene steps_per_frame interpolation_steps learning_rate
reset_lr_each_frame seed cutouts cut_pow cutout_border border_mode field_of_view near_plane far_plane translate_x
translate_y translate_z_3d rotate_3d rotate_2d zoom_x_2d zoom_y_2d sampling_mode infill_mode pre_animation_steps
lock_camera pixel_size smoothing_weight random_initial_palette palette_size palettes gamma hdr_weight
palette_normalization_weight show_palette target_palette lock_palette frames_per_second direct_stabilization_weight
semantic_stabilization_weight depth_stabilization_weight edge_stabilization_weight flow_stabilization_weight
video_path frame_stride reencode_each_frame flow_long_term_samples ViTB32 ViTB16 ViTL14 RN50 RN101 RN50x4 RN50x16
RN50x64 file_namespace allow_overwrite display_every clear_every display_scale save_every backups show_graphs
approximate_vram_usage use_tensorboard models_parent_dir gradient_accumulation_steps input_audio input_audio_offset
input_audio_filters
"""
WARP = "text_prompts negative_prompts image_prompts prompt_patterns_sched blend_json_schedules width_height seed"
WARP += " max_frames video_init_path steps_schedule style_strength_schedule flow_blend_schedule cfg_scale_schedule"
WARP += " latent_scale_schedule init_scale_schedule image_scale_schedule"
FIZZ = "text max_frames current_frame print_output pre_text app_text start_frame end_frame pw_a pw_b pw_c pw_d clip"


KNOWN = (
    (DISCO, known_keys.DISCO),
    (DISCOART, known_keys.DISCOART),
    (f"{DEFORUM} {RENAMED}", known_keys.DEFORUM),
    (" ".join(f"cn_{n}_{key}" for n in range(1, 6) for key in CONTROL.split()), known_keys.DEFORUM),
    (PARSEQ, known_keys.PARSEQ),
    (PYTTI, known_keys.PYTTI),
    (WARP, known_keys.WARP),
    (FIZZ, known_keys.FIZZ),
)


@pytest.mark.parametrize(("named", "known"), KNOWN)
def test_a_file_is_known_by_every_key(named: str, known: frozenset[str]) -> None:
    assert set(named.split()) - known == set()


def unknown(found, wanted: set[str]) -> set[str]:
    """Return keys without a verdict, or that nobody knows."""
    entries = found.report.entries
    return {key for key in wanted if key not in entries or "nobody here knows" in entries[key].why}


def test_discos_keys(bring) -> None:
    wanted = set(DISCO.split())
    old = {"cutn": 16, "timestep_respacing": "ddim250", "turbo_frame_blend": True}
    for mode in ("None", "2D", "3D", "Video Input"):
        assert unknown(bring(V57 | old, mode=mode), wanted - {"skip_timesteps"}) == set(), mode
    older = {key: value for key, value in V57.items() if key != "skip_steps"} | {"skip_timesteps": 10}
    assert unknown(bring(older, mode="2D"), {"skip_timesteps"}) == set()


def test_discoarts_keys(bring) -> None:
    values: dict = dict.fromkeys(DISCOART.split())
    values |= {"text_prompts": ["a fox"], "width_height": [640, 384], "steps": 100, "clip_models": ["RN50::openai"]}
    values |= {"skip_steps": 0, "init_scale": 1000, "clip_guidance_scale": 5000, "tv_scale": 0, "range_scale": 150}
    values |= {"sat_scale": 0, "cutn_batches": 4, "use_secondary_model": True, "perlin_init": False, "eta": 0.8}
    values |= {"clamp_grad": True, "clamp_max": 0.05, "clip_denoised": False, "use_vertical_symmetry": False}
    values |= {"use_horizontal_symmetry": False, "transformation_percent": [0.1], "n_batches": 4}
    assert unknown(bring(values), set(DISCOART.split())) == set()


@pytest.mark.parametrize("mode", ["2D", "3D"])
@pytest.mark.parametrize("is_on", [False, True])
def test_deforums_keys(bring, mode: str, is_on: bool) -> None:
    wanted = {*DEFORUM.split(), *(f"cn_{n}_{key}" for n in (1, 5) for key in CONTROL.split())}
    said: dict = {key: "0: (0.5)" if key.endswith("schedule") else is_on for key in wanted}
    said |= dict.fromkeys((key for key in wanted if key.endswith(("_path", "manifest", "file"))), "")
    said |= FLAT | {"animation_mode": mode, "seed_schedule": "0: (5)", "positive_prompts": "x", "negative_prompts": ""}
    said |= {"sampler": "Euler a", "color_coherence_image_path": "", "resume_timestring": "1", "depth_algorithm": "x"}
    said |= {
        "padding_mode": "border",
        "sampling_mode": "bicubic",
        "midas_weight": 0.2,
        "seed_behavior": "iter",
        "use_init": False,
        "init_image": "",
        "bpm": 120,
        "frame_interpolation_x_amount": 2,
    }
    said |= {key: [] for key in ("schedule_events", "areas", "color_match_at")} | {"beat_offset": 0}
    missing = unknown(bring(said), wanted)
    assert missing - {"bpm", "beat_offset", "schedule_events", "areas", "color_match_at"} == set()


def test_deforums_older_names(bring) -> None:
    values = {key: value for key, value in FLAT.items() if key not in ("prompts", "W", "H", "enable_perspective_flip")}
    values |= {"animation_prompts": {"0": "a fox"}, "width": 640, "height": 512, "flip_2d_perspective": False}
    values |= {
        "animation_prompts_positive": "oil",
        "animation_prompts_negative": "ugly",
        "skip_video_for_run_all": True,
    }
    found = bring(values)
    now = {
        "prompts",
        "W",
        "H",
        "enable_perspective_flip",
        "positive_prompts",
        "negative_prompts",
        "skip_video_creation",
    }
    assert unknown(found, now) == set()
    assert found.film.shots[0].plans[0].prompts[0].text == "oil a fox"


def test_parseqs_keys_and_fields(bring) -> None:
    values = manifest({0: "L"}, lambda at: line(at.f))
    for row in values["rendered_frames"]:
        row |= {key: 1 - row["frame"] / 1000 for key in PARSEQ_FIELDS.split() if key not in row}
        row["fov"] = 40 + row["frame"] / 10
    values |= {key: {} for key in set(PARSEQ.split()) - values.keys()}
    found = bring(json.loads(json.dumps(values)), mode="3D")
    assert unknown(found, set(PARSEQ.split()) - {"rendered_frames"}) == set()
    assert unknown(found, {f"rendered_frames.{name}" for name in PARSEQ_FIELDS.split()}) == set()


@pytest.mark.parametrize("mode", ["off", "2D", "3D", "Video Source"])
def test_pyttis_keys(bring, mode: str) -> None:
    values: dict = dict.fromkeys(PYTTI.split(), "")
    values |= {"scenes": "a fox || snow", "animation_mode": mode, "width": 180, "height": 112, "seed": 3}
    values |= {"steps_per_scene": 600, "steps_per_frame": 50, "interpolation_steps": 0, "pre_animation_steps": 100}
    values |= {"save_every": 50, "pixel_size": 4, "frames_per_second": 12, "field_of_view": 60, "near_plane": 1}
    values |= {"far_plane": 10000, "lock_camera": True, "image_model": "Limited Palette", "rotate_3d": "[1, 0, 0, 0]"}
    values |= dict.fromkeys(("translate_x", "translate_y", "translate_z_3d", "rotate_2d", "zoom_x_2d"), "t")
    values |= dict.fromkeys((key for key in values if key.startswith(("ViT", "RN"))), False)
    values |= {"zoom_y_2d": "0", "input_audio_offset": 0, "input_audio_filters": []}
    assert unknown(bring(values), set(PYTTI.split())) == set()


def test_warpfusions_and_fizznodes_keys(bring) -> None:
    values = dict.fromkeys(WARP.split(), None) | SETTINGS | {"video_init_path": "a.mp4"}
    values = {key: value for key, value in values.items() if value is not None}
    found = bring(values)
    assert unknown(found, values.keys() - {"dynamic_thresh", "some_other_key"}) == set()
    nodes = dict.fromkeys(FIZZ.split(), 0) | {"text": '"0": "a"', "max_frames": 9, "pre_text": "x", "app_text": ""}
    assert unknown(bring(nodes), set(FIZZ.split())) == set()
