"""Long texts in grid coordinates: gold cells into windows, and found cells out of them."""

from collections.abc import Collection, Sequence

from globalpointer.grid import Cell, Cells, ScoredCells
from globalpointer.text.windows import Window, owner


def cut_cells(cells: Cells, window: Window, *, links: Collection[str] = ()) -> tuple[Cells, Cells]:
    """The gold wholly inside a window, and the rest inside of gold that its border cuts; both in window coordinates.

    The second is to be ignored in training: the rest of a cut entity is no entity, but no fair negative either. A rest
    that is itself gold is gold. `links`: the grids whose cells join two tokens; a link that is cut leaves no rest.
    """
    inside = {
        name: frozenset(_shifted(cell, window) for cell in grid if _within(cell, window))
        for name, grid in cells.items()
    }
    rests = {
        name: frozenset(_rest(cell, window) for cell in grid if _is_cut(cell, window)) - inside[name]
        for name, grid in cells.items()
        if name not in links
    }
    return inside, rests


def unreachable(cells: Cells, windows: Sequence[Window]) -> Cells:
    """The gold that no window holds wholly, in text coordinates. The caller counts it as lost."""
    return {
        name: frozenset(cell for cell in grid if owner(windows, cell.row, cell.col) is None)
        for name, grid in cells.items()
    }


def merge_cells(windows: Sequence[Window], found: Sequence[ScoredCells]) -> ScoredCells:
    """What the windows found, in text coordinates. Each cell comes from its owner alone, so there are no doubles."""
    if len(windows) == len(found) == 1 and windows[0].start == 0:
        return found[0]  # most texts: one window owns every cell
    merged: dict[str, dict[Cell, float]] = {}
    for index, (window, grids) in enumerate(zip(windows, found, strict=True)):
        for name, cells in grids.items():
            kept = merged.setdefault(name, {})
            for (label_type, row, col), logit in cells.items():
                cell = Cell(label_type, row + window.start, col + window.start)
                if owner(windows, cell.row, cell.col) == index:
                    kept[cell] = logit
    return merged


def _within(cell: Cell, window: Window) -> bool:
    return min(cell.row, cell.col) >= window.start and max(cell.row, cell.col) < window.end


def _is_cut(cell: Cell, window: Window) -> bool:
    return cell.row < window.end and cell.col >= window.start and not _within(cell, window)


def _shifted(cell: Cell, window: Window) -> Cell:
    return Cell(cell.type, cell.row - window.start, cell.col - window.start)


def _rest(cell: Cell, window: Window) -> Cell:
    clipped = Cell(cell.type, max(cell.row, window.start), min(cell.col, window.end - 1))
    return _shifted(clipped, window)
