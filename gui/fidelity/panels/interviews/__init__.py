"""Interviews: held in thrown-away branches of a scene, and what came of them."""
