"""Score tiles made, used and thrown away inside a CUDA kernel, in Triton: the twin of `tiled` for a GPU.

Importing this package needs Triton (a CUDA build of torch brings it; elsewhere the extra `triton` does). With
TRITON_INTERPRET=1 set before Triton is imported the same kernels run on the CPU, slowly: that is how they are tested
where there is no GPU.
"""

from globalpointer.nn.kernels.triton.launch import supports
from globalpointer.nn.kernels.triton.partition import partition, split
from globalpointer.nn.kernels.triton.search import count, search

__all__ = ["count", "partition", "search", "split", "supports"]
