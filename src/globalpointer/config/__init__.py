"""Recipes: what is trained, on what, and how."""

from globalpointer.config.load import load_recipe, nearest
from globalpointer.config.shape import DataConfig, Holdout, ModelConfig, Recipe, TaskConfig, usual

__all__ = ["DataConfig", "Holdout", "ModelConfig", "Recipe", "TaskConfig", "load_recipe", "nearest", "usual"]
