"""PyTorch's line of bench/train.ts: reads "<model> <layout> <threads> <steps>" lines, trains, answers with seconds."""

import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

BATCH, EXAMPLES, CLASSES = 128, 4096, 10


class Trainer:
    """The same network, data and optimizer as bench/peers/workload.ts, in eager PyTorch with fused updates."""

    def __init__(self, model: str, layout: str):
        torch.manual_seed(0)
        side, channels = (28, 1) if model == "mlp" else (32, 3)
        if model == "mlp":
            layers = [nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)]
        else:
            layers = [nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
            layers += [nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2048, 10)]
        self.format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
        self.model = nn.Sequential(*layers).to(memory_format=self.format)
        self.images = torch.randint(0, 256, (EXAMPLES, channels, side, side), dtype=torch.uint8)
        self.images = self.images.contiguous(memory_format=self.format)
        self.labels = torch.randint(0, CLASSES, (EXAMPLES,))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.05, momentum=0.9, fused=True)

    def train(self, steps: int) -> None:
        """Runs steps of gradient descent with momentum."""
        for batch in torch.randint(0, EXAMPLES, (steps, BATCH)):
            images = self.images[batch].to(torch.float32).div_(255).contiguous(memory_format=self.format)
            self.optimizer.zero_grad(set_to_none=True)
            F.cross_entropy(self.model(images), self.labels[batch]).backward()
            self.optimizer.step()


def main() -> None:
    """Serves requests until standard input ends."""
    trainers: dict[tuple[str, str], Trainer] = {}
    print(f"torch {torch.__version__}", flush=True)
    for line in sys.stdin:
        model, layout, threads, steps = line.split()
        torch.set_num_threads(int(threads))
        trainer = trainers.setdefault((model, layout), Trainer(model, layout))
        start = time.perf_counter()
        trainer.train(int(steps))
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
