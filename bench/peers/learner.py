"""One learning step of Double DQN in PyTorch, as fast as PyTorch does it on one thread: steps (or forward passes) a second.

usage: learner.py step|forward NETWORK BATCH
NETWORK: 4-64-64-2, 4-120-84-2 (any sizes joined by -), minatar, nature, lstm-UNITS-LENGTH
"""
import statistics
import sys
import time

import torch
from torch import nn

REPEATS = 7
SECONDS = 0.2


class Recurrent(nn.Module):
    def __init__(self, units):
        super().__init__()
        self.recurrent = nn.LSTM(units, units)
        self.head = nn.Linear(units, 4)

    def forward(self, x):
        return self.head(self.recurrent(x)[0])


def build(name):
    if name == "minatar":
        return nn.Sequential(nn.Conv2d(4, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(1024, 128), nn.ReLU(), nn.Linear(128, 6)), (4, 10, 10), 6
    if name == "nature":
        layers = [nn.Conv2d(4, 32, 8, 4), nn.ReLU(), nn.Conv2d(32, 64, 4, 2), nn.ReLU(), nn.Conv2d(64, 64, 3), nn.ReLU(), nn.Flatten()]
        return nn.Sequential(*layers, nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 4)), (4, 84, 84), 4
    if name.startswith("lstm-"):
        return Recurrent(int(name.split("-")[1])), (int(name.split("-")[1]),), 4
    sizes = [int(size) for size in name.split("-")]
    layers = []
    for inputs, outputs in zip(sizes[:-2], sizes[1:-1]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1])), (sizes[0],), sizes[-1]


def optimizer_of(parameters, fused):
    if fused:
        return torch.optim.Adam(parameters, lr=1e-4, fused=True)
    return torch.optim.Adam(parameters, lr=1e-4)


def contender(what, name, batch, fused):
    torch.manual_seed(1)
    (online, shape, actions), (target, _, _) = build(name), build(name)
    rows = (int(name.split("-")[2]), batch) if name.startswith("lstm-") else (batch,)
    observations, after = torch.rand(rows + shape), torch.rand(rows + shape)
    chosen = torch.randint(0, actions, rows + (1,))
    returns, discounts = torch.ones(rows), torch.full(rows, 0.99)
    if what == "forward":
        def forward():
            with torch.no_grad():
                online(observations).argmax(-1)

        return forward
    optimizer = optimizer_of(online.parameters(), fused)

    def step():
        with torch.no_grad():
            selected = online(after).argmax(-1, keepdim=True)
            targets = returns + discounts * target(after).gather(-1, selected).squeeze(-1)
        values = online(observations).gather(-1, chosen).squeeze(-1)
        loss = nn.functional.huber_loss(values, targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(online.parameters(), 10)
        optimizer.step()
        loss.item()

    return step


def rate(call):
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        call()
        count += 1
    return count / (time.perf_counter() - start)


def median(call):
    rate(call)
    return statistics.median(rate(call) for _ in range(REPEATS))


def main():
    what, name, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])
    torch.set_num_threads(1)
    rates = []
    for fused in (True, False):
        try:
            rates.append(median(contender(what, name, batch, fused)))
        except (RuntimeError, TypeError, ValueError):
            continue  # This version has no fused Adam on the processor.
    print(max(rates))


if __name__ == "__main__":
    main()
