"""A checkpoint counts only once its mark is there."""

import pytest
from safetensors import SafetensorError

from globalpointer.training.checkpoints import latest, seal, step_of, writing


def write(folder, step, *, sealed):
    checkpoint = folder / f"checkpoint-{step}"
    checkpoint.mkdir()
    (checkpoint / "weights").write_text("w", encoding="utf-8")
    if sealed:
        seal(checkpoint)
    return checkpoint


def test_the_newest_by_number_not_by_name(tmp_path):
    write(tmp_path, 90, sealed=True)
    assert step_of(latest(tmp_path)) == 90
    write(tmp_path, 100, sealed=True)
    assert step_of(latest(tmp_path)) == 100


def test_half_a_checkpoint_is_removed_and_the_one_before_taken(tmp_path):
    write(tmp_path, 10, sealed=True)
    broken = write(tmp_path, 20, sealed=False)
    assert step_of(latest(tmp_path)) == 10
    assert not broken.exists()


def test_none(tmp_path):
    assert latest(tmp_path) is None
    assert latest(tmp_path / "absent") is None


@pytest.mark.parametrize("raised", [SafetensorError("I/O error: No space left"), RuntimeError("file write failed")])
def test_a_full_disk_is_an_oserror_that_names_the_folder(tmp_path, raised):
    with pytest.raises(OSError, match=r"cannot be written: .*(No space left|write failed)") as error, writing(tmp_path):
        raise raised
    assert error.value.filename == str(tmp_path)
