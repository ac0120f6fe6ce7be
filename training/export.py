"""Writes what `train.py` made as the server reads it: `python export.py model.pt phones.npz`."""

import sys
from typing import Any

import numpy as np
import torch
from model import Network, export


def main() -> None:
    source, target = sys.argv[1:]
    weights = torch.load(source)
    network = Network(width=weights["out.weight"].shape[1])
    network.load_state_dict(weights)
    network.eval()
    arrays: Any = export(network)
    np.savez(target, **arrays)


if __name__ == "__main__":
    main()
