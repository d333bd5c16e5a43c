"""What host and guest both speak of: the host knows it without loading what a guest runs."""

from __future__ import annotations

#: Threads of a section, its first one and BLAS's included. Nothing in homework needs more than one.
THREADS = 32
#: Threads and processes of a whole guest, with all sections that run: the only bound where a control group counts them.
ALL_THREADS = 256

#: Bytes of a page: a file takes whole ones of what a section may have on disk.
PAGE = 4096

#: What `Task.refuses` records of a call that was refused as it should be.
REFUSED = "refused"

#: How the guest says that something is not there. Where none of these stands, it is there, and not as it is due.
ABSENT = ("does not define", "is not there", "is missing", "has no `", "takes no `", "there is no module")

#: What the guest says of a debugger's use.
DEBUGGING = ("a breakpoint was left in", "is a debugger")

#: Packages that students reach for: they may not be used, where other modules that are nowhere are missing.
KNOWN = frozenset(
    [
        "torch",
        "torchvision",
        "torchaudio",
        "tensorflow",
        "keras",
        "jax",
        "jaxlib",
        "flax",
        "numba",
        "cupy",
        "cython",
        "theano",
        "mxnet",
        "sklearn",
        "skimage",
        "cv2",
        "PIL",
        "pandas",
        "scipy",
        "matplotlib",
        "seaborn",
        "plotly",
        "tqdm",
        "tabulate",
        "ipdb",
        "IPython",
        "pytest",
        "cupyx",
        "dask",
        "einops",
        "h5py",
        "imageio",
        "joblib",
        "lightning",
        "networkx",
        "onnx",
        "opt_einsum",
        "paddle",
        "polars",
        "requests",
        "statsmodels",
        "sympy",
        "tinygrad",
        "torchinfo",
        "torchsummary",
        "transformers",
        "wandb",
        "xarray",
        "yaml",
    ]
)

#: The 23 bits of a NaN by which an array is known that was never filled: as many as single precision keeps.
UNFILLED = 0x45EED5
