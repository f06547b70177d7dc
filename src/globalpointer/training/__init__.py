"""From a recipe to a trained, calibrated and scored model folder, on transformers.Trainer."""
