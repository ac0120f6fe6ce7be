"""Trains the acoustic model: `python train.py DATA --to model.pt [--people DIR] [--without SPEAKER] [--from base.pt]`.

DATA is made by `speak.py`. With `--people` recorded digits (`{digit}_{speaker}_{index}.wav`) are mixed in, those of
`--without` left out and used to judge instead.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from model import PHONES, Network, levelled
from numpy.typing import NDArray
from recordings import recorded, resampled
from telephone import Telephone, masked
from torch.nn import functional

DIGITS = ("Z IH R OW", "W AH N", "T UW", "TH R IY", "F AO R", "F AY V", "S IH K S", "S EH V AH N", "EY T", "N AY N")
INDEX = {phone: number + 1 for number, phone in enumerate(PHONES)}
_SHARES = {"espeak": 0.4, "flite": 0.37, "festival": 0.18, "noise": 0.03}


def indices(phones: str) -> list[int]:
    return [INDEX[phone] for phone in phones.split()]


class Spoken:
    """Utterances of one kind, in memory: sounds and the phones said in them."""

    def __init__(self, sounds: Sequence[NDArray[Any]], phones: Sequence[str]) -> None:
        self.sounds, self.phones = sounds, [indices(one) for one in phones]

    @staticmethod
    def load(paths: Sequence[Path]) -> "Spoken":
        sounds: list[NDArray[Any]] = []
        phones: list[str] = []
        for path in paths:
            file = np.load(path)
            sounds += np.split(file["sound"], file["ends"][:-1])
            phones += file["phones"].tolist()
        return Spoken(sounds, phones)


def people(folder: Path, *, without: str, rng: np.random.Generator) -> Spoken:
    """The recordings at several speeds, so that one person is more than one."""
    sounds, phones = list[NDArray[Any]](), list[str]()
    for speaker, digit, pcm in recorded(folder):
        if speaker != without:
            for factor in (1.0, *rng.uniform(0.82, 1.2, 7)):
                sounds.append(resampled(pcm, int(pcm.size * factor)).astype(np.int16))
                phones.append(DIGITS[digit])
    return Spoken(sounds, phones)


class Batches:
    def __init__(self, kinds: dict[str, Spoken], shares: dict[str, float], *, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._kinds, self._names = kinds, list(shares)
        self._shares = np.array(list(shares.values())) / sum(shares.values())

    def draw(self, count: int) -> tuple[torch.Tensor, list[list[int]]]:
        """Sounds of similar length with silence around them, and their phones."""
        rng = self._rng
        picked = list[tuple[NDArray[Any], list[int]]]()
        for name in rng.choice(self._names, count * 4, p=self._shares):
            if name == "noise":
                picked.append((rng.normal(0, 1, int(rng.integers(4_000, 16_000))), []))
                continue
            kind = self._kinds[name]
            at = int(rng.integers(len(kind.sounds)))
            picked.append((kind.sounds[at], kind.phones[at]))
        picked.sort(key=lambda pair: pair[0].size)
        start = int(rng.integers(4)) * count
        chosen = picked[start : start + count]
        size = max(sound.size for sound, _ in chosen) + int(rng.integers(1_600, 9_000))
        size = -(-size // 1_200) * 1_200  # lengths that a Fourier transform likes
        batch = np.zeros((count, size), np.float32)
        for row, (sound, phones) in enumerate(chosen):
            at = int(rng.integers(0, size - sound.size))
            if phones:
                batch[row, at : at + sound.size] = sound / 32_768
        return torch.from_numpy(batch), [phones for _, phones in chosen]


def judged(network: Network, folder: Path, speakers: set[str]) -> dict[str, float]:
    """How many digits of each speaker are right, of ten digits."""
    network.eval()
    line = Telephone(seed=0)
    right: dict[str, list[bool]] = {}
    targets = [torch.tensor(indices(one)) for one in DIGITS]
    lengths = torch.tensor([len(one) for one in targets])
    with torch.no_grad():
        for speaker, digit, pcm in recorded(folder):
            if speaker not in speakers:
                continue
            sound = np.concatenate([np.zeros(3_200), pcm / 32_768, np.zeros(3_200)]).astype(np.float32)
            sound += np.random.default_rng(0).normal(0, 10 ** (-55 / 20), sound.size).astype(np.float32)
            found = network(levelled(line.bands(torch.from_numpy(sound)[None], warped=False)))
            found[:, :, 0] -= 2.0  # as `providers.local.hearing` does
            frames = torch.full((10,), found.shape[1])
            loss = functional.ctc_loss(
                found[0][:, None].expand(-1, 10, -1), torch.cat(targets), frames, lengths, reduction="none"
            )
            right.setdefault(speaker, []).append(int(loss.argmin()) == digit)
    network.train()
    return {speaker: float(np.mean(fits)) for speaker, fits in right.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--people", type=Path)
    parser.add_argument("--share", type=float, default=0.0, help="of recorded people in a batch")
    parser.add_argument("--without", default="")
    parser.add_argument("--steps", type=int, default=3_000)
    parser.add_argument("--until", type=int, help="stop before the end of the schedule")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--width", type=int, default=144)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(arguments.threads)
    generator = torch.Generator().manual_seed(2)
    rng = np.random.default_rng(3)
    shares = dict(_SHARES)
    kinds = {
        name: Spoken.load(sorted(arguments.data.glob(f"{name}-*.npz"))) for name in ("espeak", "flite", "festival")
    }
    if arguments.share:
        kinds["people"] = people(arguments.people, without=arguments.without, rng=rng)
        shares["people"] = arguments.share / (1 - arguments.share)
    batches, line = Batches(kinds, shares, seed=4), Telephone(seed=5)
    network = Network(width=arguments.width)
    if arguments.start:
        network.load_state_dict(torch.load(arguments.start))
    optimiser = torch.optim.AdamW(network.parameters(), lr=arguments.rate, weight_decay=0.01)
    step, shown, total = 0, time.monotonic(), list[float]()
    while (spent := step / arguments.steps) < 1 and step != arguments.until:
        # Up in the first twentieth, then down as a cosine.
        factor = min(spent * 20, 1) * (0.5 + 0.5 * np.cos(np.pi * spent)) + 1e-3
        for group in optimiser.param_groups:
            group["lr"] = arguments.rate * factor
        sound, phones = batches.draw(arguments.count)
        with torch.no_grad():
            bands = line.bands(line.ring(sound), warped=True)
            speed = float(rng.uniform(0.8, 1.25))
            bands = functional.interpolate(bands.transpose(1, 2), scale_factor=speed, mode="linear").transpose(1, 2)
            features = masked(levelled(bands), generator)
        found = network(features)
        lengths = torch.tensor([len(one) for one in phones])
        loss = functional.ctc_loss(
            found.transpose(0, 1),
            torch.tensor([phone for one in phones for phone in one]),
            torch.full((len(phones),), found.shape[1]),
            lengths,
            zero_infinity=True,
        )
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        step += 1
        total.append(float(loss.detach()))
        if time.monotonic() - shown > 60:
            shown = time.monotonic()
            speakers = {arguments.without} if arguments.without else {"george", "jackson", "lucas"}
            scores = judged(network, arguments.people, speakers) if arguments.people else {}
            print(f"{spent:.2f} step {step} loss {np.mean(total[-100:]):.3f}", scores, flush=True)
            torch.save(network.state_dict(), arguments.to)
    torch.save(network.state_dict(), arguments.to)
    speakers = {arguments.without} if arguments.without else {"george", "jackson", "lucas"}
    print("end", step, np.mean(total[-100:]), judged(network, arguments.people, speakers) if arguments.people else "")


if __name__ == "__main__":
    main()
